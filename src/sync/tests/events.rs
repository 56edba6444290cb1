//! What an event promises: everybody who waited when it was set goes on.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::{audit, enter_as_child, loses_no_wake_up, session, soon};
use crate::shm::Session;
use crate::sync::{Deadline, Event, WaitError, wait_kind};
use crate::sys::testing::{Ended, kill_and_reap, reap, shared_words, sleep_us};

/// Until that many threads of the session wait for the event.
fn until_waiting(session: &Session, event: &Event, waiters: usize) {
    let what = (wait_kind::EVENT, event.handle().offset());
    let waits = || session.threads().into_iter().filter_map(|one| one.wait);
    while waits()
        .filter(|wait| (wait.kind, wait.object) == what)
        .count()
        < waiters
    {
        sleep_us(100);
    }
}

#[test]
fn a_flag_is_set_and_cleared_and_setting_twice_is_setting_once() {
    let session = session(16);
    let event = Event::create(&session).unwrap();
    assert!(!event.is_set());
    assert!(matches!(
        event.wait(Deadline::NOW),
        Err(WaitError::TimedOut)
    ));
    let deadline = Deadline::after(Duration::from_millis(5));
    assert!(matches!(event.wait(deadline), Err(WaitError::TimedOut)));
    event.set().unwrap();
    event.set().unwrap();
    assert!(event.is_set());
    event.wait(Deadline::NOW).unwrap();
    event.wait(Deadline::NEVER).unwrap();
    event.clear();
    event.clear();
    assert!(!event.is_set());
    assert!(matches!(
        event.wait(Deadline::NOW),
        Err(WaitError::TimedOut)
    ));
    audit(&session);
}

#[test]
fn setting_and_clearing_at_once_wakes_everybody_who_waited() {
    loses_no_wake_up(|| {
        let session = session(16);
        let event = Event::create(&session).unwrap();
        for _ in 0..20 {
            let child = enter_as_child(&session, || event.wait(soon()).unwrap());
            std::thread::scope(|scope| {
                for _ in 0..4 {
                    scope.spawn(|| event.wait(soon()).unwrap());
                }
                until_waiting(&session, &event, 5);
                event.set().unwrap();
                event.clear();
            });
            assert_eq!(reap(child.1), Ended::Exited(0));
            session.child_ended(child.0).unwrap();
            assert!(event.wait(Deadline::NOW).is_err());
        }
        session.heals()
    });
}

#[test]
fn waiters_that_are_killed_hold_nobody_up() {
    let session = session(16);
    let event = Event::create(&session).unwrap();
    for _ in 0..10 {
        let waiters: Vec<_> = (0..3)
            .map(|_| enter_as_child(&session, || event.wait(soon()).unwrap()))
            .collect();
        until_waiting(&session, &event, 3);
        kill_and_reap(waiters[0].1);
        kill_and_reap(waiters[1].1);
        assert!(!event.is_set());
        event.set().unwrap();
        assert_eq!(reap(waiters[2].1), Ended::Exited(0));
        event.clear();
        for (child, _) in waiters {
            session.child_ended(child).unwrap();
        }
    }
    audit(&session);
}

#[test]
fn two_processes_hand_over_by_events_without_losing_a_wake_up() {
    loses_no_wake_up(|| {
        let session = session(16);
        let (ping, pong) = (
            Event::create(&session).unwrap(),
            Event::create(&session).unwrap(),
        );
        let words = shared_words(1);
        let (child, pid) = enter_as_child(&session, || {
            for _ in 0..2000 {
                ping.wait(soon()).unwrap();
                ping.clear();
                words[0].fetch_add(1, Ordering::SeqCst);
                pong.set().unwrap();
            }
        });
        for round in 1..=2000 {
            ping.set().unwrap();
            pong.wait(soon()).unwrap();
            pong.clear();
            assert_eq!(words[0].load(Ordering::SeqCst), round);
        }
        assert_eq!(reap(pid), Ended::Exited(0));
        session.child_ended(child).unwrap();
        session.heals()
    });
}
