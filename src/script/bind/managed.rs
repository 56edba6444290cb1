//! Context managers: what happens at the beginning and at the end of a `with` block.
//!
//! A class joins with one line, [`Class::context`], which says how it is entered and how it is left. Its values then work in the statement
//! `with x as y { … }`, and they have the methods `with(|y| …)`, `__enter__` and `__exit__`.

use std::sync::Arc;

use rhai::{Dynamic, EvalAltResult, FnPtr, Map, NativeCallContext};

use super::class::Class;
use super::class_table::Classes;
use super::handler::{Handler, Managed};
use super::signature::Signature;
use crate::script::Outcome;
use crate::script::call::Call;
use crate::script::caller::parameters;
use crate::script::exceptions::{Exception, Failure, raise};
use crate::script::interp::Interp;
use crate::script::stop::Stop;
use crate::script::values::{truth, type_name_in};

const ENTER: &str = "__enter__";
const EXIT: &str = "__exit__";
/// What is known about an error that ended the block: all absent if there was none.
const PROBLEM: &[&str] = &["exc_type?", "exc_value?", "traceback?", "/"];

impl Class<'_> {
    /// Makes its values context managers. `enter` returns what `as` names. `leave` releases the value: [`Call::has`]`(0)` tells whether an
    /// error ended the block, and a true result keeps that error from going on.
    pub(crate) fn context(&mut self, enter: Handler, leave: Handler) -> &mut Self {
        if self.registry.is_for_engine() {
            let managed = Managed { enter, leave };
            self.registry.table.managers.insert(self.receiver, managed);
        }
        self.unlisted(ENTER, &[], enter)
            .unlisted(EXIT, PROBLEM, leave)
            .method("with", &["body"], with)
    }
}

/// `x.with(|y| …)` calls the function between the beginning and the end. It need not take the value.
fn with(call: &mut Call<'_>) -> Outcome {
    let body = call.function(0)?;
    let mut manager = call.receiver().clone();
    let entered = begin(call.interp, call.context, &mut manager)?;
    let takes_it = parameters(call.interp, &body).is_some_and(|count| count > 0);
    let args = if takes_it { vec![entered] } else { vec![] };
    let result = call.call(&body, args);
    end(call.interp, call.context, &mut manager, result)
}

/// Enters a context manager, and returns what it is entered as.
///
/// # Errors
/// It is none, or cannot be entered.
pub(crate) fn begin(
    interp: &Arc<Interp>,
    context: &NativeCallContext,
    manager: &mut Dynamic,
) -> Outcome {
    if let Some(managed) = Classes::manager(interp, manager) {
        let signature = Signature::new(ENTER, &[]);
        let mut args = [manager];
        let mut call = Call::new(interp, context, &signature);
        call.take(true, &mut args)?;
        return call.run(managed.enter);
    }
    if let (Some(enter), Some(_)) = (entry(manager, ENTER), entry(manager, EXIT)) {
        return enter.call_raw(context, Some(manager), []);
    }
    let found = type_name_in(context.engine(), manager);
    let text = format!("'{found}' object does not support the context manager protocol");
    Err(raise("TypeError", text))
}

/// A function in a dict.
fn entry(value: &Dynamic, name: &str) -> Option<FnPtr> {
    let map = value.read_lock::<Map>()?;
    map.get(name)?.clone().try_cast::<FnPtr>()
}

/// Leaves a context manager after its block has ended with a result, and returns what that becomes.
///
/// # Errors
/// The error that ended the block, unless leaving takes it; or that of leaving.
pub(crate) fn end(
    interp: &Arc<Interp>,
    context: &NativeCallContext,
    manager: &mut Dynamic,
    result: Outcome,
) -> Outcome {
    use EvalAltResult as E;
    let error = match result {
        Ok(value) => {
            leave(interp, context, manager, vec![])?;
            return Ok(value);
        }
        Err(error) => error,
    };
    if matches!(*error, E::Return(..) | E::LoopBreak(..)) {
        leave(interp, context, manager, vec![])?;
        return Err(error);
    }
    if let Some(stop) = Stop::of(&error).or_else(|| interp.stopping()) {
        let problem = problem_of(&match stop {
            Stop::Exit(code) => Exception::new("SystemExit", vec![code]),
            _ => Exception::new("KeyboardInterrupt", vec![]),
        });
        // Leaving may need functions of the script, which run no more while a stop is waiting.
        let exit = interp.suspend_exit();
        let _ = leave(interp, context, manager, problem);
        drop(exit);
        return Err(error);
    }
    let problem = problem_of(&Exception::from_error(&error));
    match leave(interp, context, manager, problem)? {
        true => Ok(Dynamic::UNIT),
        false => Err(error),
    }
}

fn problem_of(exception: &Exception) -> Vec<Dynamic> {
    let kind = Dynamic::from(exception.kind().to_string());
    let traceback = exception.traceback().into();
    vec![kind, Dynamic::from(exception.clone()), traceback]
}

/// Leaves a context manager, and returns whether the problem that ended its block is not to go on. The problem is empty if there was none.
///
/// # Errors
/// Those of leaving.
pub(crate) fn leave(
    interp: &Arc<Interp>,
    context: &NativeCallContext,
    manager: &mut Dynamic,
    problem: Vec<Dynamic>,
) -> Result<bool, Failure> {
    let mut problem = problem;
    if let Some(managed) = Classes::manager(interp, manager) {
        let signature = Signature::new(EXIT, PROBLEM);
        let args = std::iter::once(manager).chain(problem.iter_mut());
        let mut args: Vec<&mut Dynamic> = args.collect();
        let mut call = Call::new(interp, context, &signature);
        call.take(true, &mut args)?;
        let result = call.run(managed.leave)?;
        return Ok(truth(&result));
    }
    match entry(manager, EXIT) {
        Some(exit) => leave_by(interp, context, &exit, manager, problem),
        None => Ok(false),
    }
}

/// Calls a script's function for leaving, with as much of the problem as it has parameters for.
///
/// # Errors
/// Those of the function.
pub(crate) fn leave_by(
    interp: &Interp,
    context: &NativeCallContext,
    exit: &FnPtr,
    manager: &mut Dynamic,
    mut problem: Vec<Dynamic>,
) -> Result<bool, Failure> {
    problem.resize(parameters(interp, exit).unwrap_or(3), Dynamic::UNIT);
    let result = exit.call_raw(context, Some(manager), problem)?;
    Ok(truth(&result))
}
