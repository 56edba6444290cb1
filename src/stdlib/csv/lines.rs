//! Where rows come from: an open file, or any values that can be gone through.

use rhai::{Array, Dynamic};

use crate::script::{Call, Failure, raise, type_name};
use crate::stdlib::builtins::file::File;
use crate::stdlib::builtins::items_of;
use crate::text::as_string;

/// The lines that a reader has left.
#[derive(Debug)]
pub(super) enum Lines {
    Of(File),
    All(std::vec::IntoIter<Dynamic>),
}

impl Lines {
    /// Reads a file line by line, and takes all items of any other value.
    ///
    /// # Errors
    /// `TypeError` for a value that cannot be gone through.
    pub(super) fn of(call: &Call<'_>, value: Dynamic) -> Result<Self, Failure> {
        if let Some(file) = value.read_lock::<File>() {
            return Ok(Self::Of(file.clone()));
        }
        let items: Array = items_of(call, value)?;
        Ok(Self::All(items.into_iter()))
    }

    /// Returns the next line, if there is one.
    ///
    /// # Errors
    /// The file cannot be read; a line is not a string.
    pub(super) fn next(&mut self) -> Result<Option<String>, Failure> {
        let line = match self {
            Self::Of(file) => file.next_line()?,
            Self::All(items) => items.next(),
        };
        let Some(line) = line else { return Ok(None) };
        match as_string(&line) {
            Some(text) => Ok(Some(text.into())),
            None => {
                let found = type_name(&line);
                let text = format!(
                    "iterator should return strings, not {found} (the file should be opened in text mode)"
                );
                Err(raise("Error", text))
            }
        }
    }
}
