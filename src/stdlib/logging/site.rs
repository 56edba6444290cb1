//! The call that logs: where it is, and by whom it is made.

use std::sync::Arc;

use rhai::{Dynamic, FnPtr, NativeCallContext};

use crate::script::bind::{Classes, call_as_method};
use crate::script::values::{repr_with, str_with};
use crate::script::{Call, Interp, Outcome};

/// What runs a handler: a native's call, or the thread of a listener.
#[derive(Clone, Copy)]
pub(super) struct Site<'a> {
    pub interp: &'a Arc<Interp>,
    pub context: &'a NativeCallContext<'a>,
}

impl<'a> Site<'a> {
    pub(super) fn of(call: &Call<'a>) -> Self {
        Self {
            interp: call.interp,
            context: call.context,
        }
    }

    /// `str(value)`.
    pub(super) fn str(&self, value: &Dynamic) -> String {
        str_with(value, self.context)
    }

    /// `repr(value)`.
    pub(super) fn repr(&self, value: &Dynamic) -> String {
        repr_with(value, self.context)
    }

    /// Calls a function, or the method of an object of the script; `None` if the value is neither.
    pub(super) fn call(
        &self,
        value: &Dynamic,
        method: &str,
        args: Vec<Dynamic>,
    ) -> Option<Outcome> {
        if let Some(function) = value.read_lock::<FnPtr>().map(|function| function.clone()) {
            return Some(function.call_raw(self.context, None, args));
        }
        let function = Classes::function(self.interp, value, method)?;
        let mut this = value.clone();
        Some(call_as_method(self.context, &function, &mut this, args))
    }

    /// Returns whether [`call`](Self::call) can call the value.
    pub(super) fn is_callable(&self, value: &Dynamic, method: &str) -> bool {
        value.is_fnptr() || Classes::function(self.interp, value, method).is_some()
    }
}
