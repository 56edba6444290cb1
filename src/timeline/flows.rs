//! What connects lanes: messages by their numbers in their queues, and locks by who released and who had waited.

use std::collections::HashMap;

use super::model::{Class, Flow, FlowKind};

/// The most arrows of messages that are drawn.
const MESSAGES_MAX: usize = 50_000;

/// Two processors read their counters at different moments, a little.
const SLACK_NS: u64 = 2_000;

/// A lane, a slice in it, and when that began.
pub(super) type Place = (usize, usize, u64);

/// A queue: its place in the session, and which of the objects there it was.
pub(super) type Which = (u64, usize);

/// Messages that came one after the other.
#[derive(Debug, Clone, Copy)]
pub(super) struct Passed {
    pub place: Place,
    pub end: u64,
    first: u64,
    last: u64,
    pub count: u64,
}

impl Passed {
    /// The numbers that are known to be among them: all, or the first and the last where others came in between.
    fn known(&self) -> Vec<(u64, u64)> {
        let is_whole = self.last.saturating_sub(self.first).saturating_add(1) == self.count;
        match is_whole {
            true => vec![(self.first, self.last)],
            false if self.first == self.last => vec![(self.first, self.last)],
            false => vec![(self.first, self.first), (self.last, self.last)],
        }
    }

    /// When the message of this number passed, as well as that is known.
    fn when(&self, number: u64) -> u64 {
        let (start, span) = (self.place.2, self.last.saturating_sub(self.first));
        if span == 0 {
            return start;
        }
        let part = (number - self.first) as f64 / span as f64;
        start + ((self.end - start) as f64 * part) as u64
    }
}

/// The messages of all queues.
#[derive(Debug, Default)]
pub(super) struct Messages {
    pub put: HashMap<Which, Vec<Passed>>,
    pub got: HashMap<Which, Vec<Passed>>,
    /// The names of the queues.
    pub names: HashMap<Which, usize>,
}

impl Messages {
    pub(super) fn add(
        &mut self,
        class: Class,
        (queue, name): (Which, usize),
        place: Place,
        end: u64,
        (first, last, count): (u64, u64, u64),
    ) {
        let side = match class {
            Class::Put => &mut self.put,
            _ => &mut self.got,
        };
        self.names.insert(queue, name);
        side.entry(queue).or_default().push(Passed {
            place,
            end,
            first,
            last,
            count,
        });
    }
}

/// Connects those who put messages with those who got them. Returns whether some arrows were left out.
pub(super) fn connect_messages(messages: Messages) -> (Vec<Flow>, bool) {
    let mut flows = Vec::new();
    for (queue, put) in messages.put {
        let Some(got) = messages.got.get(&queue) else {
            continue;
        };
        // Numbers that are known to be in one of them only: no two overlap.
        let intervals = |passed: &[Passed]| {
            let known = passed
                .iter()
                .flat_map(|one| one.known().into_iter().map(|range| (range, *one)));
            let mut known: Vec<_> = known.collect();
            known.sort_by_key(|(range, _)| *range);
            known
        };
        let (put, got) = (intervals(&put), intervals(got));
        let (mut p, mut g) = (0, 0);
        while let (Some((a, from)), Some((b, to))) = (put.get(p), got.get(g)) {
            let number = a.0.max(b.0);
            if number <= a.1.min(b.1) {
                if flows.len() == MESSAGES_MAX {
                    return (flows, true);
                }
                let at = from.when(number);
                flows.push(Flow {
                    kind: FlowKind::Message,
                    from: (from.place.0, from.place.1, at),
                    to: (to.place.0, to.place.1, to.when(number).max(to.place.2)),
                });
            }
            match a.1 <= b.1 {
                true => p += 1,
                false => g += 1,
            }
        }
    }
    (flows, false)
}

/// A lock in the hands of a thread.
#[derive(Debug)]
pub(super) struct Holding {
    pub lock: u64,
    pub place: Place,
    pub end: u64,
    /// Since when the thread had waited for it.
    pub since: Option<u64>,
}

/// Connects those who released a lock with those who had waited for it.
pub(super) fn connect_locks(holdings: &[Holding]) -> Vec<Flow> {
    let mut by_lock: HashMap<u64, Vec<&Holding>> = HashMap::new();
    for holding in holdings {
        by_lock.entry(holding.lock).or_default().push(holding);
    }
    let mut flows = Vec::new();
    for mut all in by_lock.into_values() {
        all.sort_by_key(|holding| holding.end);
        for taken in &all {
            let Some(since) = taken.since else { continue };
            let before = all.partition_point(|h| h.end <= taken.place.2 + SLACK_NS);
            let others = all[..before].iter().rev();
            let releaser = others
                .take_while(|h| h.end >= since)
                .find(|h| h.place.0 != taken.place.0);
            flows.extend(releaser.map(|from| Flow {
                kind: FlowKind::Lock,
                from: (from.place.0, from.place.1, from.end),
                to: taken.place,
            }));
        }
    }
    flows
}
