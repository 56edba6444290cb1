//! `procscript remote` of a command that was built without servers.

use anyhow::{Result, bail};
use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum RemoteAction {
    /// Not in this build
    Ls,
}

/// # Errors
/// Always.
pub(crate) fn remote(_action: &RemoteAction) -> Result<u8> {
    bail!(
        "servers need the feature `redis`, without which this command was built: `cargo install procscript --features redis`"
    )
}
