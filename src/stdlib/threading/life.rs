//! The life of a thread: its start, the call of its function, and the report of an uncaught error.

use std::sync::Arc;

use rhai::{Dynamic, NativeCallContext};

use super::hook;
use super::roster::Roster;
use super::thread::{Stage, Thread};
use crate::process::signals::blocked_in_new_threads;
use crate::script::caller::Caller;
use crate::script::panics::without_panic;
use crate::script::report::task_frames;
use crate::script::values::unshare_handles;
use crate::script::{Exception, Failure, Interp, Outcome, Stop, raise, stretch};
use crate::stdlib::multiprocessing::remote::Remotes;
use crate::sync::{Deadline, Offset, Role, wait_kind};
use crate::sys;

/// The stack of a thread where there is no room for a deep one. The kernel gives as much as is touched.
const STACK: usize = 64 << 20;

impl Thread {
    /// Starts the thread.
    ///
    /// # Errors
    /// `RuntimeError` when it was started before, or the system has no room for one more.
    pub(crate) fn start(
        &self,
        interp: &Arc<Interp>,
        context: &NativeCallContext,
    ) -> Result<(), Failure> {
        let caller = Caller::of(interp, context)?;
        self.start_running(interp, caller, Self::run)
    }

    /// Starts the thread, which does what `body` does and ends.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub(crate) fn start_running(
        &self,
        interp: &Arc<Interp>,
        caller: Caller,
        body: impl FnOnce(&Self, &Caller) -> Outcome + Send + 'static,
    ) -> Result<(), Failure> {
        self.with(|state| {
            if state.stage != Stage::Initial {
                return Err(raise("RuntimeError", "threads can only be started once"));
            }
            if let Some(target) = &mut state.target {
                target.iter_curry_mut().for_each(unshare_handles);
            }
            state.args.iter_mut().for_each(unshare_handles);
            state.attributes.values_mut().for_each(unshare_handles);
            state.stage = Stage::Started { ident: None };
            Ok(())
        })?;
        let added =
            Roster::of(interp).add(self, |living| Ok(interp.permissions().thread(living)?));
        if let Err(refused) = added {
            self.with(|state| state.stage = Stage::Initial);
            return Err(refused);
        }
        let (this, interp_of_thread) = (self.clone(), interp.clone());
        let epoch = interp.thread_epoch();
        let role = match self.is_daemon() {
            true => Role::DAEMON,
            false => Role::THREAD,
        };
        let hand = interp.add_hand();
        let held = blocked_in_new_threads();
        let spawned = std::thread::Builder::new()
            .name(self.name())
            .stack_size(STACK)
            .spawn(move || {
                // Dropped last: until then the thread may do anything.
                let _hand = hand;
                let (this, interp, caller, body) = (this, interp_of_thread, caller, body);
                role.begin();
                let live = || this.live(&interp, epoch, &caller, body);
                interp.held.run(|| stretch::within(&interp, live));
            });
        drop(held);
        match spawned {
            Ok(_) => {
                self.wait_for_its_number(interp);
                Ok(())
            }
            Err(error) => {
                Roster::of(interp).remove(self);
                self.with(|state| state.stage = Stage::Initial);
                Err(raise(
                    "RuntimeError",
                    format!("can't start new thread: {error}"),
                ))
            }
        }
    }

    /// Like Python's, `start()` returns when the thread runs and its `ident` is known.
    fn wait_for_its_number(&self, interp: &Interp) {
        let known = || self.ident().is_some();
        if let Ok(session) = interp.session() {
            let what = (wait_kind::THREAD, Offset::NONE);
            let _ = self
                .changed()
                .wait_until(&session, what, Deadline::NEVER, known);
        }
    }

    /// Runs the thread, from its beginning to its end.
    fn live(
        &self,
        interp: &Arc<Interp>,
        epoch: u64,
        caller: &Caller,
        body: impl FnOnce(&Self, &Caller) -> Outcome,
    ) {
        if let Some(session) = interp.existing_session() {
            // Whoever looks at the program sees a thread that only computes, too.
            let _ = session.thread();
        }
        let ident = Some(sys::identity::thread_id().into());
        self.with(|state| state.stage = Stage::Started { ident });
        self.changed().notify(u32::MAX);
        Roster::run_as(self, epoch, || {
            let result = without_panic(|| body(self, caller));
            Remotes::of(interp).end_thread(interp, result.is_err());
            if let Err(error) = result {
                self.report(interp, caller, &error);
            }
        });
        Roster::of(interp).remove(self);
        self.with(|state| {
            state.stage = Stage::Ended { ident };
            // What the function captured may hold the last handle of a queue, and another thread may wait for that to be dropped.
            state.target = None;
            state.args.clear();
        });
        self.changed().notify(u32::MAX);
    }

    fn run(&self, caller: &Caller) -> Result<Dynamic, Failure> {
        let delay = self.with(|state| state.delay.clone());
        if delay.as_ref().is_some_and(|delay| !delay.elapses()) {
            return Ok(Dynamic::UNIT);
        }
        let result = self.call_task(caller);
        if let Some(delay) = delay {
            delay.finish();
        }
        result
    }

    fn call_task(&self, caller: &Caller) -> Result<Dynamic, Failure> {
        match self.task() {
            None => Ok(Dynamic::UNIT),
            Some((function, args, false)) => caller.call(&function, None, args),
            Some((function, args, true)) => {
                let mut this = Dynamic::from(self.clone());
                caller.call(&function, Some(&mut this), args)
            }
        }
    }

    /// Reports an error nobody caught; an ending (`sys.exit`, Ctrl-C) is not one.
    fn report(&self, interp: &Arc<Interp>, caller: &Caller, error: &rhai::EvalAltResult) {
        if Stop::of(error).is_some() || interp.stopping().is_some() {
            return;
        }
        let task = self.task();
        let is_run = task.as_ref().is_some_and(|(_, _, is_run)| *is_run);
        let function = task.as_ref().map(|(function, ..)| function);
        let frames = task_frames(error, &interp.program, function, is_run);
        let exception = Exception::from_error(error).with_frames(frames);
        hook::report(interp, caller, self, &exception);
    }
}
