//! Starting a command.

use super::arguments::{Order, shown};
use super::left::Left;
use super::popen::Popen;
use super::streams::Streams;
use crate::script::{Call, Failure, raise_os};
use crate::stdlib::builtins::file::File;
use crate::stdlib::builtins::print::flush_output;
use crate::text::from_os;

/// Starts a command.
///
/// # Errors
/// The script may not run programs; the command cannot be run; no descriptor is left.
pub(super) fn start(call: &Call<'_>, order: Order) -> Result<Popen, Failure> {
    let interp = call.interp;
    interp.permissions().run(&shown(&order.command))?;
    Left::of(interp).sweep();
    // What was printed before comes before what the command prints.
    flush_output(interp)?;
    let Order {
        args,
        mut command,
        streams,
        encoding,
        written,
        pipe_size,
    } = order;
    let mut streams = Streams::open(call, &streams, pipe_size)?;
    command.conditions.streams = streams.numbers();
    let mut files = [const { None }; 3];
    for (place, pipe) in streams.pipes.iter_mut().enumerate() {
        if let Some(pipe) = pipe.take() {
            let file = File::of_pipe(interp, pipe, place == 0, encoding.clone(), written)?;
            files[place] = Some(file);
        }
    }
    let program = from_os(&command.program);
    let directory = command.directory.as_ref().map(from_os);
    let running = command.start(!interp.owns_signals()).map_err(|failed| {
        let path = match failed.at_program {
            true => Some(program.as_str()),
            false => directory.as_deref(),
        };
        raise_os(&failed.error, path)
    })?;
    Ok(Popen::new(interp, args, running, files, encoding))
}
