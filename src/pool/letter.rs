//! Batches and outcomes as messages between a pool and its worker processes.
//!
//! A batch is a [`Head`], the function, and the tasks; outcomes are an [`Envelope`] and an entry for each task. What a function, a
//! task and an outcome look like is the caller's affair. Before tasks and outcomes there is the [`Form`] in which they are written.

use std::time::Duration;

/// What a message to a worker is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// The worker ends.
    Leave,
    /// A batch of tasks.
    Work(Head),
}

/// The beginning of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    /// Each task is a list of arguments and not a single one.
    pub spreads: bool,
    pub limit: Option<Duration>,
    pub count: u32,
}

/// The kinds of messages to a worker.
const LEAVE: u8 = 0;
const WORK: u8 = 1;
const WORK_SPREAD: u8 = 2;

impl Order {
    /// Returns the order as bytes.
    pub(crate) fn write(&self) -> Vec<u8> {
        match self {
            Order::Leave => vec![LEAVE],
            Order::Work(head) => {
                let kind = if head.spreads { WORK_SPREAD } else { WORK };
                let limit = head.limit.map_or(0, nanos);
                let mut bytes = vec![kind];
                bytes.extend(limit.to_le_bytes());
                bytes.extend(head.count.to_le_bytes());
                bytes
            }
        }
    }

    /// Reads an order; `None` if the bytes are not one.
    pub(crate) fn read(bytes: &mut Reader<'_>) -> Option<Self> {
        let kind = bytes.byte()?;
        if kind == LEAVE {
            return Some(Order::Leave);
        }
        let (limit, count) = (bytes.long()?, bytes.word()?);
        (kind == WORK || kind == WORK_SPREAD).then_some(Order::Work(Head {
            spreads: kind == WORK_SPREAD,
            limit: (limit != 0).then(|| Duration::from_nanos(limit)),
            count,
        }))
    }
}

/// The beginning of a message from a worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Envelope {
    pub kind: Kind,
    /// The place of the batch in the queue.
    pub taken: u64,
    /// The place in the batch of the first outcome.
    pub first: u32,
    /// How long the tasks took together, in nanoseconds.
    pub took: u64,
    /// The place in the batch of the slowest task, and how long it took, where that was measured.
    pub slowest: (u32, u64),
}

/// What a message from a worker is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Outcomes of a batch.
    Outcomes,
    /// The worker could not begin: the entry says why.
    NotBegun,
    /// The worker has done as many batches as it may, and ends.
    Retired,
}

impl Envelope {
    /// Writes the beginning of the message.
    pub(crate) fn write(&self, bytes: &mut Vec<u8>) {
        bytes.push(match self.kind {
            Kind::Outcomes => 0,
            Kind::NotBegun => 1,
            Kind::Retired => 2,
        });
        bytes.extend(self.taken.to_le_bytes());
        bytes.extend(self.first.to_le_bytes());
        bytes.extend(self.took.to_le_bytes());
        bytes.extend(self.slowest.0.to_le_bytes());
        bytes.extend(self.slowest.1.to_le_bytes());
    }

    /// Reads the beginning of a message; `None` if the bytes are not one.
    pub(crate) fn read(bytes: &mut Reader<'_>) -> Option<Self> {
        let kind = match bytes.byte()? {
            0 => Kind::Outcomes,
            1 => Kind::NotBegun,
            2 => Kind::Retired,
            _ => return None,
        };
        Some(Self {
            kind,
            taken: bytes.long()?,
            first: bytes.word()?,
            took: bytes.long()?,
            slowest: (bytes.word()?, bytes.long()?),
        })
    }
}

/// How the tasks or the outcomes of a message are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// A part for each task, an entry for each outcome.
    Any = 0,
    /// Integers, [`NUMBER`] bytes each; so the others.
    Ints = 1,
    Floats = 2,
    Bools = 3,
}

/// The bytes of a number.
pub(crate) const NUMBER: usize = 8;

impl Form {
    /// Returns the form as the byte that goes first.
    pub(crate) fn byte(self) -> u8 {
        self as u8
    }

    /// Reads a form; `None` if the byte is not one.
    pub(crate) fn read(bytes: &mut Reader<'_>) -> Option<Self> {
        match bytes.byte()? {
            0 => Some(Self::Any),
            1 => Some(Self::Ints),
            2 => Some(Self::Floats),
            3 => Some(Self::Bools),
            _ => None,
        }
    }
}

/// How a task ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Returned = 0,
    Threw = 1,
}

/// Writes the beginning of an entry of `length` bytes.
pub(crate) fn begin_entry(bytes: &mut Vec<u8>, status: Status, length: usize) {
    bytes.push(status as u8);
    begin_part(bytes, length);
}

/// Writes the beginning of a part of `length` bytes: a function or a task.
pub(crate) fn begin_part(bytes: &mut Vec<u8>, length: usize) {
    // The longest message of a session is shorter than this.
    let length = u32::try_from(length).unwrap_or(u32::MAX);
    bytes.extend(length.to_le_bytes());
}

/// Writes the length of the part that was written since its beginning, which ends at `start`.
pub(crate) fn end_part(bytes: &mut [u8], start: usize) {
    let length = u32::try_from(bytes.len() - start).unwrap_or(u32::MAX);
    if let Some(place) = bytes.get_mut(start - 4..start) {
        place.copy_from_slice(&length.to_le_bytes());
    }
}

/// Reads a message from its beginning.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader<'b>(pub &'b [u8]);

impl<'b> Reader<'b> {
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    fn word(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    fn long(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    /// Returns the numbers that are left.
    pub(crate) fn numbers(self) -> impl Iterator<Item = u64> + 'b {
        let chunks = self.0.as_chunks::<NUMBER>().0.iter();
        chunks.map(|bytes| u64::from_le_bytes(*bytes))
    }

    /// Returns the next part.
    pub(crate) fn part(&mut self) -> Option<&'b [u8]> {
        let length = self.word()? as usize;
        let (part, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(part)
    }

    /// Returns the next entry; `None` at the end, or if the bytes are not one.
    pub(crate) fn entry(&mut self) -> Option<(Status, &'b [u8])> {
        let status = match self.byte()? {
            0 => Status::Returned,
            _ => Status::Threw,
        };
        Some((status, self.part()?))
    }
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
