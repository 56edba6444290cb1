//! A process is killed at every step of what it does with reentrant locks, semaphores and events.

use super::crash::{Case, Outcome, Progress, life_ending_at, survive};
use super::{audit, enter_as_child, session, soon};
use crate::shm::{ExitKind, ProcessId, Session};
use crate::sync::{Acquired, Deadline, Event, ReentrantMutex, Semaphore};
use crate::sys::testing::{exit_now, reap};

#[test]
fn a_reentrant_lock_whose_holder_is_killed_anywhere_goes_to_the_next() {
    let session = session(64);
    survive(
        &session,
        &[Case {
            name: "acquire twice and release a reentrant lock",
            prepare: &|session| ReentrantMutex::create(session).unwrap(),
            operate: &|lock| {
                lock.acquire(Deadline::NEVER).unwrap();
                lock.acquire(Deadline::NEVER).unwrap();
                lock.release().unwrap();
                lock.release().unwrap();
            },
            next: &|lock| {
                let acquired = lock.acquire(soon()).unwrap();
                assert_eq!(acquired != Acquired::Free, lock.abandoned());
                assert_eq!(lock.depth(), 1);
                lock.release().unwrap();
            },
            verify: &|lock, _| {
                lock.acquire(soon()).unwrap();
                assert_eq!(lock.depth(), 1);
                lock.release().unwrap();
                lock.release().unwrap_err();
            },
        }],
    );
}

fn use_one(semaphore: &Semaphore) {
    semaphore.acquire(soon()).unwrap();
    semaphore.release(1).unwrap();
}

#[test]
fn permits_are_conserved_wherever_their_owner_is_killed() {
    let session = session(64);
    let all_back = |permits: u64| {
        move |semaphore: Semaphore, _: Outcome| {
            assert_eq!(semaphore.value(), permits);
            assert!(semaphore.has_owners());
        }
    };
    let (one, three) = (all_back(1), all_back(3));
    survive(
        &session,
        &[
            Case {
                name: "acquire and release the only permit",
                prepare: &|session| Semaphore::create_bounded(session, 1).unwrap(),
                operate: &use_one,
                next: &use_one,
                verify: &one,
            },
            Case {
                name: "acquire three permits and release them",
                prepare: &|session| Semaphore::create(session, 3).unwrap(),
                operate: &|semaphore| {
                    semaphore.acquire(Deadline::NOW).unwrap();
                    semaphore.acquire(Deadline::NOW).unwrap();
                    semaphore.acquire(Deadline::NOW).unwrap();
                    semaphore.release(2).unwrap();
                    semaphore.release(1).unwrap();
                },
                next: &|semaphore| {
                    use_one(semaphore);
                    semaphore.acquire(soon()).unwrap();
                    let session = semaphore.handle().session();
                    let place = semaphore.handle().offset();
                    drop(Semaphore::open(session, place).unwrap());
                    semaphore.release(1).unwrap();
                },
                verify: &three,
            },
        ],
    );
}

#[test]
fn a_signal_is_given_or_not_wherever_its_giver_is_killed() {
    let session = session(64);
    survive(
        &session,
        &[Case {
            name: "release permits nobody acquired",
            prepare: &|session| Semaphore::create(session, 1).unwrap(),
            operate: &|semaphore| semaphore.release(2).unwrap(),
            next: &use_one,
            verify: &|semaphore, outcome| {
                let value = semaphore.value();
                // A successor killed between acquiring and releasing has taken a permit that is nobody's.
                let lost = u64::from(outcome.next == Progress::Killed);
                let given = outcome.operation == Progress::Finished || !semaphore.has_owners();
                let full = if given { 3 } else { 1 };
                assert!((full - lost..=full).contains(&value), "{value} of {full}");
            },
        }],
    );
}

/// A child that ends at once with two permits.
fn holder_that_died(session: &Session, semaphore: &Semaphore) -> ProcessId {
    let (child, pid) = enter_as_child(session, || {
        semaphore.acquire(Deadline::NOW).unwrap();
        semaphore.acquire(Deadline::NOW).unwrap();
        exit_now(0);
    });
    reap(pid);
    child
}

#[test]
fn permits_come_back_once_wherever_the_sweeper_is_killed() {
    let session = session(64);
    survive(
        &session,
        &[Case {
            name: "take back the permits of the dead",
            prepare: &|session| {
                let semaphore = Semaphore::create(session, 2).unwrap();
                let child = holder_that_died(session, &semaphore);
                (semaphore, child)
            },
            operate: &|(semaphore, child)| {
                semaphore.handle().session().child_ended(*child).unwrap();
            },
            next: &|(semaphore, _)| use_one(semaphore),
            verify: &|(semaphore, child), _| {
                let session = semaphore.handle().session();
                session.sweep().unwrap();
                if session.process(child).is_some() {
                    session.child_ended(child).unwrap();
                }
                assert_eq!(semaphore.value(), 2);
                assert!(semaphore.has_owners());
            },
        }],
    );
}

#[test]
fn permits_come_back_once_wherever_their_owner_is_killed_while_leaving() {
    let session = session(64);
    let semaphore = Semaphore::create(&session, 3).unwrap();
    for fatal in 1.. {
        let (child, progress) = life_ending_at(&session, fatal, &|| {
            semaphore.acquire(Deadline::NOW).unwrap();
            semaphore.acquire(Deadline::NOW).unwrap();
            session.leave(ExitKind::Failed);
        });
        if fatal % 2 == 0 {
            session.sweep().unwrap();
        }
        session.child_ended(child).unwrap();
        assert_eq!(semaphore.value(), 3);
        audit(&session);
        if progress == Progress::Finished {
            break;
        }
    }
    assert!(semaphore.has_owners());
}

#[test]
fn an_event_works_on_wherever_a_user_of_it_is_killed() {
    let session = session(64);
    survive(
        &session,
        &[Case {
            name: "set, wait for and clear an event",
            prepare: &|session| Event::create(session).unwrap(),
            operate: &|event| {
                event.set().unwrap();
                event.wait(Deadline::NEVER).unwrap();
                event.clear();
                let _ = event.wait(Deadline::NOW);
                event.set().unwrap();
            },
            next: &|event| {
                event.clear();
                event.set().unwrap();
                event.wait(Deadline::NOW).unwrap();
            },
            verify: &|event, outcome| {
                assert!(outcome.next == Progress::Killed || event.is_set());
            },
        }],
    );
}
