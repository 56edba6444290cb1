//! Which thread is loading which module: no module is loaded twice, and no thread waits for itself.

use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex};
use std::thread::{self, ThreadId};

use crate::sys::clock::HEARTBEAT;
use crate::sys::lock::locked;

/// The modules that are being loaded.
#[derive(Debug, Default)]
pub(super) struct Loading {
    state: Mutex<State>,
    ended: Condvar,
}

#[derive(Debug, Default)]
struct State {
    loading: Vec<(ThreadId, PathBuf)>,
    waiting: Vec<(ThreadId, PathBuf)>,
}

impl State {
    fn loader(&self, file: &Path) -> Option<ThreadId> {
        let mut all = self.loading.iter();
        all.find(|(_, loaded)| loaded == file).map(|(id, _)| *id)
    }

    /// Whether the thread that loads `file` is this one, or waits for this one, directly or by way of others.
    fn leads_to(&self, me: ThreadId, file: &Path) -> bool {
        let mut file = file;
        // Each thread waits for at most one module, so there are no more steps than waiting threads.
        for _ in 0..=self.waiting.len() {
            let Some(loader) = self.loader(file) else {
                return false;
            };
            if loader == me {
                return true;
            }
            match self.waiting.iter().find(|(id, _)| *id == loader) {
                Some((_, next)) => file = next,
                None => return false,
            }
        }
        true
    }
}

impl Loading {
    /// Waits until no other thread loads `file`, and lets the calling thread load it.
    pub(super) fn begin(&self, file: &Path, stop: impl Fn() -> bool) -> Result<Turn<'_>, NoTurn> {
        let me = thread::current().id();
        loop {
            let mut state = locked(&self.state);
            if state.leads_to(me, file) {
                return Err(NoTurn::Circular);
            }
            if state.loader(file).is_none() {
                state.loading.push((me, file.into()));
                let file = file.into();
                return Ok(Turn { all: self, file });
            }
            state.waiting.push((me, file.into()));
            let waited = self.ended.wait_timeout(state, HEARTBEAT);
            let mut state = match waited {
                Ok((state, _)) => state,
                Err(poisoned) => poisoned.into_inner().0,
            };
            state.waiting.retain(|(id, _)| *id != me);
            drop(state);
            if stop() {
                return Err(NoTurn::Stopped);
            }
        }
    }
}

/// Why a thread may not load a module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoTurn {
    /// It would wait for itself.
    Circular,
    /// The script was stopped.
    Stopped,
}

/// The right to load one module, until it is dropped.
#[derive(Debug)]
pub(super) struct Turn<'a> {
    all: &'a Loading,
    file: PathBuf,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut state = locked(&self.all.state);
        state.loading.retain(|(_, file)| *file != self.file);
        drop(state);
        self.all.ended.notify_all();
    }
}
