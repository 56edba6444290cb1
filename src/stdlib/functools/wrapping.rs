//! `wraps` and `update_wrapper`: a function under the name of the one that it wraps.

use rhai::{Dynamic, FnPtr};

use super::cache;
use crate::script::bind::{CALL, called_object, function_named, function_of};
use crate::script::{Call, Failure, Outcome, Registry, raise};
use crate::text::function_name;

/// A function that wraps another.
#[derive(Debug, Clone)]
struct Wrapper {
    wrapper: FnPtr,
    wrapped: FnPtr,
}

/// `wraps(wrapped)`, which waits for the function that wraps it.
#[derive(Debug, Clone)]
struct Decorator(FnPtr);

pub(super) fn register(registry: &mut Registry) {
    registry
        .class::<Wrapper>("functools.update_wrapper")
        .by_parts(
            "functools.update_wrapper",
            |_, both: &Wrapper| {
                let functions = [both.wrapper.clone(), both.wrapped.clone()];
                Ok(functions.map(Dynamic::from).to_vec().into())
            },
            |_, parts| {
                let parts = parts.into_array().unwrap_or_default().into_iter();
                let functions: Option<Vec<FnPtr>> = parts.map(Dynamic::try_cast).collect();
                let functions = <[FnPtr; 2]>::try_from(functions.unwrap_or_default());
                let [wrapper, wrapped] = functions.map_err(|_| "not two functions")?;
                Ok(Wrapper { wrapper, wrapped })
            },
        )
        .unlisted(CALL, &["*args", "/"], |call| {
            let (both, args) = (call.this::<Wrapper>(), call.rest(0));
            call.call(&both.wrapper, args)
        });
    registry
        .class::<Decorator>("functools.wraps")
        .by_parts(
            "functools.wraps",
            |_, decorator: &Decorator| Ok(Dynamic::from(decorator.0.clone())),
            |_, wrapped| Ok(Decorator(wrapped.try_cast().ok_or("not a function")?)),
        )
        .unlisted(CALL, &["wrapper", "/"], |call| {
            let (wrapper, wrapped) = (call.function(0)?, call.this::<Decorator>().0);
            under_its_name(call, wrapper, wrapped)
        });
    registry
        .extension::<FnPtr>("function")
        .lacks::<FnPtr>(|function| match wrapped_by(function) {
            Some(_) => &[],
            None => &["__wrapped__"],
        })
        .getter("__wrapped__", |call| {
            let function = call.receiver().clone().try_cast::<FnPtr>();
            let wrapped = function.and_then(|function| wrapped_by(&function));
            let text = "'function' object has no attribute '__wrapped__'";
            let wrapped = wrapped.ok_or_else(|| raise("AttributeError", text))?;
            Ok(Dynamic::from(wrapped))
        });
}

/// `update_wrapper(wrapper, wrapped)`
pub(super) fn update(call: &mut Call<'_>) -> Outcome {
    let (wrapper, wrapped) = (call.function(0)?, call.function(1)?);
    under_its_name(call, wrapper, wrapped)
}

/// `wraps(wrapped)`
pub(super) fn decorator(call: &mut Call<'_>) -> Outcome {
    let wrapped = Dynamic::from(Decorator(call.function(0)?));
    function_of(call.interp, &wrapped)
}

fn under_its_name(call: &Call<'_>, wrapper: FnPtr, wrapped: FnPtr) -> Result<Dynamic, Failure> {
    let name = function_name(&wrapped).to_string();
    let both = Dynamic::from(Wrapper { wrapper, wrapped });
    function_named(call.interp, &both, &name)
}

/// Returns the function that a function wraps.
fn wrapped_by(function: &FnPtr) -> Option<FnPtr> {
    let own = || called_object(function)?.try_cast::<Wrapper>();
    own()
        .map(|both| both.wrapped)
        .or_else(|| cache::wrapped(function))
}
