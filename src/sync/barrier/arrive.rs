//! Waiting at a barrier.

use std::sync::atomic::AtomicU64;
use std::time::Duration;

use super::layout::{call, phase};
use super::turn::Turn;
use super::{Barrier, BarrierError, Cause, WaitError};
use crate::shm::{Thread, peek};
use crate::sync::wait::{wait_for_call, wait_kind};
use crate::sys::clock::Deadline;

/// The result of an arrival.
#[derive(Debug)]
pub(crate) enum Arrival<'b> {
    /// All have come and all pass; the caller came as this one, counted from 0.
    Passed(u64),
    /// The caller is the last, and all pass when it has run the action.
    Last(Acting<'b>),
}

/// The last to come runs the action. Dropped without [`Acting::complete`], the barrier breaks.
#[derive(Debug)]
pub(crate) struct Acting<'b> {
    barrier: &'b Barrier,
    round: u64,
}

impl Acting<'_> {
    /// Lets all parties pass after the action, and returns the caller's order of arrival: it came last, counted from 0.
    pub(crate) fn complete(self) -> Result<u64, BarrierError> {
        let mut turn = self.barrier.turn(self.barrier.session().thread()?);
        if turn.is_actor() {
            turn.release();
            return Ok(self.barrier.parties() - 1);
        }
        Err(BarrierError::Broken(turn.broken(Some(self.round))))
    }
}

impl Drop for Acting<'_> {
    fn drop(&mut self) {
        let Ok(thread) = self.barrier.session().thread() else {
            return;
        };
        let mut turn = self.barrier.turn(thread);
        if turn.is_actor() {
            turn.disband(phase::BROKEN, Cause::Quiet, &[]);
        }
    }
}

impl Barrier {
    /// Comes to the barrier and waits for the others, at most for `timeout` after having come in. When there is an action, the last
    /// one to come returns to run it. `beat` is called now and then.
    pub(crate) fn arrive(
        &self,
        timeout: Option<Duration>,
        has_action: bool,
        beat: &dyn Fn(),
    ) -> Result<Arrival<'_>, BarrierError> {
        let thread = self.session().thread()?;
        thread.may_join_a_line()?;
        let stake = self.0.stake();
        loop {
            let mut turn = self.turn(thread);
            match turn.phase() {
                phase::FILLING if turn.is_out_of_reach() => {
                    let failed = turn.object.expected.names.kept();
                    turn.disband(phase::BROKEN, Cause::TooFew, &failed);
                }
                phase::FILLING => break self.come_in(turn, stake, timeout, has_action, beat),
                phase::ACTING if turn.is_actor() => return Err(BarrierError::InAction),
                phase::ACTING => self.wait_outside(turn, beat)?,
                _ => return Err(BarrierError::Broken(turn.broken(None))),
            }
        }
    }

    fn come_in<'b>(
        &'b self,
        mut turn: Turn<'_>,
        stake: Option<&AtomicU64>,
        timeout: Option<Duration>,
        has_action: bool,
        beat: &dyn Fn(),
    ) -> Result<Arrival<'b>, BarrierError> {
        let (thread, object) = (turn.thread, turn.object);
        let (index, round) = (turn.arrived(), peek(&object.round));
        let held = turn.held();
        turn.note_arrival(stake);
        held.set(&object.arrived, index + 1);
        if index + 1 < peek(&object.parties) {
            object.waiting.join(held, thread, self.0.offset());
            held.commit();
            drop(turn);
            let deadline = timeout.map_or(Deadline::NEVER, Deadline::after);
            return self.wait_inside(thread, index, deadline, beat);
        }
        if has_action {
            held.set(&object.phase, phase::ACTING);
            held.set(&object.actor, thread.id);
            held.set(&object.actor_process, self.session().me().pack());
            held.commit();
            return Ok(Arrival::Last(Acting {
                barrier: self,
                round,
            }));
        }
        // One transaction with the arrival.
        turn.release();
        Ok(Arrival::Passed(index))
    }

    fn wait_inside(
        &self,
        thread: Thread<'_>,
        index: u64,
        mut deadline: Deadline,
        beat: &dyn Fn(),
    ) -> Result<Arrival<'_>, BarrierError> {
        loop {
            let waited = self.wait_in_line(thread, deadline, beat);
            // Only a time-out is interested in them; it takes its turn afterwards.
            let missing = match waited {
                Err(WaitError::TimedOut) => self.missing().unwrap_or_default(),
                _ => Vec::new(),
            };
            let mut turn = self.turn(thread);
            if thread.call_under(turn.held()).is_none() {
                match (&waited, turn.phase()) {
                    // All have come: nobody is late any more.
                    (Err(WaitError::TimedOut), phase::ACTING) => {
                        deadline = Deadline::NEVER;
                        continue;
                    }
                    (Err(WaitError::TimedOut), _) => {
                        let failed = turn.object.expected.names.kept();
                        let concerned = [missing, failed].concat();
                        turn.disband(phase::BROKEN, Cause::TimedOut, &concerned);
                    }
                    _ => turn.disband(phase::BROKEN, Cause::Interrupted, &[self.session().me()]),
                }
            }
            thread.is_out_of_line();
            let answer = thread.call_under(turn.held()).unwrap_or(call::BROKEN);
            return match waited {
                Err(WaitError::Interrupted) => Err(BarrierError::Interrupted),
                _ if answer == call::PASS => Ok(Arrival::Passed(index)),
                _ => Err(BarrierError::Broken(turn.broken(Some(answer >> 8)))),
            };
        }
    }

    /// Waits until the round that is being ended is over.
    fn wait_outside(&self, turn: Turn<'_>, beat: &dyn Fn()) -> Result<(), BarrierError> {
        let (thread, object) = (turn.thread, turn.object);
        object.outside.join(turn.held(), thread, self.0.offset());
        turn.held().commit();
        drop(turn);
        let waited = self.wait_in_line(thread, Deadline::NEVER, beat);
        if waited.is_err() {
            let turn = self.turn(thread);
            object.outside.leave(turn.held(), thread.segment, thread.id);
        }
        thread.is_out_of_line();
        waited.map(|_| ()).map_err(|_| BarrierError::Interrupted)
    }

    fn wait_in_line(
        &self,
        thread: Thread<'_>,
        deadline: Deadline,
        beat: &dyn Fn(),
    ) -> Result<u64, WaitError> {
        let look = || {
            beat();
            self.session().sweep_the_dead(thread);
            thread.call_under(self.turn(thread).held())
        };
        let what = (wait_kind::BARRIER, self.0.offset());
        wait_for_call(self.session(), thread, what, deadline, look)
    }
}
