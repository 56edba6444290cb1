//! What a barrier promises: all pass together, or all learn that it broke, and why; a death never leaves anybody waiting.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::{audit, enter_as_child, loses_no_wake_up, session};
use crate::shm::{Birth, ExitKind, ProcessId, Session, ThreadInfo};
use crate::sync::{Arrival, Barrier, BarrierError, Broken, Cause, wait_kind};
use crate::sys::clock::now_ns;
use crate::sys::testing::{
    Ended, exit_now, fork_child, kill_and_reap, reap, shared_words, sleep_us,
};

const LONG: Option<Duration> = Some(Duration::from_secs(20));

/// Come, and run the action if last.
fn come(barrier: &Barrier, timeout: Option<Duration>) -> Result<u64, BarrierError> {
    match barrier.arrive(timeout, true, &|| ())? {
        Arrival::Passed(index) => Ok(index),
        Arrival::Last(acting) => acting.complete(),
    }
}

fn broken(result: Result<u64, BarrierError>) -> Broken {
    match result {
        Err(BarrierError::Broken(broken)) => broken,
        other => panic!("not broken: {other:?}"),
    }
}

fn until(what: &str, ready: impl Fn() -> bool) {
    let start = now_ns();
    while !ready() {
        assert!(now_ns() - start < 10_000_000_000, "not in time: {what}");
        sleep_us(100);
    }
}

fn until_waiting(barrier: &Barrier, count: u64) {
    until("they come", || barrier.waiting().unwrap() == count);
}

/// Start a child that is expected at the barrier, and leaves in the way that `body` says.
fn told(
    session: &Session,
    barrier: &Barrier,
    name: &str,
    body: impl FnOnce() -> ExitKind,
) -> (ProcessId, u32) {
    let birth = Birth {
        name,
        daemon: false,
    };
    let child = session.reserve_child(&birth, None).unwrap();
    session.grant_all(child).unwrap();
    barrier.expect(child).unwrap();
    let pid = fork_child(|| {
        session.enter_child(child).unwrap();
        let exit = body();
        session.leave(exit);
        exit_now(0);
    });
    (child, pid)
}

#[test]
fn a_barrier_for_one_lets_it_pass_at_once() {
    let session = session(16);
    let barrier = Barrier::create(&session, 1).unwrap();
    for _ in 0..3 {
        assert_eq!(come(&barrier, Some(Duration::ZERO)).unwrap(), 0);
    }
    assert_eq!((barrier.parties(), barrier.waiting().unwrap()), (1, 0));
    audit(&session);
}

/// Threads and processes meet again and again; how many waits were healed.
fn meet_again_and_again() -> u64 {
    const ROUNDS: u64 = 300;
    let session = session(16);
    let barrier = Barrier::create(&session, 4).unwrap();
    // Indices that were given, rounds that were acted.
    let words = shared_words(2);
    let meet = |has_action: bool| {
        for round in 0..ROUNDS {
            let index = match barrier.arrive(LONG, has_action, &|| ()).unwrap() {
                Arrival::Passed(index) => index,
                Arrival::Last(acting) => {
                    assert_eq!(words[1].fetch_add(1, Ordering::SeqCst), round);
                    acting.complete().unwrap()
                }
            };
            words[0].fetch_add(1 << (index * 16), Ordering::SeqCst);
            if has_action {
                assert!(words[1].load(Ordering::SeqCst) > round);
            }
        }
    };
    for has_action in [true, false] {
        words
            .iter()
            .for_each(|word| word.store(0, Ordering::SeqCst));
        let children: Vec<_> = (0..2)
            .map(|_| enter_as_child(&session, || meet(has_action)))
            .collect();
        std::thread::scope(|scope| {
            scope.spawn(|| meet(has_action));
            scope.spawn(|| meet(has_action));
        });
        for (child, pid) in children {
            assert_eq!(reap(pid), Ended::Exited(0));
            session.child_ended(child).unwrap();
        }
        let each = ROUNDS | ROUNDS << 16 | ROUNDS << 32 | ROUNDS << 48;
        assert_eq!(words[0].load(Ordering::SeqCst), each);
    }
    audit(&session);
    session.heals()
}

