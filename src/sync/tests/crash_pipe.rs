//! A process is killed at every step of every operation on a pipe: nothing is lost, doubled or leaked, and the end arrives.

use super::crash::{Case, Outcome, Progress, survive};
use super::{message, session};
use crate::shm::Session;
use crate::sync::Message;
use crate::sync::{Deadline, Offset, PipeEnd, PipeError, Queue, pipe};

/// A pipe whose second end only the victim uses: it lies in a message, for the victim to take out.
struct World {
    here: PipeEnd,
    post: Queue,
    there: Offset,
    /// What the victim finds in the pipe, and what it sends.
    before: Vec<Vec<u8>>,
    sends: Vec<Vec<u8>>,
}

const SMALL: usize = 40;
const LARGE: usize = 9000;

impl World {
    fn new(session: &Session, before: &[usize], sends: &[usize]) -> World {
        let messages = |first: u64, sizes: &[usize]| {
            let sizes = sizes.iter().zip(first..);
            sizes.map(|(size, id)| message(id, *size)).collect()
        };
        let (here, there) = pipe(session, true).unwrap();
        let post = Queue::create(session, 0).unwrap();
        let world = World {
            here,
            post,
            there: there.handle().offset(),
            before: messages(0, before),
            sends: messages(500, sends),
        };
        for bytes in &world.before {
            world.here.send(&[bytes], &[]).unwrap();
        }
        world
            .post
            .put(b"", &[world.there], Deadline::NEVER)
            .unwrap();
        world
    }

    /// The victim takes its end, and now is the only one to hold it.
    fn take(&self) -> PipeEnd {
        let session = self.post.handle().session();
        let open = |_: Message<'_>| PipeEnd::open(session, self.there).unwrap();
        self.post.get_with(Deadline::NOW, open).unwrap()
    }

    fn received(&self) -> (Vec<Vec<u8>>, PipeError) {
        let mut all = Vec::new();
        loop {
            match self
                .here
                .receive(Deadline::NOW, |Message { bytes, .. }| bytes.to_vec())
            {
                Ok(bytes) => all.push(bytes),
                Err(why) => return (all, why),
            }
        }
    }
}

/// The next user sends something, which may arrive or not.
fn next(world: &World) {
    match world.here.send(&[b"next"], &[]) {
        Ok(()) | Err(PipeError::Broken) => {}
        Err(error) => panic!("{error:?}"),
    }
}

/// What was sent is a beginning of what the victim would have sent; then comes the end.
fn verify(world: World, outcome: Outcome) {
    // Killed before it could take its end: then it is gone only now.
    while world.post.get_with(Deadline::NOW, |_| ()).is_ok() {}
    let (received, why) = world.received();
    assert!(matches!(why, PipeError::Ended), "{outcome:?}: {why:?}");
    assert!(
        world.sends.starts_with(&received),
        "{} of {} messages",
        received.len(),
        world.sends.len()
    );
    if outcome.operation == Progress::Finished {
        assert_eq!(received.len(), world.sends.len());
    }
    assert!(matches!(
        world.here.send(&[b"more"], &[]),
        Err(PipeError::Broken)
    ));
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
fn a_writer_that_is_killed_has_sent_a_beginning() {
    let session = session(64);
    survive(
        &session,
        &[
            case(
                "send, small",
                &|s| World::new(s, &[], &[SMALL, SMALL]),
                &|world| {
                    let end = world.take();
                    for bytes in &world.sends {
                        end.send(&[bytes], &[]).unwrap();
                    }
                },
            ),
            case(
                "send, with a block of its own",
                &|s| World::new(s, &[], &[LARGE]),
                &|world| world.take().send(&[&world.sends[0]], &[]).unwrap(),
            ),
        ],
    );
}

#[test]
fn a_reader_that_is_killed_takes_a_beginning() {
    let session = session(64);
    survive(
        &session,
        &[case(
            "receive",
            &|s| World::new(s, &[SMALL, LARGE, SMALL], &[]),
            &|world| {
                let end = world.take();
                for sent in &world.before[..2] {
                    let same = end.receive(Deadline::NOW, |Message { bytes, .. }| bytes == sent);
                    assert!(same.unwrap());
                }
            },
        )],
    );
}

#[test]
fn a_pipe_made_and_given_up_by_a_process_that_is_killed_leaves_nothing() {
    let session = session(64);
    survive(
        &session,
        &[case(
            "create, fill and destroy",
            &|s| World::new(s, &[], &[]),
            &|world| {
                let session = world.post.handle().session();
                let (a, b) = pipe(session, true).unwrap();
                let (c, d) = pipe(session, false).unwrap();
                a.send(&[b"small"], &[]).unwrap();
                b.send(&[&message(1, LARGE)], &[]).unwrap();
                // The ends of one pipe lie in the other.
                a.send(&[b""], &[c.handle().offset(), d.handle().offset()])
                    .unwrap();
                drop((c, d));
                drop(b);
                drop(a);
            },
        )],
    );
}

#[test]
fn ends_in_messages_to_a_reader_that_is_killed_are_given_up() {
    let session = session(64);
    survive(
        &session,
        &[Case {
            name: "ends in a pipe whose reader dies",
            prepare: &|session| {
                // `there` of the world lies in a pipe that only the victim reads, for good.
                let world = World::new(session, &[], &[]);
                let (reader, writer) = pipe(session, false).unwrap();
                writer.send(&[b""], &[world.there]).unwrap();
                world.post.get_with(Deadline::NOW, |_| ()).unwrap();
                let place = reader.handle().offset();
                world.post.put(b"", &[place], Deadline::NEVER).unwrap();
                (world, writer, place)
            },
            operate: &|(world, _, place)| {
                let session = world.post.handle().session();
                let open = |_: Message<'_>| PipeEnd::open(session, *place).unwrap();
                drop(world.post.get_with(Deadline::NOW, open).unwrap());
            },
            next: &|(world, _, _)| next(world),
            verify: &|(world, writer, _), outcome| {
                verify(world, outcome);
                assert!(matches!(
                    writer.send(&[b"more"], &[]),
                    Err(PipeError::Broken)
                ));
            },
        }],
    );
}
