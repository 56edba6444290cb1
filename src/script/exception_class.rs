//! Exceptions as a script class: their constructors and properties, and how they reach another process.

use std::sync::Arc;

use rhai::{Array, Dynamic, FnPtr, Map};

use crate::program::frame::Frame;
use crate::script::interp::Interp;
use crate::text::{as_string, str_of};
use crate::wire::is_identifier;
use crate::wire::{self, Unsendable};

use crate::script::Outcome;
use crate::script::bind::{Namespace, Registry, attribute_or_method, call_as_method};
use crate::script::call::Call;
use crate::script::codecs::{record_and_value, with_record};
use crate::script::exception_table::{CLASSES, is_class};
use crate::script::exceptions::{Exception, Failure, check_inside, exceptions_in, raise};
use crate::script::values::type_name;

/// The parameters of the constructors.
pub(crate) const PARAMS: &[&str] = &["a?", "b?", "c?", "d?", "e?", "/"];

/// Registers the constructors and the properties of exceptions.
pub(crate) fn register(registry: &mut Registry) {
    for (class, _) in CLASSES {
        // Five as OSError has them; every number is registered apart, for all of the classes.
        registry.function(class, PARAMS, construct);
    }
    let mut class = registry.class::<Exception>("Exception");
    class
        .by_parts(
            "Exception",
            |_, exception: &Exception| parts_of(exception),
            |_, parts| of_parts(parts),
        )
        .attributes(|value, name| {
            let exception = value.read_lock::<Exception>()?;
            exception.attributes().get(name).cloned()
        })
        .getter("type", |call| {
            Ok(call.this::<Exception>().kind().to_string().into())
        })
        .index_getter(attribute)
        .method("to_string", &[], |call| Ok(text(call)?.into()))
        .method("to_debug", &[], |call| {
            Ok(call.this::<Exception>().repr().into())
        });
    for name in PROPERTIES {
        class.getter(name, property);
    }
    registry
        .extension::<Exception>("Exception")
        .index_setter(set_attribute);
}

/// The properties that every exception has. A script may set them on its own exceptions.
const PROPERTIES: [&str; 24] = [
    "message",
    "args",
    "traceback",
    "errno",
    "strerror",
    "filename",
    "pid",
    "exitcode",
    "task",
    "msg",
    "pattern",
    "pos",
    "lineno",
    "colno",
    "offset",
    "text",
    "returncode",
    "cmd",
    "timeout",
    "output",
    "stdout",
    "stderr",
    "__cause__",
    "__context__",
];

/// Returns a property: what the script has set, or what Python's class has.
fn property(call: &mut Call<'_>) -> Outcome {
    Ok(property_of(&call.this(), call.name()))
}

fn property_of(exception: &Exception, name: &str) -> Dynamic {
    if let Some(value) = exception.attributes().get(name) {
        return value.clone();
    }
    match name {
        "message" => exception.message().into(),
        "args" => exception.shown_args().to_vec().into(),
        "traceback" => exception.traceback().into(),
        "errno" => os_part(exception, 0),
        "strerror" => os_part(exception, 1),
        "filename" => os_part(exception, 2),
        "pid" => lost_part(exception, 1),
        "exitcode" => lost_part(exception, 2),
        "task" => lost_part(exception, 3),
        "msg" | "pattern" | "pos" | "lineno" | "colno" => pattern_part(exception, name),
        "returncode" => command_part(exception, [0, NONE]),
        "cmd" => command_part(exception, [1, 0]),
        "timeout" => command_part(exception, [NONE, 1]),
        "output" | "stdout" => command_part(exception, [2, 2]),
        "stderr" => command_part(exception, [3, 3]),
        _ => Dynamic::UNIT,
    }
}

/// `e.balance`: what a script has set, or a method.
fn attribute(call: &mut Call<'_>) -> Outcome {
    let (exception, name) = (call.this::<Exception>(), call.string(0)?);
    let found = exception.attributes().get(name.as_str()).cloned();
    attribute_or_method(call, exception.kind(), &name, found)
}

