//! Starts a child as a fresh run of the program.
//!
//! The child receives numbers: the descriptor of the session's memory, its slot in the process table, where its work
//! is stored, and the descriptors through which other descriptors arrive. They are at the front of its command line,
//! so `ps` shows what the process is, and its own children do not inherit them. A program may also be started as a [seed](super::seed),
//! of which children are copies.

use std::ffi::OsString;
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{Child, starter};
use crate::sys::spawn::Launch;
use crate::sys::{executable, process};

/// The first argument of a spawned child.
const MARK: &str = "--procscript-worker";

/// The second argument of a seed.
const SEED: &str = "seed";

/// The second argument of a keeper.
const KEEPER: &str = "keeper";

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

/// What a program was started for.
#[derive(Debug)]
pub(crate) enum Started {
    /// As a child that does its work.
    Child(WorkerArgs),
    /// As a seed.
    Seed(SeedArgs),
    /// As the keeper of a family, which listens on this socket.
    Keeper(OwnedFd),
}

/// What a seed was started with.
#[derive(Debug)]
pub(crate) struct SeedArgs {
    /// The connection to its parent.
    pub connection: OwnedFd,
    /// A file with what it needs to know of its parent's program.
    pub blueprint: OwnedFd,
    /// The process that started it.
    pub parent: i32,
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

impl SpawnOptions<'_> {
    /// Returns the descriptors that replace standard output and standard error, and their numbers.
    pub(super) fn streams(&self) -> impl Iterator<Item = (RawFd, RawFd)> {
        let streams = self.streams.iter().zip([1, 2]);
        streams.filter_map(|(fd, number)| Some((fd.as_ref()?.as_raw_fd(), number)))
    }
}

/// Starts `program` (`None`: this program) as the process that has the slot `place` in `session`.
pub(crate) fn spawn(
    program: Option<&Path>,
    given: &SpawnOptions<'_>,
    place: u64,
) -> io::Result<Child> {
    let mut args = vec![given.session.as_raw_fd().to_string(), place.to_string()];
    let mut keep = vec![given.session.as_raw_fd()];
    if let Some((ends, turn)) = given.depot {
        args.extend(ends.map(|end| end.as_raw_fd().to_string()));
        args.push(turn.to_string());
        keep.extend(ends.map(|end| end.as_raw_fd()));
    }
    let mut descriptors: Vec<_> = keep.into_iter().map(|fd| (fd, fd)).collect();
    descriptors.extend(given.streams());
    let launch = Launch {
        program: file_of(program)?,
        args: arguments(args),
        descriptors,
        withheld: Vec::new(),
        own_group: given.own_group,
    };
    Child::watch(starter::spawn(launch)?)
}

/// Starts `program` (`None`: this program) as a seed, which does not get the descriptors `withheld`.
pub(super) fn spawn_seed(
    program: Option<&Path>,
    given: &SpawnOptions<'_>,
    (connection, blueprint): (BorrowedFd<'_>, BorrowedFd<'_>),
    withheld: Vec<RawFd>,
) -> io::Result<Child> {
    let numbers = [
        connection.as_raw_fd(),
        blueprint.as_raw_fd(),
        process::pid(),
    ];
    let words = std::iter::once(SEED.to_string()).chain(numbers.map(|number| number.to_string()));
    let own = [connection, blueprint].map(|fd| (fd.as_raw_fd(), fd.as_raw_fd()));
    let launch = Launch {
        program: file_of(program)?,
        args: arguments(words),
        descriptors: own.into_iter().chain(given.streams()).collect(),
        withheld,
        own_group: given.own_group,
    };
    Child::watch(starter::spawn(launch)?)
}

/// Starts this program as the keeper of a family, which listens on a socket, and reads and writes nothing.
#[cfg(feature = "redis")]
pub(crate) fn spawn_keeper(listener: BorrowedFd<'_>, nowhere: BorrowedFd<'_>) -> io::Result<Child> {
    let number = listener.as_raw_fd();
    let streams = (0..3).map(|stream| (nowhere.as_raw_fd(), stream));
    let launch = Launch {
        program: file_of(None)?,
        args: arguments([KEEPER.to_string(), number.to_string()]),
        descriptors: streams.chain([(number, number)]).collect(),
        withheld: Vec::new(),
        own_group: true,
    };
    Child::watch(starter::spawn(launch)?)
}

fn file_of(program: Option<&Path>) -> io::Result<PathBuf> {
    match program {
        Some(program) => Ok(program.into()),
        None => Ok(executable::path()?.into()),
    }
}

/// Returns the command line of a child.
fn arguments(words: impl IntoIterator<Item = String>) -> Vec<OsString> {
    let shown = std::env::args_os().next();
    let shown = shown.unwrap_or_else(|| "procscript".into());
    let words = words.into_iter().map(Into::into);
    [shown, MARK.into()].into_iter().chain(words).collect()
}

/// Returns whether this process was started as a child or as a seed.
pub(crate) fn is_child() -> bool {
    std::env::args_os().nth(1).is_some_and(|word| word == MARK)
}

/// Returns what this process was started for, if that was by [`spawn`] or as a seed.
pub(crate) fn started() -> Option<io::Result<Started>> {
    READY.store(true, Ordering::Relaxed);
    executable::note();
    let mut args = std::env::args_os().skip(1).peekable();
    if args.next().is_none_or(|word| word != MARK) {
        return None;
    }
    let is_seed = args.next_if(|word| *word == SEED).is_some();
    let is_keeper = args.next_if(|word| *word == KEEPER).is_some();
    let numbers: Vec<u64> = args.map_while(|word| word.to_str()?.parse().ok()).collect();
    if is_keeper {
        let listener = numbers.first().map(|listener| inherited(*listener));
        return listener.map(|listener| listener.map(Started::Keeper));
    }
    match (is_seed, &numbers[..]) {
        (true, &[connection, blueprint, parent]) => Some(seed_args(connection, blueprint, parent)),
        (false, &[session, place, ref depot @ ..]) => Some(worker_args(session, place, depot)),
        _ => None,
    }
}

fn inherited(fd: u64) -> io::Result<OwnedFd> {
    process::inherited_fd(i32::try_from(fd).map_err(|_| io::ErrorKind::InvalidInput)?)
}

fn seed_args(connection: u64, blueprint: u64, parent: u64) -> io::Result<Started> {
    Ok(Started::Seed(SeedArgs {
        connection: inherited(connection)?,
        blueprint: inherited(blueprint)?,
        parent: i32::try_from(parent).map_err(|_| io::ErrorKind::InvalidInput)?,
    }))
}

fn worker_args(session: u64, place: u64, depot: &[u64]) -> io::Result<Started> {
    let depot = match *depot {
        [entrance, exit, turn] => Some((inherited(entrance)?, inherited(exit)?, turn)),
        _ => None,
    };
    Ok(Started::Child(WorkerArgs {
        session: inherited(session)?,
        place,
        depot,
    }))
}
