//! Tests of the room, by subject.

mod audit;
mod barriers;
mod basics;
mod call_sites;
mod conditions;
mod containers;
mod crash;
mod crash_barrier;
mod crash_condition;
mod crash_depot;
mod crash_pipe;
mod crash_queue;
mod crash_session;
mod crash_synchronize;
mod depot;
mod events;
mod memory;
mod mutexes;
mod pipes;
mod queues;
mod ready;
mod reentrant;
mod semaphores;
mod sessions;
mod storm;
mod storm_containers;
mod windows;

use std::time::Duration;

use crate::shm::{Birth, ProcessId, Session, SessionOptions};
use crate::sync::{Deadline, ExitKind, create_session};
use crate::sys::testing::fork_child;
pub(crate) use audit::audit;

/// A session with this much memory.
fn session(mebibytes: u64) -> Session {
    let options = SessionOptions {
        memory_bytes: Some(mebibytes << 20),
    };
    create_session(&options).expect("a session can be made")
}

/// Bytes that say which message this is, and show it if they were mixed up with another's.
fn message(id: u64, size: usize) -> Vec<u8> {
    let mut state = id.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as u8
    };
    (0..size).map(|_| next()).collect()
}

/// Far enough that only a hang passes it.
fn soon() -> Deadline {
    Deadline::after(Duration::from_secs(20))
}

/// No wake-up was lost in `round`, which gives how many waits the heartbeat healed.
///
/// A waker that loses its processor for a whole heartbeat between publishing and waking looks the same once; a
/// wake-up that the protocol forgets is forgotten in every round.
fn loses_no_wake_up(round: impl Fn() -> u64) {
    const ROUNDS: usize = 3;
    let healed = (0..ROUNDS).take_while(|_| round() != 0).count();
    assert!(
        healed < ROUNDS,
        "wake-ups were lost in each of {ROUNDS} rounds"
    );
}

/// Run `body` in a child that has entered the session with all that this process holds.
fn enter_as_child(session: &Session, body: impl FnOnce()) -> (ProcessId, u32) {
    let child = session
        .reserve_child(
            &Birth {
                name: "child",
                daemon: false,
            },
            None,
        )
        .unwrap();
    session.grant_all(child).unwrap();
    let pid = fork_child(|| {
        session.enter_child(child).unwrap();
        body();
        session.leave(ExitKind::Finished);
    });
    (child, pid)
}
