//! Scripts as the command reads them, and what it prints when it cannot.

use std::io::{Read, Write};
use std::path::Path;

use anyhow::{Context, Result};
use procscript::Script;

/// Reads a script from a file, or from standard input for `-`.
pub(crate) fn read(file: &Path) -> Result<Script> {
    if file == Path::new("-") {
        let mut text = String::new();
        std::io::stdin()
            .read_to_string(&mut text)
            .context("cannot read standard input")?;
        return Ok(Script::from_text("<stdin>", &text));
    }
    Script::from_file(file).map_err(|error| {
        let reason = match error.kind() {
            std::io::ErrorKind::NotFound => "there is no such file".to_string(),
            std::io::ErrorKind::IsADirectory => "it is a directory, not a script".into(),
            std::io::ErrorKind::PermissionDenied => "permission denied".into(),
            _ => error.to_string(),
        };
        anyhow::anyhow!("cannot read {}: {reason}", file.display())
    })
}

/// Prints what kept the command from its work.
pub(crate) fn print_error(error: &anyhow::Error) {
    complain(&format!("procscript: error: {error:#}\n"));
}

/// Prints to standard error, where the exit code says enough if nobody reads it.
pub(crate) fn complain(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}
