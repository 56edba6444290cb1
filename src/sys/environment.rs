//! Changing the environment of this process.

#![allow(unsafe_code)]

use std::env;
use std::ffi::OsStr;
use std::io;

use super::process::has_one_thread;

/// Sets an environment variable, or removes it if there is no value.
///
/// # Errors
/// The process has more than one thread: the C library reads the environment without asking anybody. The name or the value is none.
pub(crate) fn set(name: &OsStr, value: Option<&OsStr>) -> io::Result<()> {
    let is_bad = |text: &OsStr, also: u8| {
        let bytes = text.as_encoded_bytes();
        bytes.contains(&0) || bytes.contains(&also)
    };
    if name.is_empty() || is_bad(name, b'=') || value.is_some_and(|value| is_bad(value, 0)) {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    if !has_one_thread() {
        return Err(io::ErrorKind::ResourceBusy.into());
    }
    match value {
        // SAFETY: nobody reads the environment meanwhile, because this process has no other thread; only this one could start one.
        Some(value) => unsafe { env::set_var(name, value) },
        // SAFETY: as for setting.
        None => unsafe { env::remove_var(name) },
    }
    Ok(())
}
