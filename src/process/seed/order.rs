//! The order for a spare, as a message.

use std::io;
use std::os::fd::{BorrowedFd, OwnedFd, RawFd};

use crate::sys::{descriptors, passing};

/// What a copy gets and the seed has not. The descriptors are numbers in the parent, and open in the copy.
#[derive(Debug)]
pub(super) struct Order<F> {
    /// The current directory.
    pub directory: F,
    /// The session's memory.
    pub session: F,
    /// The packed slot number of the copy in the session.
    pub place: u64,
    /// See [`WorkerArgs::depot`](crate::process::spawn::WorkerArgs::depot).
    pub depot: Option<(F, F, u64)>,
    /// The standard streams that are open.
    pub streams: Vec<(F, RawFd)>,
    /// Other descriptors that any program would get, and their numbers.
    pub others: Vec<(F, RawFd)>,
}

/// The numbers before the descriptors' own in a message: the slot, the lock of the depot or 0, the number of streams.
const FIXED: usize = 3;

/// The bytes of the longest message.
const LONGEST: usize = (FIXED + passing::MOST) * size_of::<u64>();

/// How many numbers a copy needs besides those of an order: for the standard streams, for what it waits with, and to move a descriptor.
const BESIDES: usize = 3 + 3 + 1;

impl Order<RawFd> {
    /// Returns whether a copy has numbers for all of the descriptors, of which it may have `limit`.
    pub(super) fn has_room(&self, limit: u64) -> bool {
        let carried = 4 + self.streams.len() + self.others.len();
        let all = (carried + self.others.len() + BESIDES) as u64;
        let is_possible = |number: RawFd| u64::from(number.unsigned_abs()) < limit;
        let is_placed = |(_, number): &(RawFd, RawFd)| is_possible(*number);
        carried <= passing::MOST && all <= limit && self.others.iter().all(is_placed)
    }

    /// Sends the order.
    ///
    /// # Errors
    /// Those of `sendmsg(2)`; there are too many descriptors.
    pub(super) fn send(&self, connection: BorrowedFd<'_>) -> io::Result<()> {
        let mut fds = vec![self.directory, self.session];
        let mut numbers = vec![self.place, 0, self.streams.len() as u64];
        if let Some((entrance, exit, turn)) = self.depot {
            numbers[1] = turn;
            fds.extend([entrance, exit]);
        }
        for (fd, number) in self.streams.iter().chain(&self.others) {
            fds.push(*fd);
            numbers.push(u64::from(number.unsigned_abs()));
        }
        let message: Vec<u8> = numbers.into_iter().flat_map(u64::to_ne_bytes).collect();
        passing::send(connection, &message, &fds)
    }
}

impl Order<OwnedFd> {
    /// Waits for an order. Returns `None` when there will be none any more.
    ///
    /// # Errors
    /// The message is not an order, or descriptors are missing because this process has no number left for them.
    pub(super) fn receive(connection: BorrowedFd<'_>) -> io::Result<Option<Self>> {
        let mut bytes = [0; LONGEST];
        let (length, fds) = passing::receive(connection, &mut bytes)?;
        if length == 0 {
            return Ok(None);
        }
        let (words, _) = bytes[..length].as_chunks();
        let mut words = words.iter().map(|word| u64::from_ne_bytes(*word));
        let mut fds = fds.into_iter();
        let order = Self::read(&mut words, &mut fds);
        let is_whole = words.next().is_none() && fds.next().is_none();
        let order = order.filter(|_| is_whole);
        order
            .map(Some)
            .ok_or_else(|| io::ErrorKind::InvalidData.into())
    }

