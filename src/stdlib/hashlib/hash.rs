//! A hash being computed, and the functions that begin one.

use std::fmt::Write;
use std::sync::{Arc, Mutex};

use rhai::{Array, Blob, Dynamic, FnPtr, ImmutableString};

use super::algorithms::{NAMES, State};
use crate::script::{Call, Failure, Outcome, Registry, raise, type_name};
use crate::stdlib::builtins::file::File;
use crate::sys::lock::locked;
use crate::text::as_string;

/// A hash being computed. Clones are the same.
#[derive(Debug, Clone)]
struct Hash(Arc<Mutex<State>>);

/// Bytes that are read from a file at a time.
const PIECE: usize = 256 << 10;

pub(super) fn register_class(registry: &mut Registry) {
    registry
        .class::<Hash>("hashlib.HASH")
        .by_address(|hash: &Hash| Arc::as_ptr(&hash.0).addr())
        .method("update", &["obj", "/"], |call| {
            let (hash, value) = (call.this::<Hash>(), call.value(0));
            feed(&hash, &value)?;
            Ok(Dynamic::UNIT)
        })
        .method("digest", &[], |call| {
            Ok(Dynamic::from_blob(locked(&call.this::<Hash>().0).digest()))
        })
        .method("hexdigest", &[], |call| {
            let digest = locked(&call.this::<Hash>().0).digest();
            let mut text = String::with_capacity(digest.len() * 2);
            for byte in digest {
                // Writing to a string does not fail.
                let _ = write!(text, "{byte:02x}");
            }
            Ok(text.into())
        })
        .method("copy", &[], |call| {
            let state = locked(&call.this::<Hash>().0).clone();
            Ok(Dynamic::from(Hash(Arc::new(Mutex::new(state)))))
        })
        .getter("name", |call| {
            Ok(locked(&call.this::<Hash>().0).name().into())
        })
        .getter("digest_size", |call| {
            let size = locked(&call.this::<Hash>().0).size();
            Ok(Dynamic::from_int(size as i64))
        })
        .getter("block_size", |call| {
            Ok(Dynamic::from_int(
                locked(&call.this::<Hash>().0).block_size(),
            ))
        })
        .repr(|call| {
            let name = locked(&call.this::<Hash>().0).name();
            Ok(format!("<{name} _hashlib.HASH object>").into())
        });
}

pub(super) fn names() -> Dynamic {
    let names = NAMES.iter().map(|name| Dynamic::from(*name));
    names.collect::<Array>().into()
}

/// Returns the beginning of an algorithm by its name, in upper or lower case, with `-` or `_`.
pub(super) fn named(name: &str) -> Result<State, Failure> {
    let plain = name.to_ascii_lowercase().replace('-', "_");
    let plain = match plain.strip_prefix("sha_") {
        Some(rest) => format!("sha{rest}"),
        None => plain,
    };
    State::new(&plain).ok_or_else(|| raise("ValueError", format!("unsupported hash type {name}")))
}

/// Begins to compute a hash, of the data that is parameter `index` if it was given.
pub(super) fn begin(call: &mut Call<'_>, state: State, index: usize) -> Outcome {
    let hash = Hash(Arc::new(Mutex::new(state)));
    if call.has(index) {
        feed(&hash, &call.value(index))?;
    }
    Ok(Dynamic::from(hash))
}

fn feed(hash: &Hash, value: &Dynamic) -> Result<(), Failure> {
    if let Some(bytes) = value.read_lock::<Blob>() {
        locked(&hash.0).update(&bytes);
        return Ok(());
    }
    let text = match as_string(value) {
        Some(_) => "Strings must be encoded before hashing",
        None => "object supporting the buffer API required",
    };
    Err(raise("TypeError", text))
}

/// `file_digest(fileobj, digest)`: of the rest of a file that is open for reading bytes. `digest` is a name, or a function that makes a hash.
pub(super) fn file_digest(call: &mut Call<'_>) -> Outcome {
    let (file, digest) = (call.value(0), call.value(1));
    let Some(file) = file.read_lock::<File>().map(|file| file.clone()) else {
        let found = type_name(&file);
        let text = format!("'{found}' is not a file-like object in binary reading mode.");
        return Err(raise("ValueError", text));
    };
    if !file.is_binary() {
        let text = "the file is not open in binary mode: open it with \"rb\"";
        return Err(raise("ValueError", text));
    }
    let hash = hash_of(call, digest)?;
    let mut piece = vec![0; PIECE];
    // Taken out, so that another thread that uses the hash does not wait for the file.
    let mut state = locked(&hash.0).clone();
    loop {
        if call.interp.check_interrupts() {
            return Err(call.interp.interrupted());
        }
        match file.read_into(&mut piece)? {
            0 => break,
            count => state.update(&piece[..count]),
        }
    }
    *locked(&hash.0) = state;
    Ok(Dynamic::from(hash))
}

fn hash_of(call: &Call<'_>, digest: Dynamic) -> Result<Hash, Failure> {
    let name: Option<ImmutableString> = as_string(&digest);
    if let Some(name) = name {
        return Ok(Hash(Arc::new(Mutex::new(named(&name)?))));
    }
    let made = match digest.try_cast::<FnPtr>() {
        Some(function) => call.call(&function, vec![])?.try_cast::<Hash>(),
        None => None,
    };
    made.ok_or_else(|| {
        raise(
            "TypeError",
            "digest must be the name of a hash or a function that makes one",
        )
    })
}
