//! Auditing a queue's memory (tests).

use super::Queue;
use super::layout::{POINTER_RECORD, QueueObject, SEGMENT_HEADER, Tag, follow_jump, inline_record};
use crate::shm::tests::books::Books;
use crate::shm::{Offset, Session, peek};

/// Enters what the queue owns into the books, and checks that its records add up.
pub(crate) fn audit_queue(session: &Session, books: &mut Books, queue: Offset) {
    let segment = session.segment();
    let thread = session.thread().unwrap();
    let object: &QueueObject = segment.at(queue);
    assert!(object.put.latch.is_at_rest() && object.get.latch.is_at_rest());
    assert_eq!(
        object.put_published.load(),
        peek(&object.put.count),
        "published puts"
    );
    assert_eq!(
        object.get_published.load(),
        peek(&object.get.count),
        "published gets"
    );
    let bytes = peek(&object.put.bytes) - peek(&object.get.bytes);
    assert!(
        object.length() > 0 || bytes == 0,
        "{bytes} bytes in an empty queue"
    );
    for word in [&object.put.spare, &object.get.spare] {
        if peek(word) != 0 {
            books.own(Offset(peek(word)), "spare segment");
        }
    }
    if peek(&object.put.segment) == 0 {
        assert_eq!(peek(&object.put.count), 0);
        return;
    }
    let (mut reading, mut position) = match peek(&object.get.segment) {
        0 => (
            Offset(peek(&object.first)),
            Offset(peek(&object.first)).plus(SEGMENT_HEADER),
        ),
        current => (Offset(current), Offset(peek(&object.get.position))),
    };
    books.own(reading, "segment");
    for _ in 0..object.length() {
        let (record, jumped) = follow_jump(thread, position);
        if let Some(next) = jumped {
            reading = next;
            books.own(reading, "segment");
        }
        let (tag, length) = Tag::parse(peek(segment.word(record)));
        position = record.plus(match tag {
            Tag::Inline => inline_record(length),
            _ => POINTER_RECORD,
        });
        if tag == Tag::Block {
            let block = Offset(peek(segment.word(record.plus(8))));
            books.enter_message(segment, block, "record");
        }
    }
    assert_eq!(
        position.0,
        peek(&object.put.position),
        "records end where the next one goes"
    );
    assert_eq!(
        reading.0,
        peek(&object.put.segment),
        "the last segment is the one written to"
    );
}

impl Queue {
    /// Returns how many messages were put and got since the queue was made.
    pub(crate) fn counts(&self) -> (u64, u64) {
        (
            self.object().put_published.load(),
            self.object().get_published.load(),
        )
    }

    /// Bytes left for records in the segment that is written to; 0 before the first message.
    pub(crate) fn room_in_segment(&self) -> u64 {
        let side = &self.object().put;
        (peek(&side.end) - peek(&side.position)).saturating_sub(POINTER_RECORD)
    }
}