#[test]
fn every_round_gives_every_index_once_and_acts_once() {
    loses_no_wake_up(meet_again_and_again);
}

#[test]
fn a_timeout_breaks_the_barrier_for_all_until_it_is_reset_and_names_the_missing() {
    let session = session(16);
    let barrier = Barrier::create(&session, 3).unwrap();
    let hold = &shared_words(1)[0];
    let (child, pid) = told(&session, &barrier, "late", || {
        until("the end", || hold.load(Ordering::SeqCst) == 1);
        ExitKind::Finished
    });
    let (waiter, waiter_pid) = enter_as_child(&session, || {
        let broken = broken(come(&barrier, LONG));
        assert_eq!((broken.cause, broken.came), (Cause::TimedOut, 2));
    });
    until_waiting(&barrier, 1);
    let start = now_ns();
    let error = broken(come(&barrier, Some(Duration::from_millis(30))));
    assert!(now_ns() - start >= 30_000_000);
    assert_eq!(
        (error.cause, error.came, error.parties),
        (Cause::TimedOut, 2, 3)
    );
    assert_eq!(error.names, [(pid, "late".to_string())]);
    assert_eq!(reap(waiter_pid), Ended::Exited(0));
    assert!(barrier.is_broken().unwrap());
    assert_eq!(broken(come(&barrier, LONG)).cause, Cause::TimedOut);
    barrier.reset().unwrap();
    assert!(!barrier.is_broken().unwrap());
    assert_eq!(
        broken(come(&barrier, Some(Duration::ZERO))).cause,
        Cause::TimedOut
    );
    hold.store(1, Ordering::SeqCst);
    reap(pid);
    for child in [child, waiter] {
        session.child_ended(child).unwrap();
    }
    audit(&session);
}

#[test]
fn abort_and_reset_wake_those_who_wait() {
    let session = session(16);
    let barrier = Barrier::create(&session, 2).unwrap();
    for reset in [false, true] {
        let (child, pid) = enter_as_child(&session, || {
            assert_eq!(broken(come(&barrier, LONG)).cause, Cause::Quiet);
        });
        until_waiting(&barrier, 1);
        if reset {
            barrier.reset().unwrap();
        } else {
            barrier.abort().unwrap();
        }
        assert_eq!(reap(pid), Ended::Exited(0));
        session.child_ended(child).unwrap();
        assert_eq!(barrier.is_broken().unwrap(), !reset);
        barrier.reset().unwrap();
    }
    assert_eq!(session.heals(), 0);
    audit(&session);
}

/// Another process waits, the calling one is about to act; what the two learn when `meanwhile` has happened.
fn act_while(session: &Session, meanwhile: impl FnOnce(&Barrier)) -> (u64, u64) {
    let barrier = Barrier::create(session, 2).unwrap();
    let word = &shared_words(1)[0];
    let tell = |result: Result<u64, BarrierError>| match result {
        Ok(index) => index,
        Err(_) => 7,
    };
    let (child, pid) = enter_as_child(session, || {
        word.store(tell(come(&barrier, LONG)), Ordering::SeqCst);
    });
    until_waiting(&barrier, 1);
    let Ok(Arrival::Last(acting)) = barrier.arrive(LONG, true, &|| ()) else {
        panic!("the last one acts");
    };
    assert_eq!(barrier.waiting().unwrap(), 0);
    assert!(matches!(
        barrier.arrive(LONG, true, &|| ()),
        Err(BarrierError::InAction)
    ));
    meanwhile(&barrier);
    let mine = tell(acting.complete());
    assert_eq!(reap(pid), Ended::Exited(0));
    session.child_ended(child).unwrap();
    drop(barrier);
    audit(session);
    (word.load(Ordering::SeqCst), mine)
}

#[test]
fn a_barrier_that_breaks_while_it_acts_lets_nobody_pass() {
    let session = session(16);
    assert_eq!(act_while(&session, |_| ()), (0, 1));
    assert_eq!(
        act_while(&session, |barrier| barrier.abort().unwrap()),
        (7, 7)
    );
    assert_eq!(
        act_while(&session, |barrier| barrier.reset().unwrap()),
        (7, 7)
    );
}

