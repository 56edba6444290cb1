//! Pipes in good health: direction, order, room, and how they end.

use std::time::Duration;

use super::{audit, enter_as_child, loses_no_wake_up, message, session, soon};
use crate::shm::Session;
use crate::sync::Message;
use crate::sync::{Deadline, PipeEnd, PipeError, Queue, grant_inheritance, pipe};
use crate::sys::testing::{Ended, exit_now, fork_child, kill_and_reap, reap, sleep_us};

const MIB: usize = 1 << 20;

fn receive(end: &PipeEnd) -> Result<Vec<u8>, PipeError> {
    end.receive(soon(), |Message { bytes, .. }| bytes.to_vec())
}

fn send(end: &PipeEnd, bytes: &[u8]) -> Result<(), PipeError> {
    end.send(&[bytes], &[])
}

/// Put the only reference to an end into a queue.
fn post(queue: &Queue, end: PipeEnd) {
    queue
        .put(b"", &[end.handle().offset()], Deadline::NEVER)
        .unwrap();
}

#[test]
fn messages_go_both_ways_in_order() {
    let session = session(64);
    let before = session.memory().live_blocks;
    let (a, b) = pipe(&session, true).unwrap();
    for (id, size) in [(1, 0), (2, 40), (3, 9000), (4, MIB)] {
        send(&a, &message(id, size)).unwrap();
        send(&b, &message(id + 10, size)).unwrap();
    }
    for (id, size) in [(1, 0), (2, 40), (3, 9000), (4, MIB)] {
        assert!(receive(&b).unwrap() == message(id, size));
        assert!(receive(&a).unwrap() == message(id + 10, size));
    }
    a.send(&[b"one ", b"message"], &[]).unwrap();
    assert_eq!(receive(&b).unwrap(), b"one message");
    drop((a, b));
    audit(&session);
    assert_eq!(session.memory().live_blocks, before);
}

#[test]
fn a_pipe_of_one_direction_has_a_reader_and_a_writer() {
    let session = session(16);
    let (reader, writer) = pipe(&session, false).unwrap();
    assert!(reader.is_readable() && !reader.is_writable());
    assert!(writer.is_writable() && !writer.is_readable());
    assert!(matches!(
        send(&reader, b"x"),
        Err(PipeError::WrongDirection)
    ));
    assert!(matches!(receive(&writer), Err(PipeError::WrongDirection)));
    send(&writer, b"x").unwrap();
    assert_eq!(receive(&reader).unwrap(), b"x");
    audit(&session);
}

#[test]
fn the_end_comes_after_everything_that_was_sent() {
    let session = session(16);
    let (a, b) = pipe(&session, true).unwrap();
    send(&b, b"last").unwrap();
    drop(b);
    a.wait_readable(Deadline::NOW).unwrap();
    assert_eq!(receive(&a).unwrap(), b"last");
    for _ in 0..3 {
        assert!(matches!(receive(&a), Err(PipeError::Ended)));
        a.wait_readable(Deadline::NOW).unwrap();
        assert!(matches!(send(&a, b"x"), Err(PipeError::Broken)));
    }
    audit(&session);
}

#[test]
fn a_second_holder_keeps_an_end_open() {
    let session = session(16);
    let (a, b) = pipe(&session, true).unwrap();
    let again = PipeEnd::open(&session, b.handle().offset()).unwrap();
    drop(b);
    assert!(matches!(
        a.wait_readable(Deadline::NOW),
        Err(PipeError::TimedOut)
    ));
    send(&again, b"still").unwrap();
    drop(again);
    assert_eq!(receive(&a).unwrap(), b"still");
    assert!(matches!(receive(&a), Err(PipeError::Ended)));
}

#[test]
fn an_end_under_way_is_open_until_its_message_is_lost() {
    let session = session(16);
    let (a, b) = pipe(&session, true).unwrap();
    let (outer_reader, outer_writer) = pipe(&session, false).unwrap();
    outer_writer.send(&[b""], &[b.handle().offset()]).unwrap();
    drop(b);
    assert!(matches!(
        a.wait_readable(Deadline::NOW),
        Err(PipeError::TimedOut)
    ));
    // Nobody will take it out of there any more.
    drop(outer_reader);
    assert!(matches!(receive(&a), Err(PipeError::Ended)));
    assert!(matches!(send(&a, b"x"), Err(PipeError::Broken)));
    drop(outer_writer);
    audit(&session);
}

