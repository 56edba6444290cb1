//! The containers of a manager on a server: `dict`, `list`, `Namespace`, `Value`. The members are those of the containers of this machine.

use std::sync::Arc;

use rhai::Dynamic;

use super::handle::Handle;
use super::messages;
use crate::remote::container::{Dict, Entry, List, Span as There, Spliced, container_terms};
use crate::remote::fault::Fault;
use crate::remote::place::Place;
use crate::script::{Failure, Interp, Outcome};
use crate::stdlib::multiprocessing::managers::span::Span;
use crate::sync::{Deadline, Splice};
use crate::wire::Unsendable;

/// The kinds of containers, by the number of their shape in scripts less one.
const KINDS: [&str; 4] = ["dict", "list", "namespace", "managed value"];

/// A container on a server as one process holds it.
#[derive(Debug, Clone)]
pub(crate) struct RemoteContainer {
    handle: Handle,
    label: u64,
}

impl RemoteContainer {
    fn new(interp: &Arc<Interp>, place: Place, label: u64) -> Option<Self> {
        let index = usize::try_from(label).ok()?.checked_sub(1)?;
        let terms = container_terms(KINDS.get(index)?);
        let handle = Handle::new(interp, place, terms);
        Some(Self { handle, label })
    }

    /// Opens the container whose shape in scripts has the number `label`.
    ///
    /// # Errors
    /// The server cannot be reached or used, or the object there is another one.
    pub(super) fn open(interp: &Arc<Interp>, place: Place, label: u64) -> Result<Self, Failure> {
        let container = Self::new(interp, place, label);
        let container = container.ok_or("a container has a shape")?;
        container.handle.open()?;
        Ok(container)
    }

    /// Returns the number of its shape in scripts.
    pub(crate) fn label(&self) -> u64 {
        self.label
    }

    /// Returns what it is called and where.
    pub(crate) fn place(&self) -> String {
        self.handle.describe()
    }

    /// Returns a value as the bytes of an entry.
    ///
    /// # Errors
    /// `TypeError`: a part of it has no meaning on another machine.
    pub(crate) fn encode(&self, interp: &Arc<Interp>, value: &Dynamic) -> Result<Vec<u8>, Failure> {
        messages::encode(interp, &self.handle.place, value, "value")
    }

    pub(crate) fn decode(&self, bytes: &[u8]) -> Outcome {
        messages::decode(&self.handle.interp()?, &self.handle.place, bytes)
    }

    /// Returns the container as it is sent inside the family.
    ///
    /// # Errors
    /// Its parts are too long.
    pub(crate) fn parts(&self) -> Result<Dynamic, Unsendable> {
        self.handle.parts(vec![self.label.to_string()])
    }

    /// Returns the container from its parts.
    ///
    /// # Errors
    /// They are none.
    pub(crate) fn from_parts(interp: &Arc<Interp>, plain: Dynamic) -> Result<Self, String> {
        let (place, more) = Handle::read(plain)?;
        let label = more.first().and_then(|label| label.parse().ok());
        let container = Self::new(interp, place, label.unwrap_or(0));
        container.ok_or_else(|| "it is no container".into())
    }

    /// Returns how often this thread has changed it, or may have.
    pub(crate) fn changes(&self) -> u64 {
        let changes = self
            .handle
            .using(Deadline::NOW, |visit, _| Ok(visit.changes()));
        changes.unwrap_or(0)
    }

