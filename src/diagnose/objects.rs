//! The objects of a session that its living processes can use, each under a name that tells it from the others.
//!
//! Objects have no names of their own. They are numbered by their places, kind by kind, which is the order in which they were created as
//! long as none is destroyed.

use std::collections::{BTreeMap, BTreeSet};

use crate::sync::{ObjectState, Offset, ProcessId, ProcessInfo, Segment, look_at};

/// An object and who refers to it.
pub(super) struct Seen {
    pub(super) name: String,
    pub(super) state: ObjectState,
    pub(super) open_in: BTreeSet<ProcessId>,
}

/// The objects of a session, by place.
pub(super) struct Objects(BTreeMap<Offset, Seen>);

impl Objects {
    /// Reads the objects to which these processes refer.
    pub(super) fn of(segment: &Segment, processes: &[ProcessInfo]) -> Self {
        let mut users: BTreeMap<Offset, BTreeSet<ProcessId>> = BTreeMap::new();
        for process in processes {
            for object in segment.objects_of(process.id) {
                users.entry(object).or_default().insert(process.id);
            }
        }
        let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
        let seen = users.into_iter().filter_map(|(object, open_in)| {
            let state = look_at(segment, object)?;
            let kind = kind_name(&state)?;
            let count = counts.entry(kind).or_default();
            *count += 1;
            let name = format!("{kind} #{count}");
            Some((
                object,
                Seen {
                    name,
                    state,
                    open_in,
                },
            ))
        });
        Self(seen.collect())
    }

    pub(super) fn get(&self, object: Offset) -> Option<&Seen> {
        self.0.get(&object)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Seen> {
        self.0.values()
    }
}

/// Returns what scripts call such an object; `None` for one that they do not see.
fn kind_name(state: &ObjectState) -> Option<&'static str> {
    Some(match state {
        ObjectState::Lock(_) => "Lock",
        ObjectState::ReentrantLock(_) => "RLock",
        ObjectState::Queue { .. } => "Queue",
        ObjectState::Semaphore { .. } => "Semaphore",
        ObjectState::Event { .. } => "Event",
        ObjectState::Barrier { .. } => "Barrier",
        ObjectState::Condition => "Condition",
        ObjectState::Pipe => "Connection",
        ObjectState::Container | ObjectState::Numbers | ObjectState::Other => return None,
    })
}
