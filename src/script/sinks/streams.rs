//! The sinks of one runtime, with what its children print, in one order.
//!
//! A child's standard streams are pipes from its start on, so that whatever it and its descendants write comes here,
//! also what a command of `os.system` prints or how it fails to begin. They are made with the first child, and a [`Relay`]
//! that empties them while nobody else does. Everybody who writes to a sink first takes in what lies in the pipes: what a child
//! printed before it told somebody stands before what that one prints then.

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

/// What a child gets as standard output and standard error; `None` is what this process has.
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
    /// `None` where all stays on the streams of this process.
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

    /// Writes `bytes` where the host wants this stream, after what children wrote before. `alone` says that nobody
    /// of the family writes at this moment. `None` when the stream is the process's own.
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

    /// Whether it is one of the sinks that calls: it runs a script of the runtime that it serves, and would wait for itself.
    pub(crate) fn are_calling(&self) -> bool {
        ptr::eq(INSIDE.get(), &*self.outlets)
    }

    /// Hands on what children have written; the beginning of a line too if nobody is just writing the rest of it.
    pub(crate) fn take_in(&self, alone: bool) {
        self.with_outlets(|outlets| take_in(outlets, alone));
    }

    /// Whether there may be something to be taken in.
    pub(crate) fn have_children(&self) -> bool {
        !self.outlets.pipes().is_empty()
    }

    /// Nothing more comes that could end a line.
    pub(crate) fn finish(&self) {
        self.with_outlets(|outlets| outlets.iter_mut().flatten().for_each(Outlet::finish));
    }

    /// Gives the host its sinks back. Whoever prints later finds nobody who reads.
    pub(crate) fn close(&self) {
        drop(locked(&self.relay).take());
        let mut outlets = locked(&self.outlets.0);
        outlets.iter_mut().flatten().for_each(Outlet::let_go);
    }

    /// For a new process; a copy of this one [lays them over](Self::begin_child) its streams itself.
    ///
    /// # Errors
    /// When there is no descriptor or no thread left.
    pub(crate) fn entrances(&self) -> io::Result<Entrances> {
        let entrances = self.outlets.entrances()?;
        if entrances.iter().any(Option::is_some) {
            self.start_relay()?;
        }
        Ok(entrances)
    }

    /// A fork may follow: there is no thread of this crate's but the calling one until the result is dropped.
    pub(crate) fn prepare_fork(&self) -> PausedRelay<'_> {
        let relay = locked(&self.relay).take();
        let ran = relay.map(Relay::stop).is_some();
        PausedRelay { sinks: self, ran }
    }

    /// This is a forked child: what it prints goes into the pipes.
    pub(crate) fn begin_child(&self) {
        let outlets = std::mem::take(&mut *locked(&self.outlets.0));
        for (stream, outlet) in [Stream::Out, Stream::Err].into_iter().zip(outlets) {
            if let Some(entrance) = outlet.and_then(Outlet::forsake) {
                let _ = stdio::lay_over(stream, &*entrance);
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
            // It holds the end that was closed, and children are to notice.
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
    /// In whose sinks this thread is.
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
        // Somebody may be in the middle of a line.
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

/// The relay does not run; the drop starts it again.
#[must_use]
#[derive(Debug)]
pub(crate) struct PausedRelay<'a> {
    sinks: &'a Sinks,
    /// Whether it ran before.
    ran: bool,
}

impl PausedRelay<'_> {
    /// This is the child, which has no relay.
    pub(crate) fn forget(self) {
        std::mem::forget(self);
    }
}

impl Drop for PausedRelay<'_> {
    fn drop(&mut self) {
        if self.ran {
            // Where there is no thread left it is tried again with the next child; the pipes are emptied at each print.
            let _ = self.sinks.start_relay();
        }
    }
}
