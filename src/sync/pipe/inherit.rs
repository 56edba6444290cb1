//! Which objects a forked child has: those it was given, as a spawned one.
//!
//! A pipe ends when nobody holds the other end. Did every child hold what its parent held at that moment, as the kernel has it with
//! descriptors, a sibling started in between would keep the end of file from coming. Other objects the child has in its copy of the
//! memory, which must stay valid; but its script cannot use those that it was not given, and nobody waits for it to.

use crate::shm::{Grant, Offset, ProcessId, Session, ShmError};
use crate::sync::kind;

/// Grants everything this process holds to a child that will be a copy of it; but of the ends of pipes only those
/// `given` to it. `is_all` says whether its script can use no other objects than those.
pub(crate) fn grant_inheritance(
    session: &Session,
    child: ProcessId,
    (given, is_all): (&[Offset], bool),
) -> Result<(), ShmError> {
    session.grant_those(child, |found, object| match given.contains(&object) {
        false if found == kind::PIPE_END => None,
        false if is_all => Some(Grant::Inherited),
        _ => Some(Grant::Given),
    })
}
