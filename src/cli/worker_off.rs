//! `procscript worker` of a command that was built without servers.

use anyhow::{Result, bail};

use super::args::WorkerOptions;

/// # Errors
/// Always.
pub(crate) fn worker(_given: &WorkerOptions) -> Result<u8> {
    bail!(
        "servers need the feature `redis`, without which this command was built: `cargo install procscript --features redis`"
    )
}