    fn dict<T>(&self, body: impl FnOnce(Dict<'_>) -> Result<T, Fault>) -> Result<T, Failure> {
        self.handle
            .using(Deadline::NOW, |visit, caller| body(Dict(visit, caller)))
    }

    fn list<T>(&self, body: impl FnOnce(List<'_>) -> Result<T, Fault>) -> Result<T, Failure> {
        self.handle
            .using(Deadline::NOW, |visit, caller| body(List(visit, caller)))
    }

    fn is_list(&self) -> bool {
        matches!(self.handle.terms.kind, "list" | "managed value")
    }

    /// Gives a dict its first entries, unless somebody has put anything in.
    pub(super) fn fill_dict(&self, entries: &[Entry]) -> Result<(), Failure> {
        let entries = entries.iter().map(|(key, value)| (&key[..], &value[..]));
        let entries: Vec<_> = entries.collect();
        self.dict(|mut dict| dict.fill(&entries))
    }

    /// Gives a list its first items, unless somebody has put anything in.
    pub(super) fn fill_list(&self, items: &[Vec<u8>]) -> Result<(), Failure> {
        let items: Vec<&[u8]> = items.iter().map(Vec::as_slice).collect();
        self.list(|mut list| list.fill(&items))
    }

    pub(crate) fn len(&self) -> Result<usize, Failure> {
        match self.is_list() {
            true => self.list(|mut list| list.len()),
            false => self.dict(|mut dict| dict.len()),
        }
    }

    pub(crate) fn clear(&self) -> Result<(), Failure> {
        match self.is_list() {
            true => self.list(|mut list| list.clear()),
            false => self.dict(|mut dict| dict.clear()),
        }
    }

    pub(crate) fn has(&self, key: &[u8]) -> Result<bool, Failure> {
        self.dict(|mut dict| dict.has(key))
    }

    pub(crate) fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Failure> {
        self.dict(|mut dict| dict.get(key))
    }

    pub(crate) fn set(&self, entries: &[(&[u8], &[u8])]) -> Result<(), Failure> {
        self.dict(|mut dict| dict.set(entries))
    }

    pub(crate) fn set_default(&self, key: &[u8], value: &[u8]) -> Result<Option<Vec<u8>>, Failure> {
        self.dict(|mut dict| dict.set_default(key, value))
    }

    pub(crate) fn remove(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Failure> {
        self.dict(|mut dict| dict.remove(key))
    }

    pub(crate) fn remove_last(&self) -> Result<Option<Entry>, Failure> {
        self.dict(|mut dict| dict.remove_last())
    }

    pub(crate) fn exchange(
        &self,
        key: &[u8],
        expected: Option<&[u8]>,
        new: &[u8],
    ) -> Result<bool, Failure> {
        self.dict(|mut dict| dict.exchange(key, expected, new))
    }

    /// Reads all entries of a dict, or items of a list, whose keys are empty.
    pub(crate) fn read(&self, span: Span) -> Result<Option<(u64, Vec<Entry>)>, Failure> {
        if !self.is_list() {
            return Ok(Some((0, self.dict(|mut dict| dict.all())?)));
        }
        let found = self.list(|mut list| list.read(there(span)))?;
        Ok(found.map(|(revision, items)| {
            let entries = items.into_iter().map(|item| (Vec::new(), item));
            (revision, entries.collect())
        }))
    }

    pub(crate) fn splice(
        &self,
        span: Span,
        expected: Option<u64>,
        new: &[&[u8]],
    ) -> Result<Splice<Vec<Vec<u8>>>, Failure> {
        let done = self.list(|mut list| list.splice(there(span), expected, new))?;
        Ok(match done {
            Spliced::Done(old) => Splice::Done(old),
            Spliced::Changed => Splice::Changed,
            Spliced::Outside => Splice::Outside,
        })
    }

    pub(crate) fn exchange_at(
        &self,
        span: Span,
        expected: &[u8],
        new: &[u8],
    ) -> Result<bool, Failure> {
        self.list(|mut list| list.exchange(there(span), expected, new))
    }

    pub(crate) fn reorder(&self, expected: u64, order: &[usize]) -> Result<bool, Failure> {
        self.list(|mut list| list.reorder(expected, order))
    }
}

fn there(span: Span) -> There {
    match span {
        Span::At(index) => There::At(index),
        Span::Slice(start, end) => There::Slice(start, end),
        Span::Through(start, end) => There::Through(start, end),
        Span::End => There::End,
    }
}
