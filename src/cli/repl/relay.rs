//! The thread that carries output to the terminal, and makes rustyline return when a signal ends the prompt.
//!
//! The thread is ended before each fork and restarted afterwards, because only a process with one thread may fork.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use nix::sys::signal::{SigSet, SigmaskHow};
use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};
use rustix::process::{Signal, getpid, kill_process};

use super::outlet::Outlet;
use super::signals::Endings;

/// The interval for checking whether output has been shown, or the line has ended.
const SHORT: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 20_000_000,
};

/// How long the kernel may take to remove a thread that has ended.
const FORGETTING: Duration = Duration::from_millis(500);

/// The relay, which can be stopped and restarted.
#[derive(Debug)]
pub(crate) struct Relay {
    work: Arc<Work>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Debug)]
struct Work {
    outlet: Arc<Outlet>,
    endings: Arc<Endings>,
    /// Rung when the thread must end.
    end: OwnedFd,
}

impl Relay {
    /// Creates a relay that is not running yet.
    pub(crate) fn new(outlet: Arc<Outlet>, endings: Arc<Endings>) -> io::Result<Self> {
        Ok(Self {
            work: Arc::new(Work {
                outlet,
                endings,
                end: eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?,
            }),
            thread: Mutex::new(None),
        })
    }

    /// Starts the thread if it is not running.
    pub(crate) fn start(&self) {
        let mut thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        if thread.is_none() {
            // Without the thread, output is shown at the next prompt.
            *thread = self.spawn().ok();
        }
    }

    fn spawn(&self) -> io::Result<JoinHandle<()>> {
        let work = self.work.clone();
        // Belongs to the thread and is closed with it: a forked child must not be able to read.
        let pipe = work.outlet.pipe()?;
        // Signals belong to the main thread from this thread's first instruction on, because it inherits the signal
        // mask.
        let mask = SigSet::all().thread_swap_mask(SigmaskHow::SIG_BLOCK)?;
        let started = std::thread::Builder::new()
            .name("procscript-relay".into())
            .spawn(move || work.run(&pipe));
        mask.thread_set_mask()?;
        started
    }

    /// Ends the thread; afterwards the process has one thread less.
    pub(crate) fn lay_down(&self) {
        let mut thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(thread) = thread.take() {
            let threads = thread_count();
            let _ = rustix::io::write(&self.work.end, &1u64.to_ne_bytes());
            let _ = thread.join();
            let _ = rustix::io::read(&self.work.end, &mut [0; 8]);
            let deadline = Instant::now() + FORGETTING;
            while thread_count() >= threads && Instant::now() < deadline {
                std::thread::yield_now();
            }
        }
    }
}

impl Work {
    fn run(&self, pipe: &File) {
        let mut room = true;
        loop {
            let ending = self.endings.came().is_some();
            let text = if room {
                PollFlags::IN
            } else {
                PollFlags::empty()
            };
            let mut waited = [
                PollFd::new(&self.end, PollFlags::IN),
                PollFd::new(&*self.endings, PollFlags::IN),
                PollFd::new(pipe, text),
            ];
            let _ = poll(&mut waited, (ending || !room).then_some(&SHORT));
            if !waited[0].revents().is_empty() {
                return;
            }
            if self.endings.came().is_some() {
                // Like Ctrl-C. Repeated, because rustyline may not have been ready for it.
                self.outlet.end_of_line(|| {
                    let _ = kill_process(getpid(), Signal::INT);
                });
            }
            room = self.outlet.take_in();
        }
    }
}

fn thread_count() -> usize {
    std::fs::read_dir("/proc/self/task").map_or(0, Iterator::count)
}
