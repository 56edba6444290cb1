//! A process is killed at every step of sending and receiving a descriptor: what was sent arrives once, and nothing stays open.

use std::io::{PipeReader, PipeWriter};
use std::os::fd::AsFd;

use super::crash::{Case, Outcome, Progress, child_dying_at, survive};
use super::depot::{ends as pipe_ends, is_the_writer_of, receive, send, visit};
use super::{audit, enter_as_child, session};
use crate::shm::Session;
use crate::sync::depot::{Depot, DepotError};
use crate::sync::{Deadline, Queue};
use crate::sys::testing::{kill_and_reap, sleep_us};

/// One descriptor that the operation works on, between two that wait all the time.
struct World {
    depot: Depot,
    mine: Line,
    others: [Line; 2],
}

/// A pipe, and a queue for tickets of its writer.
struct Line {
    queue: Queue,
    reader: PipeReader,
    writer: PipeWriter,
}

impl Line {
    fn new(session: &Session) -> Line {
        let (reader, writer) = std::io::pipe().unwrap();
        let queue = Queue::create(session, 0).unwrap();
        Line {
            queue,
            reader,
            writer,
        }
    }

    fn send(&self, depot: &Depot) {
        send(depot, &self.queue, &self.writer).unwrap();
    }

    /// Whether one was there; if so, it is the right one.
    fn receive(&self, depot: &Depot) -> bool {
        match receive(depot, &self.queue, Deadline::NOW) {
            Some(fd) => is_the_writer_of(&self.reader, fd.unwrap()),
            None => false,
        }
    }

    /// Nobody has the writer any more, and it waits nowhere.
    fn ends(self) -> bool {
        drop((self.queue, self.writer));
        pipe_ends(&self.reader)
    }
}

impl World {
    fn new(session: &Session, sent: bool) -> World {
        let world = World {
            depot: Depot::create(session).unwrap(),
            mine: Line::new(session),
            others: [Line::new(session), Line::new(session)],
        };
        world.others[0].send(&world.depot);
        if sent {
            world.mine.send(&world.depot);
        }
        world.others[1].send(&world.depot);
        world
    }

    /// The next user receives the first of the others.
    fn next(&self) {
        self.others[0].receive(&self.depot);
    }

    /// What is sent and not received is there, and all is closed in the end.
    fn verify(self, outcome: Outcome, sent: usize) {
        let first = self.others[0].receive(&self.depot);
        assert!(!first || outcome.next == Progress::Killed);
        assert!(self.others[1].receive(&self.depot), "{outcome:?}");
        let received = std::iter::from_fn(|| self.mine.receive(&self.depot).then_some(())).count();
        assert!(received <= 1);
        if outcome.operation == Progress::Finished {
            assert_eq!(received, sent);
        }
        visit(&self.depot);
        assert_eq!(self.depot.count(), 0);
        assert!(self.others.into_iter().all(Line::ends));
        assert!(self.mine.ends());
    }
}

#[test]
fn a_sender_that_is_killed_has_sent_or_not() {
    let session = session(16);
    survive(
        &session,
        &[Case {
            name: "descriptor, send",
            prepare: &|session| World::new(session, false),
            operate: &|world| world.mine.send(&world.depot),
            next: &World::next,
            verify: &|world, outcome| world.verify(outcome, 1),
        }],
    );
}

#[test]
fn a_receiver_that_is_killed_takes_its_own_and_no_others() {
    let session = session(16);
    survive(
        &session,
        &[Case {
            name: "descriptor, receive",
            prepare: &|session| World::new(session, true),
            operate: &|world| assert!(world.mine.receive(&world.depot)),
            next: &World::next,
            verify: &|world, outcome| world.verify(outcome, 0),
        }],
    );
}

#[test]
fn who_is_killed_while_messages_are_thrown_away_leaves_nothing_open() {
    let session = session(16);
    survive(
        &session,
        &[Case {
            name: "descriptor, send and throw away",
            prepare: &|session| World::new(session, false),
            operate: &|world| {
                let queue = Queue::create(&session, 0).unwrap();
                send(&world.depot, &queue, &world.mine.writer).unwrap();
                drop(queue);
            },
            next: &World::next,
            verify: &|world, outcome| world.verify(outcome, 0),
        }],
    );
}

#[test]
fn who_is_killed_at_a_full_depot_leaves_it_usable() {
    let session = session(16);
    let depot = Depot::create(&session).unwrap();
    let line = Line::new(&session);
    let mut sent = 0;
    while send(&depot, &line.queue, &line.writer).is_ok() {
        sent += 1;
    }
    // The last of all, so that whoever takes it moves all others.
    let last = Line::new(&session);
    assert!(line.receive(&depot));
    last.send(&depot);
    for fatal in (1..200).step_by(3) {
        let (child, progress) = child_dying_at(&session, fatal, &|| {
            last.receive(&depot);
        });
        session.child_ended(child).unwrap();
        if progress == Progress::Finished || !last.receive(&depot) {
            last.send(&depot);
        }
        let full = depot.leave(line.writer.as_fd());
        assert!(matches!(full, Ok(_) | Err(DepotError::Full(_))), "{full:?}");
    }
    let received = std::iter::from_fn(|| line.receive(&depot).then_some(())).count();
    assert_eq!(received, sent - 1);
    while last.receive(&depot) {}
    visit(&depot);
    assert_eq!(depot.count(), 0);
    assert!(line.ends() && last.ends());
    drop(depot);
    audit(&session);
}

#[test]
fn processes_killed_at_random_lose_nothing_but_their_own() {
    const ROUNDS: u64 = 150;
    let session = session(16);
    let depot = Depot::create(&session).unwrap();
    let line = Line::new(&session);
    let busy = || {
        loop {
            match send(&depot, &line.queue, &line.writer) {
                Ok(()) | Err(DepotError::Full(_)) => {}
                Err(error) => panic!("{error:?}"),
            }
            if let Some(fd) = receive(&depot, &line.queue, Deadline::NOW) {
                fd.unwrap();
            }
        }
    };
    for round in 0..ROUNDS {
        let children = [(); 3].map(|()| enter_as_child(&session, busy));
        sleep_us(500 + round * 37 % 2000);
        for (child, pid) in children {
            kill_and_reap(pid);
            session.child_ended(child).unwrap();
        }
    }
    while let Some(fd) = receive(&depot, &line.queue, Deadline::NOW) {
        fd.unwrap();
    }
    visit(&depot);
    assert_eq!(depot.count(), 0);
    assert!(line.ends());
    drop(depot);
    audit(&session);
}
