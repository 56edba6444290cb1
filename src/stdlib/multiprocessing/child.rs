//! The life of a child: it runs its task, reports an error, ends its own family, and leaves.

use std::sync::Arc;

use rhai::{Dynamic, NativeCallContext};

use super::family::Family;
use super::finish::finish;
use super::process::{Process, Stage};
use crate::script::exception_class::pack_exception;
use crate::script::report::{Ending, FAILED, diagnostic_of, print, task_frames};
use crate::script::{Exception, Interp, Outcome, Stop};
use crate::sys;
use crate::sys::signal::Signal;

/// Runs the task of `process`, which is this process, and gives its exit code.
///
/// The process has its slot in the session and the family already. `interactive` is whether somebody types at its parent.
pub(crate) fn live(
    interp: &Arc<Interp>,
    context: &NativeCallContext,
    process: &Process,
    interactive: bool,
) -> i32 {
    process.with(|state| {
        state.stage = Stage::Elsewhere {
            pid: sys::process::pid(),
        }
    });
    interp.forget_the_parents_stop();
    interp.begin_process();
    sys::process::set_command_name(&process.identity().name);
    let _ = sys::stdio::empty_stdin();
    let ends_with_parent = match process.identity().daemon {
        true => Some(Signal::SIGKILL),
        // In order, with its own children.
        false => (interactive || interp.is_under_host()).then_some(Signal::SIGTERM),
    };
    let parent = Family::of(interp).parent().map_or(0, |(pid, _)| pid);
    if ends_with_parent.is_some_and(|signal| !end_with_parent(signal, parent)) {
        return FAILED;
    }
    let result = run(context, process);
    let task = process.task();
    let is_run = task.as_ref().is_some_and(|(_, _, is_run)| *is_run);
    let function = task.as_ref().map(|(function, ..)| function);
    let ending = Ending::of(interp, result, |error| {
        task_frames(error, &interp.program, function, is_run)
    });
    conclude(interp, process, &ending)
}

/// From now on the kernel ends this process when its parent ends, even if that is killed. False when the parent is dead already.
pub(crate) fn end_with_parent(signal: Signal, parent: i32) -> bool {
    let armed = sys::signal::set_parent_death_signal(signal).is_ok();
    // The parent may have died before the signal was armed.
    armed && sys::process::parent_pid() == parent
}

fn run(context: &NativeCallContext, process: &Process) -> Outcome {
    let Some((function, args, is_run)) = process.task() else {
        return Ok(Dynamic::UNIT);
    };
    if is_run {
        let mut this = Dynamic::from(process.clone());
        function.call_raw(context, Some(&mut this), args)
    } else {
        function.call_raw(context, None, args)
    }
}

/// Prints and reports how the task ended, and ends this process's own family.
fn conclude(interp: &Arc<Interp>, process: &Process, ending: &Ending) -> i32 {
    if let Some(exception) = ending.exception() {
        // Ctrl-C is reported once, by the main process.
        if !matches!(ending, Ending::Interrupted(_)) {
            let mut diagnostic = diagnostic_of(interp, exception);
            diagnostic.process = Some(process.identity().name);
            print(interp, &diagnostic);
        }
        report(interp, exception);
    }
    let (code, request) = finish(interp, ending.code(), ending.ends_children());
    let terminated =
        matches!(ending, Ending::Terminated) || matches!(request, Some(Stop::Terminate));
    interp.leave(code, terminated);
    code
}

/// How much of an exception's text the parent gets when memory is short, in characters.
const REPORTED: usize = 200;

/// Leaves the exception where the parent finds it.
fn report(interp: &Arc<Interp>, exception: &Exception) {
    let Some(session) = interp.existing_session() else {
        return;
    };
    let leave = |exception: &Exception| {
        let packed = pack_exception(interp, exception).ok();
        packed.is_some_and(|bytes| session.set_report(&bytes).is_ok())
    };
    if !leave(exception) {
        // No room for all of it: its class, and how its text begins.
        let text: String = exception.message().chars().take(REPORTED).collect();
        leave(&Exception::new(exception.kind(), vec![text.into()]));
    }
}
