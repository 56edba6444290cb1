//! The outcomes of a batch that a worker process has not sent.

use std::sync::Arc;

use rhai::Blob;

use super::{numbers, parcel};
use crate::pool::letter::{self, Status};
use crate::script::exception_class::pack_exception;
use crate::script::{Interp, Number};
use crate::wire;

/// A result that is a blob of this size is sent by itself, which copies it once less.
const LONG: usize = 16 << 10;

/// Outcomes as they travel: their form, and then they themselves. Nothing in them refers to shared objects.
#[derive(Default)]
pub(super) struct Kept {
    message: wire::Message,
    /// What they are, once that is known: numbers of this type, or anything.
    form: Option<Option<Number>>,
    /// An outcome of this batch did not have the form of those before.
    is_mixed: bool,
}

impl Kept {
    pub(super) fn is_empty(&self) -> bool {
        self.message.bytes.is_empty()
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.message.bytes
    }

    /// Forgets the outcomes.
    pub(super) fn clear(&mut self) {
        self.truncate(0);
    }

    /// Forgets the outcomes behind the first `length` bytes.
    pub(super) fn truncate(&mut self, length: usize) {
        self.message.bytes.truncate(length);
        if length == 0 {
            self.form = None;
        }
    }

    /// Begins with the outcomes of another batch.
    pub(super) fn begin_batch(&mut self) {
        self.clear();
        self.is_mixed = false;
    }

    /// Writes an outcome behind those that are there. Returns false if it does not have their form, cannot be sent as nothing but bytes, or
    /// is long.
    pub(super) fn push(&mut self, interp: &Arc<Interp>, outcome: &parcel::Ended) -> bool {
        let before = self.message.bytes.len();
        let value = outcome.as_ref().ok();
        let is_pushed = match self.form_for(value.and_then(Number::of)) {
            None => self.push_entry(interp, outcome),
            Some(number) => match value.and_then(|value| number.bits(value)) {
                Some(bits) => self.push_bits(bits),
                None => {
                    self.is_mixed = true;
                    false
                }
            },
        };
        if !is_pushed {
            self.truncate(before);
        }
        is_pushed
    }

    /// As [`push`](Self::push), for a number. Returns false if those before it are none of this type.
    #[inline]
    pub(super) fn push_number(&mut self, number: Number, bits: u64) -> bool {
        let before = self.message.bytes.len();
        if self.form_for(Some(number)) == Some(number) {
            return self.push_bits(bits);
        }
        self.truncate(before);
        false
    }

    fn push_bits(&mut self, bits: u64) -> bool {
        self.message.bytes.extend_from_slice(&bits.to_le_bytes());
        true
    }

    /// Returns what the outcomes are. The first one decides.
    fn form_for(&mut self, next: Option<Number>) -> Option<Number> {
        if let Some(form) = self.form {
            return form;
        }
        let form = next.filter(|_| !self.is_mixed);
        self.message.bytes.push(numbers::form(form).byte());
        *self.form.insert(form)
    }

    fn push_entry(&mut self, interp: &Arc<Interp>, outcome: &parcel::Ended) -> bool {
        let kept = &mut self.message;
        match outcome {
            Ok(value) => {
                if value
                    .read_lock::<Blob>()
                    .is_some_and(|blob| blob.len() > LONG)
                {
                    return false;
                }
                letter::begin_entry(&mut kept.bytes, Status::Returned, 0);
                let start = kept.bytes.len();
                let is_encoded = wire::encode_after(value, "result", interp, kept).is_ok();
                letter::end_part(&mut kept.bytes, start);
                let is_plain = kept.handles.is_empty();
                kept.handles.clear();
                kept.parts.clear();
                is_encoded && is_plain
            }
            Err(exception) => {
                let Ok(bytes) = pack_exception(interp, exception) else {
                    return false;
                };
                letter::begin_entry(&mut kept.bytes, Status::Threw, bytes.len());
                kept.bytes.extend_from_slice(&bytes);
                true
            }
        }
    }
}
