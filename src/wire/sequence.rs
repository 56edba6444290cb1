//! Several values one after the other in one message, each of them refused by a name of its own.

use rhai::Dynamic;

use super::codec::Codec;
use super::encode::{Message, Tally, append};
use super::refusal::Refusal;

/// Values on their way out.
pub(crate) struct Sequence<'c> {
    codec: &'c dyn Codec,
    /// `None` when only the handles are wanted.
    bytes: Option<Vec<u8>>,
    handles: Vec<u64>,
    parts: Vec<Dynamic>,
    is_complete: bool,
}

impl<'c> Sequence<'c> {
    /// Creates an empty sequence of values that will be sent.
    pub(crate) fn new(codec: &'c dyn Codec) -> Self {
        Self {
            codec,
            bytes: Some(Vec::new()),
            handles: Vec::new(),
            parts: Vec::new(),
            is_complete: true,
        }
    }

    /// Creates a sequence that collects the handles in its values and writes nothing. Encoding has no side effects then.
    pub(crate) fn of_handles(codec: &'c dyn Codec) -> Self {
        Self {
            bytes: None,
            ..Self::new(codec)
        }
    }

    /// Returns whether the values are written, and not only their handles collected.
    pub(crate) fn is_written(&self) -> bool {
        self.bytes.is_some()
    }

    /// Adds a value, which a refusal calls `name`.
    ///
    /// # Errors
    /// A part of it cannot be sent to another process. The sequence is as before then.
    pub(crate) fn push(&mut self, value: &Dynamic, name: &str) -> Result<(), Refusal> {
        let (handles, parts) = (self.handles.len(), self.parts.len());
        let lists = (&mut self.handles, &mut self.parts);
        let verdict = match &mut self.bytes {
            None => append(value, self.codec, &mut Tally::default(), lists, 0),
            Some(bytes) => {
                let length = bytes.len();
                append(value, self.codec, bytes, lists, 0).inspect_err(|_| bytes.truncate(length))
            }
        };
        verdict.map_err(|broken| {
            self.handles.truncate(handles);
            self.parts.truncate(parts);
            broken.into_refusal(name)
        })
    }

    /// Adds those of `values` that can be sent, and returns their names, by which the receiver
    /// [reads them](super::Values::named).
    pub(crate) fn push_sendable<'v>(
        &mut self,
        values: impl IntoIterator<Item = (&'v str, &'v Dynamic)>,
    ) -> Vec<String> {
        let mut sent = Vec::new();
        for (name, value) in values {
            match self.push(value, name) {
                Ok(()) => sent.push(name.to_string()),
                Err(_) => self.is_complete = false,
            }
        }
        sent
    }

    /// Returns whether no value was left out because it cannot be sent.
    pub(crate) fn is_complete(&self) -> bool {
        self.is_complete
    }

    /// Returns the offsets of the shared objects in the values so far.
    pub(crate) fn handles(&self) -> &[u64] {
        &self.handles
    }

    /// Returns the message, in which `head` goes before the values.
    pub(crate) fn into_message(self, mut head: Vec<u8>) -> Message {
        head.extend(self.bytes.unwrap_or_default());
        Message {
            bytes: head,
            handles: self.handles,
            parts: self.parts,
        }
    }
}
