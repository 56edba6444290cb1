//! A value that has no form on the other side, told with the path to the part that has none.

use std::fmt::{self, Display};

use serde::de::{self, Expected, Unexpected};
use serde::ser;

use super::super::fault::DecodeError;
use super::super::refusal::{Broken, Step, path};

/// Why a Rust value has no bytes, or bytes are no such Rust value. The steps are collected innermost first.
#[derive(Debug)]
pub(crate) struct Misfit(Box<Parts>);

#[derive(Debug)]
struct Parts {
    reason: String,
    steps: Vec<Step>,
}

impl Misfit {
    pub(super) fn new(reason: impl Into<String>) -> Self {
        let reason = reason.into();
        let steps = Vec::new();
        Self(Box::new(Parts { reason, steps }))
    }

    pub(super) fn inside(mut self, step: Step) -> Self {
        self.0.steps.push(step);
        self
    }

    pub(super) fn in_item(self, index: usize) -> Self {
        self.inside(Step::Index(index))
    }

    pub(super) fn in_entry(self, key: &str) -> Self {
        self.inside(Step::Key(key.to_string()))
    }

    /// Returns the path in the value, which is called `root`: `item.orders[2].price`.
    pub(crate) fn path(&self, root: &str) -> String {
        path(root, &self.0.steps)
    }

    /// Returns the fault, after the path to it if it is inside of the value.
    pub(crate) fn text(&self) -> String {
        match self.path("") {
            path if path.is_empty() => self.0.reason.clone(),
            path => format!("{}: {}", path.trim_start_matches('.'), self.0.reason),
        }
    }

    /// Returns the fault at that path.
    pub(crate) fn reason(&self) -> &str {
        &self.0.reason
    }
}

impl Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.reason)
    }
}

impl std::error::Error for Misfit {}

impl From<DecodeError> for Misfit {
    fn from(error: DecodeError) -> Self {
        Self::new(error.to_string())
    }
}

impl From<Box<Broken>> for Misfit {
    fn from(broken: Box<Broken>) -> Self {
        let (reason, steps) = broken.into_parts();
        Self(Box::new(Parts { reason, steps }))
    }
}

impl ser::Error for Misfit {
    fn custom<T: Display>(message: T) -> Self {
        Self::new(message.to_string())
    }
}

impl de::Error for Misfit {
    fn custom<T: Display>(message: T) -> Self {
        Self::new(message.to_string())
    }

    fn invalid_type(found: Unexpected<'_>, wanted: &dyn Expected) -> Self {
        Self::new(format!("expected {wanted}, found {}", shown(found)))
    }

    fn invalid_value(found: Unexpected<'_>, wanted: &dyn Expected) -> Self {
        Self::invalid_type(found, wanted)
    }

    fn invalid_length(length: usize, wanted: &dyn Expected) -> Self {
        Self::new(format!("expected {wanted}, found {length} items"))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(format!("the field '{field}' is missing"))
    }
}

/// The longest text that is shown whole, in characters.
const SHOWN: usize = 40;

/// Returns the value that was found, as scripts would write it.
fn shown(found: Unexpected<'_>) -> String {
    match found {
        Unexpected::Bool(flag) => format!("the bool {flag}"),
        Unexpected::Unsigned(int) => format!("the int {int}"),
        Unexpected::Signed(int) => format!("the int {int}"),
        Unexpected::Float(float) => format!("the float {float:?}"),
        Unexpected::Char(char) => format!("the char {char:?}"),
        Unexpected::Str(text) if text.chars().count() <= SHOWN => format!("the string {text:?}"),
        Unexpected::Str(text) => {
            let start: String = text.chars().take(SHOWN).collect();
            format!("the string {start:?}…")
        }
        Unexpected::Bytes(bytes) => format!("a blob of {} bytes", bytes.len()),
        Unexpected::Unit | Unexpected::Option => "()".into(),
        Unexpected::Seq => "an array".into(),
        Unexpected::Map => "a map".into(),
        other => other.to_string(),
    }
}
