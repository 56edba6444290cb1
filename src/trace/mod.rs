//! Records what the threads of a family do, for `procscript run --timeline`.
//!
//! Each thread writes into a mapped file of its own, so that a process that is killed leaves what it did. Nothing is recorded, and next to
//! nothing is done, unless [`is_on`]. `timeline` reads the files.
//!
//! - [`record`]: the words of the files; [`family`]: the directory, and what all have to agree on; [`recorder`]: the file of one
//!   thread; [`events`]: what can be recorded.

mod events;
mod family;
pub(crate) mod record;
mod recorder;

pub(crate) use events::{
    Interval, acquired, begin_copy, child, created, end_of, failed, got, leaving, mark, now,
    process, put, reaped, released, running, signal, source, span, task, wait,
};
pub(crate) use family::{FAMILY_FILE, begin, directory, end, is_on, join};
pub(crate) use recorder::Begun;
