//! Operations on a list.

use std::ops::Range;

use super::edit::Edit;
use super::in_flight::Item;
use super::read::Reading;
use super::{Container, ContainerError};
use crate::shm::{Offset, peek};
use crate::sync::message::Message;

/// The result of an attempt to change a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Splice<R> {
    Done(R),
    /// It has changed since it was looked at.
    Changed,
    /// The list has no such index.
    Outside,
}

/// From the length of a list to the selected indices; `None` where there are none.
pub(crate) type Places<'a> = &'a dyn Fn(usize) -> Option<Range<usize>>;

impl Container {
    /// Reads entries of a list, or all of a dict, as they are at one moment; `None` when there are no such indices. The version read
    /// comes along.
    pub(crate) fn read<R>(
        &self,
        places: Places<'_>,
        read: impl FnOnce(&mut dyn Iterator<Item = (&[u8], Message<'_>)>) -> R,
    ) -> Result<Option<(u64, R)>, ContainerError> {
        let pins = self.in_flight()?;
        let found = self.hold(|edit| {
            let Some((start, end)) = resolve(edit, places) else {
                return Ok(None);
            };
            let version = edit.version();
            let reading = Reading::of(edit, pins.none(), edit.entries(start, end))?;
            Ok(Some((version, reading)))
        })?;
        Ok(found.map(|(version, reading)| (version, read(&mut reading.items()))))
    }

    /// Replaces entries of a list by others, of any number, and reads what was there. With `expected`, only while the list is in
    /// that version.
    pub(crate) fn splice<R>(
        &self,
        expected: Option<u64>,
        places: Places<'_>,
        items: &[Item<'_>],
        read: impl FnOnce(&mut dyn Iterator<Item = Message<'_>>) -> R,
    ) -> Result<Splice<R>, ContainerError> {
        let (mut taken, mut given) = (self.in_flight()?, self.written(items)?);
        let done = self.hold(|edit| {
            if expected.is_some_and(|version| version != edit.version()) {
                return Ok(Splice::Changed);
            }
            let Some((start, end)) = resolve(edit, places) else {
                return Ok(Splice::Outside);
            };
            let (length, more) = (edit.count(), items.len() as u64);
            if start == end && more == 0 {
                // Nothing to do.
            } else if end - start == 1 && more == 1 {
                edit.replace(start, &mut given, &mut taken);
            } else if start == length && edit.has_room(more) {
                edit.append(0, &mut given, &mut taken);
            } else if end == length && more == 0 {
                edit.truncate(start, &mut taken);
            } else {
                let mut entries = edit.all();
                let new = given.blocks().iter().map(|block| (*block, 0));
                let removed = entries.splice(start as usize..end as usize, new);
                let removed: Vec<Offset> = removed.map(|(block, _)| block).collect();
                edit.rebuild(entries, &mut given, removed, &mut taken)?;
            }
            Ok(Splice::Done(()))
        })?;
        Ok(match done {
            Splice::Done(()) => {
                let contents = taken.contents();
                let mut messages = contents
                    .iter()
                    .map(|(bytes, objects)| Message { bytes, objects });
                Splice::Done(read(&mut messages))
            }
            Splice::Changed => Splice::Changed,
            Splice::Outside => Splice::Outside,
        })
    }

    /// Puts the entries of a list into another order, given by their present indices, while the list is in the version `expected`,
    /// and returns whether it was.
    pub(crate) fn reorder(&self, expected: u64, order: &[usize]) -> Result<bool, ContainerError> {
        let (mut given, mut taken) = (self.in_flight()?, self.in_flight()?);
        self.hold(|edit| {
            if edit.version() != expected {
                return Ok(false);
            }
            let old = edit.all();
            let new: Vec<_> = order
                .iter()
                .filter_map(|place| old.get(*place))
                .copied()
                .collect();
            if new.len() == old.len() {
                edit.rebuild(new, &mut given, Vec::new(), &mut taken)?;
            }
            Ok(true)
        })
    }

    /// Replaces the value at an index of a list if it is still `expected`, and returns whether it was.
    pub(crate) fn exchange_at(
        &self,
        places: Places<'_>,
        expected: &[u8],
        item: &Item<'_>,
    ) -> Result<bool, ContainerError> {
        let (mut taken, mut given) = (self.in_flight()?, self.written(&[*item])?);
        self.hold(|edit| {
            let Some((start, end)) = resolve(edit, places) else {
                return Ok(false);
            };
            let same = end - start == 1
                && edit
                    .entries(start, end)
                    .all(|block| edit.holds(block, expected));
            if same {
                edit.replace(start, &mut given, &mut taken);
            }
            Ok(same)
        })
    }

    /// Removes everything.
    pub(crate) fn clear(&self) -> Result<(), ContainerError> {
        let (mut given, mut taken) = (self.in_flight()?, self.in_flight()?);
        self.hold(|edit| {
            let removed = edit.entries(0, peek(&edit.object.end)).collect();
            Ok(edit.rebuild(Vec::new(), &mut given, removed, &mut taken)?)
        })
    }
}

/// Entries of the body: of a dict always all.
fn resolve(edit: &Edit<'_>, places: Places<'_>) -> Option<(u64, u64)> {
    if edit.object.is_keyed() {
        return Some((0, peek(&edit.object.end)));
    }
    let length = edit.count() as usize;
    let range = places(length)?;
    debug_assert!(range.start <= range.end && range.end <= length);
    Some((range.start as u64, range.end as u64))
}
