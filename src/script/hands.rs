//! How many threads may act for this process.

use std::sync::Mutex;

/// The number of threads that may act for this process: the main one, and those that scripts have started.
#[derive(Debug)]
pub(super) struct Hands(pub(super) Mutex<u64>);

impl Default for Hands {
    fn default() -> Self {
        Self(Mutex::new(1))
    }
}
