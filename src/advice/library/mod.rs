//! Names of Python's library, and of well-known packages, that are not available here: what to use in their place.
//!
//! Whatever scripts can name is available, whatever these tables say.
//!
//! - [`modules`]: modules and packages; [`members`]: what is in Python's modules; [`builtins`]: names that need no module.

mod builtins;
mod members;
mod modules;

use crate::script::names::Names;

pub(super) use self::modules::nickname;

/// What to use in place of a module or a package; nothing if it is available, or unknown.
pub(super) fn instead_of_module(names: &Names, name: &str) -> Option<String> {
    let (root, _) = name.split_once('.').unwrap_or((name, ""));
    if names.is_module(&name.replace('.', "::")) || names.turned_off(root).is_some() {
        return None;
    }
    modules::instead(names, name)
}

/// What to use in place of a member of a module.
pub(super) fn instead_of_member(module: &str, name: &str) -> Option<String> {
    let module = module.replace("::", ".");
    let is_pythons = members::of(&module).any(|member| member == name);
    is_pythons.then(|| {
        format!("Python's {module}.{name} is not available here; `procscript doc {module}` lists what is")
    })
}

/// What to use in place of a name that stands alone: one of Python's own, or one that Python's programs import.
pub(super) fn instead_of_name(names: &Names, name: &str, is_called: bool) -> Option<String> {
    let own =
        builtins::instead(name).map(|way| format!("Python's {name} is not available here; {way}"));
    let module = || {
        let is_class = name.starts_with(char::is_uppercase);
        let is_telling = is_called || is_class;
        let module = members::with(name).filter(|_| is_telling)?;
        let way =
            (!names.is_module(&module.replace('.', "::"))).then(|| modules::way(names, module));
        way.map(|way| {
            format!("{name} is in Python's module '{module}', which is not available here; {way}")
        })
        .or_else(|| instead_of_member(module, name))
    };
    own.or_else(|| instead_of_module(names, name))
        .or_else(module)
}
