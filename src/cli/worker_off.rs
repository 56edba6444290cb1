//! `procscript worker` of a command that was built without servers.

use anyhow::{Result, bail};

use super::args::WorkerOptions;

/// # Errors
/// Always.
pub(crate) fn worker(_given: &WorkerOptions) -> Result<u8> {
    bail!("this program was built without the feature `redis` of procscript, which servers need")
}
