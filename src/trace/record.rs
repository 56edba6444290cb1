//! The files of a recording: their words, as the recorder writes them and `timeline` reads them.
//!
//! A file begins with a header; records of [`WORDS`] words follow, one after the other. A record counts once its first word is not zero,
//! which is written last: a writer that is killed leaves no half record.

/// First word of a thread's file; changes with the format.
pub(crate) const THREAD_MAGIC: u64 = u64::from_le_bytes(*b"pstrace1");

/// First word of the file that a family shares.
pub(crate) const FAMILY_MAGIC: u64 = u64::from_le_bytes(*b"psfamil1");

/// Words of a record.
pub(crate) const WORDS: usize = 6;

/// Words of a header.
pub(crate) const HEADER: usize = 16;

/// The header of a thread's file.
pub(crate) mod header {
    pub(crate) const MAGIC: usize = 0;
    pub(crate) const PID: usize = 1;
    pub(crate) const TID: usize = 2;
    /// When the file began: ticks, and nanoseconds of the clock.
    pub(crate) const BEGAN_TICKS: usize = 3;
    pub(crate) const BEGAN_NS: usize = 4;
    /// When the thread came to its end, likewise; 0 before that, and for ever when it was killed.
    pub(crate) const ENDED_TICKS: usize = 5;
    pub(crate) const ENDED_NS: usize = 6;
    /// When a record found no room.
    pub(crate) const CUT: usize = 7;
    /// When the process began to do what it was started for.
    pub(crate) const RUNNING: usize = 8;
    /// The exit code of the process and one, once its main thread has come to its end in order.
    pub(crate) const EXIT: usize = 9;
}

/// The file that a family shares.
pub(crate) mod family {
    pub(crate) const MAGIC: usize = 0;
    /// The process that records.
    pub(crate) const PID: usize = 1;
    pub(crate) const BEGAN_TICKS: usize = 2;
    pub(crate) const BEGAN_NS: usize = 3;
    pub(crate) const ENDED_TICKS: usize = 4;
    pub(crate) const ENDED_NS: usize = 5;
    /// Ticks of a microsecond, roughly.
    pub(crate) const TICKS_PER_US: usize = 6;
    /// Whether the processor counts the ticks.
    pub(crate) const COUNTED: usize = 7;
    /// Steps by which the files together may still grow.
    pub(crate) const STEPS_LEFT: usize = 8;
    /// The number of the next file.
    pub(crate) const NEXT: usize = 9;
    pub(crate) const WORDS: usize = 16;
}

/// The words of a record, by place.
pub(crate) mod word {
    /// Kind, code and site: see [`super::Tag`].
    pub(crate) const TAG: usize = 0;
    pub(crate) const START: usize = 1;
    /// 0 as long as it goes on.
    pub(crate) const END: usize = 2;
    pub(crate) const OBJECT: usize = 3;
    pub(crate) const NUMBER: usize = 4;
    pub(crate) const EXTRA: usize = 5;
}

/// What a record is about. The comment says what its words hold beside times: object, number, extra.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Kind {
    /// A text, whose bytes follow in as many records as they need: –, its number, its length.
    Text = 1,
    /// The name of a source file: –, text, its row in the session.
    Source,
    /// The name of the process: its number in the session, text, –.
    Process,
    /// The name of the thread: –, text, –.
    Thread,
    /// The start of a child: its process ID, text of its name, –.
    Child,
    /// The end of a child: its process ID, its exit code as `i64`, –.
    Reaped,
    /// A shared object was created; the code is its kind: its place, –, –.
    Created,
    /// A wait; the code is its kind: what for, ticks waited, how many waits.
    Wait,
    /// Messages were put: the queue, number of the first, the last and how many ([`Run`]).
    Put,
    /// Messages were taken: likewise.
    Got,
    /// A lock was held: the lock, ticks held, how often.
    Hold,
    /// A lock was released that another thread had acquired: the lock, –, –.
    Released,
    /// A named part of the script: –, text, –.
    Span,
    /// A task of a pool: ticks worked, text, how many.
    Task,
    /// A moment that the script marked: –, text, –.
    Mark,
    /// An error that nobody caught: –, text, –.
    Failed,
    /// An event was set, or a condition notified: the object, how many waiters at most, –.
    Signal,
}

/// Kinds are below this.
pub(crate) const KINDS: usize = 18;

impl Kind {
    const ALL: [Kind; KINDS - 1] = [
        Kind::Text,
        Kind::Source,
        Kind::Process,
        Kind::Thread,
        Kind::Child,
        Kind::Reaped,
        Kind::Created,
        Kind::Wait,
        Kind::Put,
        Kind::Got,
        Kind::Hold,
        Kind::Released,
        Kind::Span,
        Kind::Task,
        Kind::Mark,
        Kind::Failed,
        Kind::Signal,
    ];
}

/// The first word of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tag {
    pub(crate) kind: Kind,
    /// The kind of a wait or of an object.
    pub(crate) code: u16,
    /// The line of the script, as the session counts lines; 0 when it is not known.
    pub(crate) site: u32,
}

impl Tag {
    #[inline]
    pub(crate) fn word(self) -> u64 {
        self.kind as u64 | u64::from(self.code) << 8 | u64::from(self.site) << 32
    }

    /// Returns `None` for a word that no recorder has written.
    pub(crate) fn of_word(word: u64) -> Option<Self> {
        let place = usize::from(word as u8).checked_sub(1)?;
        Some(Self {
            kind: *Kind::ALL.get(place)?,
            code: (word >> 8) as u16,
            site: (word >> 32) as u32,
        })
    }
}

/// Bits of a run's word that hold how many messages it has.
const COUNT_BITS: u32 = 24;

/// The last number of a run of messages, and how many there were.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) last: u64,
    pub(crate) count: u64,
}

impl Run {
    #[inline]
    pub(crate) fn word(self) -> u64 {
        self.last << COUNT_BITS | self.count.min((1 << COUNT_BITS) - 1)
    }

    #[inline]
    pub(crate) fn of_word(word: u64) -> Self {
        Self {
            last: word >> COUNT_BITS,
            count: word & ((1 << COUNT_BITS) - 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_and_runs_are_read_as_they_were_written() {
        for kind in Kind::ALL {
            let tag = Tag {
                kind,
                code: 0xabcd,
                site: 0xdead_beef,
            };
            assert_eq!(Tag::of_word(tag.word()), Some(tag));
        }
        assert_eq!(Tag::of_word(0), None);
        assert_eq!(Tag::of_word(KINDS as u64), None);
        let run = Run {
            last: 1 << 39,
            count: 77,
        };
        assert_eq!(Run::of_word(run.word()), run);
    }
}
