//! `os.system`: a command of the shell, which shares the script's streams and ends with the process that has started it.

use rhai::Dynamic;

use super::fork::wait_status;
use crate::process::command::Command;
use crate::script::{Call, Namespace, Outcome, os_failure, raise, streams_as_numbers};
use crate::stdlib::builtins::flush_everything;
use crate::text::to_os;

pub(super) fn register(os: &mut Namespace<'_>) {
    os.function("system", &["command"], system);
}

/// `os.system(command)`: the wait status, which is 256 times the exit code.
fn system(call: &mut Call<'_>) -> Outcome {
    let text = call.string(0)?;
    if text.contains('\0') {
        return Err(raise("ValueError", "embedded null byte"));
    }
    let interp = call.interp;
    interp.permissions().run(&text)?;
    flush_everything(interp)?;
    interp.output.erase_drawing();
    let mut command = Command::of_shell(to_os(&text));
    let streams = interp.streams_for_commands().map_err(os_failure)?;
    command.conditions.streams = streams_as_numbers(&streams);
    let running = command.start(!interp.owns_signals());
    let running = running.map_err(|failed| os_failure(failed.error))?;
    let ended = interp.wait_for_command(&running, None);
    if ended.is_err() {
        running.end_and_wait(false);
    }
    interp.output.take_in();
    let code = ended?.map_or(0, |status| status.exitcode());
    Ok(Dynamic::from_int(wait_status(code)))
}
