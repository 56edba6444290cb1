//! The sinks of one runtime, and the output of its children, in one order.
//!
//! The standard streams of children are pipes, so that everything they and their descendants write arrives here, including the
//! output of commands. The pipes are made with the first child, together with a [`Relay`] that empties them.
//! Whoever writes to a sink first empties the pipes too: what a child printed before it sent a message comes before what the
//! receiver of the message prints.

use std::cell::Cell;
use std::io;
use std::os::fd::OwnedFd;
use std::ptr;
use std::sync::{Arc, Mutex};

use super::outlet::Outlet;
use super::sink::Sink;
use crate::process::relay::{Carrier, Relay};
use crate::sys::lock::locked;
use crate::sys::stdio::{self, Stream};

/// The standard output and standard error of a child; `None` means those of this process.
pub(crate) type Entrances = [Option<Arc<OwnedFd>>; 2];

/// The sinks of a runtime.
#[derive(Debug)]
pub(crate) struct Sinks {
    outlets: Arc<Outlets>,
    relay: Mutex<Option<Relay>>,
}

/// Standard output and standard error, where they have a sink.
#[derive(Debug, Default)]
struct Outlets(Mutex<[Option<Outlet>; 2]>);

impl Sinks {
    /// Returns the sinks; `None` when nothing is redirected.
    pub(crate) fn new(output: Option<Sink>, errors: Option<Sink>) -> Option<Self> {
        if output.is_none() && errors.is_none() {
            return None;
        }
        let both = [output, errors].map(|sink| sink.map(Outlet::new));
        Some(Self {
            outlets: Arc::new(Outlets(Mutex::new(both))),
            relay: Mutex::default(),
        })
    }

    /// Writes `bytes` to the sink of this stream, after what children wrote before. `alone`: no other process of the program writes at this
    /// moment. Returns `None` when the stream is not redirected.
    pub(crate) fn write(
        &self,
        stream: Stream,
        bytes: &[u8],
        alone: bool,
    ) -> Option<io::Result<()>> {
        self.with_outlets(|outlets| {
            take_in(outlets, alone);
            let outlet = outlets[stream as usize].as_mut()?;
            Some(outlet.write(bytes))
        })
    }

    /// Returns whether a sink of this runtime is the caller: it runs a script of the same runtime, and would wait for itself.
    pub(crate) fn are_calling(&self) -> bool {
        ptr::eq(INSIDE.get(), &*self.outlets)
    }

    /// Moves what children have written to the sinks; with `alone` also the beginning of a line, which nobody is completing.
    pub(crate) fn take_in(&self, alone: bool) {
        self.with_outlets(|outlets| take_in(outlets, alone));
    }

    /// Takes the error of a sink that refused what a child had printed, unless it has been reported.
    pub(crate) fn take_owed(&self) -> Option<io::Error> {
        if self.are_calling() {
            return None;
        }
        self.with_outlets(|outlets| outlets.iter_mut().flatten().find_map(Outlet::take_owed))
    }

    /// Returns whether children may have written something.
    pub(crate) fn have_children(&self) -> bool {
        !self.outlets.pipes().is_empty()
    }

    /// Writes the beginnings of lines: nothing more can complete them.
    pub(crate) fn finish(&self) {
        self.with_outlets(|outlets| outlets.iter_mut().flatten().for_each(Outlet::finish));
    }

    /// Returns the sinks to the host. Later output finds its stream closed.
    pub(crate) fn close(&self) {
        drop(locked(&self.relay).take());
        let mut outlets = locked(&self.outlets.0);
        outlets.iter_mut().flatten().for_each(Outlet::let_go);
    }

    /// Returns the streams for a spawned process. A forked child [replaces](Self::begin_child) its streams itself.
    ///
    /// # Errors
    /// The process has no descriptor or no thread left.
    pub(crate) fn entrances(&self) -> io::Result<Entrances> {
        let entrances = self.outlets.entrances()?;
        if entrances.iter().any(Option::is_some) {
            self.start_relay()?;
        }
        Ok(entrances)
    }

    /// Stops the relay's thread for a fork, until the result is dropped.
    pub(crate) fn prepare_fork(&self) -> PausedRelay<'_> {
        let relay = locked(&self.relay).take();
        let ran = relay.map(Relay::stop).is_some();
        PausedRelay { sinks: self, ran }
    }

    /// Prepares a forked child, whose output goes into the pipes.
    pub(crate) fn begin_child(&self) {
        let outlets = std::mem::take(&mut *locked(&self.outlets.0));
        for (stream, outlet) in [Stream::Out, Stream::Err].into_iter().zip(outlets) {
            if let Some(entrance) = outlet.and_then(Outlet::forsake) {
                let _ = stdio::redirect(stream, &*entrance);
            }
        }
    }

    fn start_relay(&self) -> io::Result<()> {
        let mut relay = locked(&self.relay);
        if relay.is_none() {
            *relay = Some(Relay::start(self.outlets.clone())?);
        }
        Ok(())
    }

    fn with_outlets<T>(&self, f: impl FnOnce(&mut [Option<Outlet>; 2]) -> T) -> T {
        let (result, closed) = self.outlets.with(|outlets| {
            let before = exits(outlets).len();
            let result = f(outlets);
            (result, exits(outlets).len() < before)
        });
        if closed && let Some(relay) = &*locked(&self.relay) {
            // The relay holds the end that was closed, and children have to notice that it is.
            relay.look_again();
        }
        result
    }
}

impl Drop for Sinks {
    fn drop(&mut self) {
        self.close();
    }
}

thread_local! {
    /// The sinks that this thread is calling.
    static INSIDE: Cell<*const Outlets> = const { Cell::new(ptr::null()) };
}

impl Outlets {
    fn with<T>(&self, f: impl FnOnce(&mut [Option<Outlet>; 2]) -> T) -> T {
        let mut outlets = locked(&self.0);
        let before = INSIDE.replace(self);
        let result = f(&mut outlets);
        INSIDE.set(before);
        result
    }

    fn entrances(&self) -> io::Result<Entrances> {
        let mut outlets = locked(&self.0);
        let [out, err] = &mut *outlets;
        let entrance = |outlet: &mut Option<Outlet>| {
            let outlet = outlet.as_mut();
            outlet.map(Outlet::entrance).transpose()
        };
        Ok([entrance(out)?, entrance(err)?])
    }
}

impl Carrier for Outlets {
    fn pipes(&self) -> Vec<Arc<OwnedFd>> {
        exits(&locked(&self.0))
    }

    fn carry(&self) {
        // Another process may be in the middle of a line.
        self.with(|outlets| take_in(outlets, false));
    }
}

fn exits(outlets: &[Option<Outlet>; 2]) -> Vec<Arc<OwnedFd>> {
    outlets.iter().flatten().filter_map(Outlet::exit).collect()
}

fn take_in(outlets: &mut [Option<Outlet>; 2], all: bool) {
    let outlets = outlets.iter_mut().flatten();
    outlets.for_each(|outlet| outlet.take_in(all));
}

/// The relay is stopped. Dropping this starts it again.
#[must_use]
#[derive(Debug)]
pub(crate) struct PausedRelay<'a> {
    sinks: &'a Sinks,
    /// Whether it ran before.
    ran: bool,
}

impl PausedRelay<'_> {
    /// Leaves the relay stopped, in the child.
    pub(crate) fn forget(self) {
        std::mem::forget(self);
    }
}

impl Drop for PausedRelay<'_> {
    fn drop(&mut self) {
        if self.ran {
            // Without a free thread this is tried again with the next child; each print empties the pipes too.
            let _ = self.sinks.start_relay();
        }
    }
}
