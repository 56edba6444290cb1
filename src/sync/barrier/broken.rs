//! Why a wait at a barrier fails.

use crate::shm::ShmError;

/// Why a barrier broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// It was aborted or reset, or its action failed; or it broke again since.
    Quiet,
    /// Somebody's time ran out. Named are those who had not come, as far as they are known.
    TimedOut,
    /// Somebody was interrupted while it waited.
    Interrupted,
    /// Somebody ended while it waited.
    Died,
    /// The one that ran the action ended.
    DiedActing,
    /// Those who ended leave too few to come.
    TooFew,
}

/// A barrier is broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Broken {
    pub(crate) cause: Cause,
    /// How many had come.
    pub(crate) came: u64,
    /// How many were to come.
    pub(crate) parties: u64,
    /// Process id in the system and name of those concerned, as far as there is room for them.
    pub(crate) names: Vec<(u32, String)>,
    /// How many are concerned.
    pub(crate) count: u64,
}

/// Why a wait at a barrier failed.
#[derive(Debug)]
pub(crate) enum BarrierError {
    /// The barrier is broken.
    Broken(Broken),
    /// The barrier's action waits at the barrier.
    InAction,
    /// The session was asked to stop, or the user pressed Ctrl-C.
    Interrupted,
    /// The session could not serve the operation.
    Session(ShmError),
}

impl From<ShmError> for BarrierError {
    fn from(error: ShmError) -> BarrierError {
        BarrierError::Session(error)
    }
}