/// `e.balance = 3`; `e.type = "TooPoor"` makes it one of a class of the script.
fn set_attribute(call: &mut Call<'_>) -> Outcome {
    let (name, value) = (call.string(0)?, call.value(1));
    if PROPERTIES.contains(&name.as_str()) {
        // After `e.message.startswith("x")`, Rhai stores the message again. Exceptions in a list are shown without what is in them.
        let found = property_of(&call.this(), &name);
        if call.repr(&found) == call.repr(&value) && exceptions_in(&value) == 0 {
            return Ok(Dynamic::UNIT);
        }
    }
    let mut exception = call.writable::<Exception>("exception")?;
    match name.as_str() {
        "traceback" => {
            let text = "attribute 'traceback' of an exception cannot be set";
            return Err(raise("AttributeError", text));
        }
        "type" => {
            let class = as_string(&value).filter(|class| is_identifier(class));
            let Some(class) = class else {
                let text = "the type of an exception is a name, such as \"TooPoor\"";
                return Err(raise("TypeError", text));
            };
            if is_class(&class) && class != exception.kind() {
                let text = format!(
                    "the type of an exception cannot become {class}, a class of Python's: throw {class}(…), or choose a new name"
                );
                return Err(raise("TypeError", text));
            }
            exception.set_kind(class);
        }
        "args" if !value.is_array() => {
            return Err(raise("TypeError", "the args of an exception are a list"));
        }
        name => exception.set(name, value)?,
    }
    Ok(Dynamic::UNIT)
}

/// `str(e)`
fn text(call: &mut Call<'_>) -> Result<String, Failure> {
    let exception = call.this::<Exception>();
    let own = exception.attributes().get("__str__").cloned();
    let Some(own) = own.and_then(|own| own.try_cast::<FnPtr>()) else {
        return Ok(exception.message());
    };
    let mut this = call.receiver().clone();
    let result = call_as_method(call.context, &own, &mut this, vec![])?;
    as_string(&result).map(Into::into).ok_or_else(|| {
        let found = type_name(&result);
        let text = format!("__str__ returned non-string (type {found})");
        raise("TypeError", text)
    })
}

/// Adds classes of exceptions to a script module: `queue.Empty`.
pub(crate) fn members(module: &mut Namespace<'_>, classes: &[&'static str]) {
    for class in classes {
        module.unlisted(class, PARAMS, construct);
    }
}

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
    check_inside(exception.inside())?;
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
    let part = args
        .get(index)
        .filter(|_| exception.python_kind() == "WorkerLost");
    part.cloned().unwrap_or(Dynamic::UNIT)
}

/// Returns what a PatternError, which is `re.error`, says of its pattern; `()` for any other exception.
fn pattern_part(exception: &Exception, name: &str) -> Dynamic {
    if exception.python_kind() != "PatternError" {
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
    let place = match exception.python_kind() {
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

/// Returns an exception by its parts: a record of its classes and frames, and its arguments and attributes.
fn parts_of(exception: &Exception) -> Result<Dynamic, Unsendable> {
    let bases: Vec<&str> = exception.bases().iter().map(|base| &**base).collect();
    let record = (exception.kind(), bases, exception.frames());
    let values: Array = vec![
        exception.args().clone().into(),
        exception.attributes().clone().into(),
    ];
    with_record(&record, values.into())
}

fn of_parts(parts: Dynamic) -> Result<Exception, String> {
    type Record = (String, Vec<String>, Vec<Frame>);
    let ((kind, bases, frames), values) = record_and_value::<Record>(parts)?;
    let values = values.into_array().ok();
    let values = values.and_then(|values| <[Dynamic; 2]>::try_from(values).ok());
    let [args, attributes] = values.ok_or("its arguments and attributes are missing")?;
    let args = args
        .into_array()
        .map_err(|_| "its arguments are not a list")?;
    let attributes = attributes
        .try_cast::<Map>()
        .ok_or("its attributes are not a map")?;
    let exception = Exception::new(kind, args).with_frames(frames);
    Ok(exception
        .derived(bases.into_iter().map(Into::into).collect())
        .with_attributes(attributes))
}

/// Returns an exception as bytes, for a child's last report. Attributes that cannot be sent are left out, and arguments become strings.
///
/// # Errors
/// It is too long.
pub(crate) fn pack_exception(
    codec: &dyn wire::Codec,
    exception: &Exception,
) -> Result<Vec<u8>, wire::Refusal> {
    let pack = |value: &Dynamic| wire::encode(value, "exception", codec);
    // The bytes may be read when this process, and with it what a handle stands for, is gone.
    let is_sent = |value: &Dynamic| pack(value).is_ok_and(|message| message.handles.is_empty());
    let whole = Dynamic::from(exception.clone());
    if let Some(message) = pack(&whole)
        .ok()
        .filter(|message| message.handles.is_empty())
    {
        return Ok(message.bytes);
    }
    let args = exception.args().iter().map(|arg| match is_sent(arg) {
        true => arg.clone(),
        false => str_of(arg, &|_| None).into(),
    });
    let mut attributes = exception.attributes().clone();
    attributes.retain(|_, value| is_sent(value));
    let shorter = Exception::new(exception.kind(), args.collect())
        .with_frames(exception.frames().to_vec())
        .derived(exception.bases().to_vec())
        .with_attributes(attributes);
    Ok(pack(&Dynamic::from(shorter))?.bytes)
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