    fn read(
        words: &mut impl Iterator<Item = u64>,
        fds: &mut impl Iterator<Item = OwnedFd>,
    ) -> Option<Self> {
        let (place, turn, streams) = (words.next()?, words.next()?, words.next()?);
        let (directory, session) = (fds.next()?, fds.next()?);
        let depot = match turn {
            0 => None,
            turn => Some((fds.next()?, fds.next()?, turn)),
        };
        let mut numbered = Vec::new();
        for number in words {
            numbered.push((fds.next()?, RawFd::try_from(number).ok()?));
        }
        let streams = usize::try_from(streams).ok()?;
        let others = (streams <= numbered.len()).then(|| numbered.split_off(streams))?;
        Some(Self {
            directory,
            session,
            place,
            depot,
            streams: numbered,
            others,
        })
    }

    /// Moves the descriptors out of the way of the numbers under which they are wanted.
    ///
    /// # Errors
    /// No number is left.
    pub(super) fn out_of_the_way(self) -> io::Result<Self> {
        let wanted: Vec<RawFd> = self.others.iter().map(|(_, number)| *number).collect();
        let moved = |fd| descriptors::elsewhere(fd, &wanted);
        let all_moved = |list: Vec<(OwnedFd, RawFd)>| {
            let list = list.into_iter();
            list.map(|(fd, number)| Ok((moved(fd)?, number)))
                .collect::<io::Result<Vec<_>>>()
        };
        let depot = match self.depot {
            Some((entrance, exit, turn)) => Some((moved(entrance)?, moved(exit)?, turn)),
            None => None,
        };
        Ok(Self {
            directory: moved(self.directory)?,
            session: moved(self.session)?,
            place: self.place,
            depot,
            streams: all_moved(self.streams)?,
            others: all_moved(self.others)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::os::fd::{AsFd, AsRawFd};

    use super::*;

    #[test]
    fn an_order_arrives_as_it_was_sent() {
        let (here, there) = passing::connection().unwrap();
        let some = here.as_raw_fd();
        for (depot, streams) in [(None, vec![]), (Some((some, some, 7)), vec![(some, 1)])] {
            let order = Order {
                directory: some,
                session: some,
                place: u64::MAX,
                depot,
                streams,
                others: vec![(some, 9), (some, 5)],
            };
            order.send(here.as_fd()).unwrap();
            let arrived = Order::receive(there.as_fd()).unwrap().unwrap();
            assert_eq!(arrived.place, order.place);
            assert_eq!(
                arrived.depot.as_ref().map(|(.., turn)| *turn),
                depot.map(|(.., turn)| turn)
            );
            assert_eq!(arrived.streams.len(), order.streams.len());
            let numbers: Vec<_> = arrived.others.iter().map(|(_, number)| *number).collect();
            assert_eq!(numbers, [9, 5]);
            let moved = arrived.out_of_the_way().unwrap();
            let others = moved.others.iter().map(|(fd, _)| fd.as_raw_fd());
            let all = others.chain([moved.directory.as_raw_fd(), moved.session.as_raw_fd()]);
            assert!(all.into_iter().all(|fd| ![9, 5].contains(&fd)));
        }
        drop(here);
        assert!(Order::receive(there.as_fd()).unwrap().is_none());
    }

    #[test]
    fn what_is_not_an_order_is_an_error() {
        let (here, there) = passing::connection().unwrap();
        let some = here.as_raw_fd();
        let words = |words: &[u64]| -> Vec<u8> {
            words.iter().flat_map(|word| word.to_ne_bytes()).collect()
        };
        let wrong = [
            (words(&[1]), vec![some; 2]),
            (words(&[1, 0, 0]), vec![some; 1]),
            (words(&[1, 0, 0]), vec![some; 3]),
            (words(&[1, 5, 0]), vec![some; 3]),
            (words(&[1, 0, 1]), vec![some; 2]),
            (words(&[1, 0, 0, u64::MAX]), vec![some; 3]),
        ];
        for (message, fds) in wrong {
            passing::send(here.as_fd(), &message, &fds).unwrap();
            assert!(Order::receive(there.as_fd()).is_err(), "{message:?}");
        }
    }
}
