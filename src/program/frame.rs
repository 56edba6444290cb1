//! One call that an error passed through.

use serde::{Deserialize, Serialize};

/// One call that an error passed through: where in which function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Frame {
    /// The file, as people are shown it.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The character in the line, from 1; 0 where it is not known.
    pub column: usize,
    /// `<module>` for the top level of a file, a function's name, or `<lambda>`; empty where only the place is known.
    pub function: String,
    /// The line as it stands in the file; empty where its text is not known.
    pub code: String,
    /// How many times in a row: a function that calls itself.
    pub times: usize,
}

/// What the top level of a file is called.
pub(crate) const TOP_LEVEL: &str = "<module>";

/// The name people are shown for a function of Rhai's.
pub(crate) fn function_name(name: &str) -> String {
    if name.starts_with("anon$") {
        "<lambda>".into()
    } else {
        name.to_string()
    }
}
