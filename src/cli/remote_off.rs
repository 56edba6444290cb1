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
    bail!("this program was built without the feature `redis` of procscript, which servers need")
}
