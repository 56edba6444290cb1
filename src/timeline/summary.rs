//! What is worth knowing about a recording, in sentences.

use std::collections::BTreeMap;

use super::model::{Class, Ending, Lane, Model};
use super::words::{duration, purpose};
use crate::sys::signal::Signal;

/// Sentences of one kind; the others are counted.
const SENTENCES: usize = 12;

/// A wait that takes less of a thread's time than this is not worth a sentence, in percent.
const WORTH_PERCENT: u64 = 10;

/// How long a thread waited for what, and how often.
#[derive(Debug, Default)]
pub(super) struct Waited(BTreeMap<(Class, usize), (u64, u64)>);

impl Waited {
    pub(super) fn add(&mut self, what: (Class, usize), ns: u64, count: u64) {
        let (all, waits) = self.0.entry(what).or_default();
        *all += ns;
        *waits += count;
    }
}

/// Returns the summary. `waited` has what each lane waited for, `carried` how many messages went through each queue.
pub(super) fn sentences(
    model: &Model,
    waited: &[Waited],
    carried: &BTreeMap<usize, u64>,
) -> Vec<String> {
    let mut all = vec![who_ran(model)];
    all.extend(
        model
            .lanes
            .iter()
            .filter_map(|lane| how_it_ended(model, lane)),
    );
    all.extend(shares(model, waited));
    all.extend(contended(model, waited));
    all.extend(queues(model, carried));
    all
}

fn who_ran(model: &Model) -> String {
    let threads = model
        .lanes
        .iter()
        .filter(|lane| lane.thread.is_some())
        .count();
    let processes = counted(model.lanes.len() - threads, "process", "processes");
    let length = duration(model.length);
    match threads {
        0 => format!("{processes} ran for {length}."),
        threads => {
            let threads = counted(threads, "more thread", "more threads");
            format!("{processes} with {threads} ran for {length}.")
        }
    }
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// Tells of processes that came to a bad end.
fn how_it_ended(model: &Model, lane: &Lane) -> Option<String> {
    let name = lane.name();
    let failure = lane.marks.iter().rev().find(|mark| mark.failed);
    let why = failure.map(|mark| model.texts.get(mark.text));
    match (lane.ending, why) {
        // Whoever started it has ended it, in order.
        (Ending::Signal(signal), _) if signal == Signal::SIGTERM as i32 => None,
        (Ending::Signal(signal), _) => {
            Some(format!("{name} was ended by {}.", signal_name(signal)))
        }
        (Ending::Vanished, _) => Some(format!("{name} was killed: it recorded no end.")),
        (Ending::Exit(0) | Ending::Quiet, None) | (Ending::Exit(0), _) => None,
        (Ending::Exit(code), Some(why)) => {
            Some(format!("{name} failed with exit code {code}: {why}."))
        }
        (Ending::Exit(code), None) => Some(format!("{name} ended with exit code {code}.")),
        (Ending::Quiet, Some(why)) => Some(format!("{name} failed: {why}.")),
    }
}

/// Returns the name of a signal.
pub(super) fn signal_name(signal: i32) -> String {
    let known = Signal::try_from(signal).ok();
    known.map_or(format!("signal {signal}"), |known| known.as_str().into())
}

/// Tells who spent much of its time on one wait.
fn shares(model: &Model, waited: &[Waited]) -> Vec<String> {
    let mut shares: Vec<(u64, usize, String)> = Vec::new();
    for (number, (lane, waited)) in model.lanes.iter().zip(waited).enumerate() {
        let life = (lane.end - lane.start).max(1);
        let mut by_purpose: BTreeMap<String, u64> = BTreeMap::new();
        for ((class, text), (ns, _)) in &waited.0 {
            let what = match class {
                Class::Sleep => "sleep".into(),
                // A parent waits for one child after the other.
                Class::Process => "for its children to end".into(),
                class => purpose(*class, model.texts.get(*text)),
            };
            *by_purpose.entry(what).or_default() += ns;
        }
        for (what, ns) in by_purpose {
            let percent = (ns * 100 + life / 2) / life;
            if percent >= WORTH_PERCENT {
                let percent = percent.min(100);
                let name = lane.name();
                let sentence = match &*what {
                    "sleep" => format!("{name} slept {percent} % of its time."),
                    what => format!("{name} waited {percent} % of its time {what}."),
                };
                shares.push((percent, number, sentence));
            }
        }
    }
    // The longest first, and in the order of the lanes where they are equal.
    shares.sort_by(|a, b| (b.0, a.1).cmp(&(a.0, b.1)));
    let all = shares.into_iter().map(|(.., sentence)| sentence);
    first_ones(all.collect(), "long waits")
}

/// Tells which locks and semaphores were waited for by how many.
fn contended(model: &Model, waited: &[Waited]) -> Vec<String> {
    let mut waiters: BTreeMap<usize, (u64, Vec<usize>)> = BTreeMap::new();
    for (lane, waited) in waited.iter().enumerate() {
        let locks = waited
            .0
            .iter()
            .filter(|((class, _), _)| matches!(class, Class::Lock | Class::Permit));
        for ((_, text), (ns, _)) in locks {
            let (all, lanes) = waiters.entry(*text).or_default();
            *all += ns;
            lanes.push(lane);
        }
    }
    let mut waiters: Vec<_> = waiters.into_iter().collect();
    waiters.sort_by_key(|(_, (ns, _))| std::cmp::Reverse(*ns));
    let sentence = |(text, (_, lanes)): (usize, (u64, Vec<usize>))| {
        let has_thread = lanes.iter().any(|lane| model.lanes[*lane].thread.is_some());
        let by = match has_thread {
            true => counted(lanes.len(), "thread", "threads"),
            false => counted(lanes.len(), "process", "processes"),
        };
        let text = capitalised(model.texts.get(text));
        format!("{text} was waited for by {by}.")
    };
    first_ones(waiters.into_iter().map(sentence).collect(), "locks")
}

/// Tells how many messages went through the queues that the script created.
fn queues(model: &Model, carried: &BTreeMap<usize, u64>) -> Vec<String> {
    let mut carried: Vec<_> = carried.iter().collect();
    let is_own = |text: &str| !text.contains("Pool") && text.starts_with(char::is_uppercase);
    carried.retain(|(text, _)| is_own(model.texts.get(**text)));
    carried.sort_by_key(|(text, count)| (std::cmp::Reverse(**count), **text));
    let sentence = |(text, count): (&usize, &u64)| {
        let messages = counted(*count as usize, "message", "messages");
        format!("{} carried {messages}.", model.texts.get(*text))
    };
    first_ones(carried.into_iter().map(sentence).collect(), "queues")
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |first| {
        first.to_uppercase().chain(chars).collect()
    })
}

/// The first sentences, and how many more there would be.
fn first_ones(mut sentences: Vec<String>, of: &str) -> Vec<String> {
    if let Some(more) = sentences
        .len()
        .checked_sub(SENTENCES)
        .filter(|more| *more > 0)
    {
        sentences.truncate(SENTENCES);
        sentences.push(format!("… and {more} more {of}."));
    }
    sentences
}
