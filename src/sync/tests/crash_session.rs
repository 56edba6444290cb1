//! A process is killed at every step of what it does with locks, references, memory and the process table.

use std::time::Duration;

use super::crash::{Case, Outcome, Progress, life_ending_at, survive};
use super::{audit, message, session};
use crate::shm::tests::knobs;
use crate::shm::{Birth, Session};
use crate::sync::Message;
use crate::sync::{Acquired, Cells, Deadline, Mutex, Queue};
use crate::sys::testing::{exit_now, fork_child, reap};

const BIRTH: Birth<'static> = Birth {
    name: "grandchild",
    daemon: false,
};

fn soon() -> Deadline {
    Deadline::after(Duration::from_secs(10))
}

#[test]
fn a_lock_whose_holder_is_killed_anywhere_goes_to_the_next() {
    let session = session(64);
    let unheld = |lock: Mutex, _: Outcome| {
        // A successor that was killed may have held it.
        lock.acquire(soon()).unwrap();
        lock.release().unwrap();
        lock.release().unwrap_err();
    };
    survive(
        &session,
        &[Case {
            name: "acquire and release a lock",
            prepare: &|session| Mutex::create(session).unwrap(),
            operate: &|lock| {
                lock.acquire(Deadline::NEVER).unwrap();
                lock.release().unwrap();
            },
            next: &|lock| {
                let acquired = lock.acquire(soon()).unwrap();
                assert_eq!(acquired != Acquired::Free, lock.abandoned());
                lock.release().unwrap();
            },
            verify: &unheld,
        }],
    );
}

#[test]
fn references_of_a_process_killed_anywhere_are_given_back() {
    let session = session(64);
    survive(
        &session,
        &[
            Case {
                name: "make, open and drop handles",
                prepare: &|session| Mutex::create(session).unwrap(),
                operate: &|lock| {
                    let session = lock.handle().session();
                    let own = Mutex::create(session).unwrap();
                    let again = Mutex::open(session, own.handle().offset()).unwrap();
                    let shared = Mutex::open(session, lock.handle().offset()).unwrap();
                    drop((own, again, shared));
                },
                next: &|lock| drop(Mutex::create(lock.handle().session()).unwrap()),
                verify: &|lock, _| drop(lock),
            },
            Case {
                name: "make a large object",
                prepare: &|session| Mutex::create(session).unwrap(),
                operate: &|lock| {
                    drop(Cells::create(lock.handle().session(), 0, 1000, &[7]).unwrap())
                },
                next: &|lock| {
                    let row = Cells::create(lock.handle().session(), 0, 1000, &[]).unwrap();
                    assert!((0..1000).all(|index| row.load(index) == 0));
                },
                verify: &|lock, _| drop(lock),
            },
            Case {
                name: "prepare a child and cancel it",
                prepare: &|session| Mutex::create(session).unwrap(),
                operate: &|lock| {
                    let session = lock.handle().session();
                    let child = session.reserve_child(&BIRTH, None).unwrap();
                    session.grant_all(child).unwrap();
                    session.set_payload(child, b"what to do").unwrap();
                    session.set_payload(child, b"no, something else").unwrap();
                    session.cancel_child(child).unwrap();
                },
                next: &|lock| {
                    let session = lock.handle().session();
                    let child = session.reserve_child(&BIRTH, None).unwrap();
                    session.grant(child, &[lock.handle().offset()]).unwrap();
                    session.cancel_child(child).unwrap();
                },
                verify: &|lock, _| drop(lock),
            },
        ],
    );
}

/// A child that dies at once, leaving a held lock, references, a message in flight and a report behind.
fn untidy_child(session: &Session, lock: &Mutex) -> crate::shm::ProcessId {
    let child = session.reserve_child(&BIRTH, None).unwrap();
    session.grant_all(child).unwrap();
    let pid = fork_child(|| {
        session.enter_child(child).unwrap();
        session.set_report(b"I had an accident").unwrap();
        lock.acquire(Deadline::NOW).unwrap();
        let queue = Queue::create(session, 0).unwrap();
        let offsets = [lock.handle().offset(), queue.handle().offset()];
        queue
            .put(&message(0, 9000), &offsets, Deadline::NOW)
            .unwrap();
        queue.put(&message(1, 10), &[], Deadline::NOW).unwrap();
        session
            .thread()
            .unwrap()
            .write_message(&[b"unsent"], &offsets)
            .unwrap();
        exit_now(0);
    });
    reap(pid);
    child
}