#[test]
fn whoever_comes_while_the_last_one_acts_belongs_to_the_next_round() {
    let session = session(16);
    let barrier = Barrier::create(&session, 1).unwrap();
    let acted = AtomicU64::new(0);
    let Ok(Arrival::Last(acting)) = barrier.arrive(LONG, true, &|| ()) else {
        panic!("the last one acts");
    };
    std::thread::scope(|scope| {
        let newcomer = scope.spawn(|| {
            let index = come(&barrier, Some(Duration::ZERO)).unwrap();
            assert_eq!(acted.load(Ordering::SeqCst), 1);
            index
        });
        until("the newcomer waits", || {
            let waits = session
                .threads()
                .into_iter()
                .filter_map(|thread| thread.wait);
            waits
                .into_iter()
                .any(|wait| wait.kind == wait_kind::BARRIER)
        });
        acted.store(1, Ordering::SeqCst);
        assert_eq!(acting.complete().unwrap(), 0);
        assert_eq!(newcomer.join().unwrap(), 0);
    });
    audit(&session);
}

/// The row of a process's thread that waits at a barrier, once it does.
fn row_at_barrier(session: &Session, pid: u32) -> u64 {
    let row = || {
        let at_barrier = |thread: &ThreadInfo| {
            let wait = thread.wait.filter(|wait| wait.kind == wait_kind::BARRIER);
            thread.pid == pid && wait.is_some()
        };
        session.threads().into_iter().find(at_barrier)
    };
    until("it waits at the barrier", || row().is_some());
    row().unwrap().row
}

#[test]
fn the_row_of_one_who_was_killed_while_the_last_one_acts_can_be_used_again() {
    let session = session(16);
    let barrier = Barrier::create(&session, 2).unwrap();
    std::thread::scope(|scope| {
        let first = scope.spawn(|| come(&barrier, LONG));
        until_waiting(&barrier, 1);
        let Ok(Arrival::Last(acting)) = barrier.arrive(LONG, true, &|| ()) else {
            panic!("the last one acts");
        };
        let come_in_time = || assert!(come(&barrier, LONG).is_ok());
        let (before, before_pid) = enter_as_child(&session, come_in_time);
        row_at_barrier(&session, before_pid);
        let (victim, victim_pid) = enter_as_child(&session, come_in_time);
        let row = row_at_barrier(&session, victim_pid);
        kill_and_reap(victim_pid);
        session.child_ended(victim).unwrap();
        let (heir, heir_pid) = enter_as_child(&session, come_in_time);
        assert_eq!(row_at_barrier(&session, heir_pid), row);
        assert_eq!(acting.complete().unwrap(), 1);
        assert_eq!(first.join().unwrap().unwrap(), 0);
        for (child, pid) in [(before, before_pid), (heir, heir_pid)] {
            assert_eq!(reap(pid), Ended::Exited(0));
            session.child_ended(child).unwrap();
        }
    });
    audit(&session);
}

#[test]
fn a_waiter_that_dies_breaks_the_barrier_and_is_named() {
    let session = session(16);
    let barrier = Barrier::create(&session, 3).unwrap();
    let (victim, victim_pid) = enter_as_child(&session, || {
        session.set_name("victim").unwrap();
        let _ = come(&barrier, LONG);
    });
    until_waiting(&barrier, 1);
    let (other, other_pid) = enter_as_child(&session, || {
        let broken = broken(come(&barrier, LONG));
        assert_eq!(broken.cause, Cause::Died);
        assert_eq!(broken.names, [(victim_pid, "victim".to_string())]);
    });
    until_waiting(&barrier, 2);
    // Nobody sweeps: the one that waits looks around.
    kill_and_reap(victim_pid);
    assert_eq!(reap(other_pid), Ended::Exited(0));
    assert_eq!(broken(come(&barrier, LONG)).cause, Cause::Died);
    for child in [victim, other] {
        session.child_ended(child).unwrap();
    }
    audit(&session);
}

