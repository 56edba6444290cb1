//! What each primitive does when nobody dies.

use std::time::Duration;

use super::{audit, session};
use crate::shm::Birth;
use crate::sync::Message;
use crate::sync::{Acquired, Deadline, ExitKind, Mutex, Queue};
use crate::sys::testing::{Ended, fork_child, reap};

#[test]
fn messages_come_out_as_they_went_in() {
    let session = session(64);
    let queue = Queue::create(&session, 0).unwrap();
    for size in [0, 1, 7, 8, 100, 5000, 8192, 8193, 100_000, 16 << 20] {
        let message: Vec<u8> = (0..size).map(|index| (index * 7) as u8).collect();
        queue.put(&message, &[], Deadline::NEVER).unwrap();
        queue.put(&message, &[], Deadline::NEVER).unwrap();
        for _ in 0..2 {
            queue
                .get_with(Deadline::NOW, |Message { bytes, .. }| {
                    assert!(bytes == message)
                })
                .unwrap();
        }
    }
    assert!(queue.is_empty());
    assert_eq!(session.heals(), 0);
    audit(&session);
}

#[test]
fn many_messages_pass_between_processes_in_order() {
    let session = session(64);
    let before = session.memory().live_blocks;
    let queue = Queue::create(&session, 0).unwrap();
    let child = session
        .reserve_child(
            &Birth {
                name: "child",
                daemon: false,
            },
            None,
        )
        .unwrap();
    session.grant_all(child).unwrap();
    let pid = fork_child(|| {
        session.enter_child(child).unwrap();
        for number in 0..100_000_u64 {
            queue
                .put(&number.to_le_bytes(), &[], Deadline::NEVER)
                .unwrap();
        }
        session.leave(ExitKind::Finished);
    });
    for number in 0..100_000_u64 {
        let deadline = Deadline::after(Duration::from_secs(20));
        queue
            .get_with(deadline, |Message { bytes, .. }| {
                assert_eq!(bytes, number.to_le_bytes())
            })
            .unwrap();
    }
    assert_eq!(reap(pid), Ended::Exited(0));
    session.child_ended(child).unwrap();
    drop(queue);
    assert_eq!(session.memory().live_blocks, before);
    assert_eq!(session.heals(), 0);
    audit(&session);
}

#[test]
fn a_lock_excludes_and_its_dead_owner_is_named() {
    let session = session(64);
    let lock = Mutex::create(&session).unwrap();
    let child = session
        .reserve_child(
            &Birth {
                name: "holder",
                daemon: false,
            },
            None,
        )
        .unwrap();
    session.grant_all(child).unwrap();
    let pid = fork_child(|| {
        session.enter_child(child).unwrap();
        assert_eq!(lock.acquire(Deadline::NOW).unwrap(), Acquired::Free);
        crate::sys::testing::exit_now(0);
    });
    assert_eq!(reap(pid), Ended::Exited(0));
    session.child_ended(child).unwrap();
    let acquired = lock
        .acquire(Deadline::after(Duration::from_secs(5)))
        .unwrap();
    assert_eq!(
        acquired,
        Acquired::Abandoned {
            by: Some((pid, "holder".into()))
        }
    );
    assert!(lock.acquire(Deadline::NOW).is_err());
    lock.release().unwrap();
    assert!(lock.release().is_err());
}
