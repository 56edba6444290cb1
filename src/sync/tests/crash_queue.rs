//! A process is killed at every step of every queue operation: nothing is lost, doubled or leaked.

use super::crash::{Case, Outcome, Progress, survive};
use super::{message, session};
use crate::shm::Session;
use crate::sync::Message;
use crate::sync::{Deadline, Mutex, Queue};

/// A queue, and what an operation on it is to do.
struct World {
    queue: Queue,
    lock: Mutex,
    /// What the queue holds before the operation.
    before: Vec<Vec<u8>>,
    /// What the operation puts.
    puts: Vec<Vec<u8>>,
    /// How many the operation gets.
    gets: usize,
}

const SMALL: usize = 40;
const LARGE: usize = 9000;
const NEXT: u64 = 1_000_000;

impl World {
    fn new(session: &Session, capacity: usize) -> World {
        World {
            queue: Queue::create(session, capacity).unwrap(),
            lock: Mutex::create(session).unwrap(),
            before: Vec::new(),
            puts: Vec::new(),
            gets: 0,
        }
    }

    /// Put a message now, before the operation.
    fn with(mut self, size: usize) -> World {
        let bytes = message(self.before.len() as u64, size);
        self.queue.put(&bytes, &[], Deadline::NEVER).unwrap();
        self.before.push(bytes);
        self
    }

    /// Put a message that carries the only reference to a lock.
    fn with_orphan(mut self, session: &Session) -> World {
        let orphan = Mutex::create(session).unwrap();
        let bytes = message(self.before.len() as u64, SMALL);
        self.queue
            .put(&bytes, &[orphan.handle().offset()], Deadline::NEVER)
            .unwrap();
        self.before.push(bytes);
        self
    }

    /// Put messages until a record of a small message does not fit in the segment any more.
    fn up_to_the_edge(mut self) -> World {
        while self.queue.room_in_segment() >= 8 + SMALL as u64 {
            self = self.with(SMALL);
        }
        self
    }

    /// Take messages out again until `left` are left.
    fn drained_to(mut self, left: usize) -> World {
        while self.before.len() > left {
            let oldest = self.before.remove(0);
            self.queue
                .get_with(Deadline::NOW, |Message { bytes, .. }| {
                    assert!(bytes == oldest)
                })
                .unwrap();
        }
        self
    }

    fn putting(mut self, sizes: &[usize]) -> World {
        self.puts = sizes
            .iter()
            .zip(500..)
            .map(|(size, id)| message(id, *size))
            .collect();
        self
    }

    fn getting(mut self, gets: usize) -> World {
        self.gets = gets;
        self
    }

    fn put(&self) {
        for bytes in &self.puts {
            self.queue.put(bytes, &[], Deadline::NEVER).unwrap();
        }
    }

    fn get(&self) {
        for _ in 0..self.gets {
            self.queue.get_with(Deadline::NEVER, |_| ()).unwrap();
        }
    }
}

/// The next user puts a message and takes one.
fn next(world: &World) {
    world
        .queue
        .put(&message(NEXT, SMALL), &[], Deadline::NEVER)
        .unwrap();
    world.queue.get_with(Deadline::NOW, |_| ()).unwrap();
}

/// What is left must be what some order of "happened" and "did not happen" leaves.
fn verify(world: World, outcome: Outcome) {
    let mut left = Vec::new();
    while world
        .queue
        .get_with(Deadline::NOW, |Message { bytes, .. }| {
            left.push(bytes.to_vec())
        })
        .is_ok()
    {}
    let (all_puts, all_gets) = (world.puts.len(), world.gets);
    let (first_put, first_get) = match outcome.operation {
        Progress::Finished => (all_puts, all_gets),
        Progress::Killed => (0, 0),
    };
    let (next_least, next_most) = match outcome.next {
        Progress::Finished => (1, 1),
        Progress::Killed => (0, 1),
    };
    for puts in first_put..=all_puts {
        for next_puts in next_least..=next_most {
            let mut sequence = world.before.clone();
            sequence.extend_from_slice(&world.puts[..puts]);
            sequence.extend((0..next_puts).map(|_| message(NEXT, SMALL)));
            for gets in first_get + next_least..=all_gets + next_most {
                if sequence.get(gets..) == Some(&left[..]) {
                    return;
                }
            }
        }
    }
    let sizes: Vec<usize> = left.iter().map(Vec::len).collect();
    panic!(
        "{} before, {all_puts} put, {all_gets} got ({outcome:?}): {} left, of sizes {sizes:?}",
        world.before.len(),
        left.len()
    );
}

fn case<'a>(
    name: &'a str,
    prepare: &'a dyn Fn(&Session) -> World,
    operate: &'a dyn Fn(&World),
) -> Case<'a, World> {
    Case {
        name,
        prepare,
        operate,
        next: &next,
        verify: &verify,
    }
}

