//! What waits are called, in colours and in sentences.

use super::model::Class;
use crate::sync::wait_kind;

/// What a wait of this kind is for: its class, and words for it where it has no object of its own.
pub(super) fn class_of(code: u16) -> (Class, &'static str) {
    match code {
        wait_kind::ACQUIRE => (Class::Lock, "a lock"),
        wait_kind::GET => (Class::Message, "a queue"),
        wait_kind::PUT => (Class::Room, "a queue"),
        wait_kind::JOIN => (Class::Tasks, "a queue"),
        wait_kind::PROCESS => (Class::Process, "a process"),
        wait_kind::TIME => (Class::Sleep, "sleep"),
        wait_kind::NOTIFICATION => (Class::Condition, "a condition"),
        wait_kind::BARRIER => (Class::Barrier, "a barrier"),
        wait_kind::PERMIT => (Class::Permit, "a semaphore"),
        wait_kind::EVENT => (Class::Event, "an event"),
        wait_kind::RECEIVE => (Class::Message, "a pipe"),
        wait_kind::SEND => (Class::Room, "a pipe"),
        wait_kind::RESULT => (Class::Message, "a pool"),
        wait_kind::READY => (Class::Other, "the first of several things"),
        wait_kind::THREAD => (Class::Thread, "a thread"),
        wait_kind::CHANNEL => (Class::Message, "a queue between threads"),
        wait_kind::SOCKET => (Class::Outside, "a socket"),
        wait_kind::INPUT => (Class::Outside, "standard input"),
        wait_kind::FILE => (Class::Outside, "a file"),
        wait_kind::COMMAND => (Class::Outside, "a command"),
        wait_kind::SERVER => (Class::Outside, "a server"),
        _ => (Class::Other, "something"),
    }
}

/// Returns what a slice shows, in words: `waits for Queue jobs`.
pub(super) fn described(class: Class, text: &str) -> String {
    match class {
        Class::Starting => "starting".into(),
        Class::Span | Class::Task => text.into(),
        Class::Hold => format!("holds {text}"),
        Class::Put => format!("put into {text}"),
        Class::Got => format!("get from {text}"),
        Class::Launch => format!("starts {text}"),
        Class::Signal => format!("signals {text}"),
        Class::Sleep => "sleeps".into(),
        _ => format!("waits {}", purpose(class, text)),
    }
}

/// Returns what a wait is for: `for room in Queue jobs`.
pub(super) fn purpose(class: Class, text: &str) -> String {
    match class {
        Class::Room => format!("for room in {text}"),
        Class::Tasks => format!("for the tasks of {text}"),
        Class::Process | Class::Thread => format!("for {text} to end"),
        _ => format!("for {text}"),
    }
}

/// The name of a class, for filters and legends.
pub(super) fn name(class: Class) -> &'static str {
    match class {
        Class::Starting => "starting",
        Class::Span => "span",
        Class::Task => "task",
        Class::Hold => "lock held",
        Class::Put => "put",
        Class::Got => "get",
        Class::Launch => "start",
        Class::Signal => "signal",
        Class::Message => "message",
        Class::Room => "room",
        Class::Lock => "lock",
        Class::Permit => "semaphore",
        Class::Event => "event",
        Class::Condition => "condition",
        Class::Barrier => "barrier",
        Class::Tasks => "tasks done",
        Class::Process => "process",
        Class::Thread => "thread",
        Class::Sleep => "sleep",
        Class::Outside => "input, output",
        Class::Other => "other",
    }
}

/// Returns a duration as people write it: `1.23 s`, `45 ms`, `7 µs`.
pub(super) fn duration(ns: u64) -> String {
    let (unit, name) = match ns {
        0..1_000 => return format!("{ns} ns"),
        1_000..1_000_000 => (1e3, "µs"),
        1_000_000..1_000_000_000 => (1e6, "ms"),
        _ => (1e9, "s"),
    };
    let value = ns as f64 / unit;
    let digits = match value {
        ..10.0 => 2,
        ..100.0 => 1,
        _ => 0,
    };
    format!("{value:.digits$} {name}")
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn durations_have_three_digits() {
        let shown = [0, 999, 1_000, 45_600, 123_456_789, 1_234_567_890].map(duration);
        assert_eq!(
            shown,
            ["0 ns", "999 ns", "1.00 µs", "45.6 µs", "123 ms", "1.23 s"]
        );
    }
}
