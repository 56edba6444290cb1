//! What lowering has to know of the program.

use rhai::{ScriptFuncDef, Shared};

use crate::native::code::Ty;

/// The program around an island.
pub(crate) trait Surroundings {
    /// Returns the type of a variable outside of the loop, and whether it is a constant. The error names the type it has instead.
    fn variable(&self, name: &str) -> Option<Result<(Ty, bool), String>>;

    /// Returns the script's function of this name that a call would find.
    fn function(&self, name: &str, params: usize) -> Option<Shared<ScriptFuncDef>>;

    /// Returns whether the script or the host has a function that takes the place of a native of this name.
    fn hides(&self, name: &str) -> bool;

    /// Returns whether code may make lists.
    fn may_make_lists(&self) -> bool;

    /// Returns whether this name, if it is no variable, means the value that it usually means.
    fn is_global(&self, name: &str) -> bool;
}
