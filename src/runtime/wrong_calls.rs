//! What a call that Rhai cannot resolve means, in Python's words; and attributes called as methods.
//!
//! Rhai asks here about every call that failed, also when the function exists and raised an error of its own:
//! then there is nothing to say.

use std::any::TypeId;

use rhai::{Dynamic, Engine, EvalContext, FnPtr, NativeCallContext, Position};

use crate::stdlib::bind::{Listed, Signature};
use crate::stdlib::call::Failure;
use crate::stdlib::multiprocessing::process::Process;
use crate::stdlib::rhai_errors::explain_call;
use crate::stdlib::values::type_name;

/// Installs the explanations for everything in `listed`.
pub(super) fn explain(engine: &mut Engine, listed: Vec<Listed>) {
    #[allow(deprecated)]
    engine.on_missing_function(move |name, args, is_method, mut context| {
        if let Some(function) = attribute(name, args) {
            return call_attribute(&mut context, name, &function, args).map(Some);
        }
        explain_call(name, explanation(&listed, name, args, is_method, &context));
        Ok(None)
    });
}

/// The function a script has set as attribute `name` of a process: `p.func()`.
fn attribute(name: &str, args: &[&mut Dynamic]) -> Option<FnPtr> {
    let process = args
        .first()
        .filter(|v| !v.is_shared())?
        .read_lock::<Process>()?
        .clone();
    process.with(|state| state.attributes.get(name)?.clone().try_cast::<FnPtr>())
}

fn call_attribute(
    context: &mut EvalContext,
    name: &str,
    function: &FnPtr,
    args: &mut [&mut Dynamic],
) -> Result<Dynamic, Failure> {
    let engine = context.engine();
    let global = context.global_runtime_state_mut().clone();
    let call = NativeCallContext::new_with_all_fields(engine, name, None, &global, Position::NONE);
    let (this, args) = args
        .split_first_mut()
        .ok_or("a method without its object")?;
    let args: Vec<Dynamic> = args
        .iter_mut()
        .map(|arg| std::mem::take(&mut **arg))
        .collect();
    function.call_raw(&call, Some(this), args)
}

fn explanation(
    listed: &[Listed],
    name: &str,
    args: &[&mut Dynamic],
    is_method: bool,
    context: &EvalContext,
) -> Option<(&'static str, String)> {
    if name.contains('$') || !name.starts_with(|c: char| c.is_alphabetic() || c == '_') {
        return None;
    }
    let receiver = args
        .first()
        .filter(|_| is_method)
        .filter(|v| !v.is_shared());
    let receiver_type = receiver.map(|value| value.type_id());
    let given = args.len() - usize::from(receiver.is_some());
    if let Some(signature) = find(listed, name, receiver_type).or_else(|| find(listed, name, None))
    {
        let fits = (signature.required..=signature.most()).contains(&given);
        return (!fits).then(|| ("TypeError", wrong_count(signature, given)));
    }
    let scripted = scripted_arities(context, name);
    if !scripted.is_empty() {
        let fits = scripted.contains(&given);
        return (!fits).then(|| ("TypeError", wrong_script_count(name, &scripted, given)));
    }
    let class = receiver_type.and_then(|id| class_of(listed, id));
    let is_own = class.is_some_and(|class| !EXTENDED.contains(&class));
    if !is_own
        && RHAI_FUNCTIONS
            .split_ascii_whitespace()
            .any(|known| known == name)
    {
        // It exists for other types of arguments: Rhai's message lists those that were given.
        return None;
    }
    Some(match receiver {
        Some(value) => {
            let class = class.map_or_else(|| type_name(value), str::to_string);
            (
                "AttributeError",
                format!("'{class}' object has no attribute '{name}'"),
            )
        }
        None => ("NameError", format!("name '{name}' is not defined")),
    })
}

/// Rhai's own types that have Python's methods besides Rhai's.
const EXTENDED: [&str; 4] = ["str", "list", "dict", "bytes"];

/// What Rhai's standard packages define (1.27): Rhai itself lists it only with metadata compiled in.
const RHAI_FUNCTIONS: &str = "
E Fn PI abs acos acosh all append as_string asin asinh atan atanh bits blob bytes call ceiling
chars chop clear contains cos cosh crop curry debug dedup drain elapsed end ends_with eval exit
exp extract fill_with filter find find_map floor for_each fraction get get_bit get_bits
get_fn_metadata_list hypot index_of insert int is_anonymous is_def_fn is_def_var is_empty
is_even is_exclusive is_finite is_inclusive is_infinite is_nan is_odd is_shared is_zero keys len
ln log make_lower make_upper map max min mixin name order order_by order_desc pad parse_be_float
parse_be_int parse_float parse_int parse_json parse_le_float parse_le_int pop print push range
reduce reduce_rev remove replace retain reverse round set set_bit set_bits set_tag shift sign
sin sinh sleep some sort sort_by sort_desc splice split split_rev sqrt start starts_with
sub_string tag take tan tanh timestamp to_array to_binary to_blob to_chars to_debug to_degrees
to_float to_hex to_int to_json to_lower to_octal to_radians to_string to_upper trim truncate
type_of values write_ascii write_be write_le write_utf8 zip
";

/// The script name of one of our own types.
fn class_of(listed: &[Listed], receiver: TypeId) -> Option<&'static str> {
    listed
        .iter()
        .find_map(|row| row.receiver.filter(|(id, _)| *id == receiver))
        .map(|(_, name)| name)
}

fn find<'l>(listed: &'l [Listed], name: &str, receiver: Option<TypeId>) -> Option<&'l Signature> {
    listed
        .iter()
        .find(|row| row.signature.name == name && row.receiver.map(|(id, _)| id) == receiver)
        .map(|row| &row.signature)
}

fn wrong_count(signature: &Signature, given: usize) -> String {
    let (name, required, most) = (signature.name, signature.required, signature.most());
    if given < required {
        let missing: Vec<_> = signature.keywords().take(required).skip(given).collect();
        let missing: Vec<_> = missing.iter().map(|name| format!("'{name}'")).collect();
        let (count, list) = (missing.len(), missing.join(" and "));
        let noun = if count == 1 { "argument" } else { "arguments" };
        return format!("{name}() missing {count} required positional {noun}: {list}");
    }
    let takes = match (required, most) {
        (low, high) if low == high => counted(high),
        (low, high) => format!("from {low} to {}", counted(high)),
    };
    format!("{name}() takes {takes} but {given} {} given", was(given))
}

fn wrong_script_count(name: &str, arities: &[usize], given: usize) -> String {
    let takes: Vec<_> = arities.iter().map(usize::to_string).collect();
    let noun = if arities == [1] {
        "argument"
    } else {
        "arguments"
    };
    let (takes, was) = (takes.join(" or "), was(given));
    format!("{name}() takes {takes} positional {noun} but {given} {was} given")
}

fn counted(count: usize) -> String {
    format!(
        "{count} positional argument{}",
        if count == 1 { "" } else { "s" }
    )
}

fn was(count: usize) -> &'static str {
    if count == 1 { "was" } else { "were" }
}

/// The numbers of parameters of the script's own functions called `name`.
fn scripted_arities(context: &EvalContext, name: &str) -> Vec<usize> {
    let mut arities: Vec<usize> = context
        .iter_namespaces()
        .flat_map(|module| module.iter_script_fn_info())
        .filter(|(_, _, found, ..)| *found == name)
        .map(|(_, _, _, params, _)| params)
        .collect();
    arities.sort_unstable();
    arities.dedup();
    arities
}
