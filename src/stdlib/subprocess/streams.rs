//! The standard streams of a command: what scripts say about them, and what is opened for them.

use std::fs;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::sync::Arc;

use rhai::Dynamic;

use crate::script::{Call, Failure, null, os_failure, raise, type_name};
use crate::stdlib::builtins::file::File;
use crate::stdlib::socket::connection::Socket;
use crate::stdlib::sys::stream_of;
use crate::sys::pipe;
use crate::text::as_int;

/// `subprocess.PIPE`.
pub(super) const PIPE: i64 = -1;
/// `subprocess.STDOUT`.
pub(super) const STDOUT: i64 = -2;
/// `subprocess.DEVNULL`.
pub(super) const DEVNULL: i64 = -3;

/// The places of standard input and standard output among the streams.
const INPUT: usize = 0;
const OUTPUT: usize = 1;

/// What a script says about a stream.
#[derive(Debug, Clone)]
pub(super) enum Given {
    /// Nothing: it is the script's own stream.
    Own,
    Pipe,
    Null,
    Number(i64),
    Other(Dynamic),
}

impl Given {
    pub(super) fn read(value: &Dynamic) -> Self {
        match as_int(value) {
            Some(PIPE) => Self::Pipe,
            Some(DEVNULL) => Self::Null,
            Some(number) => Self::Number(number),
            None if value.is_unit() => Self::Own,
            None => Self::Other(value.clone()),
        }
    }
}

/// A stream of a command, open until it has started.
#[derive(Debug, Clone)]
enum End {
    Opened(Arc<OwnedFd>),
    File(Arc<fs::File>),
    Socket(Arc<crate::sys::socket::Socket>),
    Number(RawFd),
}

impl End {
    fn number(&self) -> RawFd {
        match self {
            Self::Opened(end) => end.as_raw_fd(),
            Self::File(file) => file.as_raw_fd(),
            Self::Socket(socket) => socket.number(),
            Self::Number(number) => *number,
        }
    }
}

/// The streams of a command, and the other ends of those that are pipes.
#[derive(Debug, Default)]
pub(super) struct Streams {
    command: [Option<End>; 3],
    pub pipes: [Option<OwnedFd>; 3],
}

impl Streams {
    /// Opens what is needed.
    ///
    /// # Errors
    /// A stream is not one; no descriptor is left.
    pub(super) fn open(
        call: &Call<'_>,
        given: &[Given; 3],
        pipe_size: Option<usize>,
    ) -> Result<Self, Failure> {
        let mut streams = Self::default();
        let own = Own::of(call, given)?;
        for (place, given) in given.iter().enumerate() {
            let end = match given {
                Given::Own => own.stream(place),
                Given::Pipe => {
                    let (read, write) = pipe::blocking_pipe(pipe_size).map_err(os_failure)?;
                    let (theirs, ours) = match place {
                        INPUT => (read, write),
                        _ => (write, read),
                    };
                    streams.pipes[place] = Some(ours);
                    Some(End::Opened(Arc::new(theirs)))
                }
                Given::Null => Some(End::Opened(Arc::new(null().map_err(os_failure)?))),
                Given::Number(STDOUT) if place > OUTPUT => {
                    let output = streams.command[OUTPUT].clone();
                    Some(output.unwrap_or(End::Number(1)))
                }
                Given::Number(number) => Some(End::Number(number_of(*number)?)),
                Given::Other(value) => match stream_of(value) {
                    Some(place) => own.stream(place).or(Some(End::Number(place as RawFd))),
                    None => Some(end_of(value)?),
                },
            };
            streams.command[place] = end;
        }
        Ok(streams)
    }

    /// Returns the descriptors for the command; `None` where it has the stream of this process.
    pub(super) fn numbers(&self) -> [Option<RawFd>; 3] {
        let [input, output, errors] = &self.command;
        [input, output, errors].map(|end| end.as_ref().map(End::number))
    }
}

/// The script's own streams, as far as a command gets them.
struct Own([Option<Arc<OwnedFd>>; 3]);

impl Own {
    fn of(call: &Call<'_>, given: &[Given; 3]) -> Result<Self, Failure> {
        let is_own = |given: &Given| !matches!(given, Given::Pipe | Given::Null);
        if !given.iter().any(is_own) {
            return Ok(Self([None, None, None]));
        }
        call.interp.output.erase_drawing();
        let streams = call.interp.streams_for_commands().map_err(os_failure)?;
        Ok(Self(streams))
    }

    fn stream(&self, place: usize) -> Option<End> {
        self.0.get(place)?.clone().map(End::Opened)
    }
}

pub(super) fn number_of(number: i64) -> Result<RawFd, Failure> {
    let text = "Python int too large to convert to C int";
    RawFd::try_from(number).map_err(|_| raise("OverflowError", text))
}

fn end_of(value: &Dynamic) -> Result<End, Failure> {
    if let Some(file) = value.read_lock::<File>() {
        return Ok(End::File(file.for_command()?));
    }
    if let Some(socket) = value.read_lock::<Socket>() {
        return Ok(End::Socket(socket.kernel()?));
    }
    let found = type_name(value);
    let text = format!("'{found}' object has no attribute 'fileno'");
    Err(raise("AttributeError", text))
}
