//! Threads of the session: each has a row in a table, with the life word that the kernel marks when it dies.
//!
//! A thread registers when it first uses the session and leaves when it ends. The row of the session used last is cached in a thread
//! local, so that finding it costs a comparison.
#![allow(unsafe_code)]

use std::cell::{Cell, RefCell};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};

use super::error::ShmError;
use super::layout::MAX_THREADS;
use super::offset::{Offset, peek, poke};
use super::process_id::ProcessId;
use super::segment::Segment;
use super::step::step;
use super::thread_slot::{Thread, ThreadSlot, owner_parts, owner_word, slot_offset};
use crate::sys::{clock, identity};

/// Rows at the end of the table that trigger its growth when one of them is taken.
const NEARLY_FULL: u64 = 16;

/// How long to wait for another thread to make the table grow.
const GROWTH_PATIENCE_NS: u64 = 200_000_000;

#[derive(Clone, Copy)]
struct Current {
    /// Identity of the session handle in this process; 0 is nobody's.
    session: u64,
    slot: Offset,
    id: u64,
    owner: u64,
}

const NOBODY: Current = Current {
    session: 0,
    slot: Offset::NONE,
    id: 0,
    owner: 0,
};

/// This thread's row in one session.
struct Registration {
    current: Current,
    segment: Arc<Segment>,
    /// Gone when the session handle is.
    session: Weak<()>,
    /// The process that registered; another one after a fork.
    pid: u32,
}

/// Leaves every session when the thread ends.
#[derive(Default)]
struct Registrations(Vec<Registration>);

thread_local! {
    static CURRENT: Cell<Current> = const { Cell::new(NOBODY) };
    static REGISTRATIONS: RefCell<Registrations> = RefCell::default();
}

impl Drop for Registrations {
    fn drop(&mut self) {
        CURRENT.set(NOBODY);
        let pid = identity::process_id();
        for registration in self.0.drain(..) {
            if registration.pid != pid || identity::thread_id() == pid {
                // A forked child that never entered must not touch its parent's row; and the end of the main thread is the end of
                // the process, which the kernel will mark. The row stays linked, so its memory has to stay mapped.
                std::mem::forget(registration);
            } else {
                registration.leave();
            }
        }
    }
}

impl Registration {
    /// Gives the row back, in order; but a forked child only forgets its parent's row. The links that the child inherited are of no
    /// meaning to its kernel list, which is empty.
    fn leave(self) {
        if self.pid != identity::process_id() {
            return;
        }
        let segment = &*self.segment;
        let slot: &ThreadSlot = segment.at(self.current.slot);
        if let Some((process, _)) = owner_parts(self.current.owner) {
            // From now on the process's life is asked from /proc, until another thread steps in.
            let main = &segment.process_entry(process.row).main_thread;
            let _ = main.compare_exchange(self.current.id, 0, Ordering::SeqCst, Ordering::Relaxed);
        }
        slot.life.disown();
        slot.life.clear();
        slot.claim.store(0, Ordering::SeqCst);
    }
}

/// The parts of the session that registration needs.
pub(super) struct Registrar<'s> {
    pub(super) session: u64,
    pub(super) alive: &'s Arc<()>,
    pub(super) segment: &'s Arc<Segment>,
    pub(super) process: ProcessId,
    pub(super) spins: bool,
}

/// Returns the calling thread's row in the session used last, if it is this one.
#[inline(always)]
pub(super) fn cached(session: u64, segment: &Segment, spins: bool) -> Option<Thread<'_>> {
    let current = CURRENT.get();
    (current.session == session).then(|| Thread {
        segment,
        slot: segment.at(current.slot),
        id: current.id,
        owner: current.owner,
        spins,
    })
}

/// Returns the calling thread's row, taken now if it has none; and whether the table is nearly full.
pub(super) fn find_or_register<'s>(
    registrar: &Registrar<'s>,
) -> Result<(Thread<'s>, bool), ShmError> {
    let known = REGISTRATIONS
        .try_with(|registrations| {
            let mut list = registrations.borrow_mut();
            // Sessions that nobody has a handle of any more: give their memory up.
            for gone in list
                .0
                .extract_if(.., |entry| entry.session.strong_count() == 0)
            {
                gone.leave();
            }
            list.0
                .iter()
                .map(|entry| entry.current)
                .find(|one| one.session == registrar.session)
        })
        // The thread is ending and has left its sessions.
        .map_err(|_| ShmError::TooManyThreads)?;
    let (current, nearly_full) = match known {
        Some(current) => (current, false),
        None => register(registrar)?,
    };
    CURRENT.set(current);
    let thread = Thread {
        segment: registrar.segment,
        slot: registrar.segment.at(current.slot),
        id: current.id,
        owner: current.owner,
        spins: registrar.spins,
    };
    Ok((thread, nearly_full))
}

