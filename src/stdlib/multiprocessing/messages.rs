//! Items as messages: how a value is handed to a queue or a pipe, and read when it comes out.

use std::cell::Cell;
use std::sync::Arc;

use rhai::{Blob, Dynamic, FnPtr};

use crate::script::exceptions::{Failure, raise};
use crate::script::interp::Interp;
use crate::script::{Outcome, memory};
use crate::sync::Offset;
use crate::wire::{self, Codec, Encoded, Unsendable};

/// From this size on, in bytes, one copy less is worth a way of its own.
const LARGE_BLOB: usize = 64 << 10;

/// A larger buffer than this is given back, in bytes.
const BUFFER_KEPT: usize = 8 << 20;

thread_local! {
    /// The last message, for its memory.
    static BUFFER: Cell<wire::Message> = Cell::default();
}

/// Hands `item` on as a message: its bytes in pieces, and the shared objects in it. Refusals call it `name`.
///
/// # Errors
/// `TypeError` when the item cannot cross.
pub(super) fn with_message<R>(
    interp: &Arc<Interp>,
    item: &Dynamic,
    name: &str,
    take: impl FnOnce(&[&[u8]], &[Offset]) -> R,
) -> Result<R, Failure> {
    // A large blob is not encoded first, which would copy it.
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

/// Hands on the message that `encode` writes: its bytes in pieces, and the shared objects in it.
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

/// An item that cannot cross to another process.
pub(super) fn refused(refusal: wire::Refusal) -> Failure {
    let kind = match refusal.reason {
        wire::Reason::Failed(..) => "OSError",
        _ => "TypeError",
    };
    raise(kind, refusal.to_string())
}

/// The item that a message is.
pub(crate) fn read(interp: &Arc<Interp>, bytes: &[u8]) -> Outcome {
    wire::decode(bytes, interp).map_err(unreadable)
}

fn unreadable(error: wire::DecodeError) -> Failure {
    raise(
        "ValueError",
        format!("a message could not be read: {error}"),
    )
}

/// The item that a message with references to these `objects` is. It names no others.
pub(crate) fn read_listed(interp: &Arc<Interp>, bytes: &[u8], objects: &[Offset]) -> Outcome {
    wire::decode(bytes, &Listed { interp, objects }).map_err(unreadable)
}

/// The codec for a message that brings its own objects and no others.
struct Listed<'a> {
    interp: &'a Arc<Interp>,
    objects: &'a [Offset],
}

impl Codec for Listed<'_> {
    fn encode(&self, value: &Dynamic) -> Result<Encoded, Unsendable> {
        self.interp.encode(value)
    }

    fn decode(&self, encoded: Encoded) -> Result<Dynamic, String> {
        match encoded {
            Encoded::Handle { offset, .. } if !self.objects.contains(&Offset(offset)) => {
                Err("it names a shared object that did not come with it".into())
            }
            encoded => self.interp.decode(encoded),
        }
    }

    fn function(&self, name: &str) -> Result<FnPtr, String> {
        self.interp.function(name)
    }
}
