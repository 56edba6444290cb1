//! What becomes of tasks that have no result.

use rhai::Dynamic;

use super::super::super::pool::parcel::Ended;
use super::super::messages::ForServer;
use super::jobs::Batch;
use super::parcel;
use crate::remote::pool::Outcome;
use crate::script::Exception;

/// Returns the outcomes of the tasks of a message.
pub(super) fn of_message(outcome: &Outcome, batch: &Batch, codec: &ForServer<'_>) -> Vec<Ended> {
    let (task, count) = (&batch.shown, batch.count);
    match outcome {
        Outcome::Done(bytes) => parcel::outcomes(bytes, count, codec),
        Outcome::Dead(deaths) => vec![Err(lost(*deaths, task)); count],
        Outcome::Unsealed => vec![Err(unsealed(task)); count],
        Outcome::Stale => vec![Err(stale(task)); count],
    }
}

/// The outcome of a task that had none when its pool was terminated.
pub(super) fn terminated() -> Exception {
    Exception::new("RuntimeError", vec!["the pool was terminated".into()])
}

/// The outcome of a call whose wait was stopped.
pub(super) fn given_up() -> Exception {
    let text = "the call was given up when the wait for its result was stopped";
    Exception::new("RuntimeError", vec![text.into()])
}

/// The outcome of a call that was cancelled.
pub(super) fn cancelled() -> Exception {
    Exception::new("CancelledError", vec![])
}

fn lost(deaths: u32, task: &str) -> Exception {
    let text = match deaths {
        1 => format!("a worker has died while it ran {task}"),
        _ => format!("{deaths} workers have died while they ran {task}"),
    };
    let (pid, exitcode) = (Dynamic::UNIT, Dynamic::UNIT);
    Exception::new(
        "WorkerLost",
        vec![text.into(), pid, exitcode, task.to_string().into()],
    )
}

fn unsealed(task: &str) -> Exception {
    let text = format!("the result of {task} is not of a worker that knows the key");
    Exception::new("AuthenticationError", vec![text.into()])
}

fn stale(task: &str) -> Exception {
    let text = format!(
        "workers take {task} for an old task that somebody repeats: do the clocks of the machines differ by more than 10 minutes?"
    );
    Exception::new("AuthenticationError", vec![text.into()])
}