fn register(registrar: &Registrar<'_>) -> Result<(Current, bool), ShmError> {
    let segment = &**registrar.segment;
    let (pid, tid) = (identity::process_id(), identity::thread_id());
    let row = claim(segment, u64::from(pid) << 32 | u64::from(tid))?;
    step();
    let offset = slot_offset(row);
    let slot: &ThreadSlot = segment.at(offset);
    let generation = (peek(&slot.generation) + 1) & u64::from(u32::MAX);
    slot.generation.store(generation, Ordering::Release);
    poke(&slot.pid, u64::from(pid));
    poke(&slot.process, registrar.process.pack());
    for word in [
        &slot.holding,
        &slot.line,
        &slot.in_flight,
        &slot.wait_kind,
        &slot.destroying,
    ] {
        poke(word, 0);
    }
    step();
    // SAFETY: the registration keeps the segment mapped until `leave` has taken the word off the list, or for ever.
    let marked = unsafe { slot.life.own(tid) };
    poke(&slot.unmarked, u64::from(!marked));
    step();
    let current = Current {
        session: registrar.session,
        slot: offset,
        id: generation << 32 | (row + 1),
        owner: owner_word(registrar.process, row + 1),
    };
    let registration = Registration {
        current,
        segment: Arc::clone(registrar.segment),
        session: Arc::downgrade(registrar.alive),
        pid,
    };
    REGISTRATIONS.with(|registrations| registrations.borrow_mut().0.push(registration));
    if !registrar.process.is_none() {
        let main = &segment.process_entry(registrar.process.row).main_thread;
        let _ = main.compare_exchange(0, current.id, Ordering::SeqCst, Ordering::Relaxed);
    }
    Ok((current, row + NEARLY_FULL >= segment.thread_rows()))
}

/// Takes a free row. The thread that takes one of the last rows makes the table grow, so a full table is full only for a moment.
fn claim(segment: &Segment, claimant: u64) -> Result<u64, ShmError> {
    let start = clock::now_ns();
    loop {
        for row in 0..segment.thread_rows() {
            let claim = &segment.thread_slot(row).claim;
            if peek(claim) == 0
                && claim
                    .compare_exchange(0, claimant, Ordering::AcqRel, Ordering::Relaxed)
                    .is_ok()
            {
                return Ok(row);
            }
        }
        if clock::now_ns() - start > GROWTH_PATIENCE_NS {
            return Err(ShmError::TooManyThreads);
        }
        std::thread::yield_now();
    }
}

/// Leaves the session as far as the calling thread goes; a forked child forgets the row of its parent's thread.
pub(super) fn leave(session: u64) {
    if CURRENT.get().session == session {
        CURRENT.set(NOBODY);
    }
    let _ = REGISTRATIONS.try_with(|registrations| {
        let mut list = registrations.borrow_mut();
        list.0
            .extract_if(.., |entry| entry.current.session == session)
            .for_each(Registration::leave);
    });
}

impl Segment {
    /// Rows of the thread table that have memory.
    pub(super) fn thread_rows(&self) -> u64 {
        self.header()
            .thread_rows
            .load(Ordering::Acquire)
            .min(MAX_THREADS)
    }

    /// Returns whether the table should grow while there still is room.
    pub(super) fn thread_table_is_nearly_full(&self) -> bool {
        let rows = self.thread_rows();
        let free = (0..rows)
            .filter(|row| peek(&self.thread_slot(*row).claim) == 0)
            .count();
        rows < MAX_THREADS && (free as u64) < NEARLY_FULL
    }
}

#[cfg(test)]
impl Segment {
    /// Returns how many rows are taken (tests).
    pub(crate) fn threads_registered(&self) -> usize {
        (0..self.thread_rows())
            .filter(|row| peek(&self.thread_slot(*row).claim) != 0)
            .count()
    }
}
