//! The books of a family: what its members say they have done, which of them the storm has killed, and whether the two agree.
//!
//! A killed process may take along what it had in hand: the items of one `get`, one task, one step that it had done but not yet
//! printed. Everything else has to be there, once, whole and in order.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

/// Steps that somebody has to get done all the time.
const STEPS: &[&str] = &[
    "put",
    "got",
    "did tasker",
    "did doer",
    "in lock",
    "in rlock",
    "in permits",
    "posted",
    "took",
    "did flipper",
    "did awaiter",
    "did giver",
    "did receiver",
    "met",
    "added",
    "counted",
    "did keeper",
    "did piper",
    "did nester",
];

/// Items that one `put_many` of a producer has at most.
const BATCH: u64 = 3;

/// How many members may be inside at a time.
const INSIDE: &[(&str, usize)] = &[("lock", 1), ("rlock", 1), ("permits", 2)];

#[derive(Debug, Default)]
struct Producer {
    /// Items it says it has put.
    put: u64,
    received: HashSet<u64>,
    /// The newest item that each consumer has got.
    newest: HashMap<String, u64>,
}

/// The totals of a round.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Total {
    pub(crate) kills: u64,
    pub(crate) lines: u64,
    pub(crate) items: u64,
    /// Items that killed consumers took along.
    pub(crate) lost: u64,
}

/// The books of one round.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    total: Total,
    /// The processes that the storm has killed.
    killed: HashSet<i32>,
    /// The members by their names: role and process. A thread is a member too.
    members: HashMap<String, (String, i32)>,
    producers: HashMap<String, Producer>,
    /// How many items each consumer may have in hand.
    in_hand: HashMap<String, u64>,
    inside: HashMap<&'static str, HashSet<String>>,
    counts: HashMap<String, u64>,
    progress: HashMap<&'static str, Instant>,
    ends: HashMap<String, Vec<u64>>,
}

impl Ledger {
    /// The storm is about to kill this process.
    pub(crate) fn kill(&mut self, pid: i32) {
        self.total.kills += u64::from(self.killed.insert(pid));
        let members = &self.members;
        for inside in self.inside.values_mut() {
            inside.retain(|name| members.get(name).is_none_or(|(_, of)| *of != pid));
        }
    }

    pub(crate) fn has_killed(&self, pid: i32) -> bool {
        self.killed.contains(&pid)
    }

    /// Lines that were entered.
    pub(crate) fn lines(&self) -> u64 {
        self.total.lines
    }

