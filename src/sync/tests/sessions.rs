//! The session itself: who is in it, what they hold, and offsets that come from anywhere.

use std::sync::atomic::Ordering;

use super::{audit, enter_as_child, message, session, soon};
use crate::shm::tests::knobs;
use crate::shm::{Birth, Offset, ProcessId, ProcessState, Session, SessionOptions, ShmError};
use crate::sync::Message;
use crate::sync::{Acquired, Deadline, ExitKind, Mutex, Queue, attach_session, create_session};
use crate::sys::testing::{Ended, fork_child, kill_and_reap, reap, shared_words, sleep_us};

#[test]
fn a_session_takes_its_quota_from_the_system_and_counts_what_it_uses() {
    let session = create_session(&SessionOptions::default()).unwrap();
    let memory = session.memory();
    assert!(memory.quota > 1 << 20 && memory.committed < 1 << 20);
    assert!(session.memory().committed <= memory.quota);
    let queue = Queue::create(&session, 0).unwrap();
    assert!(session.memory().live_blocks > memory.live_blocks);
    drop(queue);
    assert_eq!(session.memory().live_blocks, memory.live_blocks);
}

#[test]
fn offsets_from_anywhere_are_errors_and_not_crashes() {
    let session = session(16);
    let queue = Queue::create(&session, 0).unwrap();
    let lock = Mutex::create(&session).unwrap();
    queue.put(&[0xff; 5000], &[], Deadline::NOW).unwrap();
    let (queue_at, lock_at) = (queue.handle().offset(), lock.handle().offset());
    assert!(matches!(
        Mutex::open(&session, queue_at),
        Err(ShmError::WrongKind { .. })
    ));
    assert!(matches!(
        Queue::open(&session, lock_at),
        Err(ShmError::WrongKind { .. })
    ));
    let end = lock_at.0 + (1 << 20);
    let everywhere = (0..end)
        .step_by(8)
        .chain([1, 3, end - 1, 64 << 30, u64::MAX, u64::MAX - 7]);
    for offset in everywhere.map(Offset) {
        if offset != lock_at {
            assert!(Mutex::open(&session, offset).is_err(), "{offset}");
        }
    }
    drop(lock);
    assert!(matches!(
        Mutex::open(&session, lock_at),
        Err(ShmError::NoSuchObject(_))
    ));
    // A copy of an object's bytes elsewhere is not an object.
    audit(&session);
}

#[test]
fn handles_are_counted_per_process_and_returned_with_it() {
    let session = session(16);
    let lock = Mutex::create(&session).unwrap();
    let place = lock.handle().offset();
    let count = || session.segment().reference_count(place);
    let again = Mutex::open(&session, place).unwrap();
    let third = again.clone();
    assert_eq!(count(), 1);
    let words = shared_words(1);
    let (child, pid) = enter_as_child(&session, || {
        // Three handles were inherited, and the object lives as long as one of them does.
        let own = Mutex::open(&session, place).unwrap();
        assert_eq!(session.segment().reference_count(place), 2);
        drop(own);
        words[0].store(1, Ordering::SeqCst);
        loop {
            sleep_us(1_000_000);
        }
    });
    while words[0].load(Ordering::SeqCst) == 0 {
        sleep_us(50);
    }
    assert_eq!(count(), 2);
    kill_and_reap(pid);
    assert_eq!(count(), 2);
    session.child_ended(child).unwrap();
    assert_eq!(count(), 1);
    drop((lock, again));
    assert_eq!(count(), 1);
    drop(third);
    assert!(Mutex::open(&session, place).is_err());
    audit(&session);
}

#[test]
fn an_object_outlives_its_maker_while_a_child_holds_it() {
    let session = session(16);
    let queue = Queue::create(&session, 0).unwrap();
    let lock = Mutex::create(&session).unwrap();
    queue
        .put(b"kept", &[lock.handle().offset()], Deadline::NOW)
        .unwrap();
    let words = shared_words(1);
    let (child, pid) = enter_as_child(&session, || {
        while words[0].load(Ordering::SeqCst) == 0 {
            sleep_us(50);
        }
        queue
            .get_with(Deadline::NOW, |Message { bytes, .. }| {
                assert_eq!(bytes, b"kept")
            })
            .unwrap();
    });
    drop((queue, lock));
    words[0].store(1, Ordering::SeqCst);
    assert_eq!(reap(pid), Ended::Exited(0));
    session.child_ended(child).unwrap();
    assert_eq!(session.memory().live_blocks, 0);
    audit(&session);
}

