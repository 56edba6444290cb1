//! Cleaning up a queue when one of its users dies, and when nobody uses it any more.

use std::sync::atomic::{Ordering, fence};

use super::get::take_batch;
use super::layout::{End, NO_READER, NO_WRITER, QueueObject};
use crate::shm::{Offset, Patience, Session, Thread, step};

/// Finishes what a dead thread may have left half done, and wakes those that may wait for it.
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

/// Nobody will put any more: waiters for a message are notified, once all messages have been taken.
pub(in crate::sync) fn end_writing(session: &Session, thread: Thread<'_>, queue: Offset) {
    let object: &QueueObject = session.segment().at(queue);
    thread.set_holding(queue.0);
    // What the last writer had committed when it was killed is published first.
    let _ = object.hold(End::Put, thread, Patience::ENDLESS);
    thread.set_holding(0);
    object.gone.fetch_or(NO_WRITER, Ordering::AcqRel);
    step();
    object.not_empty.notify(u32::MAX);
    step();
}

/// Nobody will get any more: the messages in the queue are discarded, and waiters for room are notified.
pub(in crate::sync) fn end_reading(session: &Session, thread: Thread<'_>, queue: Offset) {
    let object: &QueueObject = session.segment().at(queue);
    object.gone.fetch_or(NO_READER, Ordering::AcqRel);
    // Either this sees a message that is being put, or its sender sees that nobody reads.
    fence(Ordering::SeqCst);
    step();
    object.not_full.notify(u32::MAX);
    // Also what refers to other objects, which may be somebody's last hope for an end.
    discard_all(session, thread, queue);
}

/// Gives back undelivered messages, with the references they carry, and all segments.
pub(crate) fn destroy(session: &Session, thread: Thread<'_>, queue: Offset) {
    let object: &QueueObject = session.segment().at(queue);
    settle(session, thread, queue);
    discard_all(session, thread, queue);
    // An empty queue reads and writes in the same segment, or has never read one; another one to be freed is in its spare word.
    thread.free_from(&object.put.segment);
    thread.free_from(&object.put.spare);
    thread.free_from(&object.get.spare);
}

/// After a put: if the reader has gone meanwhile, what is in the queue goes; whether there was anything.
pub(in crate::sync) fn discard_unread(
    session: &Session,
    thread: Thread<'_>,
    queue: Offset,
) -> bool {
    let object: &QueueObject = session.segment().at(queue);
    // Either this sees that the reader has gone, or the reader's end sees the message.
    fence(Ordering::SeqCst);
    let unread = object.is_gone(NO_READER) && object.length() > 0;
    if unread {
        discard_all(session, thread, queue);
    }
    unread
}

fn discard_all(session: &Session, thread: Thread<'_>, queue: Offset) {
    let object: &QueueObject = session.segment().at(queue);
    while object.length() > 0 {
        discard_oldest(session, thread, queue, object);
    }
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
            (1, None),
            &mut unread,
            &mut |one| oldest = Some(one),
        );
    }
    thread.set_holding(0);
    // Outside the latch: this gives back its block and what that refers to.
    drop(oldest);
}
