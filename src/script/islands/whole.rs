//! Functions that the interpreter has begun and machine code does as a whole.
//!
//! In the first call of a function nobody knows how long it will take. Once one of its loops turns out to be long, the function is
//! compiled and begun again from its start, so that its lists never become the interpreter's. What the interpreter has done so far, which is
//! little, has had no effect outside: the function only computes.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use rhai::{Dynamic, EvalAltResult, EvalContext, Position};

use super::{Islands, function, work};
use crate::program::islands::island::FunctionTree;
use crate::program::islands::repeated::Repeat;
use crate::program::islands::{Handle, Tree};
use crate::script::Outcome;
use crate::script::interp::Interp;
use crate::script::random_stream;

/// The longest time that a function has run when it is begun again, if it has entered compiled code since.
const LONGEST: Duration = Duration::from_millis(3);

/// The most work that the interpreter has done for it when it is begun again.
const MOST: u64 = 100_000;

/// A call that the interpreter does.
struct Call {
    handle: Handle,
    /// The number of its function.
    number: u64,
    /// The arguments that are no lists, as they were given.
    args: Vec<Option<Dynamic>>,
    /// The variables that are older than its arguments.
    base: usize,
    begun: Instant,
    /// The work and the entries of compiled code before it.
    before: (u64, u64),
    /// The random numbers that had been drawn.
    drawn: u64,
    was_tried: bool,
}

thread_local! {
    /// The calls, the innermost last.
    static CALLS: RefCell<Vec<Call>> = const { RefCell::new(Vec::new()) };
}

/// Ends the innermost call, also after a panic.
struct Ending;

impl Drop for Ending {
    fn drop(&mut self) {
        CALLS.with_borrow_mut(|calls| drop(calls.pop()));
    }
}

/// Lets the interpreter run the body of a function whose arguments are the newest variables.
pub(super) fn interpret(
    handle: &Handle,
    tree: &FunctionTree,
    context: &mut EvalContext,
) -> Outcome {
    let count = tree.params.len();
    let newest = context.scope().iter_raw().take(count);
    let mut args: Vec<_> = newest
        .map(|(.., value)| (!value.is_array()).then(|| value.clone()))
        .collect();
    args.reverse();
    let call = Call {
        handle: handle.clone(),
        number: tree.number,
        args,
        base: context.scope().len().saturating_sub(count),
        begun: Instant::now(),
        before: (work::done(), work::entries()),
        drawn: random_stream::drawn(),
        was_tried: false,
    };
    CALLS.with_borrow_mut(|calls| calls.push(call));
    let _ending = Ending;
    context.eval_expression_tree(&(&tree.body).into())
}

/// Does the function whose loop this is as a whole, if that is possible. Returns what its call ends with.
pub(super) fn instead(interp: &Interp, owner: u64, context: &EvalContext) -> Option<Outcome> {
    if owner == 0 {
        return None;
    }
    let (handle, args) = CALLS.with_borrow_mut(|calls| {
        let call = calls.last_mut().filter(|call| call.number == owner)?;
        if std::mem::replace(&mut call.was_tried, true)
            || work::done() - call.before.0 > MOST
            || work::entries() != call.before.1 && call.begun.elapsed() > LONGEST
            || call.drawn != random_stream::drawn()
        {
            return None;
        }
        let scope = context.scope();
        let newest = scope.len().checked_sub(call.base)?;
        let args = call.args.iter().enumerate().map(|(index, arg)| match arg {
            Some(arg) => Some(arg.clone()),
            None => {
                let place = newest.checked_sub(index + 1)?;
                Some(scope.iter_raw().nth(place)?.2.clone())
            }
        });
        Some((call.handle.clone(), args.collect::<Option<Vec<_>>>()?))
    })?;
    let island = &*handle.0;
    let Tree::Function(tree) = &island.tree else {
        return None;
    };
    let args: Vec<&Dynamic> = args.iter().collect();
    let libraries = context.namespaces();
    let form = function::form_if(interp, island, tree, libraries, &args, |_| true)?;
    let code = form.code.get()?.as_ref().ok()?;
    // The interpreter may have changed them.
    if code.changes_lists && args.iter().any(|arg| arg.is_array()) {
        return None;
    }
    let outcome = function::call(
        interp,
        island,
        &form,
        &args,
        (context.source(), context.call_level()),
    )?;
    Some(outcome.and_then(|value| Err(EvalAltResult::Return(value, Position::NONE).into())))
}

/// Makes the list that a variable begins with. Before it makes a long one, the function is done as a whole, if that is possible.
pub(super) fn repeat(interp: &Interp, repeat: &Repeat, context: &mut EvalContext) -> Outcome {
    let count = context.eval_expression_tree(&(&repeat.count).into())?;
    let islands = Islands::of(interp);
    if count.as_int().is_ok_and(|count| islands.is_list_due(count))
        && let Some(outcome) = instead(interp, repeat.owner, context)
    {
        return outcome;
    }
    context.eval_expression_tree(&(&repeat.whole).into())
}
