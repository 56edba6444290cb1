//! Auditing a session with its queues and locks.

use crate::shm::Session;
use crate::shm::tests::books::Books;
use crate::sync::barrier::audit_barrier;
use crate::sync::condition::audit_condition;
use crate::sync::container::audit_container;
use crate::sync::kind;
use crate::sync::pipe::queues_of;
use crate::sync::queue::audit_queue;

/// Check that the session is whole: nothing leaked, nothing owned twice, every count right. Nobody may be working on it.
pub(crate) fn audit(session: &Session) {
    let mut books = Books::open(session);
    for (object, found) in books.objects(session.segment()) {
        match found {
            kind::QUEUE => audit_queue(session, &mut books, object),
            kind::BARRIER => audit_barrier(session, object),
            kind::CONDITION => audit_condition(session, object),
            kind::PIPE_END => queues_of(session, object)
                .into_iter()
                .for_each(|queue| books.enter_reference(queue)),
            kind::CONTAINER => audit_container(session, &mut books, object),
            _ => {}
        }
    }
    books.close(session.segment());
}
