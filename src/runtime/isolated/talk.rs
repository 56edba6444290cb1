//! The messages between a host and the child that runs its scripts: a head, and the values that belong to it.

use std::sync::Arc;
use std::time::Duration;

use rhai::{Dynamic, FnPtr};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::program::diagnostic::Diagnostic;
use crate::script::interp::Interp;
use crate::script::limits::Exceeded;
use crate::stdlib::multiprocessing::messages::Listed;
use crate::sync::{self, Deadline, Offset, PutError, WaitError};
use crate::wire::{Codec, Encoded, Sequence, Unsendable, Values, typed};

/// A task of the child.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Task {
    /// Run a piece of the program, as an evaluation.
    Piece(Text),
    /// Run a whole program, and end with its exit code.
    Whole(Text),
    /// Call a function of the program.
    Call(String),
    /// Forget a script or a module.
    Forget(String),
    /// Wait for threads and children.
    Finish,
}

/// A script.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Text {
    pub name: String,
    pub shown: String,
    pub text: String,
}

/// A task, its number, and how many values follow.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Request {
    pub number: u64,
    pub task: Task,
    pub args: usize,
    /// The names of values that the host has given its scripts since the last request. They follow the arguments.
    pub given: Vec<String>,
}

/// The result of a task. A value follows the first two.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Answer {
    Value,
    Failed(Diagnostic),
    Syntax(Diagnostic),
    Exited(i32),
    Stopped,
    Limit(Exceeded),
}

/// A word to the child besides its tasks: stop the task of this number, or, for 0, end threads and children of earlier tasks.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Stopping {
    pub number: u64,
    /// The time limit that is over.
    pub time: Option<Duration>,
}

/// How long to wait before a put that a stop has interrupted is tried again.
const AGAIN: Duration = Duration::from_millis(1);

/// Puts a message into a queue that has no limit.
///
/// # Errors
/// There is no memory for it.
pub(super) fn put(
    queue: &sync::Queue,
    head: &impl Serialize,
    values: Sequence<'_>,
) -> Result<(), String> {
    let misfit = |misfit: typed::Misfit| misfit.reason().to_string();
    let head = typed::pack(head).map_err(misfit)?;
    let length = typed::length(head.len()).map_err(misfit)?;
    let mut bytes = length.to_le_bytes().to_vec();
    bytes.extend(head);
    let message = values.into_message(bytes);
    let handles: Vec<_> = message.handles.iter().copied().map(Offset).collect();
    loop {
        match queue.put(&message.bytes, &handles, Deadline::NEVER) {
            Ok(()) => return Ok(()),
            Err(PutError::Interrupted) => std::thread::sleep(AGAIN),
            Err(PutError::OutOfMemory { requested, quota }) => {
                return Err(format!(
                    "a message of {requested} bytes does not fit in the {quota} bytes of the session"
                ));
            }
            Err(PutError::Full) => return Err("its queue is full".into()),
            Err(PutError::Session(error)) => return Err(error.to_string()),
        }
    }
}

/// Takes a message, and reads its head and then its values.
///
/// # Errors
/// There is none until the deadline, or a stop interrupted the wait. The inner error: it cannot be read.
pub(super) fn take<H: DeserializeOwned, R>(
    queue: &sync::Queue,
    interp: &Arc<Interp>,
    deadline: Deadline,
    read: impl FnOnce(H, &mut Values<'_>) -> Result<R, String>,
) -> Result<Result<R, String>, WaitError> {
    queue.get_with(deadline, |message| {
        let cut_short = "the message ends too early";
        let (length, rest) = message.bytes.split_first_chunk().ok_or(cut_short)?;
        let length = u32::from_le_bytes(*length) as usize;
        let (head, values) = rest.split_at_checked(length).ok_or(cut_short)?;
        let head = typed::read(head).map_err(|misfit| misfit.reason().to_string())?;
        let codec = Listed {
            interp,
            objects: message.objects,
        };
        read(head, &mut Values::new(values, &codec))
    })
}

/// The codec for values that leave the child: without functions, which the host could not call.
pub(super) struct Leaving<'a>(pub &'a Arc<Interp>);

impl Codec for Leaving<'_> {
    fn check(&self, value: &Dynamic) -> Result<Encoded, Unsendable> {
        self.0.check(value)
    }

    fn encode(&self, value: &Dynamic) -> Result<Encoded, Unsendable> {
        self.0.encode(value)
    }

    fn has_space(&self, bytes: usize) -> bool {
        self.0.has_space(bytes)
    }

    fn decode(&self, encoded: Encoded) -> Result<Dynamic, String> {
        self.0.decode(encoded)
    }

    fn type_name(&self, rust_name: &str) -> String {
        self.0.type_name(rust_name)
    }

    fn function(&self, _: &str) -> Result<FnPtr, String> {
        Err(
            "functions stay in the process of an isolated runtime; the host calls them by name with `call_fn`"
                .into(),
        )
    }
}
