//! The memory of a family, looked at from outside: what it holds, whether it is whole, and what every thread waits for.

use std::fs::{self, File};
use std::time::Duration;

use crate::shm::Session;
use crate::sync::{attach_session, tests::audit};
use crate::sys::clock::now_ns;
use crate::words;

/// A family's memory and open descriptors while it rests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Holdings {
    /// Descriptors of main.
    pub(crate) descriptors: usize,
    /// Threads of main.
    pub(crate) threads: usize,
    /// Blocks of the session's memory that are in use, and their bytes.
    pub(crate) blocks: u64,
    pub(crate) bytes: u64,
}

/// What main holds for its seed, which the storm may have killed and which the next start makes again.
const OF_A_SEED: usize = 2;

impl Holdings {
    /// Returns whether nothing has been left behind or is missing, a seed apart.
    pub(crate) fn is_same_as(self, other: Self) -> bool {
        let descriptors = self.descriptors.abs_diff(other.descriptors);
        let seen_alike = Self {
            descriptors: other.descriptors,
            ..self
        };
        descriptors <= OF_A_SEED && seen_alike == other
    }
}

/// The session of a running family.
#[derive(Debug)]
pub(crate) struct View {
    main: i32,
    session: Session,
}

impl View {
    /// Opens the session that this process has mapped.
    pub(crate) fn of(main: i32) -> Option<Self> {
        let is_session = |path: &std::path::PathBuf| {
            let target = fs::read_link(path).unwrap_or_default();
            target
                .to_string_lossy()
                .contains("memfd:procscript-session")
        };
        let mut paths = fs::read_dir(format!("/proc/{main}/fd")).ok()?;
        let path = paths.find_map(|entry| Some(entry.ok()?.path()).filter(is_session))?;
        let file = File::options().read(true).write(true).open(path).ok()?;
        let session = attach_session(file.into()).ok()?;
        Some(Self { main, session })
    }

    /// Checks that every block of the memory has one owner and every count is right. Nobody may be at work.
    pub(crate) fn audit(&self) -> Holdings {
        audit(&self.session);
        let memory = self.session.memory();
        let entries = |what: &str| {
            fs::read_dir(format!("/proc/{}/{what}", self.main))
                .unwrap()
                .count()
        };
        Holdings {
            descriptors: entries("fd"),
            threads: entries("task"),
            blocks: memory.live_blocks,
            bytes: memory.live_bytes,
        }
    }

    /// Bytes that the session has taken from the system.
    pub(crate) fn committed(&self) -> u64 {
        self.session.memory().committed
    }

    /// Critical sections that were taken over from the dead, and wake-ups that a heartbeat made up for.
    pub(crate) fn repairs(&self) -> (u64, u64) {
        (self.session.recoveries(), self.session.heals())
    }

    /// Describes what every thread waits for.
    pub(crate) fn describe(&self) -> String {
        let line = |thread: &crate::sync::ThreadInfo| {
            let name = self
                .session
                .segment()
                .process(thread.process)
                .map(|process| process.name);
            let wait = thread.wait.map(|wait| {
                let what = words::of_wait(self.session.segment(), &wait);
                let since = Duration::from_nanos(now_ns().saturating_sub(wait.since_ns));
                format!("waits for {what} since {since:.1?}")
            });
            let (name, wait) = (name.unwrap_or_default(), wait.unwrap_or("runs".into()));
            format!("  {} thread {} ({name}): {wait}\n", thread.pid, thread.tid)
        };
        self.session.threads().iter().map(line).collect()
    }
}
