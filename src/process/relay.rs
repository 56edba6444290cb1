//! A thread that passes on what children write, so that a child never blocks on a pipe that nobody reads.
//!
//! The thread can be stopped for a fork, because a process with two threads must not fork.

use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread::JoinHandle;

use crate::sys::pipe::Bell;
use crate::sys::signal::Held;
use crate::sys::{identity, process};

/// The work of a relay.
pub(crate) trait Carrier: Send + Sync + 'static {
    /// Returns the pipes to wait for.
    fn pipes(&self) -> Vec<Arc<OwnedFd>>;

    /// Reads what is in the pipes.
    fn carry(&self);
}

/// The relay's thread; dropping the handle ends it.
#[derive(Debug)]
pub(crate) struct Relay {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    bell: Bell,
    ends: AtomicBool,
    /// The kernel's ID of the thread.
    thread: AtomicU32,
}

impl Relay {
    /// # Errors
    /// If no descriptor or thread is left.
    pub(crate) fn start(carrier: Arc<impl Carrier>) -> io::Result<Self> {
        let shared = Arc::new(Shared {
            bell: Bell::new()?,
            ends: AtomicBool::new(false),
            thread: AtomicU32::new(0),
        });
        let own = shared.clone();
        // The thread inherits the signal mask: handlers must run on the threads of the program that has installed
        // them.
        let _held = Held::every();
        let thread = std::thread::Builder::new()
            .name("procscript-out".into())
            .spawn(move || own.run(&*carrier))?;
        Ok(Self {
            shared,
            thread: Some(thread),
        })
    }

    /// Makes the thread ask again which pipes there are.
    pub(crate) fn look_again(&self) {
        self.shared.bell.ring();
    }

    /// Ends the thread, and waits until the process has one thread less.
    pub(crate) fn stop(mut self) {
        self.end();
        let thread = self.shared.thread.load(Ordering::Relaxed);
        process::wait_until_gone(i64::from(thread));
    }

    fn end(&mut self) {
        self.shared.ends.store(true, Ordering::Release);
        self.shared.bell.ring();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.end();
    }
}

impl Shared {
    fn run(&self, carrier: &impl Carrier) {
        self.thread.store(identity::thread_id(), Ordering::Relaxed);
        while !self.ends.load(Ordering::Acquire) {
            self.bell.wait(&carrier.pipes());
            carrier.carry();
        }
    }
}
