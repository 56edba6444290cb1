//! What this process uses on servers: its seats at objects, one for each thread, and the keeper of its family.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use rhai::{Dynamic, Map};

use super::departure::Departure;
use super::visits::Visits;
use crate::permissions::{Contacting, Last, Use as FileUse};
use crate::remote::caller::Caller;
use crate::remote::endpoint::{Address, Endpoint};
use crate::remote::keeper::Keeper;
use crate::remote::line::{LineKind, LineSeat, LineTerms};
use crate::remote::place::Place;
use crate::remote::pool::{Submitter, Terms as PoolTerms};
use crate::remote::queue::{Chair, Terms};
use crate::remote::tls_files::TlsFiles;
use crate::remote::visit::{Visit, VisitTerms};
use crate::script::{Failure, Interp, State, os_failure};
use crate::stdlib::signal::handlers::signals_of;
use crate::sys::identity;
use crate::sys::lock::locked;
use crate::sys::socket::resolve;

/// The name under which a spawned child inherits the address of the keeper.
const KEEPER: &str = "remote.keeper";

/// A thread's use of an object: two handles with different terms are two uses.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Use {
    thread: u32,
    url: String,
    name: String,
    joinable: bool,
    ack_on_get: bool,
}

/// What the processes of a runtime use on servers.
#[derive(Default)]
pub(crate) struct Remotes {
    keeper: Arc<Keeper>,
    chairs: Mutex<HashMap<Use, Arc<Mutex<Chair>>>>,
    lines: Mutex<HashMap<LineUse, Arc<Mutex<LineSeat>>>>,
    pub(super) visits: Visits,
    submitters: Mutex<Vec<Arc<Mutex<Submitter>>>>,
}

/// A thread's use of a lock or a semaphore.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct LineUse {
    thread: u32,
    url: String,
    name: String,
    kind: LineKind,
    reentrant: bool,
}

impl LineUse {
    /// Returns the calling thread's use of a lock or a semaphore.
    fn of(place: &Place, terms: &LineTerms) -> Self {
        Self {
            thread: identity::thread_id(),
            url: place.endpoint.url().into(),
            name: place.name().into(),
            kind: terms.kind,
            reentrant: terms.reentrant,
        }
    }
}

impl State for Remotes {
    /// The seats are the parent's.
    fn begin_process(&self) {
        locked(&self.chairs).clear();
        locked(&self.lines).clear();
        self.visits.clear();
        locked(&self.submitters).clear();
    }

    fn inheritance(&self) -> Vec<(String, Dynamic)> {
        let address = self.keeper.address();
        let inherited = address.map(|address| (KEEPER.into(), address.into()));
        inherited.into_iter().collect()
    }

    fn inherit(&self, values: &Map) {
        let address = values.get(KEEPER).cloned();
        if let Some(address) = address.and_then(|value| value.into_string().ok()) {
            self.keeper.inherit(address);
        }
    }
}

impl Use {
    /// Returns the calling thread's use of a queue.
    fn of(place: &Place, terms: &Terms) -> Self {
        Self {
            thread: identity::thread_id(),
            url: place.endpoint.url().into(),
            name: place.name().into(),
            joinable: terms.joinable,
            ack_on_get: terms.ack_on_get,
        }
    }
}

impl Remotes {
    pub(crate) fn of(interp: &Interp) -> &Self {
        interp.state()
    }

    /// Returns the calling thread's use of a queue.
    ///
    /// # Errors
    /// `PermissionError`: the script may not reach the server.
    pub(super) fn chair(
        &self,
        interp: &Interp,
        place: &Place,
        terms: &Terms,
    ) -> Result<Arc<Mutex<Chair>>, Failure> {
        let key = Use::of(place, terms);
        if let Some(chair) = locked(&self.chairs).get(&key) {
            return Ok(chair.clone());
        }
        prepare(interp, &place.endpoint)?;
        let chair = Chair::new(place.clone(), terms.clone(), self.keeper.clone());
        let chair = Arc::new(Mutex::new(chair));
        locked(&self.chairs).insert(key, chair.clone());
        Ok(chair)
    }

