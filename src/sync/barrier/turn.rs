//! Operations on a barrier under its latch.

use super::layout::{BarrierObject, call, phase};
use super::{Broken, Cause};
use crate::shm::{Offset, ProcessId, Sleepers, Thread, peek};
use crate::sync::hold::{Held, hold};

/// A hold of the barrier's latch, with nothing half done and nobody dead at the barrier. Those called meanwhile are woken at its end.
pub(super) struct Turn<'s> {
    pub(super) thread: Thread<'s>,
    pub(super) object: &'s BarrierObject,
    held: Option<Held<'s>>,
    sleepers: Sleepers,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.held = None;
        std::mem::take(&mut self.sleepers).wake(self.thread.segment);
    }
}

impl<'s> Turn<'s> {
    pub(super) fn take(thread: Thread<'s>, object: &'s BarrierObject, place: Offset) -> Turn<'s> {
        let mut turn = Turn {
            thread,
            object,
            held: Some(hold((&object.latch, place), thread)),
            sleepers: Sleepers::default(),
        };
        turn.answer_leaving();
        if let Some((cause, concerned)) = turn.reason_to_break() {
            turn.disband(phase::BROKEN, cause, &concerned);
        }
        turn
    }

    /// Returns the latch.
    pub(super) fn held(&self) -> &Held<'s> {
        self.held
            .as_ref()
            .expect("a turn holds the latch until its end")
    }

    pub(super) fn phase(&self) -> u64 {
        peek(&self.object.phase)
    }

    pub(super) fn arrived(&self) -> u64 {
        peek(&self.object.arrived)
    }

    /// Returns whether the calling thread runs the action.
    pub(super) fn is_actor(&self) -> bool {
        self.phase() == phase::ACTING && peek(&self.object.actor) == self.thread.id
    }

    /// Tells those whose round is over, and lets those in who waited for that.
    fn answer_leaving(&mut self) {
        let Turn {
            thread,
            object,
            held,
            sleepers,
        } = self;
        let (segment, Some(held)) = (thread.segment, held.as_ref()) else {
            return;
        };
        let answer = peek(&object.answer);
        while object.leaving.call_first(held, segment, answer, sleepers) {}
        let outside = &object.outside;
        if peek(&object.phase) == phase::ACTING {
            // They stay where they are, except for the dead, whose slots will be used again.
            outside.remove_dead(held, segment);
        } else {
            while outside.call_first(held, segment, call::COME_IN, sleepers) {}
        }
    }

    fn reason_to_break(&self) -> Option<(Cause, Vec<ProcessId>)> {
        let (object, segment) = (self.object, self.thread.segment);
        if self.phase() == phase::BROKEN {
            return None;
        }
        let dead: Vec<ProcessId> = object
            .waiting
            .members(segment)
            .filter(|id| segment.thread_is_dead(*id))
            .filter_map(|id| segment.process_of_thread(id))
            .collect();
        if !dead.is_empty() {
            return Some((Cause::Died, dead));
        }
        if self.phase() == phase::ACTING && segment.thread_is_dead(peek(&object.actor)) {
            let actor = ProcessId::unpack(peek(&object.actor_process));
            return Some((Cause::DiedActing, vec![actor]));
        }
        let missed = self.arrived() > 0 && self.is_out_of_reach();
        missed.then(|| (Cause::TooFew, object.expected.names.kept()))
    }

    /// Lets every waiter pass and begins the next round, in one transaction.
    pub(super) fn release(&mut self) {
        let object = self.object;
        let held = self.held();
        self.end_round(call::PASS, phase::FILLING);
        object.expected.forgive(held);
        held.commit();
        self.answer_leaving();
    }

    /// Ends all waits in one transaction because the barrier broke, with the reason; it stays broken or starts over.
    pub(super) fn disband(&mut self, next: u64, cause: Cause, concerned: &[ProcessId]) {
        let object = self.object;
        let held = self.held();
        let round = peek(&object.round);
        held.set(&object.broken.round, round);
        held.set(&object.broken.cause, cause.number());
        held.set(&object.broken.came, self.arrived());
        object.broken.names.set(held, concerned);
        self.end_round(call::BROKEN | round << 8, next);
        if next == phase::FILLING {
            object.expected.forgive(held);
        }
        held.commit();
        self.answer_leaving();
    }

    /// Inside a transaction.
    fn end_round(&self, answer: u64, next: u64) {
        let object = self.object;
        let held = self.held();
        held.set(&object.phase, next);
        held.set(&object.round, peek(&object.round) + 1);
        held.set(&object.arrived, 0);
        held.set(&object.expected.others, 0);
        held.set(&object.answer, answer);
        object.waiting.move_to(held, &object.leaving);
    }

    /// Returns why the barrier broke last, but nothing about earlier breaks.
    pub(super) fn broken(&self, round: Option<u64>) -> Broken {
        let broken = &self.object.broken;
        let known = round.is_none_or(|round| round == peek(&broken.round));
        let describe = |process: ProcessId| self.thread.segment.describe(process);
        Broken {
            cause: if known {
                Cause::numbered(peek(&broken.cause))
            } else {
                Cause::Quiet
            },
            came: peek(&broken.came),
            parties: peek(&self.object.parties),
            names: broken
                .names
                .kept()
                .into_iter()
                .filter_map(describe)
                .collect(),
            count: broken.names.count(),
        }
    }
}