    /// The first step that nobody has got done for so long.
    pub(crate) fn missing_step(&mut self, patience: Duration) -> Option<&'static str> {
        let now = Instant::now();
        let mut steps = STEPS.iter();
        let missing = steps.find(|step| *self.progress.entry(step).or_insert(now) + patience < now);
        missing.copied()
    }

    /// Whether every step has been done at least once.
    pub(crate) fn has_seen_every_step(&self) -> bool {
        STEPS.iter().all(|step| self.progress.contains_key(step))
    }

    /// The numbers that main gave at the end of the round.
    pub(crate) fn end(&self, what: &str) -> Option<&[u64]> {
        self.ends.get(what).map(Vec::as_slice)
    }

    /// Enters a line of the family's output.
    pub(crate) fn enter(&mut self, line: &str) -> Result<(), String> {
        self.total.lines += 1;
        let words: Vec<&str> = line.split(' ').collect();
        let number = |text: &str| text.parse::<u64>().map_err(|_| format!("garbled: {line}"));
        let step = match words.as_slice() {
            ["did" | "in", what, ..] => STEPS
                .iter()
                .find(|step| step.split_once(' ').is_some_and(|(_, of)| of == *what)),
            [word, ..] => STEPS.iter().find(|step| *step == word),
            [] => None,
        };
        if let Some(step) = step {
            self.progress.insert(step, Instant::now());
        }
        match words.as_slice() {
            ["hello", role, name, pid] => {
                let pid = pid.parse().map_err(|_| format!("garbled: {line}"))?;
                let member = ((*role).to_string(), pid);
                self.members.insert((*name).to_string(), member);
            }
            ["put", name, count] => {
                self.producers.entry((*name).into()).or_default().put = number(count)?;
            }
            ["takes", consumer, most] => {
                self.in_hand.insert((*consumer).into(), number(most)?);
            }
            ["got", consumer, name, item] => self.receive(consumer, name, number(item)?)?,
            ["in", what, name] => return self.enter_inside(what, name),
            ["out", what, name] => {
                let mut inside = self.inside.iter_mut();
                if let Some((_, inside)) = inside.find(|(of, _)| *of == what) {
                    inside.remove(*name);
                }
            }
            ["met", order, _] => *self.counts.entry(format!("met {order}")).or_default() += 1,
            ["posted" | "took" | "added" | "counted", _] => {
                *self.counts.entry(words[0].into()).or_default() += 1;
            }
            ["did", ..] => {}
            ["dead", _, pid, "-9"] if pid.parse().is_ok_and(|pid| self.has_killed(pid)) => {}
            ["left", _, _, "0"] => {}
            ["left", _, pid, "-9"] if pid.parse().is_ok_and(|pid| self.has_killed(pid)) => {}
            ["end", what, numbers @ ..] => {
                let numbers: Result<_, _> = numbers.iter().map(|text| number(text)).collect();
                self.ends.insert((*what).into(), numbers?);
            }
            _ => return Err(line.to_string()),
        }
        Ok(())
    }

    fn enter_inside(&mut self, what: &str, name: &str) -> Result<(), String> {
        let Some((what, most)) = INSIDE.iter().find(|(of, _)| *of == what) else {
            return Err(format!("garbled: in {what} {name}"));
        };
        // Written by somebody who has been killed since.
        let member = self.members.get(name);
        if member.is_some_and(|(_, pid)| self.killed.contains(pid)) {
            return Ok(());
        }
        let inside = self.inside.entry(what).or_default();
        inside.insert(name.to_string());
        if inside.len() > *most {
            return Err(format!("{what}: {inside:?} are inside at once"));
        }
        Ok(())
    }

    fn receive(&mut self, consumer: &str, name: &str, item: u64) -> Result<(), String> {
        self.total.items += 1;
        if let Some(in_hand) = self.in_hand.get_mut(consumer) {
            *in_hand = in_hand.saturating_sub(1);
        }
        let producer = self.producers.entry(name.into()).or_default();
        if !producer.received.insert(item) {
            return Err(format!("item {item} of {name} came twice"));
        }
        match producer.newest.insert(consumer.into(), item) {
            Some(before) if before > item => Err(format!(
                "{consumer} got item {item} of {name} after {before}"
            )),
            _ => Ok(()),
        }
    }

    /// How many members with this role have been killed.
    fn killed_as(&self, role: &str) -> u64 {
        let members = self.members.values();
        let killed = members.filter(|(of, pid)| of == role && self.killed.contains(pid));
        killed.count() as u64
    }

    /// Balances the books at the end of a round, in which everybody has ended.
    pub(crate) fn balance(&mut self) -> Result<Total, String> {
        self.balance_items()?;
        let count = |word: &str| self.counts.get(word).copied().unwrap_or(0);
        let end = |what: &str| {
            self.end(what)
                .ok_or_else(|| format!("the round has no `end {what}`"))
        };
        let within = |what: &str, found: u64, least: u64, most: u64| {
            let is_within = (least..=most).contains(&found);
            let text = || format!("{what}: {found}, which is not in {least}..={most}");
            is_within.then_some(()).ok_or_else(text)
        };
        let done = count("added");
        for found in end("added")? {
            within("additions", *found, done, done + self.killed_as("adder"))?;
        }
        let done = count("counted");
        let most = done + self.killed_as("keeper");
        within("a dict's count", end("counted")?[0], done, most)?;
        within(
            "unfinished tasks",
            end("unfinished")?[0],
            0,
            self.killed_as("doer"),
        )?;
        // One more is posted at the end, and taken in silence by whoever waits for it.
        let (posted, took) = (count("posted"), count("took"));
        let most = posted + 1 + self.killed_as("poster") - took.min(posted);
        let least = (posted).saturating_sub(took + self.killed_as("taker"));
        within("signals", end("signals")?[0], least, most)?;
        let (first, second) = (count("met 0"), count("met 1"));
        let parted = self.killed_as("meeter") + 2;
        within(
            "meetings",
            first,
            second.saturating_sub(parted),
            second + parted,
        )?;
        Ok(self.total)
    }

    fn balance_items(&mut self) -> Result<(), String> {
        let members = &self.members;
        let is_killed = |name: &str| {
            let member = members.get(name);
            member.is_some_and(|(_, pid)| self.killed.contains(pid))
        };
        for (name, producer) in &self.producers {
            let missing = (0..producer.put).filter(|item| !producer.received.contains(item));
            self.total.lost += missing.count() as u64;
            let unsaid = producer
                .received
                .iter()
                .filter(|item| **item >= producer.put);
            let (unsaid, most) = (
                unsaid.count() as u64,
                if is_killed(name) { BATCH } else { 0 },
            );
            if unsaid > most {
                return Err(format!(
                    "{unsaid} items of {name} that it never said it had put"
                ));
            }
        }
        let in_hand = self.in_hand.iter().filter(|(name, _)| is_killed(name));
        let (lost, in_hand) = (self.total.lost, in_hand.map(|(_, most)| most).sum::<u64>());
        if lost > in_hand {
            return Err(format!(
                "{lost} items are gone; killed consumers had at most {in_hand} in hand"
            ));
        }
        Ok(())
    }
}
