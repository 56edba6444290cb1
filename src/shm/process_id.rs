//! A process of the session: its id, and how it leaves.

/// A process of the session: row and generation of its entry in the process table. Never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ProcessId {
    pub(crate) row: u32,
    pub(crate) generation: u32,
}

impl ProcessId {
    /// No process.
    pub(crate) const NONE: ProcessId = ProcessId {
        row: u32::MAX,
        generation: 0,
    };

    /// Returns whether this is [`ProcessId::NONE`].
    pub(crate) fn is_none(self) -> bool {
        self.row == u32::MAX
    }

    /// Returns the id as one number, 0 for none.
    pub(crate) fn pack(self) -> u64 {
        u64::from(self.generation) << 32 | u64::from(self.row.wrapping_add(1))
    }

    /// Returns the id that [`ProcessId::pack`] made a number of.
    pub(crate) fn unpack(packed: u64) -> ProcessId {
        ProcessId {
            row: (packed as u32).wrapping_sub(1),
            generation: (packed >> 32) as u32,
        }
    }
}

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExitKind {
    /// In order, with its work done.
    Finished,
    /// In order, after an uncaught error or with an exit code other than 0.
    Failed,
    /// Killed, or ended without leaving the session.
    Died,
}

/// A process that has ended or leaves the session, whose stakes are taken back.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Leaver {
    pub(crate) process: ProcessId,
    pub(crate) exit: ExitKind,
}
