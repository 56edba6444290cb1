//! The wait of each thread, recorded for diagnosis.

use std::sync::atomic::{Ordering, fence};

use super::call_site::CallSite;
use super::offset::{Offset, peek, poke};
use super::part::is_part;
use super::process_id::ProcessId;
use super::role::Role;
use super::segment::Segment;
use super::session::Session;
use super::thread_slot::{Thread, ThreadSlot};
use crate::sys::clock::{Deadline, now_ns};

/// A wait in progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wait {
    /// The kind of wait, a number that the caller defines; never 0.
    pub(crate) kind: u16,
    /// The object waited for.
    pub(crate) object: Offset,
    /// When it began, nanoseconds of the monotonic clock.
    pub(crate) since_ns: u64,
    /// When it gives up.
    pub(crate) deadline: Deadline,
}

/// A living thread of the session.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ThreadInfo {
    /// Its process.
    pub(crate) process: ProcessId,
    /// The process's id in the system.
    pub(crate) pid: u32,
    /// Its id in the system.
    pub(crate) tid: u32,
    /// Its row in the thread table.
    pub(crate) row: u64,
    /// Its role in the wait.
    pub(crate) role: Role,
    /// When it last found that what it waits for has not come; 0 for not yet.
    pub(crate) looked_ns: u64,
    /// Its wait, if it waits.
    pub(crate) wait: Option<Wait>,
    /// The line of the script that waits.
    pub(crate) wait_site: CallSite,
    /// The line that it was at when it was last asked, and when that was; 0 for never.
    pub(crate) place: CallSite,
    pub(crate) placed_ns: u64,
}

/// A recorded wait; dropping it removes the record.
#[derive(Debug)]
pub(crate) struct WaitNote<'s> {
    /// `None` in a part of a wait that is recorded as a whole.
    slot: Option<&'s ThreadSlot>,
}

impl<'s> Thread<'s> {
    /// Records that this thread waits, and at which line of its script.
    pub(crate) fn note_wait(self, wait: Wait) -> WaitNote<'s> {
        if is_part() {
            return WaitNote { slot: None };
        }
        // The end of the last wait is seen before the words of this one.
        fence(Ordering::Release);
        poke(&self.slot.wait_looked, 0);
        poke(&self.slot.wait_role, Role::current().0);
        poke(&self.slot.wait_object, wait.object.0);
        poke(&self.slot.wait_since, wait.since_ns);
        poke(&self.slot.wait_site, CallSite::now(self.segment).word());
        poke(&self.slot.wait_deadline, wait.deadline.as_ns());
        self.slot
            .wait_kind
            .store(u64::from(wait.kind), Ordering::Release);
        WaitNote {
            slot: Some(self.slot),
        }
    }
}

impl Drop for WaitNote<'_> {
    fn drop(&mut self) {
        if let Some(slot) = self.slot {
            slot.wait_kind.store(0, Ordering::Release);
        }
    }
}

impl Session {
    /// Returns the living threads of all processes, and what they wait for (tests).
    #[cfg(test)]
    pub(crate) fn threads(&self) -> Vec<ThreadInfo> {
        self.segment().threads()
    }
}

impl Session {
    /// Takes the turn to print what the family does, unless another has taken it within this time.
    pub(crate) fn takes_turn_to_dump(&self, pause_ns: u64) -> bool {
        let dumped_at = &self.segment().header().dumped_at;
        let (last, now) = (peek(dumped_at), now_ns());
        (last == 0 || now.saturating_sub(last) > pause_ns)
            && dumped_at
                .compare_exchange(last, now, Ordering::AcqRel, Ordering::Relaxed)
                .is_ok()
    }
}

impl Segment {
    /// Returns the living threads of all processes, and what they wait for.
    pub(crate) fn threads(&self) -> Vec<ThreadInfo> {
        (0..self.thread_rows())
            .map(|row| (row, self.thread_slot(row)))
            .filter(|(_, slot)| slot.claim.load(Ordering::Acquire) != 0 && !slot.life.is_dead())
            .map(|(row, slot)| ThreadInfo {
                process: ProcessId::unpack(peek(&slot.process)),
                pid: peek(&slot.pid) as u32,
                tid: slot.claim.load(Ordering::Acquire) as u32,
                row,
                role: Role(peek(&slot.wait_role)),
                looked_ns: slot.wait_looked.load(Ordering::Acquire),
                wait: wait_of(slot),
                wait_site: CallSite::from_word(peek(&slot.wait_site)),
                placed_ns: slot.place_since.load(Ordering::Acquire),
                place: CallSite::from_word(peek(&slot.place_site)),
            })
            .collect()
    }
}

fn wait_of(slot: &ThreadSlot) -> Option<Wait> {
    let kind = slot.wait_kind.load(Ordering::Acquire) as u16;
    (kind != 0).then(|| Wait {
        kind,
        object: Offset(peek(&slot.wait_object)),
        since_ns: peek(&slot.wait_since),
        deadline: Deadline::at_ns(peek(&slot.wait_deadline)),
    })
}
