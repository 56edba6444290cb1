//! What a semaphore promises: as many holders as permits, and the permits of the dead given back.

use std::sync::atomic::Ordering;

use super::{audit, enter_as_child, loses_no_wake_up, session, soon};
use crate::shm::ExitKind;
use crate::sync::{Deadline, ReleaseError, Semaphore, WaitError, wait_kind};
use crate::sys::testing::{
    Ended, exit_now, fork_child, kill_and_reap, reap, shared_words, sleep_us,
};

fn is_refused(semaphore: &Semaphore) -> bool {
    matches!(semaphore.acquire(Deadline::NOW), Err(WaitError::TimedOut))
}

#[test]
fn permits_are_taken_and_given_back_and_more_may_be_added() {
    let session = session(16);
    let semaphore = Semaphore::create(&session, 2).unwrap();
    assert_eq!((semaphore.value(), semaphore.maximum()), (2, None));
    semaphore.acquire(Deadline::NOW).unwrap();
    semaphore.acquire(Deadline::NOW).unwrap();
    assert!(is_refused(&semaphore));
    assert_eq!(semaphore.value(), 0);
    semaphore.release(2).unwrap();
    assert!(semaphore.has_owners());
    semaphore.release(2).unwrap();
    assert_eq!(semaphore.value(), 4);
    assert!(!semaphore.has_owners());
    audit(&session);
}

#[test]
fn a_bounded_semaphore_takes_back_no_more_than_it_gave() {
    let session = session(16);
    let semaphore = Semaphore::create_bounded(&session, 2).unwrap();
    assert_eq!(semaphore.maximum(), Some(2));
    assert!(matches!(semaphore.release(1), Err(ReleaseError::TooMany)));
    semaphore.acquire(Deadline::NOW).unwrap();
    assert!(matches!(semaphore.release(2), Err(ReleaseError::TooMany)));
    assert_eq!(semaphore.value(), 1);
    semaphore.release(1).unwrap();
    assert_eq!(semaphore.value(), 2);
    assert!(semaphore.has_owners());
    let empty = Semaphore::create_bounded(&session, 0).unwrap();
    assert!(matches!(empty.release(1), Err(ReleaseError::TooMany)));
}

#[test]
fn the_permits_of_a_process_that_failed_or_died_are_given_back() {
    let session = session(16);
    let semaphore = Semaphore::create(&session, 3).unwrap();
    let take_two = || {
        semaphore.acquire(Deadline::NOW).unwrap();
        semaphore.acquire(Deadline::NOW).unwrap();
    };
    // In order, after a failure.
    let (child, pid) = enter_as_child(&session, || {
        take_two();
        session.leave(ExitKind::Failed);
    });
    assert_eq!(reap(pid), Ended::Exited(0));
    assert_eq!(semaphore.value(), 3);
    session.child_ended(child).unwrap();
    // Without a word.
    let (child, pid) = enter_as_child(&session, || {
        take_two();
        exit_now(0);
    });
    assert_eq!(reap(pid), Ended::Exited(0));
    assert_eq!(semaphore.value(), 1);
    session.child_ended(child).unwrap();
    assert_eq!(semaphore.value(), 3);
    assert!(semaphore.has_owners());
    audit(&session);
}

#[test]
fn a_process_that_ends_in_order_has_used_its_permits_up() {
    let session = session(16);
    let semaphore = Semaphore::create(&session, 3).unwrap();
    let (child, pid) = enter_as_child(&session, || {
        semaphore.acquire(Deadline::NOW).unwrap();
        semaphore.acquire(Deadline::NOW).unwrap();
    });
    assert_eq!(reap(pid), Ended::Exited(0));
    session.child_ended(child).unwrap();
    assert_eq!(semaphore.value(), 1);
    assert!(semaphore.has_owners());
    audit(&session);
}

#[test]
fn a_permit_outlives_the_handles_of_its_owner() {
    let session = session(16);
    let semaphore = Semaphore::create(&session, 1).unwrap();
    let place = semaphore.handle().offset();
    let words = shared_words(1);
    let (child, pid) = enter_as_child(&session, || {
        // The handle of the parent was inherited; the process holds the object only by the one it opens.
        session.release_unopened().unwrap();
        let own = Semaphore::open(&session, place).unwrap();
        own.acquire(Deadline::NOW).unwrap();
        drop(own);
        session.release_unopened().unwrap();
        words[0].store(1, Ordering::SeqCst);
        while words[0].load(Ordering::SeqCst) == 1 {
            sleep_us(50);
        }
        Semaphore::open(&session, place)
            .unwrap()
            .release(1)
            .unwrap();
    });
    while words[0].load(Ordering::SeqCst) == 0 {
        sleep_us(50);
    }
    assert!(is_refused(&semaphore));
    words[0].store(2, Ordering::SeqCst);
    semaphore.acquire(soon()).unwrap();
    assert!(semaphore.has_owners());
    assert_eq!(reap(pid), Ended::Exited(0));
    session.child_ended(child).unwrap();
    audit(&session);
}

#[test]
fn a_semaphore_that_nobody_else_knows_goes_with_its_last_handle() {
    let session = session(16);
    let before = session.memory().live_blocks;
    let semaphore = Semaphore::create(&session, 1).unwrap();
    semaphore.acquire(Deadline::NOW).unwrap();
    drop(semaphore);
    assert_eq!(session.memory().live_blocks, before);
    audit(&session);
}

#[test]
fn a_forked_child_has_none_of_its_parents_permits() {
    let session = session(16);
    let semaphore = Semaphore::create(&session, 2).unwrap();
    semaphore.acquire(Deadline::NOW).unwrap();
    let (child, pid) = enter_as_child(&session, || ());
    assert_eq!(reap(pid), Ended::Exited(0));
    session.child_ended(child).unwrap();
    assert_eq!(semaphore.value(), 1);
    semaphore.release(1).unwrap();
    assert!(semaphore.has_owners());
}

