//! Exceptions as a script class: their constructors and properties, and how they reach another process.

use std::sync::Arc;

use rhai::{Array, Dynamic, Map};

use crate::program::traceback::Frame;
use crate::script::interp::Interp;
use crate::text::str_of;
use crate::wire;

use crate::script::Outcome;
use crate::script::bind::Registry;
use crate::script::call::Call;
use crate::script::exceptions::{CLASSES, Exception};

/// Registers the constructors and the properties of exceptions.
pub(crate) fn register(registry: &mut Registry) {
    for (class, _) in CLASSES {
        // Five as OSError has them; every number is registered apart, for all of the classes.
        registry.function(class, &["a?", "b?", "c?", "d?", "e?", "/"], construct);
    }
    registry
        .class::<Exception>("Exception")
        .by_parts(
            "Exception",
            |_, exception: &Exception| Ok(parts_of_exception(exception)),
            |_, parts| exception_of(parts),
        )
        .getter("type", |call| {
            Ok(call.this::<Exception>().kind().to_string().into())
        })
        .getter("message", |call| {
            Ok(call.this::<Exception>().message().into())
        })
        .getter("args", |call| {
            Ok(call.this::<Exception>().args().clone().into())
        })
        .getter("traceback", |call| {
            Ok(call.this::<Exception>().traceback().into())
        })
        .getter("errno", |call| Ok(os_part(&call.this(), 0)))
        .getter("strerror", |call| Ok(os_part(&call.this(), 1)))
        .getter("filename", |call| Ok(os_part(&call.this(), 2)))
        .method("to_string", &[], |call| {
            Ok(call.this::<Exception>().message().into())
        })
        .method("to_debug", &[], |call| {
            Ok(call.this::<Exception>().repr().into())
        });
}

/// `ValueError("x")`: the class is the name it was called by.
fn construct(call: &mut Call<'_>) -> Outcome {
    let place = call.context.call_source().map(|file| {
        let position = call.context.call_position();
        call.interp.program.frame(file, position, "")
    });
    let frames = place.into_iter().filter(|frame| frame.line > 0).collect();
    let exception = Exception::new(call.name(), call.rest(0)).with_frames(frames);
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

/// An exception by its parts; arguments that cannot cross go as text, so that an error always arrives.
fn parts_of_exception(exception: &Exception) -> Dynamic {
    let mut parts = Map::new();
    parts.insert("type".into(), exception.kind().to_string().into());
    parts.insert("args".into(), exception.args().clone().into());
    let frames = exception.frames().iter().map(parts_of_frame);
    parts.insert("frames".into(), frames.collect::<Array>().into());
    parts.into()
}

fn exception_of(plain: Dynamic) -> Result<Exception, String> {
    let mut parts = plain
        .try_cast::<Map>()
        .ok_or("an exception without parts")?;
    let mut take = |name: &str| parts.remove(name).unwrap_or(Dynamic::UNIT);
    let args = take("args")
        .into_array()
        .map_err(|_| "an exception without arguments")?;
    let exception = Exception::new(take("type").to_string(), args);
    let frames = take("frames").into_array().unwrap_or_default();
    Ok(exception.with_frames(frames.into_iter().filter_map(frame_of).collect()))
}

fn parts_of_frame(frame: &Frame) -> Dynamic {
    let Frame {
        file,
        line,
        column,
        function,
        code,
        times,
    } = frame;
    let numbers = [line, column, times].map(|n| Dynamic::from_int(i64::try_from(*n).unwrap_or(0)));
    let texts = [file, function, code].map(|text| Dynamic::from(text.clone()));
    numbers.into_iter().chain(texts).collect::<Array>().into()
}

fn frame_of(parts: Dynamic) -> Option<Frame> {
    let parts = parts.into_array().ok()?;
    let [line, column, times, file, function, code] = parts.try_into().ok()?;
    let number = |value: Dynamic| usize::try_from(value.as_int().ok()?).ok();
    Some(Frame {
        file: file.into_string().ok()?,
        line: number(line)?,
        column: number(column)?,
        function: function.into_string().ok()?,
        code: code.into_string().ok()?,
        times: number(times)?,
    })
}

/// An exception as bytes, for a child's last report; what cannot cross goes as text.
pub(crate) fn pack_exception(interp: &Arc<Interp>, exception: &Exception) -> Vec<u8> {
    let pack = |exception: &Exception| {
        wire::encode(&Dynamic::from(exception.clone()), "exception", interp)
    };
    let as_text = || {
        let custom = |_: &Dynamic| None;
        let args = exception
            .args()
            .iter()
            .map(|v| Dynamic::from(str_of(v, &custom)))
            .collect();
        Exception::new(exception.kind(), args).with_frames(exception.frames().to_vec())
    };
    let message = pack(exception)
        .ok()
        .filter(|message| message.handles.is_empty());
    message
        .or_else(|| pack(&as_text()).ok())
        .map(|m| m.bytes)
        .unwrap_or_default()
}

/// The exception of a child's last report.
pub(crate) fn unpack_exception(interp: &Arc<Interp>, bytes: &[u8]) -> Option<Exception> {
    wire::decode(bytes, interp).ok()?.try_cast()
}
