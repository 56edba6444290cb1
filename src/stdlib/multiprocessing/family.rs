//! A process in its family: its name and slot, its parent, its children.

use std::sync::Mutex;

use super::identity::Identity;
use super::process::{Process, Stage};
use crate::script::{Interp, State};
use crate::sync::{Session, ShmError};
use crate::sys::lock::locked;
use crate::sys::random;

/// The length of Python's key.
const AUTHKEY_BYTES: usize = 32;

/// The relatives of the current process.
#[derive(Debug, Default)]
pub(crate) struct Family(Mutex<Place>);

#[derive(Debug, Default)]
struct Place {
    identity: Identity,
    /// The parent's number and name; `None` in the main process.
    parent: Option<(i32, String)>,
    /// The object of this process in scripts; the main process has none until a script asks for it.
    myself: Option<Process>,
    /// How many Process objects this process has made.
    made: u32,
    /// Started and not yet reaped.
    children: Vec<Process>,
    /// The whole family has been asked to end.
    ending: bool,
    /// Children that ended badly and that the prompt has not reported yet.
    bad_ends: Vec<BadEnd>,
    /// Processes that the call of a spawned child names, one of which may be the child itself.
    met: Option<Vec<Process>>,
    /// Python's `authkey`: made by the main process when it is first needed, the same in its descendants.
    authkey: Option<Vec<u8>>,
}

/// A child that failed or was killed, for the news of a prompt.
#[derive(Debug)]
pub(crate) struct BadEnd {
    pub name: String,
    pub pid: i32,
    /// Python's exit code: for a signal minus its number.
    pub exitcode: i64,
}

impl State for Family {
    /// Keeps the name and forgets the children.
    fn begin_copy(&self) {
        let mut place = locked(&self.0);
        place.children.clear();
        place.bad_ends.clear();
        place.ending = false;
    }

    fn reset(&self) {
        self.begin_anew();
    }

    fn session_created(&self, session: &Session) -> Result<(), ShmError> {
        session.set_name(&self.name())
    }
}

impl Family {
    pub(crate) fn of(interp: &Interp) -> &Self {
        interp.state()
    }

    pub(crate) fn identity(&self) -> Identity {
        locked(&self.0).identity.clone()
    }

    pub(crate) fn name(&self) -> String {
        locked(&self.0).identity.name.clone()
    }

    pub(crate) fn parent(&self) -> Option<(i32, String)> {
        locked(&self.0).parent.clone()
    }

    /// Returns the object of this process, unless it is the main process.
    pub(crate) fn myself(&self) -> Option<Process> {
        locked(&self.0).myself.clone()
    }

    /// Returns the family's secret.
    pub(crate) fn authkey(&self) -> Vec<u8> {
        let mut place = locked(&self.0);
        let key = place.authkey.get_or_insert_with(|| {
            let mut key = vec![0; AUTHKEY_BYTES];
            // Without the kernel's random numbers the key is not secret; nothing in this crate relies on it.
            let _ = random::fill(&mut key);
            key
        });
        key.clone()
    }

    /// Takes the secret of the parent.
    pub(crate) fn inherit_authkey(&self, key: Vec<u8>) {
        locked(&self.0).authkey = Some(key);
    }

    /// Notes that a child has failed or was killed, unless it has reported an error itself or this process is ending its family.
    pub(super) fn note_bad_end(&self, child: &Process, exitcode: i64) {
        if child.with(|state| state.exception.is_some()) {
            return;
        }
        let end = child.with(|state| BadEnd {
            name: state.identity.name.clone(),
            pid: state.stage.pid().unwrap_or_default(),
            exitcode,
        });
        let mut place = locked(&self.0);
        if !place.ending {
            place.bad_ends.push(end);
        }
    }

    /// Takes the news of children that have failed or were killed.
    pub(crate) fn take_bad_ends(&self) -> Vec<BadEnd> {
        std::mem::take(&mut locked(&self.0).bad_ends)
    }

