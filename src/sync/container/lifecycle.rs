//! Cleaning up a container when one of its users dies, and when nobody uses it any more.

use super::edit::Edit;
use super::in_flight::InFlight;
use super::layout::ContainerObject;
use crate::shm::{Offset, Patience, Session, Thread, peek};

/// Entries given back at a time.
const ROUND: u64 = 64;

/// Finishes what a dead thread may have left half done.
pub(crate) fn settle(session: &Session, thread: Thread<'_>, container: Offset) {
    let object: &ContainerObject = session.segment().at(container);
    thread.set_holding(container.0);
    // Holding it settles it.
    let _ = object.hold(thread, Patience::ENDLESS);
    thread.set_holding(0);
}

/// Gives back all entries, with the references they carry, and the body.
pub(crate) fn destroy(session: &Session, thread: Thread<'_>, container: Offset) {
    let object: &ContainerObject = session.segment().at(container);
    settle(session, thread, container);
    while peek(&object.used) > 0 {
        discard_some(session, thread, container, object);
    }
    thread.free_from(&object.body);
    thread.detach(&object.switch);
}

fn discard_some(
    session: &Session,
    thread: Thread<'_>,
    container: Offset,
    object: &ContainerObject,
) {
    let mut taken = InFlight::new(session, thread);
    thread.set_holding(container.0);
    if let Ok(latched) = object.hold(thread, Patience::ENDLESS) {
        let used = peek(&object.used);
        let start = used.saturating_sub(ROUND);
        let edit = Edit::over(thread, object, latched);
        edit.truncate(start, &mut taken);
    }
    thread.set_holding(0);
    // Outside the latch: this gives back the blocks and what they refer to.
    drop(taken);
}
