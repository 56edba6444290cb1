//! Items as messages: encoding a value for a queue or a pipe, and decoding what comes out.

use std::cell::Cell;
use std::sync::Arc;

use rhai::{Blob, Dynamic, FnPtr};

use crate::script::{Failure, Interp, Outcome, memory, raise};
use crate::sync::{Message, Offset};
use crate::wire::{self, Codec, Encoded, Unsendable};

/// The size in bytes from which a blob is sent without a copy.
const LARGE_BLOB: usize = 64 << 10;

/// The largest buffer that is kept for the next message, in bytes.
const BUFFER_KEPT: usize = 8 << 20;

/// Why a message that names an object it did not bring cannot be read.
pub(crate) const UNLISTED: &str = "it names a shared object that did not come with it";

thread_local! {
    /// The buffer of the last message, for reuse.
    static BUFFER: Cell<wire::Message> = Cell::default();
}

/// Encodes `item` and passes the message to `take`: its bytes in pieces, and the shared objects in it. Refusals call the item `name`.
///
/// # Errors
/// `TypeError` when the item cannot be sent.
pub(super) fn with_message<R>(
    interp: &Arc<Interp>,
    item: &Dynamic,
    name: &str,
    take: impl FnOnce(&[&[u8]], &[Offset]) -> R,
) -> Result<R, Failure> {
    // A large blob is sent without encoding, which would copy it.
    let blob = item.read_lock::<Blob>().filter(|b| b.len() >= LARGE_BLOB);
    let beginning = blob.as_ref().and_then(|b| wire::blob_beginning(b.len()));
    if let (Some(blob), Some(beginning)) = (&blob, beginning) {
        return Ok(take(&[&beginning, blob], &[]));
    }
    memory::for_message(item)?;
    with_encoded(
        |message| wire::encode_into(item, name, interp, message),
        take,
    )
    .map_err(refused)
}

/// Passes the message that `encode` writes to `take`: its bytes in pieces, and the shared objects in it.
///
/// # Errors
/// What `encode` says.
pub(crate) fn with_encoded<R, E>(
    encode: impl FnOnce(&mut wire::Message) -> Result<(), E>,
    take: impl FnOnce(&[&[u8]], &[Offset]) -> R,
) -> Result<R, E> {
    let mut message = BUFFER.take();
    let result = encode(&mut message).map(|()| {
        let handles: Vec<_> = message.handles.iter().copied().map(Offset).collect();
        take(&[&message.bytes], &handles)
    });
    message.parts.clear();
    if message.bytes.capacity() <= BUFFER_KEPT {
        BUFFER.set(message);
    }
    result
}

/// Passes encoded messages on in the form that the session takes.
pub(crate) fn with_messages<R>(
    encoded: &[wire::Message],
    take: impl FnOnce(&[Message<'_>]) -> R,
) -> R {
    let objects = |message: &wire::Message| message.handles.iter().copied().map(Offset).collect();
    let objects: Vec<Vec<Offset>> = encoded.iter().map(objects).collect();
    let both = encoded.iter().zip(&objects);
    let messages = both.map(|(message, objects)| Message {
        bytes: &message.bytes,
        objects,
    });
    take(&messages.collect::<Vec<_>>())
}

/// Encodes an item. Refusals call it `name`.
///
/// # Errors
/// `TypeError` when it cannot be sent.
pub(super) fn encode(
    interp: &Arc<Interp>,
    item: &Dynamic,
    name: &str,
) -> Result<wire::Message, Failure> {
    wire::encode(item, name, interp).map_err(refused)
}

/// Returns an item that cannot cross to another process.
pub(super) fn refused(refusal: wire::Refusal) -> Failure {
    let kind = match refusal.reason {
        wire::Reason::Failed(..) => "OSError",
        wire::Reason::TooBig(_) => "MemoryError",
        _ => "TypeError",
    };
    raise(kind, refusal.to_string())
}

/// Returns the error for a message that cannot be decoded.
pub(super) fn unreadable(error: wire::DecodeError) -> Failure {
    raise("ValueError", format!("cannot decode a message: {error}"))
}

/// Decodes the item of a message.
///
/// # Errors
/// `ValueError` when it cannot be decoded, or names an object that did not come with it.
pub(crate) fn read(interp: &Arc<Interp>, message: Message<'_>) -> Outcome {
    let objects = message.objects;
    wire::decode(message.bytes, &Listed { interp, objects }).map_err(unreadable)
}

/// The codec for a message that brings its own objects and no others.
pub(crate) struct Listed<'a> {
    pub interp: &'a Arc<Interp>,
    pub objects: &'a [Offset],
}

impl Codec for Listed<'_> {
    fn encode(&self, value: &Dynamic) -> Result<Encoded, Unsendable> {
        self.interp.encode(value)
    }

    fn has_space(&self, bytes: usize) -> bool {
        self.interp.has_space(bytes)
    }

    fn decode(&self, encoded: Encoded) -> Result<Dynamic, String> {
        match encoded {
            Encoded::Handle { offset, .. } if !self.objects.contains(&Offset(offset)) => {
                Err(UNLISTED.into())
            }
            encoded => self.interp.decode(encoded),
        }
    }

    fn function(&self, name: &str) -> Result<FnPtr, String> {
        self.interp.function(name)
    }
}