/// What a spawned process does: map the file anew, become the child, take the call, open what it names.
#[test]
fn a_process_that_attaches_finds_what_was_granted_to_it() {
    let session = session(16);
    let queue = Queue::create(&session, 0).unwrap();
    let unused = Mutex::create(&session).unwrap();
    let child = session
        .reserve_child(
            &Birth {
                name: "spawned",
                daemon: true,
            },
            None,
        )
        .unwrap();
    let place = queue.handle().offset();
    session
        .grant(child, &[place, unused.handle().offset()])
        .unwrap();
    session.set_payload(child, &place.0.to_le_bytes()).unwrap();
    let packed = child.pack();
    let pid = fork_child(|| {
        let fd = session.fd().try_clone_to_owned().unwrap();
        let mine = attach_session(fd).unwrap();
        mine.enter_child(crate::shm::ProcessId::unpack(packed))
            .unwrap();
        let payload = mine.take_payload().unwrap();
        let place = Offset(u64::from_le_bytes(payload.try_into().unwrap()));
        let queue = Queue::open(&mine, place).unwrap();
        mine.release_unopened().unwrap();
        assert!(mine.take_payload().unwrap().is_empty());
        queue.put(b"hello", &[], Deadline::NOW).unwrap();
        mine.set_report(b"done").unwrap();
        drop(queue);
        mine.leave(ExitKind::Finished);
    });
    queue
        .get_with(soon(), |Message { bytes, .. }| assert_eq!(bytes, b"hello"))
        .unwrap();
    assert_eq!(reap(pid), Ended::Exited(0));
    let info = session.process(child).unwrap();
    assert_eq!(
        (info.state, info.daemon, &info.name[..]),
        (ProcessState::Ended, true, "spawned")
    );
    assert_eq!((info.pid, info.parent), (pid, session.me()));
    assert_eq!(
        session.take_report(child).unwrap().as_deref(),
        Some(&b"done"[..])
    );
    assert_eq!(session.take_report(child).unwrap(), None);
    session.child_ended(child).unwrap();
    assert!(session.process(child).is_none());
    assert_eq!(
        session.segment().reference_count(unused.handle().offset()),
        1
    );
    audit(&session);
}

#[test]
fn a_file_that_is_no_session_is_refused() {
    let file = tempfile::tempfile().unwrap();
    assert!(matches!(
        attach_session(file.into()),
        Err(ShmError::NotASession)
    ));
    let file = tempfile::tempfile().unwrap();
    file.set_len(10 << 20).unwrap();
    assert!(matches!(
        attach_session(file.into()),
        Err(ShmError::NotASession)
    ));
}

#[test]
fn the_process_table_grows_and_its_entries_are_used_again() {
    let session = session(16);
    let reserve = || {
        session
            .reserve_child(
                &Birth {
                    name: "c",
                    daemon: false,
                },
                None,
            )
            .unwrap()
    };
    let children: Vec<_> = (0..200).map(|_| reserve()).collect();
    assert_eq!(session.processes().len(), 201);
    let rows = knobs::process_rows(&session);
    for child in &children {
        session.cancel_child(*child).unwrap();
    }
    assert!(matches!(
        session.grant(children[0], &[]),
        Err(ShmError::NoSuchProcess)
    ));
    assert!(matches!(
        session.set_payload(children[0], b"late"),
        Err(ShmError::NoSuchProcess)
    ));
    let more: Vec<_> = (0..200).map(|_| reserve()).collect();
    assert_eq!(knobs::process_rows(&session), rows);
    assert!(more.iter().all(|child| !children.contains(child)));
    for child in &children {
        assert!(matches!(
            session.cancel_child(*child),
            Err(ShmError::NoSuchProcess)
        ));
    }
    for child in more {
        session.cancel_child(child).unwrap();
    }
    assert_eq!(session.processes().len(), 1);
    audit(&session);
}

