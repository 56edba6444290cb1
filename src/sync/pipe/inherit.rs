//! Which ends of pipes a forked child has: those it was given, as a spawned one.
//!
//! A pipe ends when nobody holds the other end. Did every child hold what its parent held at that moment, as the kernel has it with
//! descriptors, a sibling started in between would keep the end of file from coming.

use crate::shm::{Offset, ProcessId, Session, ShmError};
use crate::sync::kind;

/// Grants everything this process holds to a child that will be a copy of it; but of the ends of pipes only those
/// `given` to it.
///
/// `given` is asked only where the process holds an end.
pub(crate) fn grant_inheritance(
    session: &Session,
    child: ProcessId,
    given: impl FnOnce() -> Vec<Offset>,
) -> Result<(), ShmError> {
    let given = if session.holds_any(kind::PIPE_END) {
        given()
    } else {
        Vec::new()
    };
    session.grant_those(child, |found, object| {
        found != kind::PIPE_END || given.contains(&object)
    })
}
