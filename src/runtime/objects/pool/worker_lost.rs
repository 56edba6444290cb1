//! The death of a worker, as the task that it had in hand sees it.

use std::error::Error;
use std::fmt;

use crate::script::exceptions::Exception;

/// A worker of a [`Pool`](crate::objects::Pool) ended while it ran a task. The task is the only one that is lost, and another worker has been
/// started. Scripts call it `WorkerLost`; Python has `BrokenProcessPool`, after which the whole pool is unusable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkerLost {
    message: String,
    pid: i32,
    exit_code: i64,
    task: String,
}

impl WorkerLost {
    /// Reads the exception of a task whose worker died.
    pub(super) fn of(exception: &Exception) -> Option<Self> {
        let [_, pid, exit_code, task] = exception.args().as_slice() else {
            return None;
        };
        if exception.python_kind() != "WorkerLost" {
            return None;
        }
        Some(Self {
            message: exception.message(),
            pid: i32::try_from(pid.as_int().ok()?).ok()?,
            exit_code: exit_code.as_int().ok()?,
            task: task.clone().into_string().ok()?,
        })
    }

    /// The process identifier that the worker had.
    pub fn pid(&self) -> i32 {
        self.pid
    }

    /// The worker's exit code as in Python: the negative number of the signal that killed it, or what the task passed to `sys.exit` or
    /// `os._exit`.
    pub fn exit_code(&self) -> i64 {
        self.exit_code
    }

    /// The task as a script would write it, with long arguments shortened: `square(7)`.
    pub fn task(&self) -> &str {
        &self.task
    }
}

impl fmt::Display for WorkerLost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for WorkerLost {}
