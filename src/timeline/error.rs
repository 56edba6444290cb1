//! Why there is no timeline.

use std::fmt;
use std::io;
use std::path::Path;

/// A timeline could not be recorded or written.
#[derive(Debug)]
pub struct TimelineError {
    text: String,
    source: Option<io::Error>,
}

impl TimelineError {
    pub(super) fn new(text: String) -> Self {
        let source = None;
        Self { text, source }
    }

    /// What could not be done with a file or directory.
    pub(super) fn about(what: &str, path: &Path, source: io::Error) -> Self {
        Self {
            text: format!("cannot {what} {}", path.display()),
            source: Some(source),
        }
    }
}

impl fmt::Display for TimelineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)?;
        match &self.source {
            Some(source) => write!(f, ": {source}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for TimelineError {}
