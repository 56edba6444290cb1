//! The end of what a process or a thread uses on servers: one server that is away holds it up once, however many objects are there.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::waiting::tell;
use crate::remote::caller::Caller;
use crate::remote::fault::Fault;
use crate::script::Interp;
use crate::sys::interrupt;

/// How long servers that are away may hold it up, all together.
const PATIENCE: Duration = Duration::from_secs(3);

/// What another server has nevertheless, because it may be there.
const LEAST: Duration = Duration::from_secs(1);

/// A process or a thread that leaves objects. It is not asked to stop, but Ctrl-C ends it, if it is not Ctrl-C that began it.
pub(super) struct Departure<'a> {
    interp: &'a Interp,
    began: Instant,
    was_requested: bool,
    /// When it began to leave the present object.
    present: Cell<Instant>,
    /// The servers that could not be reached, by their URLs, and why.
    away: RefCell<HashMap<String, Fault>>,
}

impl Caller for Departure<'_> {
    fn has_to_stop(&self) -> bool {
        let end = (self.began + PATIENCE).max(self.present.get() + LEAST);
        let is_late = !self.away.borrow().is_empty() && Instant::now() >= end;
        is_late || !self.was_requested && interrupt::pending()
    }

    fn tell(&self, text: &str) {
        tell(self.interp, text);
    }
}

impl<'a> Departure<'a> {
    pub(super) fn begin(interp: &'a Interp) -> Self {
        Self {
            interp,
            began: Instant::now(),
            was_requested: interrupt::pending(),
            present: Cell::new(Instant::now()),
            away: RefCell::default(),
        }
    }

    /// Leaves an object on the server with this URL.
    ///
    /// # Errors
    /// Those of `leave`; the server could not be reached before.
    pub(super) fn from(
        &self,
        url: &str,
        leave: impl FnOnce(&Self) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        if let Some(why) = self.away.borrow().get(url) {
            return Err(why.clone());
        }
        self.present.set(Instant::now());
        let left = leave(self);
        if let Err(why @ (Fault::Broken(_) | Fault::Unreachable(_) | Fault::Interrupted)) = &left {
            self.away.borrow_mut().insert(url.into(), why.clone());
        }
        left
    }
}
