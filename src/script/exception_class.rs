//! Exceptions as a script class: their constructors and properties, and how they reach another process.

use rhai::Dynamic;

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
