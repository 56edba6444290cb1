//! Killing a process at every step of an operation, and its successor at every step of the recovery.

use super::audit;
use crate::shm::points;
use crate::shm::{Birth, ExitKind, ProcessId, Session};
use crate::sys::testing::{Ended, exit_now, fork_child, reap};

/// What comes first after a death: the sweep of whoever reaped the child, or the next operation of somebody who knows nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    SweepFirst,
    UseFirst,
}

/// How far an operation in a child got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    Finished,
    /// It may have happened or not.
    Killed,
}

/// What happened to the operation, and to the one that came after it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outcome {
    pub(super) operation: Progress,
    pub(super) next: Progress,
}

/// One operation to be killed at each of its steps.
pub(super) struct Case<'a, W> {
    pub(super) name: &'a str,
    /// Makes what the operation works on.
    pub(super) prepare: &'a dyn Fn(&Session) -> W,
    /// The operation, run in a child that has entered the session.
    pub(super) operate: &'a dyn Fn(&W),
    /// What the next user does, in this process or in a second child that may be killed too.
    pub(super) next: &'a dyn Fn(&W),
    /// Checks what is left, and drops it.
    pub(super) verify: &'a dyn Fn(W, Outcome),
}

/// Run `body` in a child of the session that dies at its `fatal`-th step.
pub(super) fn child_dying_at(
    session: &Session,
    fatal: u64,
    body: &dyn Fn(),
) -> (ProcessId, Progress) {
    let child = session
        .reserve_child(
            &Birth {
                name: "victim",
                daemon: false,
            },
            None,
        )
        .unwrap();
    session.grant_all(child).unwrap();
    let pid = fork_child(|| {
        session.enter_child(child).unwrap();
        points::arm(fatal);
        body();
        points::disarm();
        session.leave(ExitKind::Finished);
        exit_now(0);
    });
    (child, end_of(pid))
}

/// A child that enters the session, does `body` and leaves it, dying at the `fatal`-th step of all that.
pub(super) fn life_ending_at(
    session: &Session,
    fatal: u64,
    body: &dyn Fn(),
) -> (ProcessId, Progress) {
    let child = session
        .reserve_child(
            &Birth {
                name: "victim",
                daemon: false,
            },
            None,
        )
        .unwrap();
    session.grant_all(child).unwrap();
    let pid = fork_child(|| {
        points::arm(fatal);
        session.enter_child(child).unwrap();
        body();
        session.leave(ExitKind::Finished);
        points::disarm();
        exit_now(0);
    });
    (child, end_of(pid))
}

fn end_of(pid: u32) -> Progress {
    match reap(pid) {
        Ended::Exited(0) => Progress::Finished,
        Ended::Killed(9) => Progress::Killed,
        other => panic!("the child ended with {other:?}"),
    }
}

/// Kill the operation at each of its steps, with both orders of recovery; the number of kills.
pub(super) fn kill_at_every_step<W>(session: &Session, case: &Case<'_, W>) -> u64 {
    for fatal in 1.. {
        for order in [Order::SweepFirst, Order::UseFirst] {
            let world = (case.prepare)(session);
            let (child, operation) = child_dying_at(session, fatal, &|| (case.operate)(&world));
            if order == Order::SweepFirst {
                session.child_ended(child).unwrap();
            }
            (case.next)(&world);
            if order == Order::UseFirst {
                session.child_ended(child).unwrap();
            }
            (case.verify)(
                world,
                Outcome {
                    operation,
                    next: Progress::Finished,
                },
            );
            audit(session);
            if operation == Progress::Finished && order == Order::UseFirst {
                return (fatal - 1) * 2;
            }
        }
    }
    unreachable!("the operation finishes sooner or later")
}

/// Kill the operation at each of its steps and, for each, the recovery at every `stride`-th of its own, starting with a different
/// one each time; the number of pairs.
fn kill_at_pairs_of_steps<W>(session: &Session, case: &Case<'_, W>, stride: u64) -> u64 {
    let mut pairs = 0;
    for first in 1.. {
        for second in (1 + first % stride..).step_by(stride as usize) {
            let world = (case.prepare)(session);
            let (child, operation) = child_dying_at(session, first, &|| (case.operate)(&world));
            if operation == Progress::Finished {
                (case.next)(&world);
                session.child_ended(child).unwrap();
                (case.verify)(
                    world,
                    Outcome {
                        operation,
                        next: Progress::Finished,
                    },
                );
                return pairs;
            }
            let order = if (first + second) % 2 == 0 {
                Order::SweepFirst
            } else {
                Order::UseFirst
            };
            let (successor, next) = child_dying_at(session, second, &|| {
                if order == Order::SweepFirst {
                    session.sweep().unwrap();
                }
                (case.next)(&world);
                if order == Order::UseFirst {
                    session.sweep().unwrap();
                }
            });
            pairs += 1;
            session.child_ended(child).unwrap();
            session.child_ended(successor).unwrap();
            (case.verify)(world, Outcome { operation, next });
            audit(session);
            if next == Progress::Finished {
                break;
            }
        }
    }
    unreachable!("the operation finishes sooner or later")
}

/// Pairs per case, unless `PROCSCRIPT_ALL_PAIRS` is set.
const PAIRS: u64 = 600;

/// Steps of a typical recovery.
const RECOVERY: u64 = 150;

/// Run all cases, single kills and pairs, and say how many there were.
pub(super) fn survive<W>(session: &Session, cases: &[Case<'_, W>]) {
    for case in cases {
        let singles = kill_at_every_step(session, case);
        let all = std::env::var_os("PROCSCRIPT_ALL_PAIRS").is_some();
        let stride = if all {
            1
        } else {
            (singles / 2 * RECOVERY / PAIRS).max(1)
        };
        let pairs = kill_at_pairs_of_steps(session, case, stride);
        assert!(singles > 0, "{} has no steps", case.name);
        // Shown by `cargo test -- --nocapture`.
        #[allow(clippy::print_stdout)]
        {
            println!("{:40} {singles:5} kills {pairs:6} pairs", case.name);
        }
    }
}
