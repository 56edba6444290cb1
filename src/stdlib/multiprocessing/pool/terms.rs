//! How the workers of a pool are started.

use rhai::{Array, FnPtr};

use super::super::start_method::StartMethod;
use crate::script::caller::Caller;

/// What the workers of a pool are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Processes,
    Threads,
}

/// How workers are started.
#[derive(Debug)]
pub(crate) struct Terms {
    pub kind: Kind,
    pub workers: usize,
    pub initializer: Option<FnPtr>,
    pub initargs: Array,
    /// How many batches a worker does before it is replaced.
    pub batches: Option<u64>,
    /// The pool belongs to an executor: `sys.exit` ends a task and not its worker, and the workers are no daemons, so that they can start
    /// processes themselves.
    pub is_executor: bool,
    /// The names of workers without their number: of processes what follows the start method.
    pub role: String,
    /// How processes are started, if a context said so.
    pub method: Option<StartMethod>,
    /// Where the functions of the tasks are looked up.
    pub caller: Caller,
}
