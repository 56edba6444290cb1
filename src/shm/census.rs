//! The facts about a family from which its hopeless waits are found: who lives, who holds what, and what was lost since when.
//!
//! Losses are numbered in the order in which they happen: references that processes or messages give up, threads that end, processes
//! that end. Whoever reads several facts reads the number of losses before and after. If it is the same, nobody has lost anything in
//! between, and whatever was held at the beginning has been seen.

use std::sync::atomic::Ordering;

use super::offset::{Offset, peek, poke};
use super::process_entry::{RESERVED, RUNNING};
use super::process_id::ProcessId;
use super::segment::Segment;
use super::session::Session;
use super::thread_slot::Thread;

/// A process of the family that lives or is being started.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) id: ProcessId,
    pub(crate) parent: ProcessId,
    pub(crate) daemon: bool,
    /// It is being started.
    pub(crate) is_starting: bool,
    /// How many threads may act for it.
    pub(crate) hands: u64,
    /// The number of the loss when it last had one thread less.
    pub(crate) hands_lost: u64,
    /// The objects that it holds.
    pub(crate) holds: Vec<Offset>,
    /// Others that it has only because its parent had them, and which its script cannot use.
    pub(crate) inherits: Vec<Offset>,
}

impl Segment {
    /// Counts a loss, and returns its number.
    pub(super) fn count_loss(&self) -> u64 {
        self.header().losses.fetch_add(1, Ordering::SeqCst) + 1
    }

    /// Counts the end of a process.
    pub(super) fn count_end(&self) {
        let loss = self.count_loss();
        self.header().last_end.store(loss, Ordering::SeqCst);
    }

    /// Returns whether a process has ended after that loss.
    pub(crate) fn has_ended_since(&self, loss: u64) -> bool {
        self.header().last_end.load(Ordering::SeqCst) > loss
    }

    /// Returns the number of the last loss.
    pub(crate) fn losses(&self) -> u64 {
        self.header().losses.load(Ordering::SeqCst)
    }

    /// Returns whether an object has lost a reference after that loss.
    pub(crate) fn has_lost_since(&self, object: Offset, loss: u64) -> bool {
        self.last_loss(object) > loss
    }
}

impl Session {
    /// Returns the processes that live or are being started; `None` when one has died and nobody has swept up after it.
    pub(crate) fn members(&self, thread: Thread<'_>) -> Option<Vec<Member>> {
        let segment = self.segment();
        let mut members = Vec::new();
        for row in 0..segment.process_rows() as u32 {
            if segment.died_unswept(row) {
                return None;
            }
            let entry = segment.process_entry(row);
            let state = entry.state.load(Ordering::Acquire);
            if state != RESERVED && state != RUNNING {
                continue;
            }
            let generation = entry.generation.load(Ordering::Acquire) as u32;
            let (holds, inherits) = thread.used_and_inherited(entry);
            members.push(Member {
                id: ProcessId { row, generation },
                parent: ProcessId::unpack(peek(&entry.parent)),
                daemon: peek(&entry.daemon) != 0,
                is_starting: state == RESERVED,
                hands: entry.hands.load(Ordering::SeqCst) + peek(&entry.host_hand),
                hands_lost: entry.hands_lost.load(Ordering::SeqCst),
                holds,
                inherits,
            });
        }
        Some(members)
    }

    /// Returns the names of processes that have ended, as long as they are known; at most `most`.
    pub(crate) fn names_of_ended(&self, most: usize) -> Vec<String> {
        let segment = self.segment();
        let rows = 0..segment.process_rows() as u32;
        let ended = rows.filter_map(|row| {
            let entry = segment.process_entry(row);
            let state = entry.state.load(Ordering::Acquire);
            let was_used = entry.generation.load(Ordering::Acquire) != 0;
            (was_used && state != RESERVED && state != RUNNING).then(|| entry.name())
        });
        ended.take(most).collect()
    }