#[test]
fn a_fast_writer_waits_for_a_slow_reader() {
    const SIZE: usize = MIB;
    let session = session(128);
    loses_no_wake_up(|| {
        let healed = session.heals();
        let (reader, writer) = pipe(&session, false).unwrap();
        let (child, pid) = enter_as_child(&session, || {
            for id in 0..60 {
                send(&writer, &message(id, SIZE)).unwrap();
            }
        });
        drop(writer);
        for id in 0..60 {
            if id < 3 {
                sleep_us(20_000);
            }
            assert!(session.memory().live_bytes < 40 << 20);
            assert!(receive(&reader).unwrap() == message(id, SIZE));
        }
        assert!(matches!(receive(&reader), Err(PipeError::Ended)));
        assert_eq!(reap(pid), Ended::Exited(0));
        session.child_ended(child).unwrap();
        session.heals() - healed
    });
    audit(&session);
}

#[test]
fn an_empty_direction_takes_a_message_of_any_size() {
    let session = session(256);
    let (a, b) = pipe(&session, true).unwrap();
    let large = message(7, 40 * MIB);
    send(&a, &large).unwrap();
    send(&b, &large).unwrap();
    assert!(receive(&a).unwrap() == large);
    assert!(receive(&b).unwrap() == large);
}

#[test]
fn a_writer_that_waits_for_room_learns_that_the_reader_is_gone() {
    let session = session(64);
    let (reader, writer) = pipe(&session, false).unwrap();
    let full = vec![0; 16 * MIB];
    send(&writer, &full).unwrap();
    let child = session_child_dropping(&session, reader);
    assert!(matches!(send(&writer, b"more"), Err(PipeError::Broken)));
    child();
    drop(writer);
    audit(&session);
}

/// A child that is the only one to hold `end` and gives it up after a while; reaps it.
fn session_child_dropping(session: &Session, end: PipeEnd) -> impl FnOnce() {
    let place = end.handle().offset();
    let (child, pid) = enter_as_child(session, || {
        let mine = PipeEnd::open(session, place).unwrap();
        sleep_us(20_000);
        drop(mine);
    });
    drop(end);
    move || {
        assert_eq!(reap(pid), Ended::Exited(0));
        session.child_ended(child).unwrap();
    }
}

#[test]
fn a_killed_writer_is_noticed_by_who_waits_for_it() {
    let session = session(16);
    for _ in 0..5 {
        let (a, b) = pipe(&session, true).unwrap();
        let (child, pid) = enter_as_child(&session, || {
            send(&b, b"the last words").unwrap();
            loop {
                sleep_us(1_000_000);
            }
        });
        drop(b);
        assert_eq!(receive(&a).unwrap(), b"the last words");
        // Killed by somebody who does not tell the session.
        let killer = fork_child(|| {
            sleep_us(5_000);
            let pid = i32::try_from(pid).unwrap();
            crate::sys::signal::send(pid, 9).unwrap();
        });
        assert!(matches!(receive(&a), Err(PipeError::Ended)));
        assert!(matches!(send(&a, b"x"), Err(PipeError::Broken)));
        reap(killer);
        kill_and_reap(pid);
        session.child_ended(child).unwrap();
    }
    audit(&session);
}

#[test]
fn a_writer_killed_before_it_entered_the_session_is_noticed() {
    let session = session(16);
    let (a, b) = pipe(&session, true).unwrap();
    let child = session
        .reserve_child(
            &crate::shm::Birth {
                name: "child",
                daemon: false,
            },
            None,
        )
        .unwrap();
    session.grant_all(child).unwrap();
    let pid = fork_child(|| crate::sys::testing::kill_myself());
    session.child_started(child, i32::try_from(pid).unwrap());
    drop(b);
    assert!(matches!(receive(&a), Err(PipeError::Ended)));
    assert_eq!(reap(pid), Ended::Killed(9));
    session.child_ended(child).unwrap();
    drop(a);
    audit(&session);
}