#[test]
fn a_sweeper_killed_anywhere_leaves_the_rest_to_the_next() {
    let session = session(64);
    survive(
        &session,
        &[Case {
            name: "sweep after an untidy child",
            prepare: &|session| {
                let lock = Mutex::create(session).unwrap();
                let child = untidy_child(session, &lock);
                (lock, child)
            },
            operate: &|(lock, child)| lock.handle().session().child_ended(*child).unwrap(),
            next: &|(lock, _)| {
                lock.acquire(soon()).unwrap();
                lock.release().unwrap();
            },
            verify: &|(lock, child), _| {
                // Whoever was killed while at it has made the entry an orphan, or never got that far.
                let session = lock.handle().session();
                session.sweep().unwrap();
                if session.process(child).is_some() {
                    session.child_ended(child).unwrap();
                }
                assert!(session.process(child).is_none());
            },
        }],
    );
    assert_eq!(session.processes().len(), 1);
}

#[test]
fn a_process_killed_while_entering_or_leaving_leaves_nothing() {
    let session = session(64);
    let lock = Mutex::create(&session).unwrap();
    let before = session.memory().live_blocks;
    for fatal in 1.. {
        let (child, progress) = life_ending_at(&session, fatal, &|| {
            assert!(session.take_payload().unwrap().is_empty());
            session.set_report(b"fine").unwrap();
        });
        if fatal % 2 == 0 {
            session.sweep().unwrap();
        }
        let report = session.take_report(child).unwrap();
        if progress == Progress::Finished {
            assert_eq!(report.as_deref(), Some(&b"fine"[..]));
        }
        session.child_ended(child).unwrap();
        audit(&session);
        assert_eq!(session.memory().live_blocks, before);
        assert_eq!(session.processes().len(), 1);
        assert_eq!(session.segment().threads_registered(), 1);
        if progress == Progress::Finished {
            break;
        }
    }
    drop(lock);
}

#[test]
fn memory_given_back_by_a_process_killed_anywhere_is_accounted_for() {
    let session = session(64);
    knobs::set_watermark(&session, 0);
    let exchange = |queue: &Queue| {
        for size in [100_000, 30_000] {
            queue.put(&message(1, size), &[], Deadline::NEVER).unwrap();
            queue.get_with(Deadline::NEVER, |_| ()).unwrap();
        }
    };
    survive(
        &session,
        &[Case {
            name: "put and get with memory given back",
            prepare: &|session| Queue::create(session, 0).unwrap(),
            operate: &exchange,
            next: &exchange,
            verify: &|queue, _| drop(queue),
        }],
    );
}

#[test]
fn memory_scraped_together_by_a_process_killed_anywhere_is_accounted_for() {
    let session = session(64);
    let roomy = session.memory().quota;
    survive(
        &session,
        &[Case {
            name: "put with free blocks stripped first",
            prepare: &|session| {
                let queue = Queue::create(session, 0).unwrap();
                knobs::leave_room_for(session, roomy);
                // Free blocks of 20 KiB to 80 KiB, which are of no use for a larger one until they are stripped.
                for size in [20_000, 40_000, 80_000] {
                    queue.put(&message(1, size), &[], Deadline::NEVER).unwrap();
                }
                while queue.get_with(Deadline::NOW, |_| ()).is_ok() {}
                knobs::leave_room_for(session, 16 << 10);
                queue
            },
            operate: &|queue| {
                let _ = queue.put(&message(2, 120_000), &[], Deadline::NEVER);
            },
            next: &|queue| queue.put(&message(3, 10), &[], Deadline::NEVER).unwrap(),
            verify: &|queue, _| {
                let mut left = Vec::new();
                while queue
                    .get_with(Deadline::NOW, |Message { bytes, .. }| {
                        left.push(bytes.to_vec())
                    })
                    .is_ok()
                {}
                assert!(
                    left.iter()
                        .all(|bytes| { *bytes == message(3, 10) || *bytes == message(2, 120_000) })
                );
                knobs::leave_room_for(queue.handle().session(), roomy);
            },
        }],
    );
}

#[test]
fn free_blocks_joined_and_cut_by_a_process_killed_anywhere_are_accounted_for() {
    let session = session(64);
    let roomy = session.memory().quota;
    let row = |session: &Session, words| Cells::create(session, 0, words, &[7]);
    survive(
        &session,
        &[Case {
            name: "make objects with free blocks joined first",
            prepare: &|session| {
                knobs::leave_room_for(session, roomy);
                // Free blocks in three runs, which are too small each for what comes.
                let rows: Vec<_> = (0..24).map(|_| row(session, 180).unwrap()).collect();
                let kept: Vec<_> = rows.into_iter().skip(7).step_by(8).collect();
                // Nothing is ready, and nothing can be added.
                knobs::leave_room_for(session, 0);
                kept
            },
            operate: &|kept| {
                let session = kept[0].handle().session();
                let large = row(session, 800);
                let small: Vec<_> = (0..3).map(|_| row(session, 40)).collect();
                drop((large, small));
            },
            next: &|kept| drop(row(kept[0].handle().session(), 500)),
            verify: &|kept, _| {
                assert!(kept.iter().all(|row| row.load(0) == 7));
                knobs::leave_room_for(kept[0].handle().session(), roomy);
            },
        }],
    );
}