#[test]
fn a_full_process_table_is_an_error() {
    let session = session(64);
    let birth = Birth {
        name: "c",
        daemon: false,
    };
    let mut children = Vec::new();
    let error = loop {
        match session.reserve_child(&birth, None) {
            Ok(child) => children.push(child),
            Err(error) => break error,
        }
    };
    assert!(matches!(error, ShmError::TooManyProcesses) && children.len() == 4095);
    session.cancel_child(children[17]).unwrap();
    session.reserve_child(&birth, None).unwrap();
    audit(&session);
}

#[test]
fn hundreds_of_threads_use_a_session_and_leave_no_trace() {
    let session = session(16);
    let queue = Queue::create(&session, 0).unwrap();
    let barrier = std::sync::Barrier::new(300);
    std::thread::scope(|scope| {
        for id in 0..300 {
            let (queue, barrier) = (&queue, &barrier);
            scope.spawn(move || {
                queue.put(&message(id, 20), &[], Deadline::NEVER).unwrap();
                barrier.wait();
                queue.get_with(Deadline::NEVER, |_| ()).unwrap();
            });
        }
    });
    while session.segment().threads_registered() > 1 {
        sleep_us(100);
    }
    assert_eq!(session.threads().len(), 1);
    audit(&session);
}

#[test]
fn orphans_are_swept_by_whoever_is_left() {
    let session = session(16);
    let before = session.memory().live_blocks;
    let words = shared_words(2);
    let (child, pid) = enter_as_child(&session, || {
        // A grandchild that dies with a queue of its own, and another that was never started.
        session
            .reserve_child(
                &Birth {
                    name: "never",
                    daemon: false,
                },
                None,
            )
            .unwrap();
        let (_, pid) = enter_as_child(&session, || {
            let queue = Queue::create(&session, 0).unwrap();
            queue.put(&message(1, 9000), &[], Deadline::NOW).unwrap();
            crate::sys::testing::exit_now(0);
        });
        reap(pid);
        words[0].store(1, Ordering::SeqCst);
        loop {
            sleep_us(1_000_000);
        }
    });
    while words[0].load(Ordering::SeqCst) == 0 {
        sleep_us(50);
    }
    assert_eq!(session.processes().len(), 4);
    session.sweep().unwrap();
    assert_eq!(session.processes().len(), 4);
    assert_eq!(session.memory().live_blocks, before);
    kill_and_reap(pid);
    session.child_ended(child).unwrap();
    assert_eq!(session.processes().len(), 1);
    audit(&session);
}

#[test]
fn a_child_whose_parent_is_killed_before_it_has_entered_enters_all_the_same() {
    const CHILD: usize = 0;
    const GO: usize = 1;
    const ENTERED: usize = 2;
    let session = session(16);
    let before = session.memory().live_blocks;
    let words = shared_words(3);
    let await_word = |at: usize| {
        while words[at].load(Ordering::SeqCst) == 0 {
            sleep_us(50);
        }
        words[at].load(Ordering::SeqCst)
    };
    let late = fork_child(|| {
        await_word(GO);
        let child = ProcessId::unpack(words[CHILD].load(Ordering::SeqCst));
        let has_entered = session.enter_child(child).is_ok();
        session.leave(ExitKind::Finished);
        words[ENTERED].store(1 + u64::from(has_entered), Ordering::SeqCst);
    });
    let (parent, pid) = enter_as_child(&session, || {
        let birth = Birth {
            name: "late",
            daemon: false,
        };
        let child = session.reserve_child(&birth, None).unwrap();
        session.child_started(child, late.cast_signed());
        words[CHILD].store(child.pack(), Ordering::SeqCst);
        await_word(GO);
    });
    await_word(CHILD);
    kill_and_reap(pid);
    session.child_ended(parent).unwrap();
    session.sweep().unwrap();
    assert_eq!(session.processes().len(), 2);
    words[GO].store(1, Ordering::SeqCst);
    assert_eq!(await_word(ENTERED), 2, "it could not enter");
    assert_eq!(reap(late), Ended::Exited(0));
    session.sweep().unwrap();
    assert_eq!(session.processes().len(), 1);
    assert_eq!(session.memory().live_blocks, before);
    audit(&session);
}

