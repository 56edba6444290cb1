//! The life of a child: it runs its task, reports an error, ends its own family, and leaves.

use std::sync::Arc;

use rhai::{Dynamic, NativeCallContext};

use super::family::Family;
use super::finish::finish;
use super::pool::worker;
use super::process::{Process, Stage};
use crate::script::exception_class::pack_exception;
use crate::script::report::{
    Ending, FAILED, OUTPUT_CLOSED, closed_output, diagnostic_of, print, task_frames,
};
use crate::script::{Exception, Interp, Outcome, Stop};
use crate::sys;
use crate::sys::signal::Signal;
use crate::trace;

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
    trace::running();
    sys::process::set_command_name(&process.identity().name);
    let _ = sys::stdio::empty_stdin();
    let ends_with_parent = match process.identity().daemon || process.with(|state| state.works) {
        true => Some(Signal::SIGKILL),
        // In order, with its own children.
        false => (interactive || interp.is_under_host()).then_some(Signal::SIGTERM),
    };
    let parent = Family::of(interp).parent().map_or(0, |(pid, _)| pid);
    if ends_with_parent.is_some_and(|signal| !end_with_parent(signal, parent)) {
        return FAILED;
    }
    let result = match process.with(|state| state.works) {
        true => worker::work(interp, context, process),
        false => run(context, process),
    };
    let result = interp.unless_interrupted(result);
    let task = process.task();
    let is_run = task.as_ref().is_some_and(|(_, _, is_run)| *is_run);
    let function = task.as_ref().map(|(function, ..)| function);
    let ending = Ending::of(interp, result, |error| {
        task_frames(error, &interp.program, function, is_run)
    });
    conclude(interp, process, ending)
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
fn conclude(interp: &Arc<Interp>, process: &Process, ending: Ending) -> i32 {
    let mut last = interp.write_last_output();
    let ending = last.applied_to(ending);
    if let Some(exception) = ending.exception() {
        // Ctrl-C is reported once, by the main process; a closed output is not printed.
        if !matches!(ending, Ending::Interrupted(_) | Ending::OutputClosed(_)) {
            print_error(interp, process, exception);
        }
        report(interp, exception);
    }
    print_failures(interp, process, &last.failures);
    let (code, request) = finish(interp, ending.code(), ending.ends_children());
    let last = interp.write_last_output();
    print_failures(interp, process, &last.failures);
    let request = last.applied_to_request(request, code);
    let (code, late) = match &request {
        Some(Stop::Interrupt) => (FAILED, Some(Exception::new("KeyboardInterrupt", vec![]))),
        Some(Stop::Limit(exceeded)) => {
            let text = exceeded.to_string();
            let exception = Exception::new("RuntimeError", vec![text.into()]);
            print_error(interp, process, &exception);
            (FAILED, Some(exception))
        }
        Some(Stop::Host) => (FAILED, None),
        Some(Stop::OutputClosed) => (OUTPUT_CLOSED, Some(closed_output())),
        _ => (last.applied_to_code(code), last.failures.first().cloned()),
    };
    if let Some(exception) = late.filter(|_| ending.exception().is_none()) {
        report(interp, &exception);
    }
    interp.leave(code, ending.signal(request.as_ref()));
    code
}

fn print_error(interp: &Arc<Interp>, process: &Process, exception: &Exception) {
    let mut diagnostic = diagnostic_of(interp, exception);
    diagnostic.process = Some(process.identity().name);
    print(interp, &diagnostic);
}

fn print_failures(interp: &Arc<Interp>, process: &Process, failures: &[Exception]) {
    for failure in failures {
        print_error(interp, process, failure);
    }
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
        let short = Exception::new(exception.kind(), vec![text.into()]);
        leave(&short.derived(exception.bases().to_vec()));
    }
}
