//! `procscript run --timeline`, and `procscript timeline`.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use procscript::timeline::{Recording, assemble, left_behind};

use super::input::print_error;
use super::output::print;

/// The exit code of a script that ended well but whose timeline could not be written.
const NOT_WRITTEN: u8 = 1;

/// Runs `body` and writes its timeline to `file`, if there is one.
pub(super) fn recorded(file: Option<&Path>, body: impl FnOnce() -> Result<u8>) -> Result<u8> {
    let Some(file) = file else {
        return body();
    };
    let recording = Recording::begin(file)?;
    let code = match body() {
        Ok(code) => code,
        Err(error) => {
            recording.discard();
            return Err(error);
        }
    };
    if let Err(error) = recording.finish() {
        print_error(&error.into());
        return Ok(code.max(NOT_WRITTEN));
    }
    Ok(code)
}

/// Writes the timeline of a recording that was left, or lists the recordings.
pub(super) fn timeline(directory: Option<PathBuf>, output: &Path) -> Result<u8> {
    let Some(directory) = directory else {
        return list();
    };
    assemble(&directory, output)?;
    Ok(0)
}

fn list() -> Result<u8> {
    let left = left_behind().context("cannot read the directory for temporary files")?;
    if left.is_empty() {
        bail!(
            "no recording was left by a killed process; `procscript run --timeline FILE` makes one"
        );
    }
    let lines = left
        .iter()
        .map(|directory| format!("{}\n", directory.display()));
    print(&lines.collect::<String>())
}
