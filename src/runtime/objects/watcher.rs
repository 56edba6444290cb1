//! The thread that waits for shared objects in place of futures: it wakes a future when what it waits for may have come.
//!
//! Each session has one while a future waits. A future that is woken tries again, and is entered again if somebody else was faster.

use std::collections::HashSet;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::task::Waker;
use std::time::Duration;
use std::{io, thread};

use super::home;
use crate::sync::{self, Deadline, Session, Source, wait_ready};
use crate::sys::lock::locked;

/// How long the thread stays when no future waits any more.
const LINGER: Duration = Duration::from_millis(200);

/// The longest wait: after it, futures look whether their runtime still exists.
const LOOK: Duration = Duration::from_secs(1);

/// The watchers of all sessions.
static ALL: Mutex<Vec<Arc<Watcher>>> = Mutex::new(Vec::new());

/// What the futures of a session wait for.
#[derive(Debug)]
pub(super) struct Watcher {
    session: Session,
    /// An item in it ends the wait of the thread, which then waits for other things.
    bell: sync::Queue,
    state: Mutex<State>,
    entered: Condvar,
}

#[derive(Debug, Default)]
struct State {
    entries: Vec<Entry>,
    next: u64,
    /// The thread has ended, or is about to.
    is_over: bool,
    /// The thread waits for the entries, and does not know of newer ones.
    sleeps: bool,
}

#[derive(Debug)]
struct Entry {
    ticket: u64,
    source: Source,
    waker: Waker,
}

/// The place of a future among those that wait. It is free while the future is not waiting.
#[derive(Debug)]
pub(super) struct Place {
    session: Session,
    entered: Option<(Arc<Watcher>, u64)>,
}

impl Place {
    pub(super) fn new(session: &Session) -> Self {
        let session = session.clone();
        Self {
            session,
            entered: None,
        }
    }

    /// Has `waker` woken when `source` is ready, or when the runtime was stopped or has ended.
    ///
    /// # Errors
    /// There is no memory or no thread for that.
    pub(super) fn wait_for(&mut self, source: Source, waker: &Waker) -> Result<(), String> {
        self.leave();
        let watcher = Watcher::of(&self.session).map_err(|error| error.to_string())?;
        let ticket = watcher.enter(source, waker.clone());
        self.entered = Some((watcher, ticket));
        Ok(())
    }

    fn leave(&mut self) {
        if let Some((watcher, ticket)) = self.entered.take() {
            let mut state = locked(&watcher.state);
            state.entries.retain(|entry| entry.ticket != ticket);
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.leave();
    }
}

impl Watcher {
    /// Returns the watcher of the session, whose thread runs.
    fn of(session: &Session) -> io::Result<Arc<Self>> {
        let mut all = locked(&ALL);
        all.retain(|watcher| !locked(&watcher.state).is_over);
        if let Some(watcher) = all.iter().find(|watcher| watcher.session.is_same(session)) {
            return Ok(watcher.clone());
        }
        let bell = sync::Queue::create(session, 0).map_err(io::Error::other)?;
        let watcher = Arc::new(Self {
            session: session.clone(),
            bell,
            state: Mutex::default(),
            entered: Condvar::new(),
        });
        let running = watcher.clone();
        let builder = thread::Builder::new().name("procscript-await".into());
        builder.spawn(move || running.run())?;
        all.push(watcher.clone());
        Ok(watcher)
    }

    fn enter(&self, source: Source, waker: Waker) -> u64 {
        let mut state = locked(&self.state);
        if state.is_over {
            // It is entered again with the next watcher.
            waker.wake();
            return state.next;
        }
        state.next += 1;
        let ticket = state.next;
        state.entries.push(Entry {
            ticket,
            source,
            waker,
        });
        if state.sleeps {
            let _ = self.bell.put(&[], &[], Deadline::NOW);
        }
        self.entered.notify_one();
        ticket
    }

    fn run(self: &Arc<Self>) {
        while let Some((tickets, sources)) = self.sources() {
            let wait = || wait_ready(&self.session, &sources, Deadline::after(LOOK));
            let ready = self.session.noticing_stops(wait);
            while self.bell.get_with(Deadline::NOW, |_| ()).is_ok() {}
            let is_over = home::of(&self.session).is_err();
            let mut state = locked(&self.state);
            state.sleeps = false;
            let woken: Vec<Entry> = match ready {
                Ok(ready) if !is_over => {
                    let ready = tickets.iter().zip(ready.iter().skip(1));
                    let ready = ready.filter(|(_, ready)| **ready);
                    let ready: HashSet<u64> = ready.map(|(ticket, _)| *ticket).collect();
                    let is_ready = |entry: &mut Entry| ready.contains(&entry.ticket);
                    state.entries.extract_if(.., is_ready).collect()
                }
                // A stop, or something that the operation itself will report.
                _ => state.entries.drain(..).collect(),
            };
            drop(state);
            woken.into_iter().for_each(|entry| entry.waker.wake());
        }
        let mut all = locked(&ALL);
        all.retain(|watcher| !Arc::ptr_eq(watcher, self));
    }

    /// Returns what is to be waited for, the bell first, and for whom. `None` if nobody has waited for a while.
    fn sources(&self) -> Option<(Vec<u64>, Vec<Source>)> {
        let is_empty = |state: &mut State| state.entries.is_empty();
        let state = locked(&self.state);
        let waited = self.entered.wait_timeout_while(state, LINGER, is_empty);
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if state.entries.is_empty() {
            state.is_over = true;
            return None;
        }
        state.sleeps = true;
        let tickets = state.entries.iter().map(|entry| entry.ticket).collect();
        let sources = state.entries.iter().map(|entry| entry.source.clone());
        let bell = Source::Queue(self.bell.clone());
        Some((tickets, [bell].into_iter().chain(sources).collect()))
    }
}
