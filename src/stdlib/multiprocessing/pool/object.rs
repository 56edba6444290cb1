//! Pools as scripts have them: a `Pool` is a pool of processes, a `ThreadPool` one of threads.

use super::state::Pool;
use crate::script::Call;

/// A pool of threads.
#[derive(Debug, Clone)]
pub(super) struct ThreadPool(pub Pool);

/// The pool whose method is called.
pub(super) fn pool(call: &mut Call<'_>) -> Pool {
    let of_threads = call
        .receiver()
        .read_lock::<ThreadPool>()
        .map(|pool| pool.0.clone());
    of_threads.unwrap_or_else(|| call.this())
}
