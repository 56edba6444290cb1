//! A process is killed at every step of what it does at a barrier.

use std::time::Duration;

use super::crash::{Case, Outcome, Progress, child_dying_at, survive};
use super::{audit, session};
use crate::shm::{Birth, Session};
use crate::sync::{Arrival, Barrier, BarrierError};

const LONG: Option<Duration> = Some(Duration::from_secs(20));

fn come(barrier: &Barrier, timeout: Option<Duration>) -> Result<u64, BarrierError> {
    match barrier.arrive(timeout, true, &|| ())? {
        Arrival::Passed(index) => Ok(index),
        Arrival::Last(acting) => acting.complete(),
    }
}

/// It works: two threads meet.
fn two_meet(barrier: &Barrier) {
    barrier.reset().unwrap();
    std::thread::scope(|scope| {
        let other = scope.spawn(|| come(barrier, LONG).unwrap());
        let sum = come(barrier, LONG).unwrap() + other.join().unwrap();
        assert_eq!(sum, 1);
    });
}

fn for_one(session: &Session) -> Barrier {
    Barrier::create(session, 1).unwrap()
}

fn verify(barrier: Barrier, _: Outcome) {
    if barrier.parties() == 2 {
        two_meet(&barrier);
    } else {
        barrier.reset().unwrap();
        assert_eq!(come(&barrier, LONG).unwrap(), 0);
    }
}

fn for_two(session: &Session) -> Barrier {
    Barrier::create(session, 2).unwrap()
}

#[test]
fn a_process_killed_anywhere_at_a_barrier_leaves_it_whole() {
    let session = session(16);
    let next = |barrier: &Barrier| {
        barrier.is_broken().unwrap();
        let _ = come(barrier, Some(Duration::ZERO));
    };
    let case = |name, parties: &'static u64, operate| Case {
        name,
        prepare: if *parties == 1 { &for_one } else { &for_two },
        operate,
        next: &next,
        verify: &verify,
    };
    survive(
        &session,
        &[
            case("wait at a barrier in vain", &2, &|barrier: &Barrier| {
                let _ = come(barrier, Some(Duration::ZERO));
            }),
            case("pass a barrier and act", &1, &|barrier| {
                come(barrier, LONG).unwrap();
            }),
            case("abort and reset a barrier", &2, &|barrier| {
                barrier.abort().unwrap();
                barrier.reset().unwrap();
            }),
        ],
    );
}

/// Another thread waits while a child does `operate` and dies at each of its steps; nobody is left waiting.
fn nobody_is_left_waiting(operate: &dyn Fn(&Barrier)) {
    for fatal in 1.. {
        let session = session(16);
        let barrier = for_two(&session);
        let finished = std::thread::scope(|scope| {
            let waiter = scope.spawn(|| come(&barrier, LONG));
            while barrier.waiting().unwrap() == 0 {
                std::thread::yield_now();
            }
            let (child, progress) = child_dying_at(&session, fatal, &|| operate(&barrier));
            if fatal % 2 == 0 {
                session.child_ended(child).unwrap();
            }
            if progress == Progress::Killed {
                // What it had not begun is done by the next.
                barrier.abort().unwrap();
            }
            match waiter.join().unwrap() {
                Ok(_) | Err(BarrierError::Broken(_)) => {}
                other => panic!("killed at step {fatal}: {other:?}"),
            }
            if fatal % 2 == 1 {
                session.child_ended(child).unwrap();
            }
            progress == Progress::Finished
        });
        audit(&session);
        two_meet(&barrier);
        if finished {
            return;
        }
    }
}

#[test]
fn a_process_killed_anywhere_while_it_ends_a_round_leaves_nobody_waiting() {
    nobody_is_left_waiting(&|barrier| {
        come(barrier, LONG).unwrap();
    });
    nobody_is_left_waiting(&|barrier| barrier.abort().unwrap());
    nobody_is_left_waiting(&|barrier| barrier.reset().unwrap());
}

/// Expecting a child, taking that back, and the end of an expected child are whole wherever they are killed.
#[test]
fn what_is_known_of_the_expected_is_whole_wherever_a_process_is_killed() {
    let session = session(16);
    survive(
        &session,
        &[Case {
            name: "tell a child of a barrier and cancel it",
            prepare: &for_two,
            operate: &|barrier: &Barrier| {
                let session = barrier.handle().session();
                let birth = Birth {
                    name: "grandchild",
                    daemon: false,
                };
                for taken_back in [true, false] {
                    let child = session.reserve_child(&birth, None).unwrap();
                    session.grant_all(child).unwrap();
                    barrier.expect(child).unwrap();
                    if taken_back {
                        barrier.unexpect(child).unwrap();
                    }
                    session.cancel_child(child).unwrap();
                }
            },
            next: &|barrier| {
                barrier.is_broken().unwrap();
            },
            verify: &|barrier, _| {
                barrier.reset().unwrap();
                assert!(!barrier.is_broken().unwrap());
            },
        }],
    );
}
