//! What happens to a queue when a user of it dies, and when nobody uses it any more.

use super::get::take_batch;
use super::layout::{End, QueueObject};
use crate::shm::{Offset, Patience, Session, Thread};

/// Finish what a dead thread may have left half done, and wake whoever may wait for it.
pub(crate) fn settle(session: &Session, thread: Thread<'_>, queue: Offset) {
    let object: &QueueObject = session.segment().at(queue);
    thread.set_holding(queue.0);
    for end in [End::Put, End::Get] {
        // Holding a side settles it.
        let _ = object.hold(end, thread, Patience::ENDLESS);
    }
    thread.set_holding(0);
    object.not_empty.notify(u32::MAX);
    object.not_full.notify(u32::MAX);
    object.finished.notify(u32::MAX);
}

/// Give back undelivered messages, with the references they carry, and all segments.
pub(crate) fn destroy(session: &Session, thread: Thread<'_>, queue: Offset) {
    let object: &QueueObject = session.segment().at(queue);
    settle(session, thread, queue);
    while object.length() > 0 {
        discard_oldest(session, thread, queue, object);
    }
    // An empty queue reads and writes in the same segment, or has never read one; another one to be freed is in its spare word.
    thread.free_from(&object.put.segment);
    thread.free_from(&object.put.spare);
    thread.free_from(&object.get.spare);
}

fn discard_oldest(session: &Session, thread: Thread<'_>, queue: Offset, object: &QueueObject) {
    let mut unread = Vec::new();
    let mut oldest = None;
    thread.set_holding(queue.0);
    if let Ok(latched) = object.hold(End::Get, thread, Patience::ENDLESS) {
        take_batch(
            session,
            thread,
            object,
            &latched,
            1,
            &mut unread,
            &mut |one| oldest = Some(one),
        );
    }
    thread.set_holding(0);
    // Outside the latch: this gives back its block and what that refers to.
    drop(oldest);
}
