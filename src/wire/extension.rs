//! The MessagePack extension types this crate uses, and the layout of their payloads.
//!
//! Integers in payloads are big-endian, as everywhere in MessagePack.

/// One character: its scalar value as `u32`.
pub(super) const CHAR: i8 = 1;
/// A function pointer: its name as a string, then an array of the captured values.
pub(super) const FUNCTION: i8 = 2;
/// `start..end`: two `i64`.
pub(super) const RANGE: i8 = 3;
/// `start..=end`: two `i64`.
pub(super) const INCLUSIVE_RANGE: i8 = 4;
/// A shared object: its kind as `u16`, then its offset in the session's memory as `u64`.
pub(super) const HANDLE: i8 = 5;
/// An object of a type the host registered: the type's name as a string, then a plain value.
pub(super) const OBJECT: i8 = 6;
/// A value of a type that the host has registered with serde: the type's name as a string, then its bytes as a blob.
pub(super) const RECORD: i8 = 7;

/// Bytes in a [`HANDLE`] payload.
pub(super) const HANDLE_LEN: u32 = 10;
