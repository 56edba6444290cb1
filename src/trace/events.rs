//! What can be recorded: a function for each kind of record.

use super::family::is_on;
use super::record::{Kind, Tag, header};
use super::recorder::{Begun, forget, with};
use crate::sys::clock::now_ns;
use crate::sys::ticks::now_ticks;

impl Tag {
    pub(super) fn of(kind: Kind) -> Self {
        let (code, site) = (0, 0);
        Self { kind, code, site }
    }

    pub(super) fn at(kind: Kind, site: u32) -> Self {
        let code = 0;
        Self { kind, code, site }
    }
}

/// An interval that is being recorded; it ends when this is dropped, in the same thread.
#[derive(Debug, Default)]
#[must_use]
pub(crate) struct Interval(Begun);

impl Drop for Interval {
    fn drop(&mut self) {
        end_of(self.0);
    }
}

/// Ends an interval in the thread in which it began.
#[inline]
pub(crate) fn end_of(begun: Begun) {
    if begun != Begun::default() {
        with(|recorder| recorder.end(begun));
    }
}

/// This process is a copy of the one that has recorded so far.
pub(crate) fn begin_copy() {
    if is_on() {
        forget();
    }
}

/// The name of this process, and its number in the session.
pub(crate) fn process(name: &str, number: u64) {
    if is_on() {
        with(|recorder| {
            let name = recorder.text(name);
            recorder.moment(Tag::of(Kind::Process), [number, name, 0]);
        });
    }
}

/// The process begins to do what it was started for.
pub(crate) fn running() {
    if is_on() {
        with(|recorder| recorder.set(header::RUNNING, now_ticks()));
    }
}

/// The process ends with an exit code.
pub(crate) fn leaving(code: i32) {
    if is_on() {
        with(|recorder| {
            recorder.set(header::ENDED_NS, now_ns());
            recorder.set(header::ENDED_TICKS, now_ticks());
            recorder.set(header::EXIT, u64::from(code as u8) + 1);
        });
    }
}

/// Returns the time, for an interval of which more is known at its end; 0 when nothing is recorded.
pub(crate) fn now() -> u64 {
    if is_on() { now_ticks() } else { 0 }
}

/// A child was started, which began at `since`.
pub(crate) fn child(since: u64, pid: i32, name: &str, site: u32) {
    if is_on() {
        with(|recorder| {
            let name = recorder.text(name);
            let times = (since, now_ticks());
            recorder.add(Tag::at(Kind::Child, site), times, [pid as u64, name, 0]);
        });
    }
}

/// A child has ended with an exit code, or by a signal, which is negative.
pub(crate) fn reaped(pid: i32, exitcode: i64) {
    if is_on() {
        let rest = [pid as u64, exitcode.cast_unsigned(), 0];
        with(|recorder| recorder.moment(Tag::of(Kind::Reaped), rest));
    }
}

/// A shared object of this kind was created.
pub(crate) fn created(object: u64, code: u16, site: u32) {
    let tag = Tag {
        kind: Kind::Created,
        code,
        site,
    };
    with(|recorder| recorder.moment(tag, [object, 0, 0]));
}

/// A wait of this kind begins.
pub(crate) fn wait(code: u16, object: u64, site: u32) -> Interval {
    let tag = Tag {
        kind: Kind::Wait,
        code,
        site,
    };
    Interval(with(|recorder| recorder.begin(tag, [object, 0, 1])).unwrap_or_default())
}

/// Messages are being put into a queue: the number of the last, and how many there are. The site is asked for now and then.
pub(crate) fn put(queue: u64, messages: (u64, u64), site: impl FnOnce() -> u32) {
    with(|recorder| recorder.messages(Kind::Put, queue, messages, site));
}

/// Messages were taken out of a queue, likewise; perhaps none.
pub(crate) fn got(queue: u64, messages: (u64, u64), site: impl FnOnce() -> u32) {
    if messages.1 > 0 {
        with(|recorder| recorder.messages(Kind::Got, queue, messages, site));
    }
}

/// This thread has acquired a lock.
pub(crate) fn acquired(lock: u64, site: u32) {
    with(|recorder| recorder.acquired(Tag::at(Kind::Hold, site), lock));
}

/// This thread releases a lock.
#[inline(always)]
pub(crate) fn released(lock: u64) {
    if is_on() {
        note_released(lock);
    }
}

#[cold]
#[inline(never)]
fn note_released(lock: u64) {
    with(|recorder| recorder.released(lock));
}

/// An event is being set, or a condition notified, for this many waiters at most.
pub(crate) fn signal(object: u64, most: u64, site: u32) {
    with(|recorder| recorder.moment(Tag::at(Kind::Signal, site), [object, most, 0]));
}

/// A file of the script has this row in the session.
pub(crate) fn source(row: u64, name: &str) {
    if is_on() {
        with(|recorder| {
            let name = recorder.text(name);
            recorder.moment(Tag::of(Kind::Source), [0, name, row]);
        });
    }
}

/// A named part of the script begins.
pub(crate) fn span(name: &str, site: u32) -> Begun {
    begun(Kind::Span, name, site)
}

/// A task of a pool begins.
pub(crate) fn task(name: &str) -> Interval {
    Interval(begun(Kind::Task, name, 0))
}

fn begun(kind: Kind, name: &str, site: u32) -> Begun {
    if !is_on() {
        return Begun::default();
    }
    let begun = with(|recorder| {
        let name = recorder.text(name);
        recorder.begin(Tag::at(kind, site), [0, name, 1])
    });
    begun.unwrap_or_default()
}

/// A moment that the script marks.
pub(crate) fn mark(name: &str, site: u32) {
    named(Kind::Mark, name, site);
}

/// An error that nobody caught.
pub(crate) fn failed(text: &str) {
    named(Kind::Failed, text, 0);
}

fn named(kind: Kind, name: &str, site: u32) {
    if is_on() {
        with(|recorder| {
            let name = recorder.text(name);
            recorder.moment(Tag::at(kind, site), [0, name, 0]);
        });
    }
}
