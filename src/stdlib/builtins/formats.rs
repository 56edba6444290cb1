//! Values of our own types in `format` and `"{:…}".format(…)`: dates.

use rhai::{Dynamic, EvalAltResult, FnPtr};

use crate::script::bind::FORMAT;
use crate::script::values::type_name_in;
use crate::script::{Call, Exception};
use crate::text::TextError;

/// Returns what a value of one of our types makes of a specification: `__format__`, as dates have it.
pub(super) fn own_format(
    call: &Call<'_>,
    value: &Dynamic,
    spec: &str,
) -> Option<Result<String, TextError>> {
    if value.is_shared() || !value.is_variant() || value.is::<FnPtr>() {
        return None;
    }
    let (mut value, mut spec) = (value.clone(), Dynamic::from(spec.to_string()));
    let kind = type_name_in(call.context.engine(), &value);
    let args = &mut [&mut value, &mut spec];
    let result = call.context.call_native_fn_raw(FORMAT, true, args);
    Some(match result {
        Ok(text) => Ok(text.to_string()),
        Err(error) if matches!(*error, EvalAltResult::ErrorFunctionNotFound(..)) => {
            let text = format!("unsupported format string passed to {kind}.{FORMAT}");
            Err(TextError::type_error(text))
        }
        Err(error) => Err(TextError::value_error(
            Exception::from_error(&error).message(),
        )),
    })
}
