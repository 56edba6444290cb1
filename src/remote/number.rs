//! Numbers on a server, each with the lock that guards it: the object is also a lock, as [`line`](mod@super::line) has it.
//!
//! As long as nobody holds the lock, an operation is one step of the server, which looks at the lock itself.

use redis::Value;

use super::caller::Caller;
use super::fault::{Fault, Refusal};
use super::line::LineKind;
use super::scripts::NUMBER;
use super::visit::{Visit, VisitTerms};

/// The parts of a number besides its settings: the holder of its lock.
const PARTS: [&str; 1] = ["h"];

/// Whoever does not care about the lock.
const NOBODY: &str = "-";

/// What a number is on the server.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Form {
    /// An integer between these two, both included.
    Integer(i64, i64),
    /// A float of 32 bits.
    Single,
    /// A float of 64 bits.
    Double,
}

/// What is done with a number, which is written as text.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step<'a> {
    Get,
    Set(&'a str),
    Add(&'a str, Form),
    /// Stores the second if the number is the first.
    Exchange(&'a str, &'a str, Form),
}

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Stepped {
    /// The number, or whether it was exchanged: 0 or 1.
    Done(String),
    /// Somebody else holds the lock: nothing was done.
    Held,
    /// The sum of this number and the other does not fit: nothing was done.
    Misfit(String),
}

impl Form {
    fn letter(self) -> &'static str {
        match self {
            Self::Integer(..) => "i",
            Self::Single => "f",
            Self::Double => "d",
        }
    }
}

/// What a number is opened with: a code of its type, and its first value.
pub(crate) fn number_terms(code: &str, first: &str) -> VisitTerms {
    VisitTerms {
        kind: LineKind::Number.name(),
        settings: vec![("type", code.into()), ("v", first.into())],
    }
}

/// Does something with a number. `member` is the calling thread's member of the lock; empty when it has none, `None` when the lock does not
/// matter.
///
/// # Errors
/// Those of the server.
pub(crate) fn step(
    visit: &mut Visit,
    member: Option<&str>,
    step: Step<'_>,
    caller: &dyn Caller,
) -> Result<Stepped, Fault> {
    let mut arguments = vec![member.unwrap_or(NOBODY).to_string()];
    let operation = match step {
        Step::Get => "get",
        Step::Set(value) => {
            arguments.push(value.into());
            "set"
        }
        Step::Add(more, form) => {
            arguments.extend([more.into(), form.letter().into()]);
            if let Form::Integer(least, most) = form {
                arguments.extend([least.to_string(), most.to_string()]);
            }
            "add"
        }
        Step::Exchange(old, new, form) => {
            arguments.extend([old.into(), new.into(), form.letter().into()]);
            "exchange"
        }
    };
    let arguments: Vec<&[u8]> = arguments.iter().map(String::as_bytes).collect();
    let answer: Vec<Value> = match step {
        Step::Get => visit.look(&NUMBER, &PARTS, operation, &arguments, caller)?,
        // What waits for the lock is another call then.
        _ => visit.change(&NUMBER, &PARTS, operation, &arguments, caller)?,
    };
    let text = |value: &Value| match value {
        Value::BulkString(bytes) => String::from_utf8(bytes.clone()).ok(),
        _ => None,
    };
    match &answer[..] {
        [Value::Int(0)] => Some(Stepped::Held),
        [Value::Int(1), done] => text(done).map(Stepped::Done),
        [Value::Int(2), old] => text(old).map(Stepped::Misfit),
        _ => None,
    }
    .ok_or_else(|| {
        let text = "the server gave an answer that does not fit a question about a value";
        Fault::refused(Refusal::Server, text)
    })
}
