//! The uses of objects that nobody owns a part of: one for each thread and object.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use super::departure::Departure;
use crate::remote::place::Place;
use crate::remote::visit::{Visit, VisitTerms};
use crate::script::Failure;
use crate::sys::identity;
use crate::sys::lock::locked;

/// A thread's use of an object.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Use {
    thread: u32,
    url: String,
    name: String,
    kind: &'static str,
}

impl Use {
    fn of(place: &Place, terms: &VisitTerms) -> Self {
        Self {
            thread: identity::thread_id(),
            url: place.endpoint.url().into(),
            name: place.name().into(),
            kind: terms.kind,
        }
    }
}

/// What this process uses of such objects.
#[derive(Default)]
pub(super) struct Visits(Mutex<HashMap<Use, Arc<Mutex<Visit>>>>);

impl Visits {
    /// Forgets all of them: they are the parent's.
    pub(super) fn clear(&self) {
        locked(&self.0).clear();
    }

    /// Returns the calling thread's use of an object, after `prepare` if it is the first.
    ///
    /// # Errors
    /// Those of `prepare`.
    pub(super) fn visit(
        &self,
        place: &Place,
        terms: &VisitTerms,
        prepare: impl FnOnce() -> Result<(), Failure>,
    ) -> Result<Arc<Mutex<Visit>>, Failure> {
        let key = Use::of(place, terms);
        if let Some(visit) = locked(&self.0).get(&key) {
            return Ok(visit.clone());
        }
        prepare()?;
        let visit = Visit::new(place.clone(), terms.clone());
        let visit = Arc::new(Mutex::new(visit));
        locked(&self.0).insert(key, visit.clone());
        Ok(visit)
    }

    /// Returns whether the calling thread uses an object already.
    pub(super) fn has(&self, place: &Place, terms: &VisitTerms) -> bool {
        locked(&self.0).contains_key(&Use::of(place, terms))
    }

    /// Ends the calling thread's use of an object.
    pub(super) fn end(&self, place: &Place, terms: &VisitTerms) {
        locked(&self.0).remove(&Use::of(place, terms));
    }

    /// Ends uses: those of one thread, or all.
    pub(super) fn leave(&self, departure: &Departure<'_>, thread: Option<u32>) {
        let mut visits = locked(&self.0);
        let is_meant = |key: &Use| thread.is_none_or(|thread| key.thread == thread);
        let left: Vec<_> = visits.extract_if(|key, _| is_meant(key)).collect();
        drop(visits);
        for (key, visit) in left {
            // A thread that does not end holds its own. What the server remembers of one that is gone, it forgets by itself after a day.
            if let Ok(mut visit) = visit.try_lock() {
                let _ = departure.from(&key.url, |caller| visit.leave(caller));
            }
        }
    }
}