    /// Ends what the calling thread uses, before it ends. Items in hand are done when the thread ends in order, and else go back.
    pub(crate) fn end_thread(&self, interp: &Interp, failed: bool) {
        let thread = identity::thread_id();
        let blamed = failed && interp.stopping().is_none();
        let departure = Departure::begin(interp);
        self.leave_those(&departure, |key| key.thread == thread, !failed, blamed);
        self.leave_lines(&departure, |key| key.thread == thread);
        self.visits.leave(&departure, Some(thread));
    }

    /// Returns whether the calling thread uses a queue already.
    pub(super) fn has_chair(&self, place: &Place, terms: &Terms) -> bool {
        locked(&self.chairs).contains_key(&Use::of(place, terms))
    }

    /// Ends every thread's use of a queue, in order.
    pub(super) fn close(&self, interp: &Interp, place: &Place, terms: &Terms) {
        let is_meant = |key: &Use| {
            key.url == place.endpoint.url()
                && key.name == place.name()
                && key.joinable == terms.joinable
                && key.ack_on_get == terms.ack_on_get
        };
        let departure = Departure::begin(interp);
        self.leave_those(&departure, is_meant, !terms.joinable, false);
    }

    /// Ends every use, because the process ends: items in hand are done if that is in order, and else go back. They are blamed for an
    /// end by an error, but not for one that somebody has asked for.
    pub(crate) fn leave(&self, interp: &Interp, code: i32, told_to_end: bool) {
        let in_order = code == 0 && !told_to_end;
        let departure = Departure::begin(interp);
        self.leave_those(&departure, |_| true, in_order, code != 0 && !told_to_end);
        self.leave_lines(&departure, |_| true);
        self.visits.leave(&departure, None);
        self.leave_pools(&departure);
    }

    /// Ends the use of pools, because the runtime ends; the process goes on.
    pub(crate) fn end_pools(&self, interp: &Interp) {
        self.leave_pools(&Departure::begin(interp));
    }

    fn leave_pools(&self, departure: &Departure<'_>) {
        for submitter in std::mem::take(&mut *locked(&self.submitters)) {
            leave_pool(&submitter, departure);
        }
    }

    /// Returns the calling thread's use of an object that nobody owns a part of.
    ///
    /// # Errors
    /// `PermissionError`: the script may not reach the server.
    pub(super) fn visit(
        &self,
        interp: &Interp,
        place: &Place,
        terms: &VisitTerms,
    ) -> Result<Arc<Mutex<Visit>>, Failure> {
        self.visits
            .visit(place, terms, || prepare(interp, &place.endpoint))
    }

    /// Returns the keeper of the family.
    pub(super) fn keeper(&self) -> Arc<Keeper> {
        self.keeper.clone()
    }

    /// Begins the use of a pool by this process, which ends with [`drop_submitter`](Self::drop_submitter) or with the process.
    ///
    /// # Errors
    /// `PermissionError`: the script may not reach the server.
    pub(super) fn submitter(
        &self,
        interp: &Interp,
        place: &Place,
        terms: &PoolTerms,
    ) -> Result<Arc<Mutex<Submitter>>, Failure> {
        prepare(interp, &place.endpoint)?;
        let submitter = Submitter::new(place.clone(), terms.clone(), self.keeper.clone());
        let submitter = Arc::new(Mutex::new(submitter));
        locked(&self.submitters).push(submitter.clone());
        Ok(submitter)
    }

    /// Ends the use of a pool.
    pub(super) fn drop_submitter(&self, submitter: &Arc<Mutex<Submitter>>, interp: &Interp) {
        let mut submitters = locked(&self.submitters);
        let count = submitters.len();
        submitters.retain(|other| !Arc::ptr_eq(other, submitter));
        let is_known = submitters.len() < count;
        drop(submitters);
        if is_known {
            leave_pool(submitter, &Departure::begin(interp));
        }
    }

    /// Returns the calling thread's use of a lock or a semaphore.
    ///
    /// # Errors
    /// `PermissionError`: the script may not reach the server.
    pub(super) fn line(
        &self,
        interp: &Interp,
        place: &Place,
        terms: &LineTerms,
    ) -> Result<Arc<Mutex<LineSeat>>, Failure> {
        let key = LineUse::of(place, terms);
        if let Some(line) = locked(&self.lines).get(&key) {
            return Ok(line.clone());
        }
        prepare(interp, &place.endpoint)?;
        let line = LineSeat::new(place.clone(), terms, self.keeper.clone());
        let line = Arc::new(Mutex::new(line));
        locked(&self.lines).insert(key, line.clone());
        Ok(line)
    }

