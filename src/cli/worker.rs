//! `procscript worker`.

use std::time::Duration;

use anyhow::{Result, anyhow};
use procscript::RemoteWorker;

use super::args::WorkerOptions;
use super::input::read;
use super::run::builder;

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
