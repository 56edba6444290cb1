//! Rust values as the same bytes as Rhai's, through serde: what a host puts, a script gets, and the other way round.
//!
//! - [`write`](mod@write): a value in, by a [`writer`]; [`parts`]: its parts.
//! - [`read`](mod@read): a value out of a message; [`access`]: its parts.
//! - [`whole`]: values of scripts among Rust values.
//! - [`misfit`]: why not, with the path to the part that does not fit.
//!
//! Structs and maps are maps, sequences and tuples are arrays, enums are what serde makes of them for texts that people
//! read (JSON), `None` and `()` are `()`, bytes are blobs, chars are chars. Values of types that the host has registered are records: they stay what they are.

mod access;
mod misfit;
mod parts;
mod read;
mod whole;
mod write;
mod writer;

pub(crate) use misfit::Misfit;
pub(crate) use read::{read, read_with};
pub(crate) use whole::same;
pub(crate) use write::{append, pack, write};
pub(crate) use writer::{Known, Records, length};

/// The name of a newtype struct that stands for a shared object. In it are the bytes of its kind (`u16`) and its offset (`u64`), the most
/// significant first.
pub(crate) const HANDLE: &str = "$procscript::Handle";
