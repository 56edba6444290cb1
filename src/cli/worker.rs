//! `procscript worker`.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Result, anyhow};
use clap::{Args, ValueHint};
use procscript::RemoteWorker;

use super::args::Options;
use super::input::read;
use super::run::builder;

#[derive(Debug, Args)]
pub(crate) struct WorkerOptions {
    /// The name of the pool [default: that of the script's file, without its ending]
    #[arg(long, value_name = "NAME")]
    pool: Option<String>,
    /// How many worker processes [default: the number of processors]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    processes: Option<u16>,
    /// After SIGTERM, how many seconds tasks in hand may take; what is not done then goes back to the server
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = clap::value_parser!(u32).range(..=86400))]
    grace: u32,
    /// After how many seconds of silence this machine counts as dead
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = clap::value_parser!(u32).range(1..=3600))]
    lease: u32,
    /// Run tasks of any program that is sealed with the key in FILE, and none without; then --sandbox is the default
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    key: Option<PathBuf>,
    /// The server: redis://HOST[:PORT][/DATABASE], or a short name such as `main` for what PROCSCRIPT_REMOTE_MAIN says
    #[arg(help_heading = None, value_name = "URL", value_hint = ValueHint::Url)]
    url: String,
    /// The script whose functions are called, and nothing else, unless --key is given
    #[arg(help_heading = None, value_name = "FILE", value_hint = ValueHint::FilePath, required_unless_present = "key")]
    script: Option<PathBuf>,
    #[command(flatten)]
    options: Options,
}

/// Serves a pool until SIGTERM or Ctrl-C comes.
pub(crate) fn worker(given: &WorkerOptions) -> Result<u8> {
    let script = given.script.as_deref().map(read).transpose()?;
    let name = given.pool.clone().or_else(|| {
        let stem = given.script.as_ref()?.file_stem()?;
        Some(stem.to_string_lossy().into_owned())
    });
    let name = name.ok_or_else(|| anyhow!("a worker without a script needs --pool NAME"))?;
    let permissions = match given.key {
        Some(_) => given.options.permissions.permissions_in_sandbox(),
        None => given.options.permissions.permissions(),
    };
    let mut worker = RemoteWorker::new(&given.url, &name)
        .grace(Duration::from_secs(given.grace.into()))
        .lease(Duration::from_secs(given.lease.into()))
        .permissions(permissions);
    if let Some(count) = given.processes {
        worker = worker.processes(count.into());
    }
    if let Some(key) = &given.key {
        worker = worker.key_file(key);
    }
    // The process that looks after the workers runs no script, and needs to start them.
    let argv = given
        .script
        .iter()
        .map(|path| path.clone().into_os_string());
    let builder = builder(&given.options, argv).permissions(procscript::Permissions::all());
    Ok((worker.run(builder, script)? & 0xff) as u8)
}
