//! The kinds of shared objects: the numbers in their headers. Each number is used once.

use crate::shm::Kind;

pub(crate) const MUTEX: Kind = 1;
pub(crate) const QUEUE: Kind = 2;
pub(crate) const REENTRANT_MUTEX: Kind = 3;
pub(crate) const CONDITION: Kind = 6;
pub(crate) const BARRIER: Kind = 7;
pub(crate) const PROCESS: Kind = 8;
pub(crate) const SEMAPHORE: Kind = 10;
pub(crate) const EVENT: Kind = 11;
pub(crate) const CELLS: Kind = 20;
pub(crate) const CONTAINER: Kind = 21;
pub(crate) const PIPE_END: Kind = 30;
pub(crate) const TICKET: Kind = 40;
