//! How long a waiting thread looks for what it waits for before it sleeps: a window that the thread learns from its waits.
//!
//! It is what KVM does for a virtual processor that halts ("halt polling"). The state here knows no clock and no kernel; `spin.rs` has both.

/// About what a sleep and a wake-up cost in processor time: looking that long first never costs more than twice the better choice.
pub(super) const SHORT_NS: u64 = 5_000;

/// Longer than it takes to wake an idle processor. So as soon as one of two partners looks that long, neither sleeps any more.
pub(super) const LONG_NS: u64 = 100_000;

/// A wait that was over within this time was for an answer that comes at once: the rest was spent on waking both sides up.
pub(super) const SOON_NS: u64 = 200_000;

/// An answer that comes later than this could as well have been slept for.
const WORTH_NS: u64 = 25_000;

/// The part of its time that a thread may spend on looking that was of no use is one in this many.
pub(super) const USELESS_SHARE: u64 = 16;

/// The most useless looking that a thread has in hand.
pub(super) const CREDIT_MAX_NS: u64 = 1_000_000;

/// How long a thread believes that a processor is free for looking.
pub(super) const ROOM_NS: u64 = 10_000_000;

/// How long it believes that there is none: at first as short as a passing thread of the kernel runs, twice as long every time after.
pub(super) const CROWD_MIN_NS: u64 = 100_000;
pub(super) const CROWD_MAX_NS: u64 = 51_200_000;

/// What a thread has learned from its waits. Times are readings of one clock.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    /// Whether the last wait was over soon.
    soon: bool,
    /// Useless looking that is still allowed.
    credit_ns: u64,
    /// Up to when the credit has been counted.
    credited_ns: u64,
    /// Whether a processor was free for looking, when that was last asked.
    has_room: Option<bool>,
    /// When to ask again.
    survey_at_ns: u64,
    /// How long to believe it if there is none.
    crowd_ns: u64,
}

impl Window {
    /// Nothing learned yet.
    pub(super) const NEW: Window = Window {
        soon: false,
        credit_ns: 0,
        credited_ns: 0,
        has_room: None,
        survey_at_ns: 0,
        crowd_ns: CROWD_MIN_NS,
    };

    /// Returns how long to look at first. `by_default` says whether there was room when the program began.
    pub(super) fn short_ns(&self, by_default: bool) -> u64 {
        match self.has_room.unwrap_or(by_default) {
            true => SHORT_NS,
            false => 0,
        }
    }

    /// Returns how long to look in all when the short look was in vain. `survey` finds out whether a processor is free for it.
    pub(super) fn long_ns(&mut self, now_ns: u64, survey: impl FnOnce() -> bool) -> u64 {
        if !self.soon {
            return 0;
        }
        if now_ns >= self.survey_at_ns {
            self.note_room(now_ns, survey());
        }
        if self.has_room != Some(true) {
            return 0;
        }
        let earned = now_ns.saturating_sub(self.credited_ns) / USELESS_SHARE;
        self.credit_ns = CREDIT_MAX_NS.min(self.credit_ns + earned);
        self.credited_ns = now_ns;
        match self.credit_ns >= LONG_NS {
            true => LONG_NS,
            false => 0,
        }
    }

    fn note_room(&mut self, now_ns: u64, has_room: bool) {
        self.has_room = Some(has_room);
        let (believed_ns, crowd_ns) = match has_room {
            true => (ROOM_NS, CROWD_MIN_NS),
            false => (self.crowd_ns, CROWD_MAX_NS.min(self.crowd_ns * 2)),
        };
        self.survey_at_ns = now_ns + believed_ns;
        self.crowd_ns = crowd_ns;
    }

    /// The thread was off its processor while it looked: somebody else wants it, or the machine is short of time.
    pub(super) fn lost_the_processor(&mut self) {
        self.survey_at_ns = 0;
    }

    /// The wait ended after this time, all of it spent looking.
    pub(super) fn seen(&mut self, waited_ns: u64) {
        self.soon = true;
        if waited_ns > WORTH_NS {
            self.spend(waited_ns);
        }
    }

    /// The wait ended after this time, after looking in vain for a part of it.
    pub(super) fn slept(&mut self, waited_ns: u64, looked_ns: u64) {
        self.soon = waited_ns < SOON_NS;
        self.spend(looked_ns.saturating_sub(SHORT_NS));
    }

    fn spend(&mut self, useless_ns: u64) {
        self.credit_ns = self.credit_ns.saturating_sub(useless_ns);
    }
}
