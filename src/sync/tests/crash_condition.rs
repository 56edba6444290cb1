//! A process is killed at every step of waiting for a condition and of notifying it.

use std::time::Duration;

use super::crash::{Case, Progress, survive};
use super::{audit, session, soon};
use crate::shm::Session;
use crate::sync::{Condition, ConditionLock, Deadline, Mutex};

struct World {
    condition: Condition,
    mutex: Mutex,
    lock: ConditionLock,
}

fn prepare(session: &Session) -> World {
    let mutex = Mutex::create(session).unwrap();
    World {
        condition: Condition::create(session).unwrap(),
        lock: ConditionLock::Plain(mutex.clone()),
        mutex,
    }
}

impl World {
    fn wait(&self, deadline: Deadline) -> bool {
        self.mutex.acquire(soon()).unwrap();
        let waited = self.condition.wait(&self.lock, deadline).unwrap();
        self.mutex.release().unwrap();
        waited.notified
    }

    fn notify(&self, count: usize) -> usize {
        self.mutex.acquire(soon()).unwrap();
        let called = self.condition.notify(&self.lock, count).unwrap();
        self.mutex.release().unwrap();
        called
    }
}

#[test]
fn a_waiter_killed_anywhere_is_in_nobodys_way() {
    let session = session(16);
    survive(
        &session,
        &[Case {
            name: "wait for a condition in vain",
            prepare: &prepare,
            operate: &|world: &World| {
                assert!(!world.wait(Deadline::NOW));
            },
            next: &|world| {
                assert_eq!(world.notify(3), 0);
                assert!(!world.wait(Deadline::NOW));
            },
            verify: &|world, _| {
                assert_eq!(world.condition.waiters().unwrap(), 0);
                assert_eq!(world.notify(1), 0);
            },
        }],
    );
}

/// A process that notifies two waiting threads is killed at each of its steps: what it did not do is left to the next notification.
#[test]
fn a_notification_by_a_process_killed_anywhere_happened_or_did_not() {
    for fatal in 1.. {
        let session = session(16);
        let world = prepare(&session);
        let mut finished = false;
        std::thread::scope(|scope| {
            let waiters: Vec<_> = (0..2)
                .map(|_| scope.spawn(|| world.wait(Deadline::after(Duration::from_secs(20)))))
                .collect();
            while world.condition.waiters().unwrap() < 2 {
                std::thread::yield_now();
            }
            let (child, progress) = super::crash::child_dying_at(&session, fatal, &|| {
                world.notify(2);
            });
            finished = progress == Progress::Finished;
            if fatal % 2 == 0 {
                session.child_ended(child).unwrap();
            }
            world.notify(2);
            for waiter in waiters {
                assert!(waiter.join().unwrap(), "killed at step {fatal}");
            }
            if fatal % 2 == 1 {
                session.child_ended(child).unwrap();
            }
        });
        assert_eq!(world.condition.waiters().unwrap(), 0);
        audit(&session);
        if finished {
            assert!(fatal > 20, "notifying two has more steps than {fatal}");
            return;
        }
    }
}

/// A process that is called, killed at each step of its wait: another waiter gets the next notification.
#[test]
fn a_called_waiter_killed_anywhere_leaves_the_condition_whole() {
    for fatal in 1.. {
        let session = session(16);
        let world = prepare(&session);
        world.mutex.acquire(Deadline::NOW).unwrap();
        let session_ref = &session;
        let finished = std::thread::scope(|scope| {
            let victim = scope.spawn(|| {
                super::crash::child_dying_at(session_ref, fatal, &|| {
                    world.wait(soon());
                })
            });
            world.mutex.release().unwrap();
            while world.condition.waiters().unwrap() == 0 && !victim.is_finished() {
                std::thread::yield_now();
            }
            world.notify(1);
            let (child, progress) = victim.join().unwrap();
            session.child_ended(child).unwrap();
            progress == Progress::Finished
        });
        assert_eq!(world.condition.waiters().unwrap(), 0);
        assert_eq!(world.notify(1), 0);
        audit(&session);
        if finished {
            return;
        }
    }
}
