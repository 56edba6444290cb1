//! Descriptors on their way: each arrives once, or is closed with the message that carried it.

use std::io::{PipeReader, PipeWriter, Read, Write};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};

use super::{audit, enter_as_child, session, soon};
use crate::sync::Message;
use crate::sync::depot::{Depot, DepotError, Ticket};
use crate::sync::{Deadline, Offset, Queue};
use crate::sys::clock::now_ns;
use crate::sys::readiness::readable;
use crate::sys::testing::{Ended, reap, sleep_us};

/// Leaves a copy of `fd` in the depot, and its ticket in the queue.
pub(super) fn send(depot: &Depot, queue: &Queue, fd: &impl AsFd) -> Result<(), DepotError> {
    let ticket = depot.leave(fd.as_fd())?;
    let place = ticket.handle().offset();
    let bytes = place.0.to_le_bytes();
    queue.put(&bytes, &[place], Deadline::NEVER).unwrap();
    Ok(())
}

/// The descriptor for the next ticket in the queue; `None` when there is none.
pub(super) fn receive(
    depot: &Depot,
    queue: &Queue,
    deadline: Deadline,
) -> Option<Result<OwnedFd, DepotError>> {
    let session = queue.handle().session();
    let read = |Message { bytes, .. }: Message<'_>| {
        let place = Offset(u64::from_le_bytes(bytes.try_into().unwrap()));
        depot.take(&Ticket::open(session, place).unwrap())
    };
    queue.get_with(deadline, read).ok()
}

/// What anybody who comes to the depot does; what nobody awaits is not there any more then.
pub(super) fn visit(depot: &Depot) {
    let (_reader, writer) = std::io::pipe().unwrap();
    let ticket = depot.leave(writer.as_fd()).unwrap();
    depot.take(&ticket).unwrap();
}

/// Whether every writer of the pipe is closed, sooner or later: children of other tests may have a copy for a while.
pub(super) fn ends(mut reader: &PipeReader) -> bool {
    let start = now_ns();
    while !readable(&[reader.as_raw_fd()]).unwrap()[0] {
        if now_ns() - start > 20_000_000_000 {
            return false;
        }
        sleep_us(200);
    }
    reader.read(&mut [0]).unwrap() == 0
}

/// Whether what was received is the other end of this pipe.
pub(super) fn is_the_writer_of(mut reader: &PipeReader, fd: OwnedFd) -> bool {
    PipeWriter::from(fd).write_all(b"x").unwrap();
    readable(&[reader.as_raw_fd()]).unwrap()[0] && reader.read(&mut [0]).unwrap() == 1
}

#[test]
fn descriptors_are_taken_in_any_order_each_once() {
    let session = session(16);
    let depot = Depot::create(&session).unwrap();
    let pipes: Vec<_> = (0..5).map(|_| std::io::pipe().unwrap()).collect();
    let tickets: Vec<_> = pipes
        .iter()
        .map(|(_, writer)| depot.leave(writer.as_fd()).unwrap())
        .collect();
    for index in [3, 0, 4, 1, 2] {
        let fd = depot.take(&tickets[index]).unwrap();
        assert!(is_the_writer_of(&pipes[index].0, fd));
        let again = depot.take(&tickets[index]);
        assert!(matches!(again, Err(DepotError::Taken)), "{again:?}");
    }
    assert_eq!(depot.count(), 0);
    drop((depot, tickets));
    audit(&session);
}

#[test]
fn a_message_thrown_away_takes_its_descriptor_along() {
    let session = session(16);
    let depot = Depot::create(&session).unwrap();
    let queue = Queue::create(&session, 0).unwrap();
    let (kept, writer_kept) = std::io::pipe().unwrap();
    let (gone, writer_gone) = std::io::pipe().unwrap();
    let ticket = depot.leave(writer_kept.as_fd()).unwrap();
    send(&depot, &queue, &writer_gone).unwrap();
    drop((writer_kept, writer_gone));
    drop(queue);
    // It waits behind another one, which stays.
    assert_eq!(depot.count(), 2);
    visit(&depot);
    assert!(ends(&gone));
    assert_eq!(depot.count(), 1);
    let fd = depot.take(&ticket).unwrap();
    assert!(is_the_writer_of(&kept, fd));
    drop((depot, ticket));
    audit(&session);
}

#[test]
fn a_full_depot_says_so_and_gives_everything_back() {
    let session = session(16);
    let depot = Depot::create(&session).unwrap();
    let (reader, writer) = std::io::pipe().unwrap();
    let mut tickets = Vec::new();
    let count = loop {
        match depot.leave(writer.as_fd()) {
            Ok(ticket) => tickets.push(ticket),
            Err(DepotError::Full(count)) => break count,
            Err(error) => panic!("{error:?}"),
        }
    };
    assert_eq!(count, tickets.len());
    assert!(count >= 50, "{count}");
    // There is room again for what nobody awaits any more, wherever it is.
    drop(tickets.remove(count / 2));
    tickets.push(depot.leave(writer.as_fd()).unwrap());
    drop(writer);
    // The last one first: all others make way for it.
    for ticket in tickets.iter().rev() {
        let fd = depot.take(ticket).unwrap();
        assert!(is_the_writer_of(&reader, fd));
    }
    assert!(ends(&reader));
    drop((depot, tickets));
    audit(&session);
}

#[test]
fn many_processes_hand_descriptors_to_each_other() {
    const EACH: usize = 60;
    let session = session(16);
    let depot = Depot::create(&session).unwrap();
    let queue = Queue::create(&session, 0).unwrap();
    let (reader, writer) = std::io::pipe().unwrap();
    let senders = (0..4).map(|_| {
        enter_as_child(&session, || {
            for _ in 0..EACH {
                while let Err(DepotError::Full(_)) = send(&depot, &queue, &writer) {
                    sleep_us(200);
                }
            }
        })
    });
    let senders: Vec<_> = senders.collect();
    let receivers = (0..4).map(|_| {
        enter_as_child(&session, || {
            for _ in 0..EACH {
                let fd = receive(&depot, &queue, soon()).unwrap().unwrap();
                PipeWriter::from(fd).write_all(b"x").unwrap();
            }
        })
    });
    let receivers: Vec<_> = receivers.collect();
    drop(writer);
    for (child, pid) in senders.into_iter().chain(receivers) {
        assert_eq!(reap(pid), Ended::Exited(0));
        session.child_ended(child).unwrap();
    }
    let mut all = Vec::new();
    (&reader).read_to_end(&mut all).unwrap();
    assert_eq!(all.len(), 4 * EACH);
    assert_eq!(depot.count(), 0);
    drop((depot, queue));
    audit(&session);
}
