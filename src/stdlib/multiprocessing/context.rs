//! How scripts choose the start method: `set_start_method`, `get_context`.

use rhai::{Array, Dynamic};

use super::Multiprocessing;
use super::start_method::StartMethod;
use super::start_method::StartMethods;
use crate::script::{Call, Failure, Namespace, Outcome, raise};

/// Registers the functions among those of `multiprocessing`.
pub(super) fn register(module: &mut Namespace<'_>) {
    module
        .global("get_start_method", &["allow_none?"], |call| {
            Ok(StartMethods::of(call.interp).current().name().into())
        })
        .global("set_start_method", &["method", "force?"], set_start_method)
        .global("get_all_start_methods", &[], |call| {
            let methods = &StartMethods::of(call.interp);
            Ok(StartMethod::ALL
                .iter()
                .filter(|method| methods.offers(**method))
                .map(|m| Dynamic::from(m.name()))
                .collect::<Array>()
                .into())
        })
        .global("get_context", &["method?"], get_context);
}

fn set_start_method(call: &mut Call<'_>) -> Outcome {
    let method = start_method_of(call)?;
    let force = call.bool_or(1, false);
    if StartMethods::of(call.interp).fix(method, force) {
        Ok(Dynamic::UNIT)
    } else {
        Err(raise("RuntimeError", "context has already been set"))
    }
}

fn get_context(call: &mut Call<'_>) -> Outcome {
    if let Some(name) = call.given(0) {
        let name = call.str(&name);
        let method = find_method(call, &name)?;
        // The first decides; a later one has the same classes.
        if method != StartMethods::of(call.interp).current() {
            StartMethods::of(call.interp).fix(method, false);
        }
    }
    Ok(Dynamic::from(Multiprocessing))
}

fn start_method_of(call: &mut Call<'_>) -> Result<StartMethod, Failure> {
    let name = call.string(0)?;
    find_method(call, &name)
}

/// # Errors
/// `ValueError` for an unknown name, `RuntimeError` in a process that belongs to a host.
fn find_method(call: &Call<'_>, name: &str) -> Result<StartMethod, Failure> {
    let method = StartMethod::named(name);
    let method =
        method.ok_or_else(|| raise("ValueError", format!("cannot find context for '{name}'")))?;
    if StartMethods::of(call.interp).offers(method) {
        return Ok(method);
    }
    let text = "the start method 'fork' would copy the program this script is embedded in; children are started by 'spawn'";
    Err(raise("RuntimeError", text))
}