    /// Returns the name of the process that was the last to fail or to be killed, as long as it is known.
    pub(crate) fn last_to_fail(&self) -> Option<String> {
        let failed = ProcessId::unpack(peek(&self.segment().header().last_to_fail));
        (!failed.is_none()).then_some(())?;
        self.segment().describe(failed).map(|(_, name)| name)
    }

    /// Publishes how many threads may act for this process.
    pub(crate) fn set_hands(&self, hands: u64) {
        let Ok(entry) = self.my_entry() else { return };
        if hands < peek(&entry.hands) {
            let loss = self.segment().count_loss();
            entry.hands_lost.store(loss, Ordering::SeqCst);
        }
        entry.hands.store(hands, Ordering::SeqCst);
    }

    /// Notes that the host of this process may use objects of the session, or end its processes, at any time.
    pub(crate) fn note_host_hand(&self) {
        if let Ok(entry) = self.my_entry() {
            entry.host_hand.store(1, Ordering::SeqCst);
        }
    }
}

/// How the members of a family share the search for hopeless waits.
impl Session {
    /// Takes the turn to judge the waits of the family, unless that was done less than `pause_ns` ago.
    pub(crate) fn may_judge(&self, now_ns: u64, pause_ns: u64) -> bool {
        let judged = &self.segment().header().judged_at;
        let last = peek(judged);
        now_ns.saturating_sub(last) >= pause_ns
            && judged
                .compare_exchange(last, now_ns, Ordering::AcqRel, Ordering::Relaxed)
                .is_ok()
    }

    /// Returns whether the last judge has found that this thread should raise.
    pub(crate) fn is_suspect(&self, thread: Thread<'_>) -> bool {
        self.segment().header().suspect.load(Ordering::Acquire) == thread.id
    }

    /// Notes the row of the thread that should raise, if any.
    pub(crate) fn set_suspect(&self, row: Option<u64>) {
        let segment = self.segment();
        let id = row.map_or(0, |row| {
            peek(&segment.thread_slot(row).generation) << 32 | (row + 1)
        });
        segment.header().suspect.store(id, Ordering::Release);
    }

    /// Returns how many waits have raised.
    pub(crate) fn raised(&self) -> u64 {
        self.segment().header().raised.load(Ordering::Acquire)
    }

    /// Takes the right to raise, unless somebody has raised after `raised` was read.
    pub(crate) fn may_raise(&self, raised: u64) -> bool {
        self.segment()
            .header()
            .raised
            .compare_exchange(raised, raised + 1, Ordering::AcqRel, Ordering::Relaxed)
            .is_ok()
    }

    /// Notes that the wait of the first process at its exit was hopeless.
    pub(crate) fn note_stuck_at_exit(&self) {
        poke(&self.segment().header().stuck_at_exit, 1);
    }

    /// Returns whether the wait of the first process at its exit was found hopeless.
    pub(crate) fn was_stuck_at_exit(&self) -> bool {
        peek(&self.segment().header().stuck_at_exit) != 0
    }

    /// Returns whether a thread of the row's table belongs to this process now.
    pub(crate) fn thread_is_of(&self, row: u64, process: ProcessId) -> bool {
        row < self.segment().thread_rows() && {
            let slot = self.segment().thread_slot(row);
            slot.claim.load(Ordering::Acquire) != 0 && peek(&slot.process) == process.pack()
        }
    }
}

impl Thread<'_> {
    /// Returns since when this thread waits, as it has noted.
    pub(crate) fn waits_since(self) -> u64 {
        peek(&self.slot.wait_since)
    }

    /// Notes that this thread has found, not before `looked_ns`, that what it waits for has not come.
    pub(crate) fn note_look(self, looked_ns: u64) {
        self.slot.wait_looked.store(looked_ns, Ordering::Release);
    }

    /// Returns the row of this thread in the table.
    pub(crate) fn row(self) -> u64 {
        (self.id & u64::from(u32::MAX)) - 1
    }
}
