//! Pools: tasks that workers on any machine do, and their results.
//!
//! - [`submitter`]: whoever submits tasks; [`collect`]: how it waits for their results; [`cancel`]: what it does not want any more; [`bench`](mod@bench): a worker's place; [`task`]: how tasks and results are written.
//! - [`fresh`]: which tasks a worker with a key does.
//!
//! A pool is an object for each program: `NAME/HASH`. Its tasks are in the streams of a queue, so the deaths of workers are those of a
//! queue's users. The results of a submitter are in a stream of its own, and vanish with it.

mod bench;
mod cancel;
mod collect;
mod fresh;
mod submitter;
mod task;

pub(crate) use bench::Bench;
pub(crate) use cancel::Cancelled;
pub(crate) use collect::Outcome;
pub(crate) use submitter::Submitter;
pub(crate) use task::{Done, Task};

use super::endpoint::Endpoint;
use super::fault::{Fault, Refusal};
use super::place::Place;
use super::seal::Key;
use std::sync::Arc;
use std::time::Duration;

/// What the settings of a pool call it.
pub(in crate::remote) const KIND: &str = "pool";

/// How many workers a task may kill before it is tried no more, less one.
const DEATHS: u32 = 2;

/// The most bytes of a task, a result or a program.
const BYTES_MAX: usize = 16 << 20;

/// How many digits of a hash are in the name of a pool: that of its program, or where programs are sealed one that only those know who have
/// the key. So those with another key have another pool.
const DIGITS: usize = 16;

/// The longest name of a pool, in bytes.
const NAME_MAX: usize = 100;

/// What submitters and workers of a pool have to agree on.
#[derive(Debug, Clone)]
pub(crate) struct Terms {
    /// What scripts call the pool.
    pub name: String,
    /// How long a machine may be silent before its processes count as dead.
    pub lease: Duration,
    /// With a key, tasks of any program whose seal fits are done.
    pub key: Option<Key>,
}

impl Terms {
    /// Returns the place of the pool for the program with this hash, which does not matter where programs are sealed.
    ///
    /// # Errors
    /// The name is not allowed.
    pub(crate) fn place(&self, endpoint: &Arc<Endpoint>, program: &str) -> Result<Place, Fault> {
        let name = &self.name;
        let hash = match &self.key {
            Some(key) => &key.seal(&[KIND.as_bytes()]),
            None => program,
        };
        let hash = hash.get(..DIGITS).unwrap_or(hash);
        let wrong = |text| Err(Fault::refused(Refusal::Mismatch, text));
        match name.as_str() {
            "" => wrong("name is empty".to_string()),
            _ if name.len() > NAME_MAX => wrong(format!(
                "name has {} bytes; that of a pool has at most {NAME_MAX}",
                name.len()
            )),
            _ => Place::new(endpoint.clone(), &format!("{name}/{hash}")),
        }
    }
}

/// Refuses what is too long for a message.
fn check_length(what: &str, bytes: &[u8]) -> Result<(), Fault> {
    if bytes.len() <= BYTES_MAX {
        return Ok(());
    }
    let text = format!(
        "{what} has {} bytes; a message to a server has at most {BYTES_MAX}: put it into a file or another storage, and send its name",
        bytes.len()
    );
    Err(Fault::refused(Refusal::Mismatch, text))
}

/// The key of a program in a pool.
fn program_key(place: &Place, hash: &str) -> String {
    place.key(&format!("g:{hash}"))
}
