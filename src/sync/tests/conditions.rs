//! What a condition promises: first come, first notified; nobody wakes unless notified; the dead take no notification.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::{audit, enter_as_child, loses_no_wake_up, session, soon};
use crate::shm::Session;
use crate::sync::{
    Acquired, Condition, ConditionLock, Deadline, Mutex, ReentrantMutex, WaitError, wait_kind,
};
use crate::sys::clock::now_ns;
use crate::sys::testing::{Ended, kill_and_reap, reap, shared_words, sleep_us};

fn condition(session: &Session) -> (Condition, Mutex, ConditionLock) {
    let mutex = Mutex::create(session).unwrap();
    let lock = ConditionLock::Plain(mutex.clone());
    (Condition::create(session).unwrap(), mutex, lock)
}

/// Until this many wait.
fn until_waiting(condition: &Condition, count: usize) {
    let start = now_ns();
    while condition.waiters().unwrap() != count {
        assert!(now_ns() - start < 10_000_000_000, "they never came");
        sleep_us(100);
    }
}

/// Until the word holds a value.
fn until_is(word: &AtomicU64, value: u64) {
    let start = now_ns();
    while word.load(Ordering::SeqCst) != value {
        assert!(
            now_ns() - start < 10_000_000_000,
            "the word is {word:?}, not {value}"
        );
        sleep_us(50);
    }
}

#[test]
fn a_wait_that_is_not_notified_ends_with_the_lock_held_again() {
    let session = session(16);
    let (condition, mutex, lock) = condition(&session);
    for deadline in [Deadline::NOW, Deadline::after(Duration::from_millis(5))] {
        mutex.acquire(Deadline::NOW).unwrap();
        let waited = condition.wait(&lock, deadline).unwrap();
        assert!(!waited.notified && waited.acquired == Acquired::Free);
        assert!(deadline.passed(now_ns()) && lock.is_mine());
        assert_eq!(condition.notify(&lock, 1).unwrap(), 0);
        mutex.release().unwrap();
    }
    audit(&session);
}

#[test]
fn all_levels_of_a_reentrant_lock_are_given_up_and_restored() {
    let session = session(16);
    let mutex = ReentrantMutex::create(&session).unwrap();
    let lock = ConditionLock::Reentrant(mutex.clone());
    let condition = Condition::create(&session).unwrap();
    mutex.acquire(Deadline::NOW).unwrap();
    mutex.acquire(Deadline::NOW).unwrap();
    let (child, pid) = enter_as_child(&session, || {
        until_waiting(&condition, 1);
        mutex.acquire(Deadline::NOW).unwrap();
        assert_eq!(condition.notify(&lock, 5).unwrap(), 1);
        mutex.release().unwrap();
    });
    assert!(condition.wait(&lock, soon()).unwrap().notified);
    assert_eq!(mutex.depth(), 2);
    assert_eq!(reap(pid), Ended::Exited(0));
    session.child_ended(child).unwrap();
    audit(&session);
}

#[test]
fn waiters_are_notified_in_the_order_they_came_and_only_then() {
    let session = session(16);
    let (condition, mutex, lock) = condition(&session);
    let words = shared_words(1);
    let mut children = Vec::new();
    for number in 1..=4 {
        children.push(enter_as_child(&session, || {
            mutex.acquire(Deadline::NEVER).unwrap();
            assert!(condition.wait(&lock, soon()).unwrap().notified);
            words[0].store(number, Ordering::SeqCst);
            mutex.release().unwrap();
        }));
        until_waiting(&condition, number as usize);
    }
    for number in 1..=2 {
        mutex.acquire(Deadline::NEVER).unwrap();
        assert_eq!(words[0].load(Ordering::SeqCst), number - 1);
        assert_eq!(condition.notify(&lock, 1).unwrap(), 1);
        mutex.release().unwrap();
        until_is(&words[0], number);
    }
    sleep_us(5000);
    assert_eq!(words[0].load(Ordering::SeqCst), 2);
    mutex.acquire(Deadline::NEVER).unwrap();
    assert_eq!(condition.notify(&lock, usize::MAX).unwrap(), 2);
    mutex.release().unwrap();
    for (child, pid) in children {
        assert_eq!(reap(pid), Ended::Exited(0));
        session.child_ended(child).unwrap();
    }
    assert_eq!(session.heals(), 0);
    audit(&session);
}

