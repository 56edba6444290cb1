//! What a lock promises: exclusion, fairness, and a successor for a dead owner.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::{audit, enter_as_child, loses_no_wake_up, session, soon};
use crate::sync::{Acquired, Deadline, Mutex, NotReleased, WaitError, wait_kind};
use crate::sys::clock::now_ns;
use crate::sys::testing::{Ended, exit_now, kill_and_reap, reap, shared_words, sleep_us};

#[test]
fn a_held_lock_is_not_acquired_again_and_polling_does_not_wait() {
    let session = session(16);
    let lock = Mutex::create(&session).unwrap();
    assert!(!lock.is_locked() && lock.owner().is_none());
    assert_eq!(lock.acquire(Deadline::NOW).unwrap(), Acquired::Free);
    let owner = lock.owner().unwrap();
    assert_eq!(
        (owner.process, owner.pid),
        (session.me(), std::process::id())
    );
    assert!(matches!(
        lock.acquire(Deadline::NOW),
        Err(WaitError::TimedOut)
    ));
    let deadline = Deadline::after(Duration::from_millis(5));
    assert!(matches!(lock.acquire(deadline), Err(WaitError::TimedOut)));
    assert!(now_ns() >= deadline.as_ns());
    lock.release().unwrap();
    assert_eq!(lock.release(), Err(NotReleased::NotHeld));
    // The wait that gave up left nothing behind that would delay anybody.
    assert_eq!(lock.acquire(Deadline::NOW).unwrap(), Acquired::Free);
}

#[test]
fn a_lock_can_be_released_by_another_process_and_by_another_thread() {
    let session = session(16);
    let lock = Mutex::create(&session).unwrap();
    lock.acquire(Deadline::NOW).unwrap();
    let (child, pid) = enter_as_child(&session, || lock.release().unwrap());
    assert_eq!(lock.acquire(soon()).unwrap(), Acquired::Free);
    std::thread::scope(|scope| {
        scope.spawn(|| lock.release().unwrap());
    });
    assert_eq!(lock.acquire(Deadline::NOW).unwrap(), Acquired::Free);
    assert_eq!(reap(pid), Ended::Exited(0));
    session.child_ended(child).unwrap();
    assert_eq!(session.heals(), 0);
}

#[test]
fn a_thread_that_ends_keeps_the_lock_for_its_process() {
    let session = session(16);
    let lock = Mutex::create(&session).unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| lock.acquire(Deadline::NOW).unwrap());
    });
    session.sweep().unwrap();
    let deadline = Deadline::after(Duration::from_millis(60));
    assert!(matches!(lock.acquire(deadline), Err(WaitError::TimedOut)));
    lock.release().unwrap();
}

#[test]
fn a_late_release_by_another_process_does_not_free_an_inherited_lock() {
    let session = session(16);
    let lock = Mutex::create(&session).unwrap();
    let (holder, pid) = enter_as_child(&session, || {
        lock.acquire(Deadline::NOW).unwrap();
        exit_now(0);
    });
    reap(pid);
    assert!(matches!(
        lock.acquire(soon()).unwrap(),
        Acquired::Abandoned { .. }
    ));
    assert!(lock.abandoned());
    let (releaser, pid) = enter_as_child(&session, || {
        assert_eq!(lock.release(), Err(NotReleased::Inherited));
    });
    assert_eq!(reap(pid), Ended::Exited(0));
    lock.release().unwrap();
    assert_eq!(lock.acquire(Deadline::NOW).unwrap(), Acquired::Free);
    lock.set_abandoned(false);
    assert!(!lock.abandoned());
    for child in [holder, releaser] {
        session.child_ended(child).unwrap();
    }
    audit(&session);
}

#[test]
fn a_name_survives_its_process_long_enough_to_be_told() {
    let session = session(16);
    let lock = Mutex::create(&session).unwrap();
    let (child, pid) = enter_as_child(&session, || {
        session.set_name("the one who died").unwrap();
        lock.acquire(Deadline::NOW).unwrap();
        exit_now(0);
    });
    reap(pid);
    session.child_ended(child).unwrap();
    for _ in 0..30 {
        let (other, pid) = enter_as_child(&session, || ());
        reap(pid);
        session.child_ended(other).unwrap();
    }
    let expected = Acquired::Abandoned {
        by: Some((pid, "the one who died".into())),
    };
    assert_eq!(lock.acquire(Deadline::NOW).unwrap(), expected);
}

/// Time from the kill of an owner until a sleeping waiter has its lock, with another one waiting for another lock of the same owner.
#[test]
fn sleeping_waiters_get_a_dead_owners_locks_at_once() {
    let session = session(16);
    let rounds = 15;
    let mut latencies = Vec::new();
    for _ in 0..rounds {
        let locks = [
            Mutex::create(&session).unwrap(),
            Mutex::create(&session).unwrap(),
        ];
        let words = shared_words(3);
        let (holder, holder_pid) = enter_as_child(&session, || {
            locks
                .iter()
                .for_each(|lock| drop(lock.acquire(Deadline::NOW).unwrap()));
            words[2].store(1, Ordering::SeqCst);
            loop {
                sleep_us(1_000_000);
            }
        });
        while words[2].load(Ordering::SeqCst) == 0 {
            sleep_us(50);
        }
        let waiters: Vec<_> = (0..2)
            .map(|index| {
                enter_as_child(&session, || {
                    let acquired = locks[index].acquire(soon()).unwrap();
                    words[index].store(now_ns(), Ordering::SeqCst);
                    assert!(matches!(acquired, Acquired::Abandoned { .. }));
                    locks[index].release().unwrap();
                })
            })
            .collect();
        while session
            .threads()
            .iter()
            .filter(|thread| thread.wait.is_some())
            .count()
            < 2
        {
            sleep_us(100);
        }
        sleep_us(3000);
        let killed_at = now_ns();
        kill_and_reap(holder_pid);
        for (waiter, pid) in &waiters {
            assert_eq!(reap(*pid), Ended::Exited(0));
            session.child_ended(*waiter).unwrap();
        }
        session.child_ended(holder).unwrap();
        let last = words[..2]
            .iter()
            .map(|word| word.load(Ordering::SeqCst))
            .max()
            .unwrap();
        latencies.push(last.saturating_sub(killed_at));
    }
    latencies.sort_unstable();
    // Half a heartbeat is what it would take on average without the kernel's mark; the kernel's is a hundred times faster.
    let median = latencies[rounds / 2];
    assert!(
        median < crate::sys::clock::HEARTBEAT_NS / 4,
        "median {median} ns"
    );
}

