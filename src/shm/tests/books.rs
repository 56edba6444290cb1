//! Auditing a session nobody is working on: every block has exactly one owner, every reference is counted, every byte is paid for.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::shm::block::{BLOCK_HEADER, BlockHeader, CLASSES, LIVE, class_size, interior};
use crate::shm::header::Header;
use crate::shm::layout::{ARENA_START, BEFORE_TABLES, ROW};
use crate::shm::message::carried;
use crate::shm::{Offset, Segment, Session, peek};

/// What the audit found: who owns what, and who refers to what.
#[derive(Debug, Default)]
pub(crate) struct Books {
    /// Usable parts of the blocks in use.
    pub(crate) live: BTreeSet<Offset>,
    /// Blocks that somebody owns, and who.
    owned: BTreeMap<Offset, String>,
    /// References found, per object.
    references: HashMap<Offset, u64>,
}

impl Books {
    /// The books of a session, as far as this room knows its objects.
    pub(crate) fn open(session: &Session) -> Books {
        let segment = session.segment();
        let mut books = Books {
            live: check_blocks(segment),
            ..Books::default()
        };
        let header = segment.header();
        assert_eq!(
            peek(&header.unreferenced),
            0,
            "objects wait to be destroyed"
        );
        assert!(header.sweeper.is_at_rest());
        for row in 0..segment.process_rows() as u32 {
            books.enter_process(segment, row);
        }
        for row in 0..segment.thread_rows() {
            let slot = segment.thread_slot(row);
            assert_eq!(peek(&slot.destroying), 0, "an object is half destroyed");
            let mut block = Offset(peek(&slot.in_flight));
            while !block.is_none() {
                books.enter_message(segment, block, "in flight");
                block = Offset(peek(segment.word(block)));
            }
        }
        books
    }

    fn enter_process(&mut self, segment: &Segment, row: u32) {
        let entry = segment.process_entry(row);
        let mut node = Offset(peek(&entry.references));
        while !node.is_none() {
            self.own(node, "reference");
            let object = Offset(peek(segment.word(node)));
            *self.references.entry(object).or_default() += 1;
            node = Offset(peek(segment.word(node.plus(16))));
        }
        for word in [&entry.payload, &entry.report] {
            if peek(word) != 0 {
                self.own(Offset(peek(word)), "bytes of a process");
            }
        }
    }

    /// Somebody owns this block.
    pub(crate) fn own(&mut self, block: Offset, owner: &str) {
        assert!(
            self.live.contains(&block),
            "{owner} owns {block}, which is not in use"
        );
        if let Some(other) = self.owned.insert(block, owner.to_owned()) {
            panic!("{block} is owned twice, by {other} and {owner}");
        }
    }

    /// Somebody owns this message block, which may refer to objects.
    pub(crate) fn enter_message(&mut self, segment: &Segment, block: Offset, owner: &str) {
        self.own(block, owner);
        for object in carried(segment, block) {
            *self.references.entry(object).or_default() += 1;
        }
    }

    /// An object owns a reference to another.
    pub(crate) fn enter_reference(&mut self, object: Offset) {
        *self.references.entry(object).or_default() += 1;
    }

    /// The objects among the blocks in use, with their kinds; they own themselves.
    pub(crate) fn objects(&mut self, segment: &Segment) -> Vec<(Offset, u16)> {
        let kinds = self
            .live
            .iter()
            .map(|block| (*block, segment.kind_at(*block)));
        let objects: Vec<_> = kinds
            .filter_map(|(block, kind)| Some((block, kind?)))
            .collect();
        for (object, _) in &objects {
            self.own(*object, "itself (an object)");
        }
        objects
    }

    /// Everything has been entered: nothing may be left over, and all counts must agree.
    pub(crate) fn close(self, segment: &Segment) {
        let leaked: Vec<_> = self
            .live
            .iter()
            .filter(|block| !self.owned.contains_key(block))
            .collect();
        assert!(leaked.is_empty(), "nobody owns {leaked:?}");
        for block in &self.live {
            if segment.kind_at(*block).is_some() {
                let found = self.references.get(block).copied().unwrap_or(0);
                assert_eq!(
                    segment.reference_count(*block),
                    found,
                    "references to {block}"
                );
            }
        }
        for object in self.references.keys() {
            assert!(
                segment.kind_at(*object).is_some(),
                "a reference to no object at {object}"
            );
        }
    }
}

/// Walk all blocks and all free lists; the blocks in use.
fn check_blocks(segment: &Segment) -> BTreeSet<Offset> {
    let header = segment.header();
    let arena = &header.arena;
    assert!(arena.latch.is_at_rest(), "the arena's journal is open");
    assert_eq!(peek(&arena.filling), 0, "a bare block is being filled");
    assert_eq!(peek(&arena.joining), 0, "free blocks are being joined");
    let mut free = BTreeSet::new();
    let (mut ready_bytes, mut bare_bytes) = (0, 0);
    for class in 0..CLASSES {
        for (list, bare) in [(&arena.ready[class], false), (&arena.bare[class], true)] {
            let mut block = Offset(peek(list));
            while !block.is_none() {
                let found: &BlockHeader = segment.at(block);
                assert_eq!(
                    peek(&found.class),
                    class as u64,
                    "class of free block {block}"
                );
                assert!(
                    free.insert(block),
                    "{block} is on two free lists, or twice on one"
                );
                match interior(block, class_size(class)) {
                    Some((_, length)) if bare => bare_bytes += length,
                    _ => ready_bytes += class_size(class),
                }
                block = Offset(peek(&found.state));
                assert_ne!(block.0, LIVE, "a block in use is on a free list");
            }
        }
    }
    assert_eq!(
        peek(&arena.ready_bytes),
        ready_bytes,
        "bytes in ready blocks"
    );
    let (mut live, mut live_bytes) = (BTreeSet::new(), 0);
    let mut block = Offset(ARENA_START);
    while block.0 < peek(&arena.top) {
        let found: &BlockHeader = segment.at(block);
        let size = class_size(peek(&found.class) as usize);
        if peek(&found.state) == LIVE && !free.contains(&block) {
            live.insert(block.plus(BLOCK_HEADER));
            live_bytes += size;
        } else {
            assert!(
                free.remove(&block),
                "block {block} is neither in use nor free"
            );
        }
        block = block.plus(size);
    }
    assert_eq!(block.0, peek(&arena.top), "blocks end at the top");
    assert!(free.is_empty(), "free blocks that do not exist: {free:?}");
    assert_eq!(
        peek(&arena.live_blocks),
        live.len() as u64,
        "number of blocks in use"
    );
    assert_eq!(peek(&arena.live_bytes), live_bytes, "bytes in use");
    check_committed(segment, header, bare_bytes);
    live
}

/// What the session says it has taken from the system is what it has taken.
fn check_committed(segment: &Segment, header: &Header, bare_bytes: u64) {
    let tables = (peek(&header.thread_rows) + peek(&header.process_rows)) * ROW;
    let arena = peek(&header.arena.backed_end) - ARENA_START;
    let expected = BEFORE_TABLES + tables + arena - bare_bytes;
    let committed = peek(&header.arena.committed);
    assert_eq!(committed, expected, "bytes committed");
    let actual = segment.memory_behind();
    assert!(
        actual <= committed,
        "{actual} bytes of memory, {committed} accounted for"
    );
}