    /// Returns whether the calling thread uses a lock or a semaphore already.
    pub(super) fn has_line(&self, place: &Place, terms: &LineTerms) -> bool {
        locked(&self.lines).contains_key(&LineUse::of(place, terms))
    }

    /// Ends the calling thread's use of a lock or a semaphore.
    pub(super) fn drop_line(&self, interp: &Interp, place: &Place, terms: &LineTerms) {
        let meant = LineUse::of(place, terms);
        self.leave_lines(&Departure::begin(interp), |key| *key == meant);
    }

    /// Ends uses of locks and semaphores; what is held goes to the next in line.
    fn leave_lines(&self, departure: &Departure<'_>, is_meant: impl Fn(&LineUse) -> bool) {
        let mut lines = locked(&self.lines);
        let left: Vec<_> = lines.extract_if(|key, _| is_meant(key)).collect();
        drop(lines);
        for (key, line) in left {
            let Ok(mut line) = line.try_lock() else {
                continue;
            };
            if let Err(why) = departure.from(&key.url, |caller| line.leave(caller)) {
                let name = &key.name;
                departure.tell(&format!("could not leave {name} in order: {why}"));
            }
        }
    }

    fn leave_those(
        &self,
        departure: &Departure<'_>,
        is_meant: impl Fn(&Use) -> bool,
        done: bool,
        blamed: bool,
    ) {
        let mut chairs = locked(&self.chairs);
        let left: Vec<_> = chairs.extract_if(|key, _| is_meant(key)).collect();
        drop(chairs);
        for (key, chair) in left {
            // A thread that does not end holds its own; the keeper ends that use with the process.
            let Ok(mut chair) = chair.try_lock() else {
                continue;
            };
            let done = done && !key.joinable;
            let left = departure.from(&key.url, |caller| chair.leave(done, blamed, caller));
            if let Err(why) = left {
                let name = &key.name;
                departure.tell(&format!("could not leave the queue {name} in order: {why}"));
            }
        }
    }
}

/// Ends the use of a pool, unless a thread waits with it: the keeper does it then.
fn leave_pool(submitter: &Mutex<Submitter>, departure: &Departure<'_>) {
    let Ok(mut submitter) = submitter.try_lock() else {
        return;
    };
    let url = submitter.url().to_string();
    if let Err(why) = departure.from(&url, |caller| submitter.leave(caller)) {
        departure.tell(&format!("could not leave a pool in order: {why}"));
    }
}

/// Prepares the process for the first use of an object: it has something to end in order now, also when SIGTERM comes.
///
/// # Errors
/// As [`permit`].
fn prepare(interp: &Interp, endpoint: &Endpoint) -> Result<(), Failure> {
    permit(interp, endpoint)?;
    signals_of(interp).begin_parent().map_err(os_failure)
}

/// Checks that the script may reach a server, and read the files that its URL names.
///
/// # Errors
/// `PermissionError`; `OSError` when its name leads nowhere.
fn permit(interp: &Interp, endpoint: &Endpoint) -> Result<(), Failure> {
    let guard = interp.permissions();
    for path in endpoint.tls().into_iter().flat_map(TlsFiles::paths) {
        // Whoever reads it says what is wrong with it otherwise.
        let _ = guard.place(&path.to_string_lossy(), FileUse::Read, Last::Followed)?;
    }
    let (host, port) = match endpoint.address() {
        Address::Unix(path) => {
            guard.other_network(&format!("connecting to '{}'", path.display()))?;
            return Ok(());
        }
        Address::Tcp(host, port) => (host, port),
    };
    let is_number = host.parse::<std::net::IpAddr>().is_ok();
    if !is_number {
        guard.look_up(&host, &format!("looking up '{host}'"))?;
    }
    let name = (!is_number).then_some(host.as_str());
    // While a name leads nowhere, there is nobody to reach either.
    for address in resolve(&host, port).map_err(os_failure)? {
        guard.address(address, name, Contacting::Connect)?;
    }
    Ok(())
}

impl std::fmt::Debug for Remotes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Remotes").finish_non_exhaustive()
    }
}
