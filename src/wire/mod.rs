//! Rhai values as bytes: what a value looks like on its way to another process, and which values may go.
//!
//! The format is MessagePack with a few extension types ([`extension`]). A value crosses unchanged, its type included,
//! or is refused with the path to the part that cannot go. What is not the value's own stays behind: the tag and the
//! read-only mark of a `Dynamic`, and the sharing of captured variables, which cross as a copy of what they hold.
//!
//! Also the form of messages between programs that share no memory: [`frame`], and how they greet each other: [`challenge`].

#[cfg_attr(not(feature = "authkey"), path = "challenge_off.rs")]
pub(crate) mod challenge;
mod codec;
mod decode;
mod encode;
mod extension;
mod fault;
pub(crate) mod frame;
pub(crate) mod kind;
mod reader;
mod refusal;
mod sequence;
#[cfg(test)]
mod tests;
mod type_codec;
pub(crate) mod typed;

pub(crate) use codec::{Codec, Encoded, Unsendable};
pub(crate) use decode::{Values, decode};
pub(crate) use encode::{Message, blob_beginning, check, encode, encode_after, encode_into};
pub(crate) use fault::DecodeError;
pub(crate) use refusal::{Reason, Refusal, bare_type_name, is_identifier, with_article};
pub(crate) use sequence::Sequence;
pub(crate) use type_codec::TypeCodec;

/// How deep values may nest, counted in containers, on both sides.
///
/// Deep enough for any data a script holds on purpose, shallow enough for the smallest stack a thread is given.
pub(crate) const MAX_DEPTH: usize = 128;

/// Whether the message is nothing but an object of a type that has parts.
pub(crate) fn is_object(bytes: &[u8]) -> bool {
    reader::Reader::new(bytes).is_extension(extension::OBJECT)
}
