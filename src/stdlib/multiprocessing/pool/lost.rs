//! The exception of a task whose worker died.

use std::time::Duration;

use rhai::Dynamic;

use super::parcel::shortened;
use super::terms::{Kind, Terms};
use crate::pool::Hand;
use crate::process::ExitStatus;
use crate::script::Exception;
use crate::sys;

/// SIGKILL as an exit code.
pub(super) const KILLED: i64 = -9;

/// What is known of a worker's death.
#[derive(Debug, Clone, Copy)]
pub(super) struct Death {
    pub pid: i32,
    pub exitcode: i64,
    /// The system killed a process of this control group because memory ran out, while the worker lived.
    pub out_of_memory: bool,
}

/// A worker that has ended.
#[derive(Debug)]
pub(super) struct Ended {
    pub death: Death,
    /// The number of the batch that it took last.
    pub number: Option<u64>,
    pub hand: Hand,
    /// It ended because the task in hand took too long.
    pub is_overdue: bool,
}

/// Returns the exception of a task, shown as `task`, that a worker had in hand when it died.
pub(super) fn worker_lost(death: Death, task: &str) -> Exception {
    let how = how(death);
    let memory = match death.out_of_memory {
        true => ", likely because memory ran out",
        false => "",
    };
    let text = format!("worker {} {how}{memory} while it ran {task}", death.pid);
    Exception::new(
        "WorkerLost",
        vec![
            text.into(),
            Dynamic::from_int(death.pid.into()),
            Dynamic::from_int(death.exitcode),
            task.to_string().into(),
        ],
    )
}

/// Returns the exception of a task, shown as `task`, that ended its worker thread by `sys.exit(code)`.
pub(super) fn thread_lost(thread: String, code: Dynamic, task: &str) -> Exception {
    let shown = shortened(&code);
    let code = match code.as_int() {
        Ok(code) => code,
        Err(_) => i64::from(!code.is_unit()),
    };
    let shown = if shown == "None" {
        String::new()
    } else {
        shown
    };
    let text = format!("worker thread {thread} was ended by sys.exit({shown}) while it ran {task}");
    Exception::new(
        "WorkerLost",
        vec![
            text.into(),
            Dynamic::from_int(sys::process::pid().into()),
            Dynamic::from_int(code),
            task.to_string().into(),
        ],
    )
}

/// Returns what a pool fails with whose initializer threw: an executor is broken.
pub(super) fn not_begun(terms: &Terms, why: Exception) -> Exception {
    let (class, workers) = match terms.kind {
        _ if !terms.is_executor => return why,
        Kind::Processes => ("BrokenProcessPool", "process"),
        Kind::Threads => ("BrokenThreadPool", "thread"),
    };
    let why = why.repr();
    let text = format!(
        "the initializer of a worker threw {why}: the {workers} pool is not usable anymore"
    );
    Exception::new(class, vec![text.into()])
}

/// Returns how a worker ended: `was killed by SIGKILL`.
pub(super) fn how(death: Death) -> String {
    match death.exitcode {
        code if code < 0 => {
            let signal = ExitStatus::shown(code);
            format!("was killed by {}", signal.trim_start_matches('-'))
        }
        code => format!("ended with exit code {code}"),
    }
}

/// Returns the exception of a task that took longer than it may.
pub(in crate::stdlib::multiprocessing) fn overdue(limit: Duration, task: &str) -> Exception {
    let text = format!(
        "{task} took longer than its time limit of {} s",
        limit.as_secs_f64()
    );
    Exception::new("TimeoutError", vec![text.into()])
}
