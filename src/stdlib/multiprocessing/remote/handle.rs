//! An object on a server that nobody owns a part of, as one process holds it, and how it is sent to other processes of the family.

use std::sync::{Arc, Weak};

use rhai::Dynamic;
use serde::{Deserialize, Serialize};

use super::remotes::Remotes;
use super::waiting::using;
use crate::remote::endpoint::Endpoint;
use crate::remote::fault::Fault;
use crate::remote::place::Place;
use crate::remote::visit::{Visit, VisitTerms};
use crate::script::{Failure, Interp, raise};
use crate::sync::Deadline;
use crate::wire::{Unsendable, typed};

/// Such an object.
#[derive(Debug, Clone)]
pub(super) struct Handle {
    pub place: Place,
    pub terms: VisitTerms,
    interp: Weak<Interp>,
}

/// Such an object in a message, which does not leave the family: the URL may have a password.
#[derive(Serialize, Deserialize)]
struct Parts {
    url: String,
    name: String,
    more: Vec<String>,
}

impl Handle {
    pub(super) fn new(interp: &Arc<Interp>, place: Place, terms: VisitTerms) -> Self {
        let interp = Arc::downgrade(interp);
        Self {
            place,
            terms,
            interp,
        }
    }

    /// Opens the object, and returns the settings that it has.
    ///
    /// # Errors
    /// The server cannot be reached or used, or the object is another one.
    pub(super) fn open(&self) -> Result<Vec<Option<String>>, Failure> {
        let interp = self.interp()?;
        let remotes = Remotes::of(&interp);
        let is_first = !remotes.visits.has(&self.place, &self.terms);
        let opened = self.using(Deadline::NOW, Visit::open);
        if opened.is_err() && is_first {
            remotes.visits.end(&self.place, &self.terms);
        }
        opened
    }

    /// Does something with the calling thread's use of the object.
    pub(super) fn using<T>(
        &self,
        deadline: Deadline,
        body: impl FnOnce(&mut Visit, &dyn crate::remote::caller::Caller) -> Result<T, Fault>,
    ) -> Result<T, Failure> {
        let interp = self.interp()?;
        let visit = Remotes::of(&interp).visit(&interp, &self.place, &self.terms)?;
        let what = || self.describe();
        using(
            &interp,
            &visit,
            what,
            (deadline, "TimeoutError"),
            |visit, caller| body(visit, caller),
        )
    }

    pub(super) fn interp(&self) -> Result<Arc<Interp>, Failure> {
        let interp = self.interp.upgrade();
        interp.ok_or_else(|| raise("RuntimeError", "the runtime has ended"))
    }

    /// Returns how scripts see it.
    pub(super) fn repr(&self, class: &str) -> String {
        format!("<{class} {}>", self.describe())
    }

    /// Returns what it is called and where.
    pub(super) fn describe(&self) -> String {
        format!("{} at {}", self.place.name(), self.place.endpoint)
    }

    /// Returns the object as it is sent inside the family, with what its class adds.
    ///
    /// # Errors
    /// Its parts are too long.
    pub(super) fn parts(&self, more: Vec<String>) -> Result<Dynamic, Unsendable> {
        let parts = Parts {
            url: self.place.endpoint.url().into(),
            name: self.place.name().into(),
            more,
        };
        let packed = typed::pack(&parts).map_err(|misfit| Unsendable::Here(misfit.to_string()))?;
        Ok(Dynamic::from_blob(packed))
    }

    /// Returns where an object is that was sent, and what its class has added.
    ///
    /// # Errors
    /// It is none.
    pub(super) fn read(plain: Dynamic) -> Result<(Place, Vec<String>), String> {
        let bytes = plain.into_blob().map_err(|_| "its parts are missing")?;
        let parts: Parts = typed::read(&bytes).map_err(|misfit| misfit.to_string())?;
        let endpoint =
            Endpoint::read(&parts.url).map_err(|_| "its URL is not the URL of a server")?;
        let place = Place::new(Arc::new(endpoint), &parts.name)
            .map_err(|_| "its name is not the name of an object")?;
        Ok((place, parts.more))
    }
}
