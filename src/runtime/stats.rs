//! What a runtime has at the moment.

use std::fs::File;
use std::os::unix::fs::MetadataExt;

use super::Runtime;
use crate::stdlib::multiprocessing::family::Family;
use crate::stdlib::threading::roster::Roster;

/// The size of a block, in which files count their memory.
const BLOCK: u64 = 512;

/// What a [`Runtime`] has at the moment; see [`Runtime::stats`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RuntimeStats {
    /// The processes that it has started itself, those of its pools included, and that have not ended. Their own children do not count.
    pub processes: usize,
    /// The threads that its scripts have started in this process, and that have not ended.
    pub threads: usize,
    /// The bytes of memory that queues, locks and messages take, in all processes together.
    pub shared_memory: u64,
}

impl Runtime {
    /// Returns what the runtime has at the moment. [`Pool::stats`](crate::objects::Pool::stats) tells what the workers of a pool have done.
    ///
    /// # Example
    /// ```
    /// let runtime = procscript::Runtime::builder().build()?;
    /// let _queue = runtime.queue::<i64>(0)?;
    /// let stats = runtime.stats();
    /// assert_eq!((stats.processes, stats.threads), (0, 0));
    /// assert!(stats.shared_memory > 0);
    /// # Ok::<(), procscript::Error>(())
    /// ```
    pub fn stats(&self) -> RuntimeStats {
        let interp = &self.interp;
        let roster = Roster::of(interp);
        let (main, current) = (roster.main(), roster.current());
        let threads = roster.living().into_iter();
        let threads = threads.filter(|thread| !thread.is(&main) && !thread.is(&current));
        let session = interp.existing_session();
        let memory = session.and_then(|session| session.fd().try_clone_to_owned().ok());
        let memory = memory.and_then(|memory| File::from(memory).metadata().ok());
        RuntimeStats {
            processes: Family::of(interp).active_children(interp).len(),
            threads: threads.count(),
            shared_memory: memory.map_or(0, |memory| memory.blocks() * BLOCK),
        }
    }
}