#[test]
fn an_actor_that_dies_breaks_the_barrier() {
    let session = session(16);
    let barrier = Barrier::create(&session, 2).unwrap();
    let (waiter, waiter_pid) = enter_as_child(&session, || {
        assert_eq!(broken(come(&barrier, LONG)).cause, Cause::DiedActing);
    });
    until_waiting(&barrier, 1);
    let (actor, actor_pid) = enter_as_child(&session, || {
        let _acting = barrier.arrive(LONG, true, &|| ()).unwrap();
        exit_now(3);
    });
    assert_eq!(reap(actor_pid), Ended::Exited(3));
    assert_eq!(reap(waiter_pid), Ended::Exited(0));
    for child in [waiter, actor] {
        session.child_ended(child).unwrap();
    }
    audit(&session);
}

#[test]
fn a_process_that_was_told_and_fails_before_it_comes_breaks_the_barrier() {
    for exit in [ExitKind::Failed, ExitKind::Finished, ExitKind::Died] {
        let session = session(16);
        let barrier = Barrier::create(&session, 3).unwrap();
        let go = &shared_words(1)[0];
        let (victim, victim_pid) = told(&session, &barrier, "victim", || {
            until("the word", || go.load(Ordering::SeqCst) == 1);
            if exit == ExitKind::Died {
                exit_now(0);
            }
            exit
        });
        let (other, other_pid) = told(&session, &barrier, "other", || {
            let broken = broken(come(&barrier, LONG));
            assert_eq!((broken.cause, broken.came), (Cause::TooFew, 1));
            assert_eq!(broken.names, [(victim_pid, "victim".to_string())]);
            ExitKind::Finished
        });
        until_waiting(&barrier, 1);
        go.store(1, Ordering::SeqCst);
        reap(victim_pid);
        assert_eq!(reap(other_pid), Ended::Exited(0));
        assert_eq!(broken(come(&barrier, LONG)).cause, Cause::TooFew);
        for child in [victim, other] {
            session.child_ended(child).unwrap();
        }
        audit(&session);
    }
}

#[test]
fn waves_of_processes_that_each_do_one_round_never_break_it() {
    let session = session(16);
    let barrier = Barrier::create(&session, 3).unwrap();
    for wave in 0..6 {
        let children: Vec<_> = (0..3)
            .map(|number| {
                told(&session, &barrier, "worker", || {
                    come(&barrier, LONG).unwrap();
                    // One of an early wave fails when it has come: those of the next are others.
                    if wave % 2 == 0 && number == 1 {
                        ExitKind::Failed
                    } else {
                        ExitKind::Finished
                    }
                })
            })
            .collect();
        for (child, pid) in children {
            assert_eq!(reap(pid), Ended::Exited(0));
            session.child_ended(child).unwrap();
        }
        assert!(wave % 2 == 0 || !barrier.is_broken().unwrap());
    }
    audit(&session);
}

#[test]
fn while_more_may_be_started_a_death_breaks_nothing() {
    let session = session(16);
    let barrier = Barrier::create(&session, 4).unwrap();
    let (victim, pid) = told(&session, &barrier, "victim", || exit_now(1));
    reap(pid);
    session.child_ended(victim).unwrap();
    assert!(!barrier.is_broken().unwrap());
    let children: Vec<_> = (0..3)
        .map(|_| {
            told(&session, &barrier, "worker", || {
                come(&barrier, LONG).map_or(ExitKind::Failed, |_| ExitKind::Finished)
            })
        })
        .collect();
    // Three and this process: the one that died is not missed... but nobody can know that while four were told.
    assert_eq!(broken(come(&barrier, LONG)).cause, Cause::TooFew);
    for (child, pid) in children {
        assert_eq!(reap(pid), Ended::Exited(0));
        session.child_ended(child).unwrap();
    }
    audit(&session);
}

#[test]
fn a_child_that_could_not_be_started_is_not_expected() {
    let session = session(16);
    let barrier = Barrier::create(&session, 2).unwrap();
    for _ in 0..3 {
        let birth = Birth {
            name: "unborn",
            daemon: false,
        };
        let child = session.reserve_child(&birth, None).unwrap();
        session.grant_all(child).unwrap();
        barrier.expect(child).unwrap();
        barrier.unexpect(child).unwrap();
        session.cancel_child(child).unwrap();
    }
    assert!(!barrier.is_broken().unwrap());
    audit(&session);
}
