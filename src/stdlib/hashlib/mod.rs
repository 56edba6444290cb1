//! `hashlib`: hashes of bytes and files.
//!
//! - [`algorithms`]: the hash functions; [`hash`]: a hash being computed.

mod algorithms;
mod hash;

use self::algorithms::NAMES;
use self::hash::{begin, file_digest, named, names};
use crate::script::Registry;

/// The value of the global constant `hashlib`.
#[derive(Debug, Clone)]
struct Hashlib;

/// The parameters of the functions of one algorithm.
const DATA: &[&str] = &["string?", "usedforsecurity?"];

pub(super) fn register(registry: &mut Registry) {
    hash::register_class(registry);
    let mut hashlib = registry.namespace("hashlib", Hashlib);
    for name in NAMES {
        hashlib.function(name, DATA, |call| {
            let state = named(call.name())?;
            begin(call, state, 0)
        });
    }
    hashlib
        .function("new", &["name", "string?", "usedforsecurity?"], |call| {
            let name = call.string(0)?;
            let state = named(&name)?;
            begin(call, state, 1)
        })
        .function("file_digest", &["fileobj", "digest", "/"], file_digest)
        .getter("algorithms_available", |_| Ok(names()))
        .getter("algorithms_guaranteed", |_| Ok(names()));
}
