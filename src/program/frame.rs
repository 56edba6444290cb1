//! One call that an error passed through.

use serde::{Deserialize, Serialize};

use crate::text::BOUND;

/// One call that an error passed through: a position and its function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Frame {
    /// The file, as reports show it.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The character in the line, from 1; 0 if it is not known.
    pub column: usize,
    /// `<module>` for the top level of a file, a function's name, or `<lambda>`; empty if only the position is known.
    pub function: String,
    /// The source of that line; empty if it is not known.
    pub code: String,
    /// How many times in a row this call occurs: a function that calls itself.
    pub times: usize,
}

/// The name of a file's top level.
pub(crate) const TOP_LEVEL: &str = "<module>";

/// Returns the name that reports show for a function of Rhai's.
pub(crate) fn function_name(name: &str) -> String {
    if name.starts_with("anon$") {
        "<lambda>".into()
    } else {
        name.strip_prefix(BOUND).unwrap_or(name).to_string()
    }
}