#[test]
fn permits_released_by_others_are_signals_and_stay_taken() {
    let session = session(16);
    let signals = Semaphore::create(&session, 0).unwrap();
    assert!(!signals.has_owners());
    let pool = Semaphore::create(&session, 1).unwrap();
    pool.acquire(Deadline::NOW).unwrap();
    let (child, pid) = enter_as_child(&session, || {
        // One that another process took.
        pool.release(1).unwrap();
        pool.acquire(Deadline::NOW).unwrap();
        signals.acquire(soon()).unwrap();
        exit_now(0);
    });
    signals.release(1).unwrap();
    assert_eq!(reap(pid), Ended::Exited(0));
    session.child_ended(child).unwrap();
    assert_eq!((signals.value(), pool.value()), (0, 0));
    assert!(!pool.has_owners());
    audit(&session);
}

/// Nobody reaps the dead holder, so the waiter has to notice by itself.
#[test]
fn a_waiter_gets_the_permit_of_a_holder_whose_death_nobody_noted() {
    let session = session(16);
    let semaphore = Semaphore::create(&session, 1).unwrap();
    let words = shared_words(1);
    let (holder, pid) = enter_as_child(&session, || {
        semaphore.acquire(Deadline::NOW).unwrap();
        words[0].store(1, Ordering::SeqCst);
        loop {
            sleep_us(1_000_000);
        }
    });
    while words[0].load(Ordering::SeqCst) == 0 {
        sleep_us(50);
    }
    std::thread::scope(|scope| {
        let waiter = scope.spawn(|| semaphore.acquire(soon()));
        let wait = loop {
            let found = session.threads().into_iter().find_map(|thread| thread.wait);
            match found {
                Some(wait) => break wait,
                None => sleep_us(100),
            }
        };
        assert_eq!(
            (wait.kind, wait.object),
            (wait_kind::PERMIT, semaphore.handle().offset())
        );
        kill_and_reap(pid);
        waiter.join().unwrap().unwrap();
    });
    // By now it is so for those who only ask, too.
    session.child_ended(holder).unwrap();
    assert_eq!(semaphore.value(), 0);
    assert_eq!(session.heals(), 0);
}

#[test]
fn polling_for_the_permit_of_a_dead_holder_gets_it() {
    let session = session(16);
    let semaphore = Semaphore::create(&session, 1).unwrap();
    let (holder, pid) = enter_as_child(&session, || {
        semaphore.acquire(Deadline::NOW).unwrap();
        exit_now(0);
    });
    reap(pid);
    semaphore.acquire(Deadline::NOW).unwrap();
    session.child_ended(holder).unwrap();
}

#[test]
fn an_orphans_permits_come_back() {
    let session = session(16);
    let semaphore = Semaphore::create(&session, 1).unwrap();
    let (child, pid) = enter_as_child(&session, || {
        let (_, pid) = enter_as_child(&session, || {
            semaphore.acquire(Deadline::NOW).unwrap();
            exit_now(0);
        });
        reap(pid);
        exit_now(0);
    });
    reap(pid);
    session.child_ended(child).unwrap();
    semaphore.acquire(Deadline::NOW).unwrap();
    semaphore.release(1).unwrap();
    audit(&session);
}

#[test]
fn a_semaphore_lets_as_many_in_as_it_has_permits() {
    loses_no_wake_up(processes_and_threads_enter);
}

/// Processes and threads enter a room for three, again and again; how many waits were healed.
fn processes_and_threads_enter() -> u64 {
    let session = session(16);
    let semaphore = Semaphore::create_bounded(&session, 3).unwrap();
    let words = shared_words(2);
    let (inside, crowded) = (&words[0], &words[1]);
    let enter = || {
        for _ in 0..3000 {
            semaphore.acquire(Deadline::NEVER).unwrap();
            if inside.fetch_add(1, Ordering::SeqCst) >= 3 {
                crowded.fetch_add(1, Ordering::SeqCst);
            }
            inside.fetch_sub(1, Ordering::SeqCst);
            semaphore.release(1).unwrap();
        }
    };
    let children: Vec<_> = (0..2).map(|_| enter_as_child(&session, enter)).collect();
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(enter);
        }
    });
    for (child, pid) in children {
        assert_eq!(reap(pid), Ended::Exited(0));
        session.child_ended(child).unwrap();
    }
    assert_eq!(crowded.load(Ordering::SeqCst), 0);
    assert_eq!(semaphore.value(), 3);
    assert!(semaphore.has_owners());
    session.heals()
}

#[test]
fn a_permit_of_a_process_that_attached_comes_back_when_it_fails() {
    let session = session(16);
    let semaphore = Semaphore::create(&session, 1).unwrap();
    let child = session
        .reserve_child(
            &crate::shm::Birth {
                name: "spawned",
                daemon: false,
            },
            None,
        )
        .unwrap();
    let place = semaphore.handle().offset();
    session.grant(child, &[place]).unwrap();
    let pid = fork_child(|| {
        let fd = session.fd().try_clone_to_owned().unwrap();
        let mine = crate::sync::attach_session(fd).unwrap();
        mine.enter_child(child).unwrap();
        let own = Semaphore::open(&mine, place).unwrap();
        mine.release_unopened().unwrap();
        own.acquire(Deadline::NOW).unwrap();
        drop(own);
        mine.leave(ExitKind::Failed);
    });
    assert_eq!(reap(pid), Ended::Exited(0));
    assert_eq!(semaphore.value(), 1);
    session.child_ended(child).unwrap();
    audit(&session);
}
