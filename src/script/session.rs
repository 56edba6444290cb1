//! The session of a runtime: created when it is first needed, adopted by a spawned child, left at the end.

use std::sync::Arc;
use std::time::Instant;

use crate::script::deadlock;
use crate::script::exceptions::{Failure, os_failure, raise};
use crate::script::interp::Interp;
use crate::sync::{self, Offset, Session};
use crate::sys;
use crate::sys::lock::locked;
use crate::sys::signal::Signal;
use crate::trace;

impl Interp {
    /// Returns the session, created when it is first needed: a script that shares nothing pays for nothing.
    ///
    /// # Errors
    /// `OSError` when the kernel gives no memory for it.
    pub(crate) fn session(&self) -> Result<Session, Failure> {
        if let Some(session) = self.existing_session() {
            return Ok(session);
        }
        // No thread is started or ends between its being counted and the session's being there.
        let hands = locked(&self.hands.0);
        let mut session = locked(&self.session);
        if let Some(session) = &*session {
            return Ok(session.clone());
        }
        // None of its own objects belongs to the line that happens to need it first.
        let new = sync::called_by_nobody(|| self.create_session())?;
        new.set_hands(*hands);
        *session = Some(new.clone());
        drop(session);
        self.publish_answers();
        // The script may have been asked to stop before there was anything to wait on.
        self.requests.publish(&new);
        Ok(new)
    }

    fn create_session(&self) -> Result<Session, Failure> {
        let allowed = self.permissions().permissions();
        let options = sync::SessionOptions {
            memory_bytes: [self.session_memory(), allowed.of_session_memory()]
                .into_iter()
                .flatten()
                .min(),
        };
        let new = sync::create_session(&options).map_err(session_failure)?;
        let mut states = self.states().all();
        states
            .try_for_each(|state| state.session_created(&new))
            .map_err(session_failure)?;
        self.output
            .share(sync::Mutex::create_hidden(&new).map_err(session_failure)?);
        self.attach(&new);
        // Without descriptors for it, sockets cannot be sent, and all the rest works.
        *locked(&self.depot) = sync::Depot::create(&new).ok().map(Arc::new);
        sync::remove_leftovers();
        Ok(new)
    }

    /// Returns the session if there is one.
    pub(crate) fn existing_session(&self) -> Option<Session> {
        locked(&self.session).clone()
    }

    /// Takes the session that a spawned child was given.
    pub(crate) fn adopt_session(&self, session: Session, depot: Option<sync::Depot>) {
        *locked(&self.depot) = depot.map(Arc::new);
        self.attach(&session);
        *locked(&self.session) = Some(session);
    }

    /// Returns the depot in which descriptors wait on their way to other processes of the session.
    pub(crate) fn depot(&self) -> Option<Arc<sync::Depot>> {
        locked(&self.depot).clone()
    }

    /// Tells a session of this process which interpreter it belongs to.
    fn attach(&self, session: &Session) {
        let myself = self.weak();
        session.belongs_to(myself.clone());
        let waiting = myself.clone();
        sync::report_circles_by(deadlock::warn);
        session.on_signal(Box::new(move || {
            let interp = myself.upgrade();
            interp.is_some_and(|interp| interp.handle_signals())
        }));
        session.on_look(Box::new(move || {
            let interp = waiting.upgrade();
            interp.is_some_and(|interp| interp.may_be_hopeless())
        }));
    }

    /// Returns the interpreter whose session this is, in this process; `None` once it is gone.
    pub(crate) fn of_session(session: &Session) -> Option<Arc<Self>> {
        session.owner()?.downcast().ok()
    }

    /// Waits on something outside the session, with the wait written down in it if there is one.
    pub(crate) fn waiting<T>(
        &self,
        what: (u16, Offset),
        deadline: Option<Instant>,
        wait: impl FnOnce() -> T,
    ) -> T {
        let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        let deadline = left.map_or(sync::Deadline::NEVER, sync::Deadline::after);
        match self.existing_session() {
            Some(session) => sync::noted(&session, what, deadline, wait),
            None => wait(),
        }
    }

    /// Ends the process's use of the session: writes waiting output, and releases everything that the process holds.
    ///
    /// A process that a signal has ended then dies by that signal, so that its parent sees it.
    pub(crate) fn leave(&self, code: i32, ended_by: Option<Signal>) {
        trace::leaving(code);
        if !self.is_child() {
            self.output.erase_drawing();
        }
        self.output.finish();
        self.states().all().for_each(|state| state.end_process());
        // Threads that are left may use the session to the last moment; what they hold goes with the process then.
        let session = self.existing_session().filter(|_| !self.has_threads());
        // So may the host: what it has of the session keeps that in being.
        let outlives_owner = |session: &Session| session.outlives_owner() && !self.is_child();
        if let Some(session) = session.filter(|session| !outlives_owner(session)) {
            let exit = if code == 0 && ended_by.is_none() {
                sync::ExitKind::Finished
            } else {
                sync::ExitKind::Failed
            };
            session.leave(exit);
        }
        self.leave_directory();
        if let Some(signal) = ended_by {
            sys::signal::die_by(signal);
        }
    }
}

impl Interp {
    /// Returns the directory of the family, in which it notes what has to disappear with it.
    ///
    /// # Errors
    /// `OSError` when the system refuses it.
    pub(crate) fn family_directory(&self) -> Result<sync::FamilyDirectory, Failure> {
        self.session()?;
        let depot = self.depot().ok_or_else(|| {
            raise(
                "OSError",
                "no descriptors were left for what the processes of this program share",
            )
        })?;
        sync::FamilyDirectory::of(&depot).map_err(os_failure)
    }

    /// Removes what is to disappear with the family, if this is its last process.
    pub(crate) fn leave_directory(&self) {
        let Some(depot) = locked(&self.depot).take() else {
            return;
        };
        let directory = sync::FamilyDirectory::existing(&depot);
        drop(depot);
        if let Ok(Some(directory)) = directory {
            directory.remove_if_last();
        }
    }
}

/// Returns an error of the session as the exception a script sees.
pub(crate) fn session_failure(error: sync::ShmError) -> Failure {
    let kind = match error {
        sync::ShmError::OutOfMemory { .. } => "MemoryError",
        _ => "OSError",
    };
    raise(kind, error.to_string())
}
