//! What the workers of a pool send: outcomes, each as a value, or as numbers that become values where they stay.

use std::sync::Arc;

use super::numbers;
use super::parcel::{self, Ended, Parcel};
use crate::pool::Table;
use crate::pool::letter::{Envelope, Form, Reader, Status};
use crate::script::exception_class::unpack_exception;
use crate::script::{Exception, Interp, Number};
use crate::sync::Message;

/// What a worker has sent.
pub(super) struct Letter {
    pub envelope: Envelope,
    pub entries: Entries,
}

/// The outcomes that a worker has sent.
pub(super) enum Entries {
    Any(Vec<Ended>),
    /// Numbers of one type, by their bits.
    Numbers(Number, Vec<u64>),
}

impl Entries {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Any(outcomes) => outcomes.len(),
            Self::Numbers(_, bits) => bits.len(),
        }
    }

    /// Gives these tasks of a batch their outcomes.
    pub(super) fn settle(self, table: &mut Table<Ended, Parcel>, number: u64, first: usize) {
        let all = (first, self.len());
        match self {
            Self::Any(mut outcomes) => table.settle(number, all, |new| {
                outcomes.truncate(new.end);
                outcomes.drain(..new.start);
                outcomes.into_iter()
            }),
            Self::Numbers(ty, bits) => {
                table.settle(number, all, |new| {
                    bits[new].iter().map(|bits| Ok(ty.value(*bits)))
                });
            }
        }
    }
}

/// Reads what a worker has sent; `None` if it is damaged.
pub(super) fn read_letter(interp: &Arc<Interp>, message: &Message<'_>) -> Option<Letter> {
    let mut reader = Reader(message.bytes);
    let envelope = Envelope::read(&mut reader)?;
    let entries = read_entries(interp, reader, message);
    Some(Letter { envelope, entries })
}

/// Reads the outcomes that are left in a message.
pub(super) fn read_entries(
    interp: &Arc<Interp>,
    mut reader: Reader<'_>,
    message: &Message<'_>,
) -> Entries {
    let Some(form) = Form::read(&mut reader) else {
        return Entries::Any(Vec::new());
    };
    if let Some(number) = numbers::number(form) {
        return Entries::Numbers(number, reader.numbers().collect());
    }
    let mut entries = Vec::new();
    while let Some((status, bytes)) = reader.entry() {
        entries.push(match status {
            Status::Returned => {
                parcel::read(interp, bytes, message).map_err(|error| Exception::from_error(&error))
            }
            Status::Threw => Err(unpack_exception(interp, bytes).beyond_here()),
        });
    }
    Entries::Any(entries)
}