    /// Returns whether the whole family has been asked to end.
    pub(crate) fn is_ending(&self) -> bool {
        locked(&self.0).ending
    }

    pub(crate) fn rename(&self, name: &str) {
        locked(&self.0).identity.name = name.into();
    }

    /// Returns the identity of the next Process object made here: every object counts, started or not. It is named after its type.
    pub(crate) fn next_identity(&self, own_type: Option<&str>) -> Identity {
        let mut place = locked(&self.0);
        place.made += 1;
        let mut numbers = place.identity.numbers.clone();
        numbers.push(place.made);
        let words: Vec<_> = numbers.iter().map(u32::to_string).collect();
        let own_type = own_type.unwrap_or("Process");
        let name = format!("{own_type}-{}", words.join(":"));
        Identity {
            numbers,
            name,
            daemon: place.identity.daemon,
        }
    }

    /// Begins this process as `process`, a child of `parent`, and forgets the parent's children.
    pub(crate) fn begin_as(&self, process: Process, parent: (i32, String)) {
        let identity = process.identity();
        let mut place = locked(&self.0);
        *place = Place {
            authkey: place.authkey.take(),
            identity,
            parent: Some(parent),
            myself: Some(process),
            ..Place::default()
        };
    }

    /// Lets a family that has been ended start children again.
    pub(crate) fn begin_anew(&self) {
        locked(&self.0).ending = false;
    }

    /// Returns the children that have not been reaped yet.
    pub(crate) fn unreaped(&self) -> Vec<Process> {
        let children = locked(&self.0).children.clone();
        let is_started =
            |child: &Process| child.with(|state| matches!(state.stage, Stage::Started { .. }));
        children.into_iter().filter(is_started).collect()
    }

    /// Notes that another process, which is about to be started as a copy of this one, may terminate the children of this one.
    ///
    /// # Errors
    /// The session has no memory left.
    pub(crate) fn share_children(&self, session: &Session) -> Result<(), ShmError> {
        let mut children = self.unreaped().into_iter();
        children.try_for_each(|child| child.handle(session).map(drop))
    }

    /// Starts to remember the processes that this spawned child's call names, until it knows its own object.
    pub(crate) fn expect_oneself(&self) {
        locked(&self.0).met = Some(Vec::new());
    }

    /// Returns the object for a process that a message names: that of this process itself if the message means it,
    /// otherwise a new one.
    pub(crate) fn meet(&self, process: Process) -> Process {
        let mut place = locked(&self.0);
        if let Some(myself) = place
            .myself
            .iter()
            .find(|myself| myself.is_same_as(&process))
        {
            return myself.clone();
        }
        match &mut place.met {
            None => process,
            Some(met) => match met.iter().find(|other| other.is_same_as(&process)) {
                Some(other) => other.clone(),
                None => {
                    met.push(process.clone());
                    process
                }
            },
        }
    }

    /// Returns the object for this process: the one that its own call names, if it does, with the state of `process`.
    pub(crate) fn recognise(&self, process: Process) -> Process {
        let met = locked(&self.0).met.take().unwrap_or_default();
        match met.into_iter().find(|other| other.is_same_as(&process)) {
            None => process,
            Some(other) => {
                other.take_over(&process);
                other
            }
        }
    }

    pub(crate) fn add_child(&self, child: Process) {
        locked(&self.0).children.push(child);
    }

    /// Notes that the whole family has been asked to end.
    pub(super) fn begin_ending(&self) {
        locked(&self.0).ending = true;
    }

    /// Returns every child that has not been forgotten.
    pub(super) fn children(&self) -> Vec<Process> {
        locked(&self.0).children.clone()
    }

    /// Forgets children that have ended.
    pub(super) fn forget_children(&self, ended: &[Process]) {
        let mut place = locked(&self.0);
        place
            .children
            .retain(|child| !ended.iter().any(|gone| gone.is(child)));
    }
}
