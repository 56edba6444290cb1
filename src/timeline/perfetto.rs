//! A timeline in the trace event format, for ui.perfetto.dev and chrome://tracing.
//!
//! The [format](https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU) wants that the slices of one track nest.
//! What overlaps otherwise, and locks that are held, is on further tracks of the same process.

use std::fmt::Write;

use super::json::quoted;
use super::model::{Class, Ending, FlowKind, Lane, Model, Slice};
use super::summary::signal_name;
use super::words::{described, name};

/// Numbers of the further tracks: above those of threads.
const FURTHER: u64 = 1 << 32;

/// A track: its number, and where the slices end that are open on it.
struct Track {
    tid: u64,
    open: Vec<u64>,
    holds: bool,
}

/// Returns the trace.
pub(super) fn render(model: &Model) -> String {
    let mut trace = Trace {
        model,
        out: String::from("{\"displayTimeUnit\":\"ns\",\"otherData\":"),
        is_first: true,
        further: FURTHER,
    };
    trace.other_data();
    trace.out.push_str(",\"traceEvents\":[\n");
    let mut tids = Vec::new();
    for (number, lane) in model.lanes.iter().enumerate() {
        tids.push(trace.lane(number, lane));
    }
    trace.flows(&tids);
    trace.counters();
    trace.out.push_str("\n]}\n");
    trace.out
}

struct Trace<'m> {
    model: &'m Model,
    out: String,
    is_first: bool,
    further: u64,
}

