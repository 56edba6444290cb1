//! What the recording of a timeline learns from a session: see [`crate::trace`].

use super::call_site::CallSite;
use super::object::Kind;
use super::offset::Offset;
use super::process_id::ProcessId;
use super::session::Session;
use super::thread_slot::Thread;
use crate::trace::{self, Interval};

impl Thread<'_> {
    /// The line of the script, as one number for the family.
    #[cold]
    fn traced_site(self) -> u32 {
        CallSite::now(self.segment).word() as u32
    }

    /// Records a wait, until the result is dropped.
    #[inline]
    pub(crate) fn trace_wait(self, kind: u16, object: Offset) -> Interval {
        match trace::is_on() {
            true => trace::wait(kind, object.0, self.traced_site()),
            false => Interval::default(),
        }
    }

    /// Records that `count` messages are being put into a queue, of which the last is the one that `last` tells.
    #[inline(always)]
    pub(crate) fn trace_put(self, queue: Offset, last: impl FnOnce() -> u64, count: usize) {
        if trace::is_on() {
            trace::put(queue.0, (last(), count as u64), || self.traced_site());
        }
    }

    /// Records that messages were taken out of a queue, likewise.
    #[inline(always)]
    pub(crate) fn trace_got(self, queue: Offset, last: impl FnOnce() -> u64, count: usize) {
        if trace::is_on() {
            trace::got(queue.0, (last(), count as u64), || self.traced_site());
        }
    }

    /// Records that this thread has acquired a lock.
    #[inline(always)]
    pub(crate) fn trace_acquired(self, lock: Offset) {
        if trace::is_on() {
            trace::acquired(lock.0, self.traced_site());
        }
    }

    /// Records the creation of an object.
    pub(super) fn trace_created(self, object: Offset, kind: Kind) {
        if trace::is_on() {
            trace::created(object.0, kind, self.traced_site());
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
        CallSite::now(self.segment()).word() as u32
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
