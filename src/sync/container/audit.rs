//! Auditing a container's memory (tests).

use super::layout::{ContainerObject, hash_of, split};
use crate::shm::tests::books::Books;
use crate::shm::{Offset, Session, message_bytes, peek};

/// Enters what the container owns into the books, and checks that its parts agree.
pub(crate) fn audit_container(session: &Session, books: &mut Books, container: Offset) {
    let segment = session.segment();
    let object: &ContainerObject = segment.at(container);
    assert!(object.latch.is_at_rest());
    assert_eq!(peek(&object.spare), 0, "a body is being made");
    assert_eq!(peek(&object.retired), 0, "a body is to be freed");
    if peek(&object.switch) != 0 {
        books.enter_reference(Offset(peek(&object.switch)));
    }
    let (used, end, count) = (peek(&object.used), peek(&object.end), peek(&object.count));
    assert!(
        count <= end && end <= used,
        "{count} entries before {end} of {used}"
    );
    let Some(body) = object.body(segment) else {
        assert_eq!(used, 0);
        return;
    };
    books.own(Offset(peek(&object.body)), "body");
    assert!(used <= body.capacity);
    let blocks = (0..used).map(|index| (index, body.block(index)));
    let mut found = 0;
    for (index, block) in blocks.filter(|(_, block)| !block.is_none()) {
        assert!(index < end, "an entry behind the end");
        found += 1;
        books.enter_message(segment, block, "entry");
        if object.is_keyed() {
            let (key, _) = split(true, message_bytes(segment, block));
            assert_eq!(
                body.find(key, hash_of(key)),
                Some((index, block)),
                "a key in the index"
            );
        }
    }
    assert_eq!(found, count, "number of entries");
    assert!(object.is_keyed() || used == count, "a list has no gaps");
}