#[test]
fn a_child_has_the_ends_it_was_given() {
    let session = session(16);
    let (a, b) = pipe(&session, true).unwrap();
    let child = session
        .reserve_child(
            &crate::shm::Birth {
                name: "child",
                daemon: false,
            },
            None,
        )
        .unwrap();
    let given = vec![b.handle().offset()];
    grant_inheritance(&session, child, (&given, true)).unwrap();
    let pid = fork_child(|| {
        session.enter_child(child).unwrap();
        let refused = matches!(send(&a, b"x"), Err(PipeError::NotGiven));
        let unread = matches!(receive(&a), Err(PipeError::NotGiven));
        send(&b, b"mine").unwrap();
        // Giving up what it does not have changes nothing.
        drop(a.clone());
        let code = i32::from(!(refused && unread));
        session.leave(crate::shm::ExitKind::Finished);
        exit_now(code);
    });
    drop(b);
    assert_eq!(receive(&a).unwrap(), b"mine");
    assert!(matches!(receive(&a), Err(PipeError::Ended)));
    assert_eq!(reap(pid), Ended::Exited(0));
    session.child_ended(child).unwrap();
    audit(&session);
}

#[test]
fn a_process_that_waits_for_itself_is_told() {
    let session = session(64);
    let (a, b) = pipe(&session, true).unwrap();
    let (child, pid) = enter_as_child(&session, || {
        let mine = |end: &PipeEnd| PipeEnd::open(&session, end.handle().offset()).unwrap();
        let (c, d) = pipe(&session, true).unwrap();
        let alone = matches!(
            c.receive(Deadline::NEVER, |_| ()),
            Err(PipeError::OnlyOneself)
        );
        let timed = Deadline::after(Duration::from_millis(5));
        let patient = matches!(c.wait_readable(timed), Err(PipeError::TimedOut));
        send(&c, &vec![0; 16 * MIB]).unwrap();
        let full = matches!(send(&c, b"more"), Err(PipeError::OnlyOneself));
        // In a message the end is somebody else's, as far as anybody can know.
        drop((c, mine(&a), mine(&b), d));
        exit_now(i32::from(!(alone && patient && full)));
    });
    assert_eq!(reap(pid), Ended::Exited(0));
    session.child_ended(child).unwrap();
    drop((a, b));
    audit(&session);
}

#[test]
fn random_kills_leave_a_beginning_and_an_end() {
    let session = session(64);
    let before = session.memory().live_blocks;
    let mut random = crate::sys::clock::now_ns() | 1;
    for _ in 0..100 {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let delay = (random >> 33) % 3000;
        let (a, b) = pipe(&session, true).unwrap();
        let (child, pid) = enter_as_child(&session, || {
            for id in 0.. {
                let size = [30, 5000, 20_000][id as usize % 3];
                send(&b, &message(id, size)).unwrap();
                b.receive(Deadline::NEVER, |_| ()).unwrap();
            }
        });
        drop(b);
        // A process that has not entered the session yet is its parent's business alone.
        assert!(receive(&a).unwrap() == message(0, 30));
        let killer = fork_child(|| {
            sleep_us(delay);
            crate::sys::signal::send(i32::try_from(pid).unwrap(), 9).unwrap();
        });
        send(&a, b"go on").unwrap();
        let mut id = 1;
        loop {
            match receive(&a) {
                Ok(bytes) => assert!(bytes == message(id, [30, 5000, 20_000][id as usize % 3])),
                Err(PipeError::Ended) => break,
                Err(error) => panic!("{error:?}"),
            }
            id += 1;
            match send(&a, b"go on") {
                Ok(()) | Err(PipeError::Broken) => {}
                Err(error) => panic!("{error:?}"),
            }
        }
        reap(killer);
        kill_and_reap(pid);
        session.child_ended(child).unwrap();
        drop(a);
        audit(&session);
    }
    assert_eq!(session.memory().live_blocks, before, "blocks leaked");
}

#[test]
fn an_end_in_a_queue_can_be_taken_out_by_another() {
    let session = session(16);
    let queue = Queue::create(&session, 0).unwrap();
    let (a, b) = pipe(&session, true).unwrap();
    let place = b.handle().offset();
    post(&queue, b);
    let (child, pid) = enter_as_child(&session, || {
        let end = queue
            .get_with(soon(), |_| PipeEnd::open(&session, place).unwrap())
            .unwrap();
        send(&end, b"from far away").unwrap();
    });
    assert_eq!(receive(&a).unwrap(), b"from far away");
    assert!(matches!(receive(&a), Err(PipeError::Ended)));
    assert_eq!(reap(pid), Ended::Exited(0));
    session.child_ended(child).unwrap();
    drop((a, queue));
    audit(&session);
}
