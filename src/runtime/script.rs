//! The source of a script, and its name in messages.

use std::io;
use std::path::Path;

use super::Error;
use crate::program::source::Source;
use crate::text::from_os;

/// The source of a script, and its name in messages.
#[derive(Debug, Clone)]
pub struct Script {
    name: String,
    shown: String,
    text: String,
}

impl Script {
    /// Creates a script that is not a file: `name` is used in messages.
    pub fn from_text(name: &str, text: &str) -> Self {
        Self {
            name: name.into(),
            shown: name.into(),
            text: without_shebang(text),
        }
    }

    /// Reads a script; messages name the file as it is given here.
    ///
    /// # Errors
    /// The file cannot be read (`IsADirectory` for a directory), or is not UTF-8 (`InvalidData`).
    pub fn from_file(path: &Path) -> io::Result<Self> {
        if path.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let bytes = std::fs::read(path)?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let line = error.as_bytes()[..error.utf8_error().valid_up_to()]
                .split(|byte| *byte == b'\n')
                .count();
            let text = format!("line {line} is not UTF-8 text");
            io::Error::new(io::ErrorKind::InvalidData, text)
        })?;
        let absolute = path.canonicalize().or_else(|_| std::path::absolute(path))?;
        Ok(Self {
            name: from_os(absolute),
            shown: path.display().to_string(),
            text: without_shebang(&text),
        })
    }

    /// Returns a script as another process has read it.
    pub(super) fn of_parts(name: String, shown: String, text: String) -> Self {
        Self { name, shown, text }
    }

    /// Reads a script for an operation of a runtime.
    pub(super) fn read(path: &Path) -> Result<Self, Error> {
        Self::from_file(path).map_err(|error| Error::Read {
            path: path.into(),
            error,
        })
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn source(&self) -> Source {
        Source::new(self.name.clone(), self.shown.clone(), self.text.as_str())
    }
}

/// Makes a first line `#!…` a comment, so that lines keep their numbers.
fn without_shebang(text: &str) -> String {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match text.strip_prefix("#!") {
        Some(rest) => format!("//{rest}"),
        None => text.into(),
    }
}
