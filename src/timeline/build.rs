//! From the files of a recording to what a timeline shows.

use std::collections::{BTreeMap, HashMap};

use super::counters::counters;
use super::flows::{Holding, Messages, Place, connect_locks, connect_messages};
use super::model::{Class, Ending, Flow, FlowKind, Lane, Mark, Model, Slice, Texts};
use super::objects::Objects;
use super::processes::{Known, Processes, by_code, end_of, first_seen, tell_apart};
use super::read::{Entry, Log, Logs};
use super::signals::Signals;
use super::sources::Sources;
use super::summary::{self, Waited};
use super::words::class_of;
use crate::sync::wait_kind;
use crate::trace::record::{Kind, Run};

/// The most slices that a timeline has; of more, the shortest are left out.
const SLICES_MAX: usize = 200_000;

struct Build<'r> {
    logs: &'r Logs,
    sources: &'r Sources,
    objects: Objects,
    zero: u64,
    texts: Texts,
    processes: Processes,
    /// Slices that are shorter are left out.
    least: u64,
    lanes: Vec<Lane>,
    waited: Vec<Waited>,
    messages: Messages,
    signals: Signals,
    holdings: Vec<Holding>,
    /// Where the first slice of each process is, and the slices in which children were started.
    beginnings: HashMap<u64, Place>,
    launches: Vec<(u64, Place)>,
    carried: BTreeMap<usize, u64>,
}

/// Returns the timeline of a recording.
pub(super) fn build(logs: &Logs, sources: &Sources) -> Model {
    let starts = logs.threads.iter().map(|log| log.began);
    let mut build = Build {
        logs,
        sources,
        objects: Objects::of(logs, sources),
        zero: starts.chain([logs.began]).min().unwrap_or(logs.began),
        texts: Texts::new(),
        processes: Processes::of(logs),
        least: 0,
        lanes: Vec::new(),
        waited: Vec::new(),
        messages: Messages::default(),
        signals: Signals::default(),
        holdings: Vec::new(),
        beginnings: HashMap::new(),
        launches: Vec::new(),
        carried: BTreeMap::new(),
    };
    let mut notes = build.leave_out();
    let mut order: Vec<&Log> = logs.threads.iter().collect();
    let first = first_seen(logs, &build.processes);
    order.sort_by_key(|log| {
        (
            log.pid != logs.main,
            first[&log.pid],
            log.pid,
            !log.is_main(),
            log.began,
        )
    });
    order.into_iter().for_each(|log| build.add(log));
    build.add_unheard();
    notes.extend(build.cuts());
    build.finish(notes)
}

