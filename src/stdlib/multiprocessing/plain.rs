//! Values on a connection by a socket: plain data only, since the other side may be any program, and may have sent anything.

use std::sync::Arc;

use rhai::{Dynamic, FnPtr};

use super::messages::{refused, unreadable};
use super::stream::Stream;
use crate::script::{Failure, Interp, Outcome, memory, raise};
use crate::wire::{self, Codec, Encoded, Unsendable};

pub(super) const BYTES_CAME: &str =
    "this message was sent by send_bytes(): receive it with recv_bytes()";

pub(super) const ITEM_CAME: &str = "this message was sent by send(): receive it with recv()";

const PICKLE_CAME: &str = "this message is a pickle, which only Python can read: \
                           let the Python program use send_bytes(), and receive it with recv_bytes()";

/// The beginning of a message with a value. Python takes it for a pickle of an unknown version.
const MARK: &[u8] = b"\x80procscript value\n";

/// The types that are sent by their parts, and whose parts mean the same in every program.
const KNOWN: [&str; 1] = ["Exception"];

/// `send(obj)`.
///
/// # Errors
/// `TypeError` for a value with a part that only this family of processes has; those of the stream.
pub(super) fn send(interp: &Arc<Interp>, stream: &Stream, item: &Dynamic) -> Outcome {
    memory::for_message(item)?;
    let message = wire::encode(item, "obj", &Plain(interp)).map_err(refused)?;
    stream.send(interp, &[MARK, &message.bytes])?;
    Ok(Dynamic::UNIT)
}

/// `recv()`.
///
/// # Errors
/// `ValueError` for a message that is not a value; those of the stream.
pub(super) fn receive(interp: &Arc<Interp>, stream: &Stream) -> Outcome {
    let message = stream.receive(interp, u64::MAX)?;
    let Some(bytes) = message.strip_prefix(MARK) else {
        return Err(match message.as_slice() {
            [] => raise("EOFError", "Ran out of input"),
            // The second byte is the version of the pickle.
            [0x80, 2..=5, .., b'.'] => raise("ValueError", PICKLE_CAME),
            _ => raise("ValueError", BYTES_CAME),
        });
    };
    wire::decode(bytes, &Plain(interp)).map_err(unreadable)
}

/// `recv_bytes()`.
///
/// # Errors
/// `ValueError` for a message that is a value; those of the stream.
pub(super) fn receive_bytes(
    interp: &Interp,
    stream: &Stream,
    most: u64,
) -> Result<Vec<u8>, Failure> {
    let message = stream.receive(interp, most)?;
    match message.starts_with(MARK) {
        true => Err(raise("ValueError", ITEM_CAME)),
        false => Ok(message),
    }
}

/// The codec for values that mean the same in every program.
struct Plain<'a>(&'a Arc<Interp>);

const WHY: &str = "a connection of a Listener or a Client carries plain data only";

fn is_known(encoded: &Encoded) -> bool {
    matches!(encoded, Encoded::Object { type_name, .. } if KNOWN.contains(&&**type_name))
}

impl Codec for Plain<'_> {
    fn encode(&self, value: &Dynamic) -> Result<Encoded, Unsendable> {
        match self.0.check(value)? {
            encoded if is_known(&encoded) => Ok(encoded),
            _ => Err(Unsendable::Here(WHY.into())),
        }
    }

    fn has_space(&self, bytes: usize) -> bool {
        self.0.has_space(bytes)
    }

    fn decode(&self, encoded: Encoded) -> Result<Dynamic, String> {
        match is_known(&encoded) {
            true => self.0.decode(encoded),
            false => Err(WHY.into()),
        }
    }

    fn function(&self, _: &str) -> Result<FnPtr, String> {
        Err(WHY.into())
    }

    fn type_name(&self, rust_name: &str) -> String {
        Codec::type_name(self.0, rust_name)
    }
}
