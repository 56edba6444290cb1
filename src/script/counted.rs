//! The threads of scripts, counted: their number is published in the session, because a thread that only computes is not seen there.

use std::sync::Arc;

use crate::script::interp::Interp;
use crate::script::state::States;
use crate::sync::Role;
use crate::sys::lock::locked;
use crate::sys::signal;

/// A thread that a script has started; it counts until this is dropped.
#[derive(Debug)]
pub(crate) struct Hand(Arc<Interp>);

impl Interp {
    /// Counts a thread that is about to be started.
    pub(crate) fn add_hand(self: &Arc<Self>) -> Hand {
        self.change_hands(|hands| hands + 1);
        Hand(self.clone())
    }

    /// Forgets the threads of the parent; the calling thread is the main one of this process.
    pub(super) fn begin_hands(&self) {
        self.change_hands(|_| 1);
        Role::MAIN.begin();
    }

    /// Notes that no script runs in this process: another one runs those of the host.
    pub(crate) fn have_no_hands(&self) {
        self.change_hands(|_| 0);
    }

    fn change_hands(&self, change: impl Fn(u64) -> u64) {
        let mut hands = locked(&self.hands.0);
        *hands = change(*hands);
        if let Some(session) = self.existing_session() {
            session.set_hands(*hands);
        }
    }

    /// Returns whether the wait of the calling thread may be called hopeless: nothing can call it away.
    pub(super) fn may_be_hopeless(&self) -> bool {
        !self.is_interactive()
            && !signal::alarm_is_set()
            && !is_called_away(self.states())
            && self.stopping().is_none()
    }
}

fn is_called_away(states: &States) -> bool {
    states.all().any(|state| state.may_call_away())
}

impl Drop for Hand {
    fn drop(&mut self) {
        self.0.change_hands(|hands| hands.saturating_sub(1));
    }
}
