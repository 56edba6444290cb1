//! A child that is a fresh run of the program.
//!
//! It is given two numbers: the descriptor of the session's memory, and its place in the process table,
//! where its work lies ready. The words stand at the front of its command line, so `ps` shows what it is
//! and its own children do not inherit them.

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};

use super::Child;
use crate::sys::process;

/// The first argument of a spawned child.
const MARK: &str = "--procscript-worker";

/// Whether this program looks for orders at its beginning.
static READY: AtomicBool = AtomicBool::new(false);

/// Whether a fresh run of this program would do a child's work.
pub(crate) fn is_ready() -> bool {
    READY.load(Ordering::Relaxed)
}

/// What a spawned child was told.
#[derive(Debug)]
pub(crate) struct Orders {
    /// The session's memory.
    pub session: OwnedFd,
    /// The packed number of this process in the session.
    pub place: u64,
}

/// Starts `program` (`None`: this program) as the process that has `place` in `session`.
pub(crate) fn spawn(
    program: Option<&str>,
    session: BorrowedFd<'_>,
    place: u64,
) -> io::Result<Child> {
    let program = program.unwrap_or("/proc/self/exe");
    let shown = std::env::args_os().next();
    let shown = shown.map_or_else(|| "procscript".into(), |word| word.to_string_lossy().into());
    let args = [
        shown,
        MARK.into(),
        session.as_raw_fd().to_string(),
        place.to_string(),
    ];
    Child::watch(process::spawn(program, &args, session)?)
}

/// The orders of this process, if it was started by [`spawn`].
pub(crate) fn orders() -> Option<io::Result<Orders>> {
    READY.store(true, Ordering::Relaxed);
    let mut args = std::env::args_os().skip(1);
    if args.next().is_none_or(|word| word != MARK) {
        return None;
    }
    let fd = args.next()?.to_str()?.parse().ok()?;
    let place = args.next()?.to_str()?.parse().ok()?;
    Some(process::inherited_fd(fd).map(|session| Orders { session, place }))
}