#[test]
fn a_put_that_is_killed_happened_or_did_not() {
    let session = session(64);
    let some = |session: &Session| World::new(session, 0).with(SMALL).with(LARGE).with(SMALL);
    survive(
        &session,
        &[
            case(
                "put, first message",
                &|s| World::new(s, 0).putting(&[SMALL]),
                &World::put,
            ),
            case("put, inline", &|s| some(s).putting(&[SMALL]), &World::put),
            case(
                "put, new segment",
                &|s| {
                    World::new(s, 0)
                        .with(SMALL)
                        .up_to_the_edge()
                        .putting(&[SMALL])
                },
                &World::put,
            ),
            case(
                "put, own block",
                &|s| some(s).putting(&[LARGE]),
                &World::put,
            ),
            case(
                "put, own block and new segment",
                &|s| {
                    World::new(s, 0)
                        .with(SMALL)
                        .up_to_the_edge()
                        .with(0)
                        .putting(&[LARGE])
                },
                &World::put,
            ),
            case(
                "put, with handles",
                &|s| some(s).putting(&[SMALL]),
                &|world| {
                    let lock = world.lock.handle().offset();
                    world
                        .queue
                        .put(&world.puts[0], &[lock, lock], Deadline::NEVER)
                        .unwrap();
                },
            ),
            case(
                "put many",
                &|s| some(s).putting(&[SMALL, SMALL, SMALL]),
                &|world| {
                    let messages: Vec<_> =
                        world.puts.iter().map(|one| Message::plain(one)).collect();
                    world.queue.put_many(&messages, Deadline::NEVER).unwrap();
                },
            ),
        ],
    );
}

#[test]
fn a_put_into_a_full_queue_that_is_killed_changes_nothing() {
    let session = session(64);
    let full = |session: &Session| World::new(session, 2).with(SMALL).with(SMALL);
    survive(
        &session,
        &[Case {
            name: "put, full",
            prepare: &full,
            operate: &|world| {
                let deadline = Deadline::after(std::time::Duration::from_micros(300));
                assert!(
                    world
                        .queue
                        .put(&message(500, SMALL), &[], Deadline::NOW)
                        .is_err()
                );
                assert!(
                    world
                        .queue
                        .put(&message(500, LARGE), &[], deadline)
                        .is_err()
                );
            },
            next: &|world| {
                world.queue.get_with(Deadline::NOW, |_| ()).unwrap();
                world
                    .queue
                    .put(&message(NEXT, SMALL), &[], Deadline::NOW)
                    .unwrap();
            },
            verify: &verify,
        }],
    );
}

#[test]
fn a_get_that_is_killed_takes_its_message_or_none() {
    let session = session(64);
    let some = |session: &Session| World::new(session, 0).with(SMALL).with(LARGE).with(SMALL);
    survive(
        &session,
        &[
            case("get, inline", &|s| some(s).getting(1), &World::get),
            case(
                "get, own block",
                &|s| some(s).drained_to(2).getting(1),
                &World::get,
            ),
            case(
                "get, next segment",
                &|s| {
                    let world = World::new(s, 0).with(SMALL).up_to_the_edge();
                    world.with(SMALL).with(SMALL).drained_to(2).getting(1)
                },
                &World::get,
            ),
            case(
                "get, bounded",
                &|s| World::new(s, 3).with(SMALL).with(SMALL).getting(1),
                &|w| {
                    w.get();
                },
            ),
            case(
                "get, the last reference to a lock",
                &|s| World::new(s, 0).with_orphan(s).with(SMALL).getting(1),
                &World::get,
            ),
            case("get many", &|s| some(s).getting(3), &|world| {
                let got = world
                    .queue
                    .get_many_with(3, Deadline::NEVER, |_| ())
                    .unwrap();
                assert_eq!(got, 3);
            }),
        ],
    );
}

#[test]
fn a_queue_destroyed_by_a_process_that_is_killed_leaves_nothing() {
    let session = session(64);
    survive(
        &session,
        &[case(
            "create, fill and destroy",
            &|s| World::new(s, 0).with(SMALL),
            &|world| {
                let session = world.queue.handle().session();
                let queue = Queue::create(session, 0).unwrap();
                let orphan = Mutex::create(session).unwrap();
                let inner = Queue::create(session, 0).unwrap();
                let objects = [orphan.handle().offset(), inner.handle().offset()];
                queue
                    .put(&message(1, SMALL), &objects, Deadline::NEVER)
                    .unwrap();
                queue.put(&message(2, LARGE), &[], Deadline::NEVER).unwrap();
            },
        )],
    );
}

#[test]
fn a_task_done_that_is_killed_is_counted_once_or_not_at_all() {
    let session = session(64);
    survive(
        &session,
        &[Case {
            name: "task_done",
            prepare: &|session| World::new(session, 0).with(SMALL).with(SMALL),
            operate: &|world| world.queue.task_done().unwrap(),
            next: &|_| (),
            verify: &|world, outcome| {
                let unfinished = world.queue.unfinished();
                match outcome.operation {
                    Progress::Finished => assert_eq!(unfinished, 1),
                    Progress::Killed => assert!((1..=2).contains(&unfinished)),
                }
                for _ in 0..unfinished {
                    world.queue.task_done().unwrap();
                }
                world.queue.task_done().unwrap_err();
                world.queue.join(Deadline::NOW).unwrap();
            },
        }],
    );
}
