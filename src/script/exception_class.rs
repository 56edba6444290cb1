//! Exceptions as a script class: their constructors and properties, and how they reach another process.

use std::sync::Arc;

use rhai::Dynamic;

use crate::program::frame::Frame;
use crate::script::interp::Interp;
use crate::text::str_of;
use crate::wire::{self, Unsendable};

use crate::script::Outcome;
use crate::script::bind::{Namespace, Registry};
use crate::script::call::Call;
use crate::script::codecs::{record_and_value, with_record};
use crate::script::exceptions::{CLASSES, Exception, raise};

/// The parameters of the constructors.
pub(crate) const PARAMS: &[&str] = &["a?", "b?", "c?", "d?", "e?", "/"];

/// Registers the constructors and the properties of exceptions.
pub(crate) fn register(registry: &mut Registry) {
    for (class, _) in CLASSES {
        // Five as OSError has them; every number is registered apart, for all of the classes.
        registry.function(class, PARAMS, construct);
    }
    registry
        .class::<Exception>("Exception")
        .by_parts(
            "Exception",
            |_, exception: &Exception| parts_of(exception),
            |_, parts| of_parts(parts),
        )
        .getter("type", |call| {
            Ok(call.this::<Exception>().kind().to_string().into())
        })
        .getter("message", |call| {
            Ok(call.this::<Exception>().message().into())
        })
        .getter("args", |call| {
            Ok(call.this::<Exception>().shown_args().to_vec().into())
        })
        .getter("traceback", |call| {
            Ok(call.this::<Exception>().traceback().into())
        })
        .getter("errno", |call| Ok(os_part(&call.this(), 0)))
        .getter("strerror", |call| Ok(os_part(&call.this(), 1)))
        .getter("filename", |call| Ok(os_part(&call.this(), 2)))
        .getter("pid", |call| Ok(lost_part(&call.this(), 1)))
        .getter("exitcode", |call| Ok(lost_part(&call.this(), 2)))
        .getter("task", |call| Ok(lost_part(&call.this(), 3)))
        .getter("msg", |call| Ok(pattern_part(&call.this(), "msg")))
        .getter("pattern", |call| Ok(pattern_part(&call.this(), "pattern")))
        .getter("pos", |call| Ok(pattern_part(&call.this(), "pos")))
        .getter("lineno", |call| Ok(pattern_part(&call.this(), "lineno")))
        .getter("colno", |call| Ok(pattern_part(&call.this(), "colno")))
        .getter("returncode", |call| {
            Ok(command_part(&call.this(), [0, NONE]))
        })
        .getter("cmd", |call| Ok(command_part(&call.this(), [1, 0])))
        .getter("timeout", |call| Ok(command_part(&call.this(), [NONE, 1])))
        .getter("output", |call| Ok(command_part(&call.this(), [2, 2])))
        .getter("stdout", |call| Ok(command_part(&call.this(), [2, 2])))
        .getter("stderr", |call| Ok(command_part(&call.this(), [3, 3])))
        .method("to_string", &[], |call| {
            Ok(call.this::<Exception>().message().into())
        })
        .method("to_debug", &[], |call| {
            Ok(call.this::<Exception>().repr().into())
        });
}

/// Adds classes of exceptions to a script module: `queue.Empty`.
pub(crate) fn members(module: &mut Namespace<'_>, classes: &[&'static str]) {
    for class in classes {
        module.unlisted(class, PARAMS, construct);
    }
}

/// The most exceptions inside the arguments of one that a script makes.
const MOST_INSIDE: usize = 10_000;

/// `ValueError("x")`: the class is the name it was called by.
pub(crate) fn construct(call: &mut Call<'_>) -> Outcome {
    let (class, args) = (call.name(), call.rest(0));
    construct_with(call, class, args)
}

/// Makes an exception of this class with these arguments.
///
/// # Errors
/// There are too many exceptions inside.
pub(crate) fn construct_with(call: &Call<'_>, class: &'static str, args: Vec<Dynamic>) -> Outcome {
    let place = call.context.call_source().map(|file| {
        let position = call.context.call_position();
        call.interp.program.frame(file, position, "")
    });
    let frames = place.into_iter().filter(|frame| frame.line > 0).collect();
    let exception = Exception::new(class, args).with_frames(frames);
    if exception.inside() > MOST_INSIDE {
        let text = format!("an exception cannot contain more than {MOST_INSIDE} others");
        return Err(raise("RecursionError", text));
    }
    Ok(Dynamic::from(exception))
}

