//! A timeline as a page that needs no network: the viewer in `viewer/`, with the data inside.

use std::fmt::Write;

use super::json::{list, numbers, quote};
use super::model::{Class, Ending, FlowKind, Lane, Model};
use super::summary::signal_name;
use super::words::name;
use crate::sys::signal::Signal;

const PAGE: &str = include_str!("viewer/page.html");
const STYLE: &str = include_str!("viewer/style.css");
const SCRIPT: &str = include_str!("viewer/viewer.js");

/// Every class, in the order of the numbers by which the viewer knows them.
const CLASSES: [Class; 21] = [
    Class::Starting,
    Class::Span,
    Class::Task,
    Class::Hold,
    Class::Put,
    Class::Got,
    Class::Launch,
    Class::Signal,
    Class::Message,
    Class::Room,
    Class::Lock,
    Class::Permit,
    Class::Event,
    Class::Condition,
    Class::Barrier,
    Class::Tasks,
    Class::Process,
    Class::Thread,
    Class::Sleep,
    Class::Outside,
    Class::Other,
];

/// Returns the page.
pub(super) fn render(model: &Model) -> String {
    let title = match model.title.as_str() {
        "" => "timeline",
        title => title,
    };
    let title = title.replace('&', "&amp;").replace('<', "&lt;");
    // The data last: a text in it may look like a place for something else.
    PAGE.replace("{{title}}", &title)
        .replace("{{style}}", STYLE)
        .replace("{{script}}", SCRIPT)
        .replacen("{{data}}", &data(model), 1)
}

/// What the viewer reads, as JSON: see the beginning of `viewer/viewer.js`.
fn data(model: &Model) -> String {
    let mut out = String::from("{\"title\":");
    quote(&mut out, &model.title);
    let _ = write!(out, ",\"length\":{}", model.length);
    for (key, texts) in [
        ("texts", model.texts.all()),
        ("summary", &model.summary),
        ("notes", &model.notes),
    ] {
        let _ = write!(out, ",\"{key}\":");
        list(&mut out, texts, |out, text| quote(out, text));
    }
    out.push_str(",\"classes\":");
    list(&mut out, CLASSES, |out, class| quote(out, name(class)));
    out.push_str(",\"lanes\":");
    list(&mut out, &model.lanes, lane);
    out.push_str(",\"flows\":");
    list(&mut out, &model.flows, |out, flow| {
        let kind = match flow.kind {
            FlowKind::Message => 0,
            FlowKind::Lock => 1,
            FlowKind::Start => 2,
            FlowKind::Signal => 3,
        };
        let (from, to) = (flow.from, flow.to);
        numbers(out, [kind, from.0 as u64, from.2, to.0 as u64, to.2]);
    });
    out.push_str(",\"counters\":");
    list(&mut out, &model.counters, |out, counter| {
        let _ = write!(out, "{{\"text\":{},\"points\":", counter.text);
        list(out, &counter.points, |out, point| {
            numbers(out, [point.0, point.1])
        });
        out.push('}');
    });
    out.push('}');
    out
}

fn lane(out: &mut String, lane: &Lane) {
    let _ = write!(out, "{{\"pid\":{},\"tid\":{}", lane.pid, lane.tid);
    for (key, text) in [
        ("process", lane.process.as_str()),
        ("thread", lane.thread.as_deref().unwrap_or("")),
        ("ending", &ending(lane.ending)),
    ] {
        let _ = write!(out, ",\"{key}\":");
        quote(out, text);
    }
    let is_killed = match lane.ending {
        Ending::Signal(signal) => signal != Signal::SIGTERM as i32,
        ending => ending == Ending::Vanished,
    };
    let _ = write!(
        out,
        ",\"killed\":{is_killed},\"start\":{},\"end\":{}",
        lane.start, lane.end
    );
    out.push_str(",\"slices\":");
    let mut slices: Vec<_> = lane.slices.iter().collect();
    slices.sort_by_key(|slice| (slice.start, std::cmp::Reverse(slice.end)));
    list(out, slices, |out, slice| {
        let class = CLASSES.iter().position(|class| *class == slice.class);
        let (text, site) = (slice.text as u64, slice.site as u64);
        let mut words = vec![
            class.unwrap_or_default() as u64,
            slice.start,
            slice.length(),
        ];
        words.extend([text, site, slice.count, slice.busy]);
        if let Some((first, last)) = slice.numbers {
            words.extend([first, last]);
        }
        numbers(out, words);
    });
    out.push_str(",\"marks\":");
    list(out, &lane.marks, |out, mark| {
        let words = [
            mark.at,
            mark.text as u64,
            mark.site as u64,
            u64::from(mark.failed),
        ];
        numbers(out, words);
    });
    out.push('}');
}

fn ending(ending: Ending) -> String {
    match ending {
        Ending::Quiet => String::new(),
        Ending::Exit(0) => "ended".into(),
        Ending::Exit(code) => format!("ended with exit code {code}"),
        Ending::Signal(signal) => format!("ended by {}", signal_name(signal)),
        Ending::Vanished => "killed: it recorded no end".into(),
    }
}
