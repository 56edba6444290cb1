//! What the recording of a timeline learns from a session: see [`crate::trace`].

use std::sync::atomic::AtomicU64;

use super::call_site::CallSite;
use super::object::Kind;
use super::offset::{Offset, peek};
use super::process_id::ProcessId;
use super::segment::Segment;
use super::session::Session;
use super::thread_slot::Thread;
use crate::trace::{self, Interval};

impl Thread<'_> {
    /// Records a wait, until the result is dropped.
    #[inline]
    pub(crate) fn trace_wait(self, kind: u16, object: Offset) -> Interval {
        match trace::is_on() {
            true => trace::wait(kind, object.0, traced_site(self.segment)),
            false => Interval::default(),
        }
    }

    /// Records that `count` messages are being put into a queue, up to the one whose number is `last`.
    #[inline(always)]
    pub(crate) fn trace_put(self, queue: Offset, last: &AtomicU64, count: usize) {
        if trace::is_on() {
            note_put(self.segment, queue, peek(last), count as u64);
        }
    }

    /// Records that messages were taken out of a queue, likewise.
    #[inline(always)]
    pub(crate) fn trace_got(self, queue: Offset, last: &AtomicU64, count: usize) {
        if trace::is_on() {
            note_got(self.segment, queue, peek(last), count as u64);
        }
    }

    /// Records that this thread has acquired a lock.
    #[inline(always)]
    pub(crate) fn trace_acquired(self, lock: Offset) {
        if trace::is_on() {
            note_acquired(self.segment, lock);
        }
    }

    /// Records that an event is being set, or a condition notified, which ends the waits of this many threads at most.
    #[inline(always)]
    pub(crate) fn trace_signal(self, object: Offset, most: u64) {
        if trace::is_on() {
            note_signal(self.segment, object, most);
        }
    }

    /// Records the creation of an object.
    pub(super) fn trace_created(self, object: Offset, kind: Kind) {
        if trace::is_on() {
            trace::created(object.0, kind, traced_site(self.segment));
        }
    }
}

impl Session {
    /// Records the start of a child, which began at `since`.
    pub(crate) fn trace_child(&self, since: u64, pid: i32, name: &str) {
        if trace::is_on() {
            trace::child(since, pid, name, self.traced_site());
        }
    }

    /// Returns the line of the script that is running, for [`crate::trace`].
    pub(crate) fn traced_site(&self) -> u32 {
        traced_site(self.segment())
    }

    /// Records the name of this process.
    pub(crate) fn trace_process(&self) {
        if trace::is_on() {
            self.trace_as(self.me());
        }
    }

    fn trace_as(&self, process: ProcessId) {
        if let Some((_, name)) = self.segment().describe(process) {
            trace::process(&name, process.pack());
        }
    }
}

// Apart, so that they leave no trace in the functions that call them.

#[cold]
#[inline(never)]
fn note_put(segment: &Segment, queue: Offset, last: u64, count: u64) {
    trace::put(queue.0, (last, count), || traced_site(segment));
}

#[cold]
#[inline(never)]
fn note_got(segment: &Segment, queue: Offset, last: u64, count: u64) {
    trace::got(queue.0, (last, count), || traced_site(segment));
}

#[cold]
#[inline(never)]
fn note_acquired(segment: &Segment, lock: Offset) {
    trace::acquired(lock.0, traced_site(segment));
}

#[cold]
#[inline(never)]
fn note_signal(segment: &Segment, object: Offset, most: u64) {
    trace::signal(object.0, most, traced_site(segment));
}

/// The line of the script that is running, as one number for the family.
fn traced_site(segment: &Segment) -> u32 {
    CallSite::now(segment).word() as u32
}
