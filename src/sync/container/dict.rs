//! Operations on a dict.

use std::collections::HashMap;

use super::edit::{AT_ONCE, Edit};
use super::in_flight::{InFlight, Item};
use super::layout::{hash_of, split};
use super::read::Reading;
use super::{Container, ContainerError};
use crate::shm::{Offset, peek};
use crate::sync::message::Message;

impl Container {
    /// Reads the value of a key; `None` when it has none.
    pub(crate) fn get<R>(
        &self,
        key: &[u8],
        read: impl FnOnce(Message<'_>) -> R,
    ) -> Result<Option<R>, ContainerError> {
        let pins = self.in_flight()?;
        let hash = hash_of(key);
        let found = self.hold(|edit| {
            let Some((_, block)) = find(edit, key, hash) else {
                return Ok(None);
            };
            let reading = Reading::of(edit, pins.none(), std::iter::once(block))?;
            Ok(Some(reading))
        })?;
        let Some(reading) = found else {
            return Ok(None);
        };
        Ok(reading.items().next().map(|(_, value)| read(value)))
    }

    /// Returns whether a key has a value.
    pub(crate) fn has(&self, key: &[u8]) -> Result<bool, ContainerError> {
        let hash = hash_of(key);
        self.hold(|edit| Ok(find(edit, key, hash).is_some()))
    }

    /// Gives a key its value, a new one at the end of the order.
    pub(crate) fn set(&self, item: &Item<'_>) -> Result<(), ContainerError> {
        let (mut taken, mut given) = (self.in_flight()?, self.written(&[*item])?);
        let hash = hash_of(item.key);
        self.hold(|edit| put(edit, item.key, hash, &mut given, &mut taken))
    }

    /// Gives a key a value if it has none, and reads the one it has then.
    pub(crate) fn set_default<R>(
        &self,
        item: &Item<'_>,
        read: impl FnOnce(Message<'_>) -> R,
    ) -> Result<Option<R>, ContainerError> {
        let (mut taken, pins) = (self.in_flight()?, self.in_flight()?);
        let mut given = self.written(&[*item])?;
        let hash = hash_of(item.key);
        let reading = self.hold(|edit| {
            if find(edit, item.key, hash).is_none() {
                put(edit, item.key, hash, &mut given, &mut taken)?;
            }
            let block = find(edit, item.key, hash).map(|(_, block)| block);
            Ok(Reading::of(edit, pins.none(), block.into_iter())?)
        })?;
        Ok(reading.items().next().map(|(_, value)| read(value)))
    }

    /// Gives a key a value if its present one is still `expected` (`None`: if it has none), and returns whether it was.
    pub(crate) fn exchange(
        &self,
        expected: Option<&[u8]>,
        item: &Item<'_>,
    ) -> Result<bool, ContainerError> {
        let (mut taken, mut given) = (self.in_flight()?, self.written(&[*item])?);
        let hash = hash_of(item.key);
        self.hold(|edit| {
            let same = match (find(edit, item.key, hash), expected) {
                (None, None) => true,
                (Some((_, block)), Some(expected)) => edit.holds(block, expected),
                _ => false,
            };
            if same {
                put(edit, item.key, hash, &mut given, &mut taken)?;
            }
            Ok(same)
        })
    }

    /// Takes a key out and reads its value.
    pub(crate) fn remove<R>(
        &self,
        key: &[u8],
        read: impl FnOnce(Message<'_>) -> R,
    ) -> Result<Option<R>, ContainerError> {
        let mut taken = self.in_flight()?;
        let hash = hash_of(key);
        self.hold(|edit| {
            if let Some((index, _)) = find(edit, key, hash) {
                edit.remove(index, false, &mut taken);
            }
            Ok(())
        })?;
        Ok(first_of(&taken, |_, value| read(value)))
    }

    /// Takes the last key out and reads it and its value.
    pub(crate) fn remove_last<R>(
        &self,
        read: impl FnOnce(&[u8], Message<'_>) -> R,
    ) -> Result<Option<R>, ContainerError> {
        let mut taken = self.in_flight()?;
        self.hold(|edit| {
            let end = peek(&edit.object.end);
            let last = edit.body().and_then(|body| {
                let mut indices = (0..end).rev();
                indices.find(|index| !body.block(*index).is_none())
            });
            if let Some(index) = last {
                edit.remove(index, true, &mut taken);
            }
            Ok(())
        })?;
        Ok(first_of(&taken, read))
    }

    /// Gives many keys their values, all or none.
    pub(crate) fn set_many(&self, items: &[Item<'_>]) -> Result<(), ContainerError> {
        if let [item] = items {
            return self.set(item);
        }
        // Of a key that is given twice, the first place and the last value count.
        let mut places: HashMap<&[u8], usize> = HashMap::new();
        let mut different: Vec<Item<'_>> = Vec::new();
        for item in items {
            let place = *places.entry(item.key).or_insert(different.len());
            match different.get_mut(place) {
                Some(earlier) => *earlier = *item,
                None => different.push(*item),
            }
        }
        let (mut taken, mut given) = (self.in_flight()?, self.written(&different)?);
        self.hold(|edit| {
            let place = |item: &Item<'_>| {
                let hash = hash_of(item.key);
                (find(edit, item.key, hash).map(|(index, _)| index), hash)
            };
            let places: Vec<_> = different.iter().map(place).collect();
            let new = places.iter().filter(|(found, _)| found.is_none()).count();
            if places.len() <= AT_ONCE && edit.has_room(new as u64) {
                edit.put_each(&places, &mut given, &mut taken);
                return Ok(());
            }
            let (mut entries, mut removed) = (edit.all(), Vec::new());
            for ((found, hash), new) in places.into_iter().zip(given.blocks()) {
                match found {
                    Some(index) => {
                        let old = std::mem::replace(&mut entries[index as usize].0, *new);
                        removed.push(old);
                    }
                    None => entries.push((*new, hash)),
                }
            }
            Ok(edit.rebuild(entries, &mut given, removed, &mut taken)?)
        })
    }
}

/// Reads key and value of the first block; `None` when there is none.
fn first_of<R>(taken: &InFlight<'_>, read: impl FnOnce(&[u8], Message<'_>) -> R) -> Option<R> {
    let (entry, objects) = taken.contents().into_iter().next()?;
    let (key, bytes) = split(true, entry);
    let objects = &objects;
    Some(read(key, Message { bytes, objects }))
}

fn find(edit: &Edit<'_>, key: &[u8], hash: u32) -> Option<(u64, Offset)> {
    edit.body()?.find(key, hash)
}

/// Puts the one entry `given` where its key is, or behind all others.
fn put(
    edit: &Edit<'_>,
    key: &[u8],
    hash: u32,
    given: &mut InFlight<'_>,
    taken: &mut InFlight<'_>,
) -> Result<(), ContainerError> {
    if let Some((index, _)) = find(edit, key, hash) {
        edit.replace(index, given, taken);
    } else if edit.has_room(1) {
        edit.append(hash, given, taken);
    } else {
        let mut entries = edit.all();
        entries.extend(given.blocks().iter().map(|block| (*block, hash)));
        edit.rebuild(entries, given, Vec::new(), taken)?;
    }
    Ok(())
}
