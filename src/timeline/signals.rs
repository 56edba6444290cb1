//! What connects those who set an event or notify a condition with those who had waited for that.

use std::collections::HashMap;

use super::flows::Place;
use super::model::{Flow, FlowKind};

/// The setting of an event, or a notification.
#[derive(Debug)]
struct Signal {
    place: Place,
    /// How many waits it may still have ended.
    left: u64,
}

/// A wait that has come to its end.
#[derive(Debug)]
struct Wait {
    place: Place,
    end: u64,
}

/// The signals and waits of all events and conditions, by object.
#[derive(Debug, Default)]
pub(super) struct Signals {
    sent: HashMap<u64, Vec<Signal>>,
    waits: HashMap<u64, Vec<Wait>>,
}

impl Signals {
    pub(super) fn sent(&mut self, object: u64, place: Place, most: u64) {
        let signal = Signal { place, left: most };
        self.sent.entry(object).or_default().push(signal);
    }

    pub(super) fn waited(&mut self, object: u64, place: Place, end: u64) {
        self.waits
            .entry(object)
            .or_default()
            .push(Wait { place, end });
    }

    /// Returns the arrows. A wait was ended by the last signal of another thread in it; one that ran out of time has none, unless
    /// somebody else was called meanwhile.
    pub(super) fn connected(self) -> Vec<Flow> {
        let mut flows = Vec::new();
        for (object, mut waits) in self.waits {
            let mut sent: Vec<&Signal> = self.sent.get(&object).into_iter().flatten().collect();
            sent.sort_by_key(|signal| signal.place.2);
            let mut left: Vec<u64> = sent.iter().map(|signal| signal.left).collect();
            waits.sort_by_key(|wait| wait.end);
            for wait in waits {
                let first = sent.partition_point(|signal| signal.place.2 < wait.place.2);
                let after = sent.partition_point(|signal| signal.place.2 <= wait.end);
                let ended_by = (first..after)
                    .rev()
                    .find(|index| left[*index] > 0 && sent[*index].place.0 != wait.place.0);
                let Some(index) = ended_by else { continue };
                left[index] -= 1;
                let from = sent[index].place;
                // Inside of the wait, which has just ended.
                let to = wait.end.saturating_sub(1).max(from.2);
                flows.push(Flow {
                    kind: FlowKind::Signal,
                    from,
                    to: (wait.place.0, wait.place.1, to),
                });
            }
        }
        flows
    }
}
