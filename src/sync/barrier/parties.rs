//! Who is expected at a barrier.
//!
//! A process that gets the barrier when it is started is told of it: it has a stake there, which says so and when it last came. When it
//! ends, the barrier learns how. It breaks when processes have failed since the last round and those who can still come are too few.
//! Others, such as the process that made the barrier, are not told; one is reckoned with as long as fewer were told than are needed.

use std::sync::atomic::AtomicU64;

use super::Barrier;
use super::layout::{BarrierObject, Expected, phase};
use super::turn::Turn;
use crate::shm::{Farewell, Latched, Leaver, Offset, ProcessId, Session, ShmError, Thread, peek};

// A stake: flags, and the round in which the process last came above them.
const TOLD: u64 = 1;
const CAME: u64 = 2;
const ROUND: u32 = 2;

impl Expected {
    /// Inside a transaction: what has failed so far matters no more.
    pub(super) fn forgive(&self, latched: &Latched<'_>) {
        latched.set(&self.failed, 0);
        latched.set(&self.never_came, 0);
        self.names.set(latched, &[]);
    }
}

impl Turn<'_> {
    /// Whether processes have failed, and those who may still come are too few. While fewer were told than needed, but for one, more
    /// may be started.
    pub(super) fn is_out_of_reach(&self) -> bool {
        let expected = &self.object.expected;
        let (parties, told) = (peek(&self.object.parties), peek(&expected.told));
        let others = peek(&expected.most_others).max(u64::from(told < parties));
        peek(&expected.failed) > 0
            && told + 1 >= parties
            && peek(&expected.living) + others < parties
    }

    /// Inside a transaction: the calling process comes, and has this stake.
    pub(super) fn note_arrival(&self, stake: Option<&AtomicU64>) {
        let (held, expected) = (self.held(), &self.object.expected);
        match stake.filter(|stake| peek(stake) & TOLD != 0) {
            Some(stake) => held.set(stake, TOLD | CAME | peek(&self.object.round) << ROUND),
            None => {
                let others = peek(&expected.others) + 1;
                held.set(&expected.others, others);
                if others > peek(&expected.most_others) {
                    held.set(&expected.most_others, others);
                }
            }
        }
    }
}

impl Barrier {
    /// Tell a child that is being started, and has been granted the barrier, that it is expected.
    pub(crate) fn tell(&self, child: ProcessId) -> Result<(), ShmError> {
        let Some(stake) = self.session().stake_of(child, self.0.offset())? else {
            return Ok(());
        };
        let turn = self.turn(self.session().thread()?);
        let (held, expected) = (turn.held(), &turn.object.expected);
        if peek(stake) & TOLD != 0 {
            return Ok(());
        }
        let mut told = peek(&expected.told);
        let deserted = peek(&expected.living) == 0 && turn.arrived() == 0;
        if deserted && turn.phase() == phase::FILLING && peek(&expected.never_came) == 0 {
            // All who were told before have done their rounds and gone: these are others.
            expected.forgive(held);
            told = 0;
        }
        held.set(&expected.told, told + 1);
        held.set(&expected.living, peek(&expected.living) + 1);
        held.set(stake, TOLD);
        held.commit();
        Ok(())
    }

    /// The child was told, but could not be started.
    pub(crate) fn untell(&self, child: ProcessId) -> Result<(), ShmError> {
        let Some(stake) = self.session().stake_of(child, self.0.offset())? else {
            return Ok(());
        };
        let turn = self.turn(self.session().thread()?);
        let (held, expected) = (turn.held(), &turn.object.expected);
        if peek(stake) & TOLD != 0 {
            held.set(&expected.told, peek(&expected.told) - 1);
            held.set(&expected.living, peek(&expected.living) - 1);
            held.set(stake, 0);
            held.commit();
        }
        Ok(())
    }

    /// The processes that were told and have not come in this round.
    pub(super) fn missing(&self) -> Result<Vec<ProcessId>, ShmError> {
        let stakes = self.session().stakes(self.0.offset())?;
        let round = peek(&self.object().round);
        let here = |stake: u64| stake & CAME != 0 && stake >> ROUND == round;
        let missing = stakes.into_iter().filter(|(_, stake)| !here(*stake));
        Ok(missing.map(|(process, _)| process).collect())
    }
}

/// A process that was told has ended.
pub(crate) fn forfeit(
    session: &Session,
    thread: Thread<'_>,
    place: Offset,
    stake: &AtomicU64,
    leaver: Leaver,
) {
    let object: &BarrierObject = session.segment().at(place);
    let turn = Turn::take(thread, object, place);
    if peek(stake) == 0 {
        // What gave it had been left half done.
        return;
    }
    let (held, expected) = (turn.held(), &object.expected);
    let came = peek(stake) & CAME != 0;
    held.set(&expected.living, peek(&expected.living) - 1);
    if !came || leaver.farewell != Farewell::Finished {
        held.set(&expected.failed, peek(&expected.failed) + 1);
        expected.names.add(held, leaver.process);
    }
    if !came {
        held.set(&expected.never_came, peek(&expected.never_came) + 1);
    }
    held.set(stake, 0);
    held.commit();
    drop(turn);
    // Whoever waits is told at once.
    Turn::take(thread, object, place);
}
