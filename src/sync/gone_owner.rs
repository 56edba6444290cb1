//! Who a process was that still owned a lock when its entry in the table of processes was given up.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::shm::{ProcessId, ProcessName, Segment, peek, poke, shared_struct};

shared_struct! {
    pub(super) struct GoneOwner {
        /// Its [`ProcessId`], packed.
        process: AtomicU64,
        pid: AtomicU64,
        name: ProcessName,
    }
}

impl GoneOwner {
    /// Notes who the process is. Called again if the caller died; nobody asks before that is done.
    pub(super) fn note(&self, segment: &Segment, process: ProcessId) {
        if let Some((pid, name)) = segment.describe(process) {
            self.name.set(&name);
            poke(&self.pid, u64::from(pid));
            self.process.store(process.pack(), Ordering::Release);
        }
    }

    /// Returns the pid and the name of the process, if it is the one that was noted. They are garbled if another is being
    /// noted; the lock has been taken over then.
    pub(super) fn recall(&self, process: ProcessId) -> Option<(u32, String)> {
        let is_it = self.process.load(Ordering::Acquire) == process.pack();
        is_it.then(|| (peek(&self.pid) as u32, self.name.get()))
    }
}
