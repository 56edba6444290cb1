//! `procscript worker` of a command that was built without servers.

use anyhow::{Result, bail};
use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct WorkerOptions {
    /// Not in this build
    words: Vec<String>,
}

/// # Errors
/// Always.
pub(crate) fn worker(_given: &WorkerOptions) -> Result<u8> {
    bail!("this program was built without the feature `redis` of procscript, which servers need")
}