impl Build<'_> {
    /// Decides which slices are too short to be shown.
    fn leave_out(&mut self) -> Vec<String> {
        let entries = self.logs.threads.iter().flat_map(|log| &log.entries);
        let length = |entry: &Entry| entry.end.map_or(u64::MAX, |end| end - entry.start);
        let mut lengths: Vec<u64> = entries.map(length).collect();
        let Some(too_many) = lengths.len().checked_sub(SLICES_MAX).filter(|n| *n > 0) else {
            return Vec::new();
        };
        let (_, least, _) = lengths.select_nth_unstable(too_many);
        self.least = *least + 1;
        let short = super::words::duration(self.least);
        vec![format!(
            "There were more than {SLICES_MAX} events. Those shorter than {short} are not shown; the summary counts them."
        )]
    }

    fn cuts(&self) -> Vec<String> {
        let cut = |(log, lane): (&Log, &Lane)| {
            let at = super::words::duration(log.cut?.saturating_sub(self.zero));
            Some(format!(
                "The recording of {} stops at {at}, where its file was full.",
                lane.name()
            ))
        };
        let lane = |log: &Log| {
            self.lanes
                .iter()
                .find(|lane| lane.tid == log.tid && lane.pid == log.pid)
        };
        let with_lane = |log| Some((log, lane(log)?));
        self.logs
            .threads
            .iter()
            .filter_map(with_lane)
            .filter_map(cut)
            .collect()
    }

    fn at(&self, ns: u64) -> u64 {
        ns.saturating_sub(self.zero)
    }

    /// Adds the lane of a thread.
    fn add(&mut self, log: &Log) {
        let known = self.processes.about(log.pid);
        let (ending, end) = end_of(log, &known, self.logs);
        let thread = match log.is_main() {
            true => None,
            false => Some(log.named(Kind::Thread).unwrap_or("a thread").to_string()),
        };
        let started = known.started.filter(|_| log.is_main());
        let is_first = log.is_main() && log.pid == self.logs.main;
        // The first process began when the recording did, before it had anything to record.
        let began = if is_first { self.logs.began } else { log.began };
        let start = started.unwrap_or(began).min(began);
        let mut lane = Lane {
            pid: log.pid,
            tid: log.tid,
            process: known.name,
            thread,
            start: self.at(start),
            end: self.at(end.max(start)),
            ending,
            slices: Vec::new(),
            marks: Vec::new(),
        };
        let number = self.lanes.len();
        if let Some(started) = started {
            let running = log.running.unwrap_or(if ending == Ending::Quiet {
                log.began
            } else {
                end
            });
            lane.slices.push(Slice {
                class: Class::Starting,
                start: self.at(started),
                end: self.at(running.max(started)),
                text: 0,
                site: 0,
                count: 1,
                busy: running.saturating_sub(started),
                numbers: None,
            });
            self.beginnings.insert(
                log.pid,
                (number, 0, self.at(log.began).max(self.at(started))),
            );
        }
        let mut waited = Waited::default();
        for (place, entry) in log.entries.iter().enumerate() {
            let before = place.checked_sub(1).map(|before| &log.entries[before]);
            self.add_entry(log, &mut lane, &mut waited, (entry, before));
        }
        self.lanes.push(lane);
        self.waited.push(waited);
    }

    fn add_entry(
        &mut self,
        log: &Log,
        lane: &mut Lane,
        waited: &mut Waited,
        (entry, before): (&Entry, Option<&Entry>),
    ) {
        let site = self.texts.number(&self.sources.shown(entry.tag.site));
        let Some((class, text)) = self.class_and_text(log, entry) else {
            if matches!(entry.tag.kind, Kind::Mark | Kind::Failed) {
                lane.marks.push(Mark {
                    at: self.at(entry.start),
                    failed: entry.tag.kind == Kind::Failed,
                    text: self.texts.number(log.text(entry.number)),
                    site,
                });
            }
            return;
        };
        let text = self.texts.number(&text);
        let slice = self.slice(lane, entry, (class, text, site));
        if class.is_wait() {
            waited.add((class, text), slice.busy, slice.count);
        }
        if class == Class::Got {
            *self.carried.entry(text).or_default() += slice.count;
        }
        let is_short = slice.length() < self.least;
        if is_short && !matches!(class, Class::Span | Class::Launch) {
            return;
        }
        let place = (self.lanes.len(), lane.slices.len(), slice.start);
        self.note_ends(place, &slice, (entry, before));
        lane.slices.push(slice);
    }

    fn slice(
        &self,
        lane: &Lane,
        entry: &Entry,
        (class, text, site): (Class, usize, usize),
    ) -> Slice {
        let start = self.at(entry.start);
        let end = match (class, entry.end) {
            // The arrow of a message needs something to begin in.
            (Class::Put | Class::Got | Class::Signal, Some(end)) => self.at(end).max(start + 1),
            (_, Some(end)) => self.at(end),
            (Class::Hold, None) => {
                let released = self.released_by_others(entry);
                released.map_or(lane.end, |at| at.min(lane.end))
            }
            (_, None) => lane.end,
        };
        let (end, run) = (end.max(start), Run::of_word(entry.extra));
        let length = end - start;
        let (count, busy) = match class {
            Class::Put | Class::Got => (run.count, length),
            Class::Span | Class::Launch | Class::Signal => (1, length),
            _ if entry.end.is_none() => (entry.extra.max(1), length),
            Class::Task => (entry.extra, length),
            _ => (entry.extra, entry.number),
        };
        let has_numbers = matches!(class, Class::Put | Class::Got);
        Slice {
            class,
            start,
            end,
            text,
            site,
            count,
            busy,
            numbers: has_numbers.then_some((entry.number, run.last)),
        }
    }

    /// Notes what arrows begin or end in a slice.
    fn note_ends(
        &mut self,
        place: Place,
        slice: &Slice,
        (entry, before): (&Entry, Option<&Entry>),
    ) {
        let end = slice.end;
        match slice.class {
            class @ (Class::Put | Class::Got) => {
                let queue = (entry.object, self.objects.which(entry.object, entry.start));
                let run = Run::of_word(entry.extra);
                let numbers = (entry.number, run.last, run.count);
                self.messages
                    .add(class, (queue, slice.text), place, end, numbers);
            }
            Class::Signal => self.signals.sent(entry.object, place, entry.number),
            Class::Event | Class::Condition if entry.end.is_some() => {
                self.signals.waited(entry.object, place, end);
            }
            Class::Hold => {
                let acquires = (Kind::Wait, wait_kind::ACQUIRE, entry.object);
                let waited = before.filter(|b| (b.tag.kind, b.tag.code, b.object) == acquires);
                self.holdings.push(Holding {
                    lock: entry.object,
                    place,
                    end,
                    since: waited.map(|before| self.at(before.start)),
                });
            }
            Class::Launch => self.launches.push((entry.object, place)),
            _ => {}
        }
    }

    /// What an entry shows; `None` for one that is not a slice.
    fn class_and_text(&self, log: &Log, entry: &Entry) -> Option<(Class, String)> {
        let object = |otherwise: &str| {
            let name = self.objects.name(entry.object, entry.start);
            name.unwrap_or(otherwise).to_string()
        };
        Some(match entry.tag.kind {
            Kind::Wait => {
                let (class, otherwise) = class_of(entry.tag.code);
                let text = match (class, self.processes.members.get(&entry.object)) {
                    (Class::Process, Some(name)) => name.clone(),
                    (Class::Process, None) => otherwise.into(),
                    _ if entry.object == 0 => otherwise.into(),
                    _ => object(otherwise),
                };
                (class, text)
            }
            Kind::Put => (Class::Put, object("a queue")),
            Kind::Got => (Class::Got, object("a queue")),
            Kind::Hold => (Class::Hold, object("a lock")),
            Kind::Span => (Class::Span, log.text(entry.number).into()),
            Kind::Task => (Class::Task, log.text(entry.number).into()),
            Kind::Signal => (Class::Signal, object("an event")),
            Kind::Child => (Class::Launch, log.text(entry.number).into()),
            _ => return None,
        })
    }

    /// When another thread released a lock that was never released by the one that had acquired it.
    fn released_by_others(&self, hold: &Entry) -> Option<u64> {
        let entries = self.logs.threads.iter().flat_map(|log| &log.entries);
        let of_lock = entries.filter(|e| e.tag.kind == Kind::Released && e.object == hold.object);
        let after = of_lock.map(|e| e.start).filter(|at| *at >= hold.start);
        after.min().map(|at| self.at(at))
    }

    /// Adds processes that were started and never heard of.
    fn add_unheard(&mut self) {
        let is_heard = |pid: &u64| self.logs.threads.iter().any(|log| log.pid == *pid);
        let mut unheard: Vec<(u64, Known)> = self.processes.known.clone().into_iter().collect();
        unheard.retain(|(pid, known)| !is_heard(pid) && known.started.is_some());
        unheard.sort_by_key(|(_, known)| known.started);
        for (pid, known) in unheard {
            let start = self.at(known.started.unwrap_or_default());
            let end = known.reaped.map_or(start, |(at, _)| self.at(at)).max(start);
            let ending = known
                .reaped
                .map_or(Ending::Vanished, |(_, code)| by_code(code));
            self.lanes.push(Lane {
                pid,
                tid: pid,
                process: known.name,
                thread: None,
                start,
                end,
                ending,
                slices: Vec::new(),
                marks: Vec::new(),
            });
            self.waited.push(Waited::default());
        }
    }

    fn finish(mut self, mut notes: Vec<String>) -> Model {
        tell_apart(&mut self.lanes);
        let mut flows: Vec<Flow> = Vec::new();
        for (pid, from) in &self.launches {
            flows.extend(self.beginnings.get(pid).map(|to| Flow {
                kind: FlowKind::Start,
                from: *from,
                to: *to,
            }));
        }
        flows.extend(connect_locks(&self.holdings));
        flows.extend(self.signals.connected());
        let counters = counters(&self.messages, &self.texts);
        let (messages, was_cut) = connect_messages(self.messages);
        flows.extend(messages);
        if was_cut {
            notes.push("Only some of the arrows between messages are shown.".into());
        }
        flows.sort_by_key(|flow| flow.from.2);
        let main = self.lanes.first().filter(|lane| lane.pid == self.logs.main);
        if self.logs.ended.is_none() && main.is_some_and(|main| main.ending == Ending::Vanished) {
            notes
                .push("The main process was killed: this is what it and its children left.".into());
        }
        let mut model = Model {
            title: self.sources.script.clone(),
            length: self
                .lanes
                .iter()
                .map(|lane| lane.end)
                .max()
                .unwrap_or_default(),
            lanes: self.lanes,
            flows,
            counters,
            texts: self.texts,
            notes,
            summary: Vec::new(),
        };
        model.summary = summary::sentences(&model, &self.waited, &self.carried);
        model
    }
}