#[test]
fn several_sessions_live_in_one_process_and_their_memory_goes_with_them() {
    let mappings = || {
        let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
        maps.lines()
            .filter(|line| line.contains("procscript-session"))
            .count()
    };
    let run = || {
        let sessions: Vec<Session> = (0..3).map(|_| session(16)).collect();
        let locks: Vec<Mutex> = sessions
            .iter()
            .map(|one| Mutex::create(one).unwrap())
            .collect();
        for lock in &locks {
            assert_eq!(lock.acquire(Deadline::NOW).unwrap(), Acquired::Free);
        }
        for (one, lock) in sessions.iter().zip(&locks) {
            assert!(lock.is_locked() && one.segment().threads_registered() == 1);
            audit(one);
        }
        assert!(mappings() >= 3);
    };
    // In a child of its own, because other tests map sessions meanwhile.
    let pid = fork_child(|| {
        let inherited = mappings();
        run();
        assert_eq!(mappings(), inherited);
        crate::sys::testing::exit_now(0);
    });
    assert_eq!(reap(pid), Ended::Exited(0));
}

#[test]
fn a_process_whose_main_thread_left_still_lives() {
    let session = session(16);
    let words = shared_words(1);
    let lock = Mutex::create(&session).unwrap();
    let child = session
        .reserve_child(
            &Birth {
                name: "headless",
                daemon: false,
            },
            None,
        )
        .unwrap();
    session.grant_all(child).unwrap();
    let pid = fork_child(|| {
        // The thread that enters ends; the process goes on.
        std::thread::scope(|scope| {
            scope.spawn(|| {
                session.enter_child(child).unwrap();
                lock.acquire(Deadline::NOW).unwrap();
            });
        });
        words[0].store(1, Ordering::SeqCst);
        while words[0].load(Ordering::SeqCst) == 1 {
            sleep_us(100);
        }
        crate::sys::testing::exit_now(0);
    });
    while words[0].load(Ordering::SeqCst) == 0 {
        sleep_us(50);
    }
    assert_eq!(session.process(child).unwrap().state, ProcessState::Running);
    let deadline = Deadline::after(std::time::Duration::from_millis(120));
    assert!(lock.acquire(deadline).is_err());
    words[0].store(2, Ordering::SeqCst);
    reap(pid);
    assert!(matches!(
        lock.acquire(soon()).unwrap(),
        Acquired::Abandoned { .. }
    ));
    session.child_ended(child).unwrap();
    audit(&session);
}

#[test]
#[allow(clippy::exit)]
fn a_child_that_never_enters_leaves_its_parents_rows_alone() {
    let mine = session(16);
    let lock = Mutex::create(&mine).unwrap();
    lock.acquire(Deadline::NOW).unwrap();
    let pid = fork_child(|| {
        // Dropping the inherited handles, and a new session that cleans up after dropped ones.
        drop((lock.clone(), mine.clone()));
        let inherited = mine.clone();
        let other = session(16);
        drop(inherited);
        Mutex::create(&other)
            .unwrap()
            .acquire(Deadline::NOW)
            .unwrap();
        drop(other);
        std::process::exit(0);
    });
    assert_eq!(reap(pid), Ended::Exited(0));
    assert_eq!(mine.segment().threads_registered(), 1);
    assert!(!mine.threads().is_empty() && mine.segment().process(mine.me()).is_some());
    let deadline = Deadline::after(std::time::Duration::from_millis(5));
    assert!(lock.acquire(deadline).is_err());
    audit(&mine);
}

#[test]
fn handles_may_be_used_by_any_thread() {
    fn check<T: Send + Sync + Clone>() {}
    check::<Session>();
    check::<Mutex>();
    check::<Queue>();
}
