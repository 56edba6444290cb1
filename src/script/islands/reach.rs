//! What the program looks like from where an island is compiled.

use rhai::{Module, Scope, ScriptFuncDef, Shared};

use super::Islands;
use super::values::{is_all, type_of};
use crate::native::code::Ty;
use crate::program::islands::lower::Surroundings;
use crate::script::interp::Interp;
use crate::script::values::type_name;

/// The functions and variables in reach.
pub(super) struct Reach<'r> {
    pub interp: &'r Interp,
    pub libraries: &'r [Shared<Module>],
    /// The variables outside of a loop.
    pub scope: Option<&'r Scope<'r>>,
}

impl Surroundings for Reach<'_> {
    fn variable(&self, name: &str) -> Option<Result<(Ty, bool), String>> {
        let value = self.scope?.get(name)?;
        Some(match type_of(value) {
            Some(ty) if !is_all(value, ty) => Err("a list with items of several types".into()),
            Some(ty) => Ok((ty, value.is_read_only())),
            None if value.is_shared() => Err("a variable that a closure has too".into()),
            None if value.is_array() => {
                Err("a list of something other than numbers, or empty".into())
            }
            None => Err(format!("of type {}", type_name(value))),
        })
    }

    fn function(&self, name: &str, params: usize) -> Option<Shared<ScriptFuncDef>> {
        let mut newest_first = self.libraries.iter().rev();
        let found = newest_first.find_map(|library| library.get_script_fn(name, params))?;
        Some(found.clone())
    }

    fn hides(&self, name: &str) -> bool {
        let names = Islands::of(self.interp).rules.get();
        let is_foreign = names.is_none_or(|names| names.foreign.contains(name));
        let has_builtins = self.interp.settings.has_module("builtins");
        let mut libraries = self.libraries.iter();
        is_foreign || !has_builtins || libraries.any(|library| defines(library, name))
    }

    fn may_make_lists(&self) -> bool {
        self.interp.settings.limits.of_memory().is_none()
    }

    fn is_global(&self, name: &str) -> bool {
        let settings = &self.interp.settings;
        let mounts = &settings.mounts;
        let is_mounted = mounts.is_empty() || mounts.iter().any(String::is_empty);
        let module = match name {
            "random" | "math" => name,
            _ => "builtins",
        };
        // Another module may have the name of ours.
        let is_hidden = module == name && self.interp.program.may_import_as(name);
        is_mounted
            && !is_hidden
            && settings.has_module(module)
            && self.interp.given.get(name).is_none()
    }
}

fn defines(library: &Module, name: &str) -> bool {
    library
        .iter_script_fn_info()
        .any(|(.., function)| function.name == name)
}
