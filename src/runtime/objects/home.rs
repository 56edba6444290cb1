//! The runtime that a shared object belongs to: whether it still exists, waits for its objects, and its messages.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;

use rhai::{Dynamic, EvalAltResult};

use super::errors::{self, Away};
use crate::runtime::Error;
use crate::runtime::error::thrown;
use crate::script::exceptions::Exception;
use crate::script::interp::Interp;
use crate::script::report::diagnostic_of;
use crate::sync::{Deadline, Offset, Place, Session, WaitError};

/// Returns the interpreter of the session.
pub(super) fn of(session: &Session) -> Result<Arc<Interp>, Away> {
    Interp::of_session(session)
        .filter(|interp| !interp.is_over())
        .ok_or(Away::Ended)
}

/// Why a wait was interrupted.
pub(super) fn interrupted(session: &Session) -> Away {
    match of(session) {
        Ok(_) => Away::Stopped,
        Err(away) => away,
    }
}

/// The report of an error that a native returned.
pub(in crate::runtime) fn failed(interp: &Interp, why: &EvalAltResult) -> Error {
    let told = diagnostic_of(interp, &Exception::from_error(why));
    Error::failed(told, Some(thrown(why)))
}

/// Waits for an object of the session. Returns `None` when the time ran out.
///
/// # Errors
/// The runtime was stopped, even if it has continued since, or it is gone.
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

/// Like [`wait`], for a wait that may only begin while the runtime exists, and fails when the time runs out.
pub(super) fn wait_or_time_out<T>(
    session: &Session,
    work: impl FnOnce() -> Result<T, WaitError>,
) -> Result<T, errors::WaitError> {
    of(session)?;
    wait(session, work)?.ok_or(errors::WaitError::TimedOut)
}

/// The end of a wait that starts now and lasts `timeout`.
pub(super) fn after(timeout: Duration) -> Deadline {
    match timeout {
        Duration::ZERO => Deadline::NOW,
        timeout => Deadline::after(timeout),
    }
}

/// The error of a call by a name that no function of the program has.
pub(in crate::runtime) fn no_function(interp: &Interp, name: &str) -> Error {
    let text = format!("the program has no function '{name}'");
    let exception = Exception::new("NameError", vec![text.into()]);
    Error::failed(diagnostic_of(interp, &exception), None)
}

pub(super) fn place_in(interp: &Interp, value: &Dynamic) -> Option<(u16, Place)> {
    interp.codecs().ok()?.place_of(value)
}

/// The kind of a shared object of this session, and its place.
pub(super) fn place_of(session: &Session, value: &Dynamic) -> Option<(u16, Place)> {
    place_in(&*Interp::of_session(session)?, value)
}

/// Opens the shared object of this kind at a place of the session.
///
/// # Errors
/// The place has no object of this kind, or the runtime has ended.
pub(super) fn at_place(session: &Session, kind: u16, offset: Offset) -> Result<Dynamic, String> {
    let interp = Interp::of_session(session).ok_or("its runtime is gone")?;
    interp.codecs()?.at_place(session, kind, offset)
}

/// A message that is being written or read: its session, if the runtime has one, and the objects that came with it.
#[derive(Clone)]
pub(super) struct Current {
    pub(super) session: Option<Session>,
    pub(super) objects: Vec<Offset>,
}

impl Current {
    /// Returns whether this is a message of that session.
    pub(super) fn is_in(&self, session: &Session) -> bool {
        let own = self.session.as_ref();
        own.is_some_and(|own| own.is_same(session))
    }
}

thread_local! {
    static CURRENT: RefCell<Option<Current>> = const { RefCell::new(None) };
}

/// Runs `work`, which writes a message of this session, or reads one that came with these objects.
pub(super) fn within<R>(
    session: Option<&Session>,
    objects: &[Offset],
    work: impl FnOnce() -> R,
) -> R {
    struct Restore(Option<Current>);
    impl Drop for Restore {
        fn drop(&mut self) {
            CURRENT.set(self.0.take());
        }
    }
    let current = Current {
        session: session.cloned(),
        objects: objects.to_vec(),
    };
    let _restore = Restore(CURRENT.replace(Some(current)));
    work()
}

/// The message that the calling thread writes or reads.
pub(super) fn current() -> Option<Current> {
    CURRENT.with_borrow(Clone::clone)
}
