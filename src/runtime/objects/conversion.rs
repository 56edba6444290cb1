//! Why a value could not be converted.

use std::error::Error;
use std::fmt;

use rhai::Dynamic;

/// A value that could not be converted: a Rust value that scripts cannot represent, or a script's value that is
/// not of the Rust type.
///
/// # Example
/// ```
/// let runtime = procscript::Runtime::builder().build().unwrap();
/// let counts = runtime.queue::<u64>(0).unwrap();
/// let error = counts.put(&u64::MAX).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "item cannot be sent to a script: \
///      18446744073709551615 does not fit in a script's signed 64-bit integer"
/// );
/// ```
#[derive(Debug, Clone)]
pub struct Conversion(Box<Parts>);

#[derive(Debug, Clone)]
struct Parts {
    path: String,
    reason: String,
    /// The script's value, unless it cannot be read, and its description.
    came: Option<(Option<Dynamic>, String)>,
}

impl Conversion {
    pub(super) fn new(
        path: String,
        reason: String,
        came: Option<(Option<Dynamic>, String)>,
    ) -> Self {
        Self(Box::new(Parts { path, reason, came }))
    }

    /// Where in the value: `item.orders[2].price`; `item` for the value itself.
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// The reason: `expected f64, found the string "a"`.
    pub fn reason(&self) -> &str {
        &self.0.reason
    }

    /// The script's value that is not of the Rust type; `None` where a Rust value could not be sent.
    pub fn value(&self) -> Option<&Dynamic> {
        self.0.came.as_ref()?.0.as_ref()
    }

    /// The script's value, so that an item that was taken out of a queue is not lost.
    pub fn into_value(self) -> Option<Dynamic> {
        self.0.came?.0
    }
}

impl fmt::Display for Conversion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Parts { path, reason, came } = &*self.0;
        match came {
            None => write!(f, "{path} cannot be sent to a script: {reason}"),
            Some((_, text)) => write!(f, "{path}: {reason} (received {text})"),
        }
    }
}

impl Error for Conversion {}
