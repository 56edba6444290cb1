//! Starts a child as a fresh run of the program.
//!
//! The child receives numbers: the descriptor of the session's memory, its slot in the process table, where its work
//! is stored, and the descriptors through which other descriptors arrive. They are at the front of its command line,
//! so `ps` shows what the process is, and its own children do not inherit them.

use std::ffi::OsString;
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd};
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{Child, starter};
use crate::sys::{executable, process};

/// The first argument of a spawned child.
const MARK: &str = "--procscript-worker";

/// Whether this program checks for orders when it starts.
static READY: AtomicBool = AtomicBool::new(false);

/// The names of the setups that fresh runs of this program have.
static EXTRAS: OnceLock<Vec<String>> = OnceLock::new();

/// Notes the names of the setups that fresh runs of this program have.
pub(crate) fn have(extras: Vec<String>) {
    let _ = EXTRAS.set(extras);
}

/// Returns whether a fresh run of this program has the setup `name`.
pub(crate) fn has(name: &str) -> bool {
    EXTRAS
        .get()
        .is_some_and(|extras| extras.iter().any(|extra| extra == name))
}

/// Returns whether a fresh run of this program would do a child's work.
pub(crate) fn is_ready() -> bool {
    READY.load(Ordering::Relaxed)
}

/// The orders that a spawned child has received.
#[derive(Debug)]
pub(crate) struct WorkerArgs {
    /// The session's memory.
    pub session: OwnedFd,
    /// The packed slot number of this process in the session.
    pub place: u64,
    /// The descriptor through which others arrive, and the packed offset of its lock.
    pub depot: Option<(OwnedFd, OwnedFd, u64)>,
}

/// The configuration of a spawned child, apart from its slot.
#[derive(Debug)]
pub(crate) struct SpawnOptions<'a> {
    /// The session's memory.
    pub session: BorrowedFd<'a>,
    /// See [`WorkerArgs::depot`].
    pub depot: Option<([BorrowedFd<'a>; 2], u64)>,
    /// Its standard output and standard error; `None` means those of this process.
    pub streams: [Option<BorrowedFd<'a>>; 2],
    /// Whether it gets its own process group, so that signals from the terminal do not reach it.
    pub own_group: bool,
}

/// Starts `program` (`None`: this program) as the process that has the slot `place` in `session`.
pub(crate) fn spawn(
    program: Option<&Path>,
    given: &SpawnOptions<'_>,
    place: u64,
) -> io::Result<Child> {
    let program = match program {
        Some(program) => program,
        None => executable::path()?,
    };
    let shown = std::env::args_os().next();
    let shown = shown.unwrap_or_else(|| "procscript".into());
    let mut args: Vec<OsString> = vec![
        shown,
        MARK.into(),
        given.session.as_raw_fd().to_string().into(),
        place.to_string().into(),
    ];
    let mut keep = vec![given.session.as_raw_fd()];
    if let Some((ends, turn)) = given.depot {
        args.extend(ends.map(|end| end.as_raw_fd().to_string().into()));
        args.push(turn.to_string().into());
        keep.extend(ends.map(|end| end.as_raw_fd()));
    }
    let mut descriptors: Vec<_> = keep.into_iter().map(|fd| (fd, fd)).collect();
    let streams = given.streams.iter().zip([1, 2]);
    descriptors.extend(streams.filter_map(|(fd, number)| Some((fd.as_ref()?.as_raw_fd(), number))));
    Child::watch(starter::spawn(program, args, descriptors, given.own_group)?)
}

/// Returns the orders of this process, if it was started by [`spawn`].
pub(crate) fn worker_args() -> Option<io::Result<WorkerArgs>> {
    READY.store(true, Ordering::Relaxed);
    executable::note();
    let mut args = std::env::args_os().skip(1);
    if args.next().is_none_or(|word| word != MARK) {
        return None;
    }
    let mut number = || args.next()?.to_str()?.parse::<u64>().ok();
    let (fd, place) = (number()?, number()?);
    let depot = (number(), number(), number());
    let inherited = |fd: u64| {
        let fd = i32::try_from(fd).map_err(|_| io::ErrorKind::InvalidInput)?;
        process::inherited_fd(fd)
    };
    let arguments = || {
        let depot = match depot {
            (Some(entrance), Some(exit), Some(turn)) => {
                Some((inherited(entrance)?, inherited(exit)?, turn))
            }
            _ => None,
        };
        let session = inherited(fd)?;
        Ok(WorkerArgs {
            session,
            place,
            depot,
        })
    };
    Some(arguments())
}
