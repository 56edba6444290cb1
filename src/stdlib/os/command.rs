//! `os.system`: a command of the shell, which shares the script's streams and ends with the process that has started it.

use std::io;
use std::os::fd::AsFd;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use rhai::Dynamic;

use crate::process::signals;
use crate::script::{Call, Failure, Interp, Namespace, Outcome, os_failure, raise};
use crate::stdlib::builtins::flush_everything;
use crate::sync::wait_kind;
use crate::sys;
use crate::sys::signal::Signal;
use crate::sys::supervise;
use crate::text::to_os;

pub(super) fn register(os: &mut Namespace<'_>) {
    os.function("system", &["command"], system);
}

/// `os.system(command)`: the wait status, which is 256 times the exit code.
fn system(call: &mut Call<'_>) -> Outcome {
    let command = call.string(0)?;
    call.interp.permissions().run(&command)?;
    flush_everything(call.interp)?;
    call.interp.output.erase_drawing();
    // A thread of a script holds back what ends a program; the command must not.
    let let_through = signals::unblocked_for_command().map_err(os_failure)?;
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(to_os(&command));
    lay_streams(&mut shell, call.interp).map_err(os_failure)?;
    if !call.interp.owns_signals() {
        // Ctrl-C at the terminal of a host is for the host.
        shell.process_group(0);
    }
    let child = supervise::spawn(shell);
    drop(let_through);
    let status = wait(call, child.map_err(os_failure)?);
    call.interp.output.take_in();
    let status = status?;
    Ok(Dynamic::from_int(status.into_raw().into()))
}

/// Keeps the streams of a host from commands too.
fn lay_streams(shell: &mut Command, interp: &Interp) -> io::Result<()> {
    if !interp.source.is_stdin() {
        shell.stdin(Stdio::null());
    }
    let [out, err] = interp.output.entrances()?;
    if let Some(out) = out {
        shell.stdout(out.try_clone()?);
    }
    if let Some(err) = err {
        shell.stderr(err.try_clone()?);
    }
    Ok(())
}

/// How long the supervisor of a command may take to end it.
const GRACE: Duration = Duration::from_secs(5);

/// Waits for the command's end. When the script has to stop, the command and what it has started get SIGTERM, and are killed if they do
/// not end.
fn wait(call: &Call<'_>, mut child: Child) -> Result<ExitStatus, Failure> {
    let pid = child.id().cast_signed();
    let Ok(end) = sys::process::pidfd(pid).inspect_err(|_| end_at_once(call.interp, &mut child))
    else {
        let text = "no descriptor is left to wait for the command";
        return Err(raise("OSError", text));
    };
    let ended = call.interp.wait_for(wait_kind::PROCESS, None, |most| {
        sys::process::wait_readable(&[end.as_fd()], Some(most)).map_err(os_failure)?;
        child.try_wait().map_err(os_failure)
    });
    if ended.is_err() {
        let _ = sys::signal::send(pid, Signal::SIGTERM as i32);
        let _ = sys::process::wait_readable(&[end.as_fd()], Some(GRACE));
        end_at_once(call.interp, &mut child);
    }
    ended
}

fn end_at_once(interp: &Interp, child: &mut Child) {
    let pid = child.id().cast_signed();
    // In an embedding process a command has its own process group.
    let whom = if interp.owns_signals() { pid } else { -pid };
    let _ = sys::signal::send(whom, Signal::SIGKILL as i32);
    let _ = child.wait();
}
