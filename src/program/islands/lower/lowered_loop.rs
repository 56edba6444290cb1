//! A loop as typed code.

use rhai::ImmutableString;

use crate::native::code::{Loop, Ty};

/// A loop, and what it needs of the variables outside.
#[derive(Debug)]
pub(crate) struct LoweredLoop {
    pub code: Loop,
    /// The names of its parameters; of the list that it goes through, an empty one.
    pub names: Vec<ImmutableString>,
    /// The types of its parameters.
    pub types: Vec<Ty>,
    /// The parameters that it writes to.
    pub written: Vec<bool>,
}
