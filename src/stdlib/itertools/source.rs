//! What an iterator of `itertools` takes its items from, and how deep iterators may be inside one another.

use rhai::{Array, Dynamic, FnPtr};

use crate::script::caller::Caller;
use crate::script::{Call, Failure, Outcome, raise};
use crate::stdlib::builtins::iterator::Iter;
use crate::stdlib::builtins::lazy::Lazy;
use crate::stdlib::builtins::sequence::as_function;

/// Begins to take the items of parameter `index`.
///
/// # Errors
/// `TypeError` for a value without items.
pub(super) fn source(call: &mut Call<'_>, index: usize) -> Result<Lazy, Failure> {
    let value = call.value(index);
    Lazy::of(call, value)
}

/// Begins to take the items of each argument from `index` on.
///
/// # Errors
/// `TypeError` for a value without items.
pub(super) fn sources(call: &mut Call<'_>, index: usize) -> Result<Vec<Lazy>, Failure> {
    let given = call.rest(index);
    given
        .into_iter()
        .map(|value| Lazy::of(call, value))
        .collect()
}

/// Returns an iterator as a value.
pub(super) fn iterator(
    call: &Call<'_>,
    name: &'static str,
    next: impl FnMut() -> Option<Outcome> + Send + Sync + 'static,
) -> Outcome {
    Ok(Dynamic::from(Iter::new(call.interp, name, next)))
}

/// A function of the script that is called when the native that got it has returned.
pub(super) struct Function {
    caller: Caller,
    function: FnPtr,
}

impl Function {
    /// Returns parameter `index`; `None` if it was not given.
    ///
    /// # Errors
    /// `TypeError` for what is not a function.
    pub(super) fn given(call: &mut Call<'_>, index: usize) -> Result<Option<Self>, Failure> {
        let Some(value) = call.given(index) else {
            return Ok(None);
        };
        let function = as_function(call, &value)?;
        let caller = Caller::of(call.interp, call.context)?;
        Ok(Some(Self { caller, function }))
    }

    /// As [`given`](Self::given), for a parameter that must be given.
    pub(super) fn needed(call: &mut Call<'_>, index: usize) -> Result<Self, Failure> {
        let text = "'NoneType' object is not callable";
        Self::given(call, index)?.ok_or_else(|| raise("TypeError", text))
    }

    pub(super) fn call(&self, args: Array) -> Outcome {
        let result = self.caller.call(&self.function, None, args)?;
        Ok(result.flatten())
    }
}
