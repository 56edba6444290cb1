//! Script modules as values, which are never arguments of the functions that are called on them: `os.str()`.

use rhai::{Dynamic, EvalContext, Module, NativeCallContext, Variant};

use super::class_table::Classes;
use crate::script::exceptions::{Failure, raise};
use crate::script::interp::Interp;

/// The variable of a module that has the module as a value. No script can name it.
const ITSELF: &str = "<module>";

/// Gives a module a value: scripts that import it as `m` can write `m.name`.
pub(crate) fn set_value(module: &mut Module, value: impl Variant + Clone) {
    module.set_var(ITSELF, value);
}

/// Returns the module that is imported under this name, as a value.
pub(crate) fn imported(context: &EvalContext, name: &str) -> Option<Dynamic> {
    let mut imports = context.iter_imports();
    let (_, module) = imports.find(|(alias, _)| *alias == name)?;
    module.get_var(ITSELF)
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
    let Some(module) = Classes::module(interp, first) else {
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