#[test]
fn a_wait_for_a_lock_is_written_down_and_ends_when_the_session_stops() {
    let session = session(16);
    let lock = Mutex::create(&session).unwrap();
    lock.acquire(Deadline::NOW).unwrap();
    std::thread::scope(|scope| {
        let waiter = scope.spawn(|| lock.acquire(Deadline::NEVER));
        let wait = loop {
            let found = session.threads().into_iter().find_map(|thread| thread.wait);
            match found {
                Some(wait) => break wait,
                None => sleep_us(100),
            }
        };
        assert_eq!(
            (wait.kind, wait.object),
            (wait_kind::ACQUIRE, lock.handle().offset())
        );
        assert!(wait.deadline.is_never() && wait.since_ns <= now_ns());
        session.stop_flag().store(true, Ordering::SeqCst);
        assert!(matches!(
            waiter.join().unwrap(),
            Err(WaitError::Interrupted)
        ));
    });
    assert!(session.threads().iter().all(|thread| thread.wait.is_none()));
}

/// One process hammers the lock; another wants it now and then.
#[test]
fn a_waiter_gets_in_while_another_process_hammers_the_lock() {
    let session = session(16);
    let lock = Mutex::create(&session).unwrap();
    let words = shared_words(2);
    let (stop, hammered) = (&words[0], &words[1]);
    let (child, pid) = enter_as_child(&session, || {
        while stop.load(Ordering::Relaxed) == 0 {
            lock.acquire(Deadline::NEVER).unwrap();
            hammered.fetch_add(1, Ordering::Relaxed);
            for _ in 0..200 {
                std::hint::spin_loop();
            }
            lock.release().unwrap();
        }
    });
    while hammered.load(Ordering::Relaxed) == 0 {
        sleep_us(50);
    }
    for _ in 0..50 {
        assert_eq!(lock.acquire(soon()).unwrap(), Acquired::Free);
        lock.release().unwrap();
    }
    stop.store(1, Ordering::Relaxed);
    assert_eq!(reap(pid), Ended::Exited(0));
    session.child_ended(child).unwrap();
}

/// The holder sleeps while it holds and takes the lock again at once, so that a waiter finds it free only if it is promised to it.
#[test]
fn a_lock_that_is_never_free_for_long_is_handed_to_a_starving_waiter() {
    let session = session(16);
    let lock = Mutex::create(&session).unwrap();
    let (done, waiting) = (AtomicBool::new(false), AtomicBool::new(false));
    let mut holds = 0;
    std::thread::scope(|scope| {
        lock.acquire(Deadline::NOW).unwrap();
        scope.spawn(|| {
            waiting.store(true, Ordering::SeqCst);
            lock.acquire(Deadline::NEVER).unwrap();
            done.store(true, Ordering::SeqCst);
            lock.release().unwrap();
        });
        while !waiting.load(Ordering::SeqCst) {
            sleep_us(50);
        }
        while !done.load(Ordering::SeqCst) {
            sleep_us(2000);
            holds += 1;
            lock.release().unwrap();
            lock.acquire(Deadline::NEVER).unwrap();
        }
        lock.release().unwrap();
    });
    // Once to notice that it starves, once to be handed the lock, and some in case the scheduler was late.
    assert!(
        holds < 20,
        "the lock was held {holds} times before the waiter got it"
    );
    assert_eq!(session.heals(), 0);
}

#[test]
fn a_lock_excludes_processes_and_threads() {
    loses_no_wake_up(processes_and_threads_count);
}

/// Processes and threads count under one lock; how many waits were healed.
fn processes_and_threads_count() -> u64 {
    let session = session(16);
    let lock = Mutex::create(&session).unwrap();
    let words = shared_words(1);
    let count = || {
        for _ in 0..20_000 {
            lock.acquire(Deadline::NEVER).unwrap();
            let value = words[0].load(Ordering::Relaxed);
            words[0].store(value + 1, Ordering::Relaxed);
            lock.release().unwrap();
        }
    };
    let children: Vec<_> = (0..3).map(|_| enter_as_child(&session, count)).collect();
    std::thread::scope(|scope| {
        scope.spawn(count);
        scope.spawn(count);
    });
    for (child, pid) in children {
        assert_eq!(reap(pid), Ended::Exited(0));
        session.child_ended(child).unwrap();
    }
    assert_eq!(words[0].load(Ordering::Relaxed), 100_000);
    audit(&session);
    session.heals()
}
