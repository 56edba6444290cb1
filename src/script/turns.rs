//! The turns of a runtime: one evaluation runs at a time, and a stop that comes between evaluations is carried out before the
//! next one.

use std::sync::{Condvar, Mutex, PoisonError};

use crate::sys::lock::locked;

/// How long the host's last stop lasts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Lasts {
    /// There was none, or it has ended the evaluation that it was meant for.
    #[default]
    Over,
    /// Until it has ended one evaluation.
    Once,
    /// Until the host resumes.
    Held,
}

/// The turns of one runtime.
#[derive(Debug, Default)]
pub(crate) struct Turns {
    state: Mutex<Turn>,
    released: Condvar,
}

#[derive(Debug, Default)]
struct Turn {
    /// An evaluation runs, or a stop is being carried out.
    taken: bool,
    /// How many wait for the turn.
    waiting: usize,
    /// The host has asked for a stop that nobody has begun to carry out.
    fresh: bool,
    lasts: Lasts,
}

impl Turns {
    /// Waits until nobody has the turn, and takes it.
    pub(super) fn take(&self) {
        let mut turn = locked(&self.state);
        while turn.taken {
            turn.waiting += 1;
            let waited = self.released.wait(turn);
            turn = waited.unwrap_or_else(PoisonError::into_inner);
            turn.waiting -= 1;
        }
        turn.taken = true;
    }

    /// Ends the turn, unless the host has asked for a stop that nobody has carried out: then the turn goes on for that. Returns
    /// whether it has ended. `settle` is called before the next turn can begin.
    pub(super) fn release(&self, settle: impl FnOnce(Lasts)) -> bool {
        let mut turn = locked(&self.state);
        if std::mem::take(&mut turn.fresh) {
            return false;
        }
        settle(turn.lasts);
        turn.taken = false;
        // The call takes longer than all else here.
        if turn.waiting > 0 {
            self.released.notify_one();
        }
        true
    }

    /// Requests a stop. Returns true if nobody had the turn: the caller has it then.
    pub(super) fn stop(&self, lasts: Lasts, request: impl FnOnce()) -> bool {
        let mut turn = locked(&self.state);
        turn.lasts = turn.lasts.max(lasts);
        turn.fresh = turn.taken;
        request();
        !std::mem::replace(&mut turn.taken, true)
    }

    /// Notes that the one who has the turn carries out the stop.
    pub(super) fn carry_out(&self) {
        let mut turn = locked(&self.state);
        turn.fresh = false;
        if turn.lasts == Lasts::Once {
            turn.lasts = Lasts::Over;
        }
    }

    /// Ends the stop that lasts. `settle` is called if nobody has the turn.
    pub(super) fn resume(&self, settle: impl FnOnce(Lasts)) {
        let mut turn = locked(&self.state);
        turn.lasts = Lasts::Over;
        if !turn.taken {
            settle(turn.lasts);
        }
    }
}
