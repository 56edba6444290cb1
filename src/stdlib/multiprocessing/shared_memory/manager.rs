//! `SharedMemoryManager`: makes shared memory and removes all of it at its end.

use std::sync::{Arc, Mutex};

use rhai::Dynamic;

use super::list::List;
use super::memory::SharedMemory;
use crate::script::{Call, Failure, Interp, Outcome, Registry, raise};
use crate::sys;
use crate::sys::lock::locked;

/// A manager. Clones are the same.
#[derive(Debug, Clone)]
struct SharedMemoryManager(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    interp: Arc<Interp>,
    /// The process that removes the memory.
    home: i32,
    stage: Mutex<Stage>,
}

/// How far a manager is.
#[derive(Debug)]
enum Stage {
    Initial,
    /// With what it has made.
    Started(Vec<SharedMemory>),
    Shutdown,
}

const NOT_SENT: &str = "the process that made it removes the memory; send the memory itself";

pub(super) fn register(registry: &mut Registry) {
    registry
        .class::<SharedMemoryManager>("SharedMemoryManager")
        .by_address(|manager: &SharedMemoryManager| Arc::as_ptr(&manager.0).addr())
        .withhold(|_: &SharedMemoryManager| Some(NOT_SENT))
        .method("start", &[], |call| {
            call.this::<SharedMemoryManager>().0.start()?;
            Ok(Dynamic::UNIT)
        })
        .method("shutdown", &[], |call| {
            call.this::<SharedMemoryManager>().0.shutdown();
            Ok(Dynamic::UNIT)
        })
        .method("SharedMemory", &["size"], memory)
        .method("ShareableList", &["sequence"], list)
        .context(enter, |call| {
            call.this::<SharedMemoryManager>().0.shutdown();
            Ok(Dynamic::UNIT)
        })
        .repr(|call| {
            let manager = call.this::<SharedMemoryManager>().0;
            let stage = match &*locked(&manager.stage) {
                Stage::Initial => "initial",
                Stage::Started(_) => "started",
                Stage::Shutdown => "shutdown",
            };
            let address = Arc::as_ptr(&manager).addr();
            Ok(format!("<SharedMemoryManager {stage} at 0x{address:x}>").into())
        });
}

/// `SharedMemoryManager()`: not started, as in Python.
pub(super) fn construct(call: &mut Call<'_>) -> Outcome {
    let inner = Inner {
        interp: call.interp.clone(),
        home: sys::process::pid(),
        stage: Mutex::new(Stage::Initial),
    };
    Ok(Dynamic::from(SharedMemoryManager(Arc::new(inner))))
}

/// The beginning of `with`, which starts a manager that has not been started.
fn enter(call: &mut Call<'_>) -> Outcome {
    let manager = call.this::<SharedMemoryManager>().0;
    if matches!(*locked(&manager.stage), Stage::Initial) {
        manager.start()?;
    }
    Ok(call.receiver().clone())
}

/// `manager.SharedMemory(size)`.
fn memory(call: &mut Call<'_>) -> Outcome {
    let size = call.int(0)?;
    let size = u64::try_from(size).ok().filter(|size| *size > 0);
    let size = size.ok_or_else(|| raise("ValueError", "'size' must be a positive integer"))?;
    let memory = call.this::<SharedMemoryManager>().0.make(|interp| {
        let memory = SharedMemory::create(interp, None, size, true)?;
        Ok((memory.clone(), memory))
    })?;
    Ok(Dynamic::from(memory))
}

/// `manager.ShareableList(sequence)`.
fn list(call: &mut Call<'_>) -> Outcome {
    let items = call.value(0);
    let items = List::items(call, items)?;
    let list = call.this::<SharedMemoryManager>().0.make(|interp| {
        let list = List::create(interp, None, &items, true)?;
        Ok((list.memory().clone(), list))
    })?;
    Ok(Dynamic::from(list))
}

impl Inner {
    fn start(&self) -> Result<(), Failure> {
        let mut stage = locked(&self.stage);
        let text = match *stage {
            Stage::Initial => {
                *stage = Stage::Started(Vec::new());
                return Ok(());
            }
            Stage::Started(_) => "Already started SharedMemoryServer",
            Stage::Shutdown => "SharedMemoryManager has shut down",
        };
        Err(raise("ProcessError", text))
    }

    /// Makes something in shared memory, and notes the memory.
    fn make<T>(
        &self,
        make: impl FnOnce(&Interp) -> Result<(SharedMemory, T), Failure>,
    ) -> Result<T, Failure> {
        if self.home != sys::process::pid() {
            let text = "a SharedMemoryManager can only be used in the process that created it";
            return Err(raise("RuntimeError", text));
        }
        match &mut *locked(&self.stage) {
            Stage::Started(all) => {
                let (memory, made) = make(&self.interp)?;
                all.push(memory);
                Ok(made)
            }
            Stage::Initial | Stage::Shutdown => {
                Err(raise("AssertionError", "server not yet started"))
            }
        }
    }

    /// Removes what it has made.
    fn shutdown(&self) {
        if self.home != sys::process::pid() {
            return;
        }
        let before = std::mem::replace(&mut *locked(&self.stage), Stage::Shutdown);
        if let Stage::Started(all) = before {
            for memory in all {
                // The script may have removed it.
                let _ = memory.unlink(&self.interp);
            }
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.shutdown();
    }
}
