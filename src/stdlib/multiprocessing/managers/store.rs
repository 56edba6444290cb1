//! Where the entries of a managed container are: in the memory of this machine, or on a server. What is done with them is the same.

use std::ops::Range;
use std::sync::Arc;

use rhai::Dynamic;

use super::span::Span;
use crate::script::{Failure, Interp, Outcome, raise, session_failure};
use crate::stdlib::multiprocessing::messages;
use crate::stdlib::multiprocessing::remote::RemoteContainer;
use crate::sync::{Container, ContainerError, Item, Message, Splice};

/// The entries of a container.
#[derive(Debug, Clone)]
pub(crate) enum Store {
    /// In the memory that the family shares.
    Here(Container),
    /// On a server.
    There(RemoteContainer),
}

use Store::{Here, There};

/// Reads a value that came from a server.
fn one<R>(bytes: &[u8], read: impl FnOnce(Message<'_>) -> R) -> R {
    read(Message::plain(bytes))
}

impl Store {
    /// Returns the entries in the memory of this machine, if they are there.
    pub(super) fn here(&self) -> Option<&Container> {
        match self {
            Here(container) => Some(container),
            There(_) => None,
        }
    }

    /// Returns the entries on a server, if they are there.
    pub(super) fn there(&self) -> Option<&RemoteContainer> {
        match self {
            Here(_) => None,
            There(container) => Some(container),
        }
    }

    /// Decodes the value of an entry.
    pub(super) fn unpack(&self, interp: &Arc<Interp>, message: Message<'_>) -> Outcome {
        match self {
            Here(_) => messages::read(interp, message),
            There(container) => container.decode(message.bytes),
        }
    }

    pub(super) fn len(&self, interp: &Interp) -> Result<usize, Failure> {
        match self {
            Here(container) => container.len().map_err(|error| failure(interp, error)),
            There(container) => container.len(),
        }
    }

    pub(super) fn clear(&self, interp: &Interp) -> Result<(), Failure> {
        match self {
            Here(container) => container.clear().map_err(|error| failure(interp, error)),
            There(container) => container.clear(),
        }
    }

    pub(super) fn has(&self, interp: &Interp, key: &[u8]) -> Result<bool, Failure> {
        match self {
            Here(container) => container.has(key).map_err(|error| failure(interp, error)),
            There(container) => container.has(key),
        }
    }

    /// Reads the value of a key.
    pub(super) fn get<R>(
        &self,
        interp: &Interp,
        key: &[u8],
        read: impl FnOnce(Message<'_>) -> R,
    ) -> Result<Option<R>, Failure> {
        match self {
            Here(container) => {
                let found = container.get(key, read);
                found.map_err(|error| failure(interp, error))
            }
            There(container) => Ok(container.get(key)?.map(|bytes| one(&bytes, read))),
        }
    }

    /// Gives keys their values, in one step.
    pub(super) fn set(&self, interp: &Interp, items: &[Item<'_>]) -> Result<(), Failure> {
        match (self, items) {
            (Here(container), [item]) => {
                container.set(item).map_err(|error| failure(interp, error))
            }
            (Here(container), items) => {
                let done = container.set_many(items);
                done.map_err(|error| failure(interp, error))
            }
            (There(container), items) => {
                let entries: Vec<_> = items
                    .iter()
                    .map(|item| (item.key, item.value.bytes))
                    .collect();
                container.set(&entries)
            }
        }
    }

    /// Gives a key a value if it has none, and reads the one it has then.
    pub(super) fn set_default<R>(
        &self,
        interp: &Interp,
        item: &Item<'_>,
        read: impl FnOnce(Message<'_>) -> R,
    ) -> Result<Option<R>, Failure> {
        match self {
            Here(container) => {
                let found = container.set_default(item, read);
                found.map_err(|error| failure(interp, error))
            }
            There(container) => {
                let before = container.set_default(item.key, item.value.bytes)?;
                let bytes = before.as_deref().unwrap_or(item.value.bytes);
                Ok(Some(one(bytes, read)))
            }
        }
    }

    /// Removes a key and reads its value.
    pub(super) fn remove<R>(
        &self,
        interp: &Interp,
        key: &[u8],
        read: impl FnOnce(Message<'_>) -> R,
    ) -> Result<Option<R>, Failure> {
        match self {
            Here(container) => {
                let removed = container.remove(key, read);
                removed.map_err(|error| failure(interp, error))
            }
            There(container) => Ok(container.remove(key)?.map(|bytes| one(&bytes, read))),
        }
    }

    /// Removes the newest key, and reads it and its value.
    pub(super) fn remove_last<R>(
        &self,
        interp: &Interp,
        read: impl FnOnce(&[u8], Message<'_>) -> R,
    ) -> Result<Option<R>, Failure> {
        match self {
            Here(container) => {
                let removed = container.remove_last(read);
                removed.map_err(|error| failure(interp, error))
            }
            There(container) => {
                let last = container.remove_last()?;
                Ok(last.map(|(key, value)| read(&key, Message::plain(&value))))
            }
        }
    }

    /// Gives a key a value if it has the one expected, or none. Returns whether it did.
    pub(super) fn exchange(
        &self,
        interp: &Interp,
        expected: Option<&[u8]>,
        item: &Item<'_>,
    ) -> Result<bool, Failure> {
        match self {
            Here(container) => {
                let done = container.exchange(expected, item);
                done.map_err(|error| failure(interp, error))
            }
            There(container) => container.exchange(item.key, expected, item.value.bytes),
        }
    }

    /// Reads all entries of a dict, or items of a list, as they are at one moment, with the version that was; `None` where there are none.
    pub(super) fn read<R>(
        &self,
        interp: &Interp,
        span: Span,
        read: impl FnOnce(&mut dyn Iterator<Item = (&[u8], Message<'_>)>) -> R,
    ) -> Result<Option<(u64, R)>, Failure> {
        match self {
            Here(container) => {
                let found = container.read(&|length| span.within(length), read);
                found.map_err(|error| failure(interp, error))
            }
            There(container) => Ok(container.read(span)?.map(|(version, entries)| {
                let entries = entries.iter();
                let mut entries =
                    entries.map(|(key, value)| (key.as_slice(), Message::plain(value)));
                (version, read(&mut entries))
            })),
        }
    }

    /// Replaces items of a list by others, unless another version is expected, and reads the old ones.
    pub(super) fn splice<R>(
        &self,
        interp: &Interp,
        expected: Option<u64>,
        span: Span,
        items: &[Item<'_>],
        read: impl FnOnce(&mut dyn Iterator<Item = Message<'_>>) -> R,
    ) -> Result<Splice<R>, Failure> {
        match self {
            Here(container) => {
                let places = |length| span.within(length);
                let done = container.splice(expected, &places, items, read);
                done.map_err(|error| failure(interp, error))
            }
            There(container) => {
                let new: Vec<&[u8]> = items.iter().map(|item| item.value.bytes).collect();
                Ok(match container.splice(span, expected, &new)? {
                    Splice::Done(old) => {
                        Splice::Done(read(&mut old.iter().map(|bytes| Message::plain(bytes))))
                    }
                    Splice::Changed => Splice::Changed,
                    Splice::Outside => Splice::Outside,
                })
            }
        }
    }

    /// Replaces an item of a list if it is the one expected. Returns whether it did.
    pub(super) fn exchange_at(
        &self,
        interp: &Interp,
        span: Span,
        expected: &[u8],
        item: &Item<'_>,
    ) -> Result<bool, Failure> {
        match self {
            Here(container) => {
                let places = |length| -> Option<Range<usize>> { span.within(length) };
                let done = container.exchange_at(&places, expected, item);
                done.map_err(|error| failure(interp, error))
            }
            There(container) => container.exchange_at(span, expected, item.value.bytes),
        }
    }

    /// Puts the items of a list into another order, unless it has another version. Returns whether it did.
    pub(super) fn reorder(
        &self,
        interp: &Interp,
        expected: u64,
        order: &[usize],
    ) -> Result<bool, Failure> {
        match self {
            Here(container) => {
                let done = container.reorder(expected, order);
                done.map_err(|error| failure(interp, error))
            }
            There(container) => container.reorder(expected, order),
        }
    }

    /// Runs `work`, and returns its result and whether this thread changed the container meanwhile.
    pub(super) fn watch<R>(&self, work: impl FnOnce() -> R) -> (R, bool) {
        match self {
            Here(container) => container.watch(work),
            There(container) => {
                let before = container.changes();
                let result = work();
                (result, container.changes() != before)
            }
        }
    }
}

/// Returns the exception for an error of a container in the memory of this machine.
fn failure(interp: &Interp, error: ContainerError) -> Failure {
    match error {
        ContainerError::Closed => raise(
            "BrokenPipeError",
            "the manager of this object has been shut down",
        ),
        ContainerError::Interrupted => interp.interrupted(),
        ContainerError::Session(error) => session_failure(error),
    }
}

/// Returns a value as the bytes of an entry, if the entries are on a server: it is stored as it is, without other containers inside.
pub(super) fn encoded(
    store: &Store,
    interp: &Arc<Interp>,
    value: &Dynamic,
) -> Option<Result<Vec<u8>, Failure>> {
    store
        .there()
        .map(|container| container.encode(interp, value))
}