fn os_part(exception: &Exception, index: usize) -> Dynamic {
    if exception.args().len() < 2 {
        return Dynamic::UNIT;
    }
    exception
        .args()
        .get(index)
        .cloned()
        .unwrap_or(Dynamic::UNIT)
}

/// Returns what a WorkerLost says of the worker and its task; `()` for any other exception.
fn lost_part(exception: &Exception, index: usize) -> Dynamic {
    let args = exception.args();
    let part = args.get(index).filter(|_| exception.kind() == "WorkerLost");
    part.cloned().unwrap_or(Dynamic::UNIT)
}

/// Returns what a PatternError, which is `re.error`, says of its pattern; `()` for any other exception.
fn pattern_part(exception: &Exception, name: &str) -> Dynamic {
    if exception.kind() != "PatternError" {
        return Dynamic::UNIT;
    }
    let part = |index: usize| exception.args().get(index).cloned();
    let (pattern, position) = (part(1), part(2));
    let message = exception.message();
    let place = position
        .as_ref()
        .and_then(|position| position.as_int().ok());
    let before: String = match (&pattern, place) {
        (Some(pattern), Some(place)) => {
            let pattern = pattern.to_string();
            pattern
                .chars()
                .take(usize::try_from(place).unwrap_or(0))
                .collect()
        }
        _ => String::new(),
    };
    let value = match name {
        "msg" => message
            .split(" at position ")
            .next()
            .map(|text| text.to_string().into()),
        "pattern" => pattern,
        "pos" => position,
        "lineno" => place.map(|_| Dynamic::from_int(before.matches('\n').count() as i64 + 1)),
        _ => place.map(|_| {
            let line = before.rsplit('\n').next().unwrap_or_default();
            Dynamic::from_int(line.chars().count() as i64 + 1)
        }),
    };
    value.unwrap_or(Dynamic::UNIT)
}

/// No place among the arguments.
const NONE: usize = usize::MAX;

/// Returns what an exception says of a command: the argument at the first place of a CalledProcessError, at the second of a
/// TimeoutExpired; `()` for any other exception.
fn command_part(exception: &Exception, [called, expired]: [usize; 2]) -> Dynamic {
    let place = match exception.kind() {
        "CalledProcessError" => called,
        "TimeoutExpired" => expired,
        _ => NONE,
    };
    exception
        .args()
        .get(place)
        .cloned()
        .unwrap_or(Dynamic::UNIT)
}

/// Returns an exception by its parts: a record of its class and frames, and its arguments.
fn parts_of(exception: &Exception) -> Result<Dynamic, Unsendable> {
    let record = (exception.kind(), exception.frames());
    with_record(&record, exception.args().clone().into())
}

fn of_parts(parts: Dynamic) -> Result<Exception, String> {
    let ((kind, frames), args) = record_and_value::<(String, Vec<Frame>)>(parts)?;
    let args = args
        .into_array()
        .map_err(|_| "its arguments are not a list")?;
    Ok(Exception::new(kind, args).with_frames(frames))
}

/// Returns an exception as bytes, for a child's last report. Arguments that cannot be sent become strings.
///
/// # Errors
/// It is too long.
pub(crate) fn pack_exception(
    codec: &dyn wire::Codec,
    exception: &Exception,
) -> Result<Vec<u8>, wire::Refusal> {
    let pack =
        |exception: &Exception| wire::encode(&Dynamic::from(exception.clone()), "exception", codec);
    match pack(exception) {
        Ok(message) if message.handles.is_empty() => Ok(message.bytes),
        _ => {
            let text = |value: &Dynamic| Dynamic::from(str_of(value, &|_| None));
            let args = exception.args().iter().map(text).collect();
            let frames = exception.frames().to_vec();
            let as_text = Exception::new(exception.kind(), args).with_frames(frames);
            Ok(pack(&as_text)?.bytes)
        }
    }
}

/// Returns the exception of a child's last report, or one that says why it cannot be read.
pub(crate) fn unpack_exception(interp: &Arc<Interp>, bytes: &[u8]) -> Exception {
    match wire::decode(bytes, interp) {
        Ok(value) => value
            .try_cast()
            .unwrap_or_else(|| unreadable_exception("it is another value")),
        Err(error) => unreadable_exception(&error.to_string()),
    }
}

/// What a child's exception that could not be read is replaced by.
pub(crate) fn unreadable_exception(why: &str) -> Exception {
    let message = format!("the exception of the child could not be read: {why}");
    Exception::new("RuntimeError", vec![message.into()])
}
