//! `open` and the object it gives: files read and written through a buffer.
//!
//! - [`mode`]: what `open`'s second argument asks for.
//! - [`buffer`]: a file's bytes, buffered both ways.
//! - [`object`]: the object scripts hold; [`class`]: its members; [`pipe`]: one that leads to a command.

mod buffer;
mod class;
mod mode;
mod object;
mod opening;
mod pipe;

pub(super) use self::class::register;
pub(in crate::stdlib) use self::class::{Opened, open_file, open_path};
pub(in crate::stdlib) use self::object::{Encoding, File, Written};
