//! The function that a Process or a Thread runs, read from the arguments of its constructor.

use rhai::{Array, Dynamic, FnPtr, Map};

use crate::program::frame::function_name;
use crate::script::Outcome;
use crate::script::bind::is_bound;
use crate::script::call::Call;
use crate::script::counts::wrong_script_count;
use crate::script::exceptions::{Failure, raise};
use crate::script::values::type_name;
use crate::text::bounds;

/// A function, its arguments, and whether it is `run`, which has the object as `this`.
pub(crate) type Task = (FnPtr, Array, bool);

/// Returns the task of an object: its `run`, where the script has set one, else its target.
pub(crate) fn of(target: Option<&FnPtr>, args: &Array, attributes: &Map) -> Option<Task> {
    let run = attributes
        .get("run")
        .and_then(|run| run.clone().try_cast::<FnPtr>());
    match run {
        Some(run) => {
            let is_method = !is_bound(&run);
            Some((run, Array::new(), is_method))
        }
        None => Some((target?.clone(), args.clone(), false)),
    }
}

/// Parameter 0, the target, if it was given.
pub(crate) fn target(call: &mut Call<'_>) -> Result<Option<FnPtr>, Failure> {
    if !call.has(0) {
        return Ok(None);
    }
    // None is what a function returned that was called instead of being passed.
    let target = call.value(0);
    let (name, found) = (call.name(), type_name(&target));
    let text = format!("{name}() target must be a function, not {found}");
    let function = call.callable(&target);
    function.map(Some).ok_or_else(|| raise("TypeError", text))
}

/// Parameter 1, the target's arguments.
pub(crate) fn arguments(call: &mut Call<'_>) -> Result<Array, Failure> {
    let Some(args) = call.given(1) else {
        return Ok(Array::new());
    };
    if let Some((start, stop)) = bounds(&args) {
        let numbers = (i128::from(start)..stop).filter_map(|number| i64::try_from(number).ok());
        return Ok(numbers.map(Dynamic::from_int).collect());
    }
    let (name, found) = (call.name(), type_name(&args));
    let text = format!("{name}() args must be a list, not {found} (write args: [x])");
    args.into_array().map_err(|_| raise("TypeError", text))
}

/// Checks that the target takes the arguments, as far as its parameters are known.
///
/// # Errors
/// The `TypeError` that the call would end with.
pub(crate) fn check_count(
    call: &Call<'_>,
    target: Option<&FnPtr>,
    args: &Array,
) -> Result<(), Failure> {
    let Some(target) = target.filter(|target| !is_bound(target)) else {
        return Ok(());
    };
    let forms = call.interp.program.parameters(target.fn_name());
    let given = target.curry().len() + args.len();
    if forms.is_empty() || forms.iter().any(|params| params.len() == given) {
        return Ok(());
    }
    // Those of a closure that it has captured come first.
    let captured = target.curry().len();
    let own = forms
        .into_iter()
        .map(|mut params| params.split_off(captured.min(params.len())));
    let name = function_name(target.fn_name());
    let text = wrong_script_count(&name, &own.collect::<Vec<_>>(), args.len());
    Err(raise("TypeError", text))
}

/// Runs the task of the receiver here, as its `run()` does.
pub(crate) fn run_here(call: &mut Call<'_>, task: Option<Task>) -> Outcome {
    match task {
        None => Ok(Dynamic::UNIT),
        Some((function, args, false)) => call.call(&function, args),
        Some((function, args, true)) => {
            let context = call.context;
            // What the function assigns to `this` is not for the variable.
            let mut this = call.receiver().clone();
            function.call_raw(context, Some(&mut this), args)
        }
    }
}
