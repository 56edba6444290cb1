//! The runtime an object belongs to, found from the object: how long it is there, and why a wait for it ended.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;

use rhai::{Array, Dynamic, EvalAltResult, FuncArgs};

use super::errors::Away;
use crate::runtime::Error;
use crate::runtime::error::thrown;
use crate::script::exceptions::{Exception, raise};
use crate::script::interp::Interp;
use crate::script::report::diagnostic_of;
use crate::sync::{Deadline, Offset, Place, Session, WaitError};

/// The runtime whose session this is.
pub(super) fn of(session: &Session) -> Result<Arc<Interp>, Away> {
    Interp::of_session(session)
        .filter(|interp| !interp.is_over())
        .ok_or(Away::Ended)
}

/// What an interrupted wait was interrupted by.
pub(super) fn interrupted(session: &Session) -> Away {
    match of(session) {
        Ok(_) => Away::Stopped,
        Err(away) => away,
    }
}

/// The report of an error that a native returned.
pub(super) fn failed(interp: &Interp, why: &EvalAltResult) -> Error {
    let told = diagnostic_of(interp, &Exception::from_error(why));
    Error::failed(told, Some(thrown(why)))
}

/// Waits for an object of the session; nothing when the time ran out.
///
/// # Errors
/// The runtime was asked to stop, also if it has gone on since; or it is gone.
pub(super) fn wait<T>(
    session: &Session,
    wait: impl FnOnce() -> Result<T, WaitError>,
) -> Result<Option<T>, Away> {
    match session.noticing_stops(wait) {
        Ok(done) => Ok(Some(done)),
        Err(WaitError::TimedOut) => Ok(None),
        Err(WaitError::Interrupted) => Err(interrupted(session)),
        Err(WaitError::Session(error)) => Err(Away::Session(error)),
    }
}

/// The end of a wait of so long.
pub(super) fn after(timeout: Duration) -> Deadline {
    match timeout {
        Duration::ZERO => Deadline::NOW,
        timeout => Deadline::after(timeout),
    }
}

/// Arguments for scripts, from the host.
///
/// # Errors
/// One is an object of this module as Rust has it, which scripts know in another form, or of another runtime.
pub(in crate::runtime) fn arguments(interp: &Interp, args: impl FuncArgs) -> Result<Array, Error> {
    let mut values = Array::new();
    args.parse(&mut values);
    let session = interp.existing_session();
    let is_foreign =
        |(_, place): (u16, Place)| !session.as_ref().is_some_and(|session| place.is_in(session));
    for (index, value) in values.iter().enumerate() {
        let why = if value.type_name().starts_with(super::MODULE) {
            "is a Rust handle of a shared object: pass its to_dynamic() to scripts"
        } else if place_in(interp, value).is_some_and(is_foreign) {
            "belongs to another runtime"
        } else {
            continue;
        };
        let text = format!("argument {} {why}", index + 1);
        return Err(failed(interp, &raise("TypeError", text)));
    }
    Ok(values)
}

fn place_in(interp: &Interp, value: &Dynamic) -> Option<(u16, Place)> {
    interp.codecs().ok()?.place_of(value)
}

/// The number of a shared object of this session, and its place.
pub(super) fn place_of(session: &Session, value: &Dynamic) -> Option<(u16, Place)> {
    place_in(&*Interp::of_session(session)?, value)
}

/// The shared object of that number at a place of the session.
///
/// # Errors
/// Something else lies there, or the runtime has ended.
pub(super) fn at_place(session: &Session, kind: u16, offset: Offset) -> Result<Dynamic, String> {
    let interp = Interp::of_session(session).ok_or("its runtime is gone")?;
    interp.codecs()?.at_place(session, kind, offset)
}

/// The message that the calling thread writes or reads: its session, and the objects that came with it.
#[derive(Clone)]
pub(super) struct Current {
    pub(super) session: Session,
    pub(super) objects: Vec<Offset>,
}

thread_local! {
    static CURRENT: RefCell<Option<Current>> = const { RefCell::new(None) };
}

/// Runs `work`, which writes a message of this session, or reads one that came with these objects.
pub(super) fn within<R>(session: &Session, objects: &[Offset], work: impl FnOnce() -> R) -> R {
    struct Restore(Option<Current>);
    impl Drop for Restore {
        fn drop(&mut self) {
            CURRENT.set(self.0.take());
        }
    }
    let current = Current {
        session: session.clone(),
        objects: objects.to_vec(),
    };
    let _restore = Restore(CURRENT.replace(Some(current)));
    work()
}

/// The message that the calling thread writes or reads.
pub(super) fn current() -> Option<Current> {
    CURRENT.with_borrow(Clone::clone)
}
