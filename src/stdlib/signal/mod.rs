//! `signal`: what a script does when a signal comes.
//!
//! - [`handlers`]: the functions scripts have set, and calling them.
//!
//! A signal is only noted when it comes; its function is called by the main thread, at the next variable the script
//! uses or in the wait it is in. What the function throws comes out there.

pub(crate) mod handlers;

use rhai::Dynamic;

use self::handlers::{DEFAULT, Disposition, Handlers, IGNORE};
use crate::script::{Call, Failure, Interp, Outcome, Registry, States, os_failure, raise};
use crate::sync::Deadline;
use crate::sys;
use crate::sys::signal::Signal;

/// The value of the global constant `signal`.
#[derive(Debug, Clone)]
pub(crate) struct SignalModule;

/// Adds what the module keeps.
pub(super) fn states(states: &mut States) {
    states.add::<Handlers>();
}

pub(super) fn register(registry: &mut Registry) {
    let mut module = registry.namespace("signal", SignalModule);
    module
        .function("signal", &["signalnum", "handler"], set)
        .function("getsignal", &["signalnum"], |call| {
            let signal = number(call)?;
            Ok(Handlers::of(call.interp).disposition(signal).shown())
        })
        .function("raise_signal", &["signalnum"], |call| {
            let signal = number(call)?;
            may(call, "signal.raise_signal()")?;
            sys::signal::send(sys::process::pid(), signal as i32).map_err(os_failure)?;
            check_interrupts(call.interp)
        })
        .function("alarm", &["seconds"], |call| {
            let seconds = u32::try_from(call.int(0)?)
                .map_err(|_| raise("ValueError", "alarm() seconds must not be negative"))?;
            may(call, "signal.alarm()")?;
            Ok(Dynamic::from_int(sys::signal::alarm(seconds).into()))
        })
        .function("pause", &[], pause)
        .constant("SIG_DFL", DEFAULT, |_| Ok(Dynamic::from_int(DEFAULT)))
        .constant("SIG_IGN", IGNORE, |_| Ok(Dynamic::from_int(IGNORE)));
    for signal in Signal::iterator() {
        module.number(signal.as_str(), signal as i64);
    }
}

/// `signal.signal(signalnum, handler)`: gives what was there before.
fn set(call: &mut Call<'_>) -> Outcome {
    if !call.interp.owns_signals() || !Handlers::is_main_thread() {
        let text = "signal only works in main thread of the main interpreter";
        return Err(raise("ValueError", text));
    }
    let signal = number(call)?;
    may(call, "signal.signal()")?;
    let handler = call.value(1);
    let disposition = Disposition::read(call.interp, call.context, &handler)?;
    let before = Handlers::of(call.interp).set(signal, disposition);
    call.interp.publish_answers();
    Ok(before.map_err(os_failure)?.shown())
}

/// Checks that the script may handle signals, and that this process runs nothing else.
fn may(call: &Call<'_>, doing: &str) -> Result<(), Failure> {
    let guard = call.interp.permissions();
    guard.change_process(doing)?;
    Ok(guard.signals(doing)?)
}

fn number(call: &mut Call<'_>) -> Result<Signal, Failure> {
    let number = call.int(0)?;
    i32::try_from(number)
        .ok()
        .and_then(|number| Signal::try_from(number).ok())
        .ok_or_else(|| raise("ValueError", "signal number out of range"))
}

/// `signal.pause()`: until a signal comes that the script handles.
fn pause(call: &mut Call<'_>) -> Outcome {
    let handled = Handlers::of(call.interp).handled();
    let over = || Handlers::of(call.interp).handled() != handled;
    call.interp.sleep_until(Deadline::NEVER, over)?;
    Ok(Dynamic::UNIT)
}

/// Calls the functions of signals that have come.
fn check_interrupts(interp: &Interp) -> Outcome {
    if interp.check_interrupts() {
        return Err(interp.interrupted());
    }
    Ok(Dynamic::UNIT)
}
