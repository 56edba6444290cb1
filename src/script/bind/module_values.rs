//! Script modules as values, which are never arguments of the functions that are called on them: `os.str()`.

use std::any::TypeId;
use std::collections::HashMap;
use std::sync::OnceLock;

use rhai::{Dynamic, NativeCallContext};

use crate::script::exceptions::{Failure, raise};
use crate::script::interp::Interp;
use crate::script::state::State;

/// The types of the values of script modules, with the names of the modules.
#[derive(Debug, Default)]
pub(crate) struct ModuleValues(OnceLock<HashMap<TypeId, &'static str>>);

impl State for ModuleValues {}

impl ModuleValues {
    /// Notes the modules of an engine. All engines of a runtime have the same, but that of an empty script has none.
    pub(crate) fn note(interp: &Interp, modules: &HashMap<TypeId, &'static str>) {
        if !modules.is_empty() {
            let _ = interp.state::<Self>().0.set(modules.clone());
        }
    }

    fn name_of(interp: &Interp, value: &Dynamic) -> Option<&'static str> {
        interp
            .state::<Self>()
            .0
            .get()?
            .get(&value.type_id())
            .copied()
    }
}

/// Checks a call of a function whose first argument may be a module that it was called on, as Rhai calls any function.
///
/// # Errors
/// `AttributeError` if it is.
pub(super) fn check_receiver(
    interp: &Interp,
    context: &NativeCallContext,
    first: &Dynamic,
) -> Result<(), Failure> {
    if first.is_shared() || !first.is_variant() {
        return Ok(());
    }
    let Some(module) = ModuleValues::name_of(interp, first) else {
        return Ok(());
    };
    let (file, place) = (context.call_source(), context.call_position());
    let mark = file.and_then(|file| interp.program.mark_before(file, place));
    let name = context.fn_name();
    match mark == Some('.') {
        true => {
            let module = module.replace("::", ".");
            let text = format!("module '{module}' has no attribute '{name}'");
            Err(raise("AttributeError", text))
        }
        false => Ok(()),
    }
}
