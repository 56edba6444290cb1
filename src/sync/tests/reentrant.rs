//! What a reentrant lock promises: its thread may take it again, nobody else may take or release it.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::{audit, enter_as_child, session, soon};
use crate::sync::{Acquired, Deadline, NotHolder, ReentrantMutex, WaitError};
use crate::sys::testing::{Ended, exit_now, reap, shared_words, sleep_us};

fn is_refused(lock: &ReentrantMutex) -> bool {
    matches!(lock.acquire(Deadline::NOW), Err(WaitError::TimedOut))
}

#[test]
fn the_holder_acquires_again_and_releases_as_often() {
    let session = session(16);
    let lock = ReentrantMutex::create(&session).unwrap();
    assert_eq!(lock.release(), Err(NotHolder));
    for depth in 1..=3 {
        assert_eq!(lock.acquire(Deadline::NOW).unwrap(), Acquired::Free);
        assert_eq!(lock.depth(), depth);
    }
    for depth in [2, 1, 0] {
        assert!(lock.is_mine() && lock.is_locked());
        lock.release().unwrap();
        assert_eq!(lock.depth(), depth);
    }
    assert!(!lock.is_locked() && !lock.is_mine());
    assert_eq!(lock.release(), Err(NotHolder));
    audit(&session);
}

#[test]
fn another_thread_and_another_process_neither_take_nor_release_it() {
    let session = session(16);
    let lock = ReentrantMutex::create(&session).unwrap();
    lock.acquire(Deadline::NOW).unwrap();
    lock.acquire(Deadline::NOW).unwrap();
    let intrude = || {
        assert!(is_refused(&lock) && !lock.is_mine());
        assert_eq!(lock.release(), Err(NotHolder));
        assert_eq!(lock.release_all(), Err(NotHolder));
        let deadline = Deadline::after(Duration::from_millis(5));
        assert!(lock.acquire(deadline).is_err());
    };
    std::thread::scope(|scope| {
        scope.spawn(intrude);
    });
    let (child, pid) = enter_as_child(&session, intrude);
    assert_eq!(reap(pid), Ended::Exited(0));
    session.child_ended(child).unwrap();
    assert_eq!(lock.depth(), 2);
    lock.release().unwrap();
    lock.release().unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            lock.acquire(Deadline::NOW).unwrap();
            lock.release().unwrap();
        });
    });
}

/// A thread that registers next gets the row of the one that ended.
#[test]
fn a_later_thread_in_the_same_row_does_not_pass_for_the_holder() {
    let session = session(16);
    let lock = ReentrantMutex::create(&session).unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| lock.acquire(Deadline::NOW).unwrap());
    });
    while session.segment().threads_registered() > 1 {
        sleep_us(100);
    }
    std::thread::scope(|scope| {
        scope.spawn(|| {
            assert!(is_refused(&lock));
            assert_eq!(lock.release(), Err(NotHolder));
        });
    });
    assert!(lock.is_locked());
}

#[test]
fn all_levels_are_given_up_at_once_and_taken_back() {
    let session = session(16);
    let lock = ReentrantMutex::create(&session).unwrap();
    lock.acquire(Deadline::NOW).unwrap();
    lock.acquire(Deadline::NOW).unwrap();
    let depth = lock.release_all().unwrap();
    assert_eq!((depth, lock.is_locked()), (2, false));
    let (child, pid) = enter_as_child(&session, || {
        lock.acquire(Deadline::NOW).unwrap();
        lock.release().unwrap();
    });
    assert_eq!(reap(pid), Ended::Exited(0));
    session.child_ended(child).unwrap();
    assert_eq!(
        lock.acquire_to(depth, Deadline::NEVER).unwrap(),
        Acquired::Free
    );
    assert_eq!(lock.depth(), 2);
}

#[test]
fn the_lock_of_a_dead_holder_goes_to_the_next_at_depth_one() {
    let session = session(16);
    let lock = ReentrantMutex::create(&session).unwrap();
    let (child, pid) = enter_as_child(&session, || {
        for _ in 0..3 {
            lock.acquire(Deadline::NOW).unwrap();
        }
        exit_now(0);
    });
    reap(pid);
    assert!(matches!(
        lock.acquire(soon()).unwrap(),
        Acquired::Abandoned { .. }
    ));
    assert!(lock.abandoned());
    assert_eq!(lock.depth(), 1);
    lock.acquire(Deadline::NOW).unwrap();
    lock.release().unwrap();
    lock.release().unwrap();
    assert!(!lock.is_locked());
    lock.set_abandoned(false);
    assert!(!lock.abandoned());
    session.child_ended(child).unwrap();
    audit(&session);
}

#[test]
fn it_excludes_processes_and_threads_at_every_depth() {
    let session = session(16);
    let lock = ReentrantMutex::create(&session).unwrap();
    let words = shared_words(1);
    let count = || {
        for round in 0..3000 {
            let depth = 1 + round % 3;
            (0..depth).for_each(|_| drop(lock.acquire(Deadline::NEVER).unwrap()));
            let value = words[0].load(Ordering::Relaxed);
            std::hint::spin_loop();
            words[0].store(value + 1, Ordering::Relaxed);
            (0..depth).for_each(|_| lock.release().unwrap());
        }
    };
    let (child, pid) = enter_as_child(&session, count);
    std::thread::scope(|scope| {
        scope.spawn(count);
        scope.spawn(count);
    });
    assert_eq!(reap(pid), Ended::Exited(0));
    session.child_ended(child).unwrap();
    assert_eq!(words[0].load(Ordering::SeqCst), 9000);
}
