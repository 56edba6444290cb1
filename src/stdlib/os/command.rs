//! `os.system`: a command of the shell, which shares the script's streams.

use std::io;
use std::os::fd::AsFd;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitStatus, Stdio};

use rhai::Dynamic;

use crate::process::signals;
use crate::stdlib::Outcome;
use crate::stdlib::bind::Namespace;
use crate::stdlib::builtins::flush_everything;
use crate::stdlib::call::{Call, Failure};
use crate::stdlib::exceptions::raise_os;
use crate::stdlib::host::Host;
use crate::sync::wait_kind;
use crate::sys;

pub(super) fn register(os: &mut Namespace<'_>) {
    os.function("system", &["command"], system);
}

/// `os.system(command)`: the wait status, which is 256 times the exit code.
fn system(call: &mut Call<'_>) -> Outcome {
    let command = call.string(0)?;
    call.host.permissions().run(&command)?;
    let failed = |error: std::io::Error| raise_os(&error, None);
    flush_everything(call.host)?;
    // A thread of a script holds back what ends a program; the command must not.
    let let_through = signals::let_through_to_command().map_err(failed)?;
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(command.as_str());
    lay_streams(&mut shell, call.host).map_err(failed)?;
    let child = shell.spawn();
    drop((let_through, shell));
    let status = wait(call, child.map_err(failed)?);
    call.host.output.take_in();
    let status = status?;
    Ok(Dynamic::from_int(status.into_raw().into()))
}

/// The streams of a host are not for commands either.
fn lay_streams(shell: &mut Command, host: &Host) -> io::Result<()> {
    if !host.source.is_stdin() {
        shell.stdin(Stdio::null());
    }
    let [out, err] = host.output.entrances()?;
    if let Some(out) = out {
        shell.stdout(out.try_clone()?);
    }
    if let Some(err) = err {
        shell.stderr(err.try_clone()?);
    }
    Ok(())
}

/// Waits for the command's end; one that the script must not wait for any longer is told to end too.
fn wait(call: &Call<'_>, mut child: Child) -> Result<ExitStatus, Failure> {
    let failed = |error: std::io::Error| raise_os(&error, None);
    let pid = child.id().cast_signed();
    let end = sys::process::pidfd(pid).map_err(failed)?;
    let ended = call.host.wait_for(wait_kind::PROCESS, None, |most| {
        sys::process::wait_readable(&[end.as_fd()], Some(most)).map_err(failed)?;
        child.try_wait().map_err(failed)
    });
    if ended.is_err() {
        let _ = sys::signal::send(pid, sys::signal::Signal::SIGTERM as i32);
        let _ = child.wait();
    }
    ended
}