#[test]
fn the_dead_take_no_notification() {
    let session = session(16);
    let (condition, mutex, lock) = condition(&session);
    let wait = || {
        mutex.acquire(Deadline::NEVER).unwrap();
        let waited = condition.wait(&lock, soon()).unwrap();
        mutex.release().unwrap();
        assert!(waited.notified);
    };
    let mut children = Vec::new();
    for count in 1..=4 {
        children.push(enter_as_child(&session, wait));
        until_waiting(&condition, count);
    }
    // The first and one in the middle; the one is swept before, the other found by whoever notifies.
    for (victim, swept) in [(0, true), (2, false)] {
        kill_and_reap(children[victim].1);
        if swept {
            session.child_ended(children[victim].0).unwrap();
        }
    }
    assert_eq!(condition.waiters().unwrap(), 2);
    mutex.acquire(Deadline::NEVER).unwrap();
    assert_eq!(condition.notify(&lock, 2).unwrap(), 2);
    mutex.release().unwrap();
    for survivor in [1, 3] {
        assert_eq!(reap(children[survivor].1), Ended::Exited(0));
    }
    for child in [1, 2, 3] {
        session.child_ended(children[child].0).unwrap();
    }
    assert_eq!(condition.waiters().unwrap(), 0);
    audit(&session);
}

#[test]
fn a_wait_is_written_down_and_ends_when_the_session_stops() {
    let session = session(16);
    let (condition, mutex, lock) = condition(&session);
    std::thread::scope(|scope| {
        let waiter = scope.spawn(|| {
            mutex.acquire(Deadline::NEVER).unwrap();
            let ended = condition.wait(&lock, Deadline::NEVER);
            // The lock was free, so the thread has it again.
            mutex.release().unwrap();
            ended
        });
        let wait = loop {
            match session.threads().into_iter().find_map(|thread| thread.wait) {
                Some(wait) => break wait,
                None => sleep_us(100),
            }
        };
        let expected = (wait_kind::NOTIFICATION, condition.handle().offset());
        assert_eq!((wait.kind, wait.object), expected);
        session.stop_flag().store(true, Ordering::SeqCst);
        let ended = waiter.join().unwrap();
        assert!(matches!(ended, Err(WaitError::Interrupted)));
    });
    assert!(!mutex.is_locked());
    assert_eq!(condition.waiters().unwrap(), 0);
    audit(&session);
}

/// Processes and threads hand a turn around; how many waits were healed.
fn hand_a_turn_around() -> u64 {
    const PLAYERS: u64 = 4;
    const TURNS: u64 = 2000;
    let session = session(16);
    let (condition, mutex, lock) = condition(&session);
    let turn = &shared_words(1)[0];
    let play = |me: u64| {
        mutex.acquire(Deadline::NEVER).unwrap();
        loop {
            let now = turn.load(Ordering::Relaxed);
            if now >= TURNS {
                break;
            }
            if now % PLAYERS == me {
                turn.store(now + 1, Ordering::Relaxed);
                condition.notify(&lock, usize::MAX).unwrap();
            } else {
                assert!(condition.wait(&lock, soon()).unwrap().notified);
            }
        }
        condition.notify(&lock, usize::MAX).unwrap();
        mutex.release().unwrap();
    };
    let children: Vec<_> = (0..2)
        .map(|me| enter_as_child(&session, move || play(me)))
        .collect();
    std::thread::scope(|scope| {
        scope.spawn(|| play(2));
        scope.spawn(|| play(3));
    });
    for (child, pid) in children {
        assert_eq!(reap(pid), Ended::Exited(0));
        session.child_ended(child).unwrap();
    }
    audit(&session);
    session.heals()
}

#[test]
fn a_turn_goes_around_without_a_lost_notification() {
    loses_no_wake_up(hand_a_turn_around);
}