impl Trace<'_> {
    fn other_data(&mut self) {
        let Model {
            title,
            summary,
            notes,
            ..
        } = self.model;
        let (summary, notes) = (summary.join("\n"), notes.join("\n"));
        let (title, summary, notes) = (quoted(title), quoted(&summary), quoted(&notes));
        let data = format!("{{\"script\":{title},\"summary\":{summary},\"notes\":{notes}}}");
        self.out.push_str(&data);
    }

    fn event(&mut self, event: &str) {
        if !std::mem::take(&mut self.is_first) {
            self.out.push_str(",\n");
        }
        self.out.push_str(event);
    }

    fn metadata(&mut self, what: &str, (pid, tid): (u64, u64), value: &str) {
        let event = format!(
            "{{\"ph\":\"M\",\"name\":\"{what}\",\"pid\":{pid},\"tid\":{tid},\"args\":{{{value}}}}}"
        );
        self.event(&event);
    }

    /// Writes a lane, and returns the track of each of its slices.
    fn lane(&mut self, number: usize, lane: &Lane) -> Vec<u64> {
        let (pid, tid) = (lane.pid, lane.tid);
        let process = format!("\"name\":{}", quoted(&lane.process));
        let thread = quoted(lane.thread.as_deref().unwrap_or("MainThread"));
        self.metadata("process_name", (pid, tid), &process);
        self.metadata(
            "process_sort_index",
            (pid, tid),
            &format!("\"sort_index\":{number}"),
        );
        self.metadata("thread_name", (pid, tid), &format!("\"name\":{thread}"));
        self.metadata(
            "thread_sort_index",
            (pid, tid),
            &format!("\"sort_index\":{number}"),
        );
        let mut tracks = vec![Track {
            tid,
            open: Vec::new(),
            holds: false,
        }];
        let mut order: Vec<usize> = (0..lane.slices.len()).collect();
        order.sort_by_key(|place| {
            let slice = &lane.slices[*place];
            (slice.start, std::cmp::Reverse(slice.end))
        });
        let mut tids = vec![tid; lane.slices.len()];
        for place in order {
            let slice = &lane.slices[place];
            let track = self.track(&mut tracks, lane, slice);
            tids[place] = track;
            self.slice((pid, track), slice);
        }
        self.moments(lane);
        tids
    }

    /// Returns the first track on which a slice nests.
    fn track(&mut self, tracks: &mut Vec<Track>, lane: &Lane, slice: &Slice) -> u64 {
        let holds = slice.class == Class::Hold;
        for track in tracks.iter_mut().filter(|track| track.holds == holds) {
            while track.open.last().is_some_and(|end| *end <= slice.start) {
                track.open.pop();
            }
            if track.open.last().is_none_or(|end| slice.end <= *end) {
                track.open.push(slice.end);
                return track.tid;
            }
        }
        let tid = self.further;
        self.further += 1;
        let thread = lane.thread.as_deref().unwrap_or("MainThread");
        let of = if holds { "locks of" } else { "more of" };
        let name = format!("\"name\":{}", quoted(&format!("{of} {thread}")));
        self.metadata("thread_name", (lane.pid, tid), &name);
        let open = vec![slice.end];
        tracks.push(Track { tid, open, holds });
        tid
    }

    fn slice(&mut self, (pid, tid): (u64, u64), slice: &Slice) {
        let texts = &self.model.texts;
        let text = quoted(&described(slice.class, texts.get(slice.text)));
        let mut args = format!("\"count\":{}", slice.count);
        if slice.site != 0 {
            let _ = write!(args, ",\"line\":{}", quoted(texts.get(slice.site)));
        }
        if let Some((first, last)) = slice.numbers {
            let _ = write!(args, ",\"first\":{first},\"last\":{last}");
        }
        let (ts, dur, cat) = (us(slice.start), us(slice.length()), category(slice.class));
        self.event(&format!(
            "{{\"ph\":\"X\",\"name\":{text},\"cat\":\"{cat}\",\"ts\":{ts},\"dur\":{dur},\"pid\":{pid},\"tid\":{tid},\"args\":{{{args}}}}}"
        ));
    }

    /// Writes the marks of a lane, and how it ended.
    fn moments(&mut self, lane: &Lane) {
        let texts = &self.model.texts;
        let mut moments: Vec<(u64, String, &str)> = Vec::new();
        for mark in &lane.marks {
            let cat = if mark.failed { "failure" } else { "mark" };
            moments.push((mark.at, texts.get(mark.text).into(), cat));
        }
        match lane.ending {
            Ending::Signal(signal) => {
                let text = format!("ended by {}", signal_name(signal));
                moments.push((lane.end, text, "failure"));
            }
            Ending::Vanished => moments.push((lane.end, "killed".into(), "failure")),
            Ending::Exit(code) if code != 0 => {
                moments.push((lane.end, format!("exit code {code}"), "failure"));
            }
            Ending::Exit(_) | Ending::Quiet => {}
        }
        let (pid, tid) = (lane.pid, lane.tid);
        for (at, text, cat) in moments {
            let (ts, text) = (us(at), quoted(&text));
            self.event(&format!(
                "{{\"ph\":\"i\",\"s\":\"t\",\"name\":{text},\"cat\":\"{cat}\",\"ts\":{ts},\"pid\":{pid},\"tid\":{tid}}}"
            ));
        }
    }

    fn flows(&mut self, tids: &[Vec<u64>]) {
        for (id, flow) in self.model.flows.iter().enumerate() {
            let name = match flow.kind {
                FlowKind::Message => "message",
                FlowKind::Lock => "lock",
                FlowKind::Start => "start",
                FlowKind::Signal => "signal",
            };
            for (ph, (lane, slice, at)) in [("s", flow.from), ("f\",\"bp\":\"e", flow.to)] {
                let (pid, tid) = (self.model.lanes[lane].pid, tids[lane][slice]);
                let ts = us(at);
                self.event(&format!(
                    "{{\"ph\":\"{ph}\",\"id\":{id},\"name\":\"{name}\",\"cat\":\"flow\",\"ts\":{ts},\"pid\":{pid},\"tid\":{tid}}}"
                ));
            }
        }
    }

    /// Writes how many messages wait in queues, as tracks of the first process.
    fn counters(&mut self) {
        let Some(first) = self.model.lanes.first() else {
            return;
        };
        let (pid, tid) = (first.pid, first.tid);
        for counter in &self.model.counters {
            let name = quoted(self.model.texts.get(counter.text));
            for (at, count) in &counter.points {
                let ts = us(*at);
                self.event(&format!(
                    "{{\"ph\":\"C\",\"name\":{name},\"cat\":\"queue\",\"ts\":{ts},\"pid\":{pid},\"tid\":{tid},\"args\":{{\"messages\":{count}}}}}"
                ));
            }
        }
    }
}

fn category(class: Class) -> &'static str {
    match class {
        class if class.is_wait() => "wait",
        Class::Starting => "process",
        class => name(class),
    }
}

/// Nanoseconds as the microseconds of the format.
fn us(ns: u64) -> String {
    match ns % 1000 {
        0 => format!("{}", ns / 1000),
        rest => format!("{}.{rest:03}", ns / 1000),
    }
}
