//! Freed memory can be used again for anything, whichever process freed it and whichever is suspended.

use super::{audit, message, session};
use crate::shm::tests::knobs;
use crate::shm::{Birth, Session, points};
use crate::sync::{Cells, Deadline, ExitKind, Mutex, Queue};
use crate::sys::testing::{exit_now, fork_child, is_suspended, kill_and_reap};

/// Makes as many as there is memory for, and drops them.
fn space_for<T>(make: impl Fn() -> Option<T>) -> usize {
    std::iter::from_fn(make).collect::<Vec<T>>().len()
}

fn space_for_locks(session: &Session) -> usize {
    space_for(|| Mutex::create(session).ok())
}

fn space_for_rows(session: &Session, words: usize) -> usize {
    space_for(|| Cells::create(session, 0, words, &[]).ok())
}

fn space_for_messages(session: &Session, size: usize) -> usize {
    let Ok(queue) = Queue::create(session, 0) else {
        return 0;
    };
    let bytes = message(1, size);
    space_for(|| queue.put(&bytes, &[], Deadline::NEVER).ok())
}

#[test]
fn blocks_of_any_size_serve_any_other() {
    let session = session(4);
    let kept = Mutex::create(&session).unwrap();
    let sizes = [10, 30_000, 600, 9_000, 250_000, 100];
    let spaces = || -> Vec<usize> {
        let large = sizes.map(|size| space_for_messages(&session, size));
        let small = [1, 5, 30, 200, 3000].map(|words| space_for_rows(&session, words));
        let spaces = [&[space_for_locks(&session)], &large[..], &small].concat();
        audit(&session);
        spaces
    };
    let first = spaces();
    assert!(first.iter().all(|space| *space > 4), "{first:?}");
    for _ in 0..2 {
        for (before, now) in first.iter().zip(spaces()) {
            assert!(now + 2 + before / 50 >= *before, "{first:?}, then {now}");
        }
    }
    drop(kept);
}

#[test]
fn free_blocks_between_others_are_joined() {
    let session = session(4);
    let mut rows = Vec::new();
    while let Ok(row) = Cells::create(&session, 0, 50, &[]) {
        rows.push(row);
    }
    // Free neighbours in runs of nine, with one in use in between.
    let mut index = 0;
    rows.retain(|_| {
        index += 1;
        index % 10 == 0
    });
    let (left, free) = (rows.len(), rows.len() * 9);
    // Two thirds of a run.
    let large = space_for_rows(&session, 380);
    assert!(large + 5 > left, "{large} of {left}");
    let small = space_for_rows(&session, 50);
    assert!(small + free / 20 > free, "{small} of {free}");
    audit(&session);
    assert_eq!(rows.len(), left);
}

#[test]
fn a_suspended_process_keeps_back_no_more_than_it_destroys() {
    let session = session(1);
    let before = space_for_locks(&session);
    let mut suspended = 0;
    for step in 1.. {
        let birth = Birth {
            name: "suspended",
            daemon: false,
        };
        let child = session.reserve_child(&birth, None).unwrap();
        let pid = fork_child(|| {
            session.enter_child(child).unwrap();
            let queue = Queue::create(&session, 0).unwrap();
            for _ in 0..3 {
                let lock = Mutex::create(&session).unwrap();
                let objects = [lock.handle().offset()];
                queue.put(b"a lock", &objects, Deadline::NOW).unwrap();
            }
            points::arm_stop(step);
            drop(queue);
            points::disarm();
            session.leave(ExitKind::Finished);
            exit_now(0);
        });
        if !is_suspended(pid) {
            session.child_ended(child).unwrap();
            break;
        }
        // One that is suspended inside the allocator keeps everybody from it, until it goes on or dies.
        if knobs::arena_is_free(&session) {
            suspended += 1;
            for _ in 0..2 {
                let space = space_for_locks(&session);
                assert!(
                    space + before / 20 > before,
                    "step {step}: {space} of {before}"
                );
            }
        }
        kill_and_reap(pid);
        session.child_ended(child).unwrap();
        audit(&session);
    }
    assert!(suspended > 10, "{suspended}");
    let space = space_for_locks(&session);
    // A few blocks stay with the process table; a leak would grow with the steps.
    assert!(space + 8 >= before, "{space} of {before}");
}
