//! A family as a table: a row for each thread, and one for each queue.

use std::cmp::Reverse;
use std::time::Duration;

use super::family::{Family, Hold, Process, Queue, Thread, Wait};

const HEAD: [&str; 8] = [
    "process",
    "pid",
    "thread",
    "state",
    "waits for",
    "since",
    "at",
    "holds",
];

/// The order of the rows of a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Order {
    /// Process by process.
    #[default]
    Process,
    /// Those that have waited longest first.
    Since,
    /// By what they wait for.
    Wait,
}

impl Family {
    /// Returns the family as a table, without a line break at the end.
    pub fn table(&self) -> String {
        self.table_by(Order::Process)
    }

    /// Returns the family as a table with its rows in another order.
    pub fn table_by(&self, order: Order) -> String {
        let mut rows: Vec<_> = self.processes.iter().flat_map(threads_of).collect();
        let wait = |(_, thread): &(_, Option<&Thread>)| thread.and_then(|one| one.wait.clone());
        match order {
            Order::Process => (),
            Order::Since => rows.sort_by_key(|row| Reverse(wait(row).map(|wait| wait.since))),
            // Those that do not wait come last.
            Order::Wait => rows.sort_by_cached_key(|row| {
                let what = wait(row).map(|wait| what(&wait));
                (what.is_none(), what)
            }),
        }
        let rows = rows
            .into_iter()
            .map(|(process, thread)| row(process, thread));
        let mut text = table(HEAD, rows);
        if !self.queues.is_empty() {
            text += "\n\n";
            text += &table(["queue", "items", "can put"], self.queues.iter().map(queue));
        }
        text
    }
}

/// Returns the threads of a process; one that is being started may have none yet.
fn threads_of(process: &Process) -> Vec<(&Process, Option<&Thread>)> {
    match process.threads.as_slice() {
        [] => vec![(process, None)],
        threads => threads
            .iter()
            .map(|thread| (process, Some(thread)))
            .collect(),
    }
}

fn row(process: &Process, thread: Option<&Thread>) -> [String; 8] {
    let wait = thread.and_then(|thread| thread.wait.as_ref());
    let at = thread.and_then(|thread| thread.at.as_ref());
    let state = match process.state {
        "running" if wait.is_some() => "waiting",
        state => state,
    };
    [
        process.name.clone(),
        process.pid.to_string(),
        thread.map(|thread| thread.name.clone()).unwrap_or_default(),
        state.into(),
        wait.map(what).unwrap_or_default(),
        wait.map(since).unwrap_or_default(),
        at.map(ToString::to_string).unwrap_or_default(),
        thread
            .map(|thread| holds(&thread.holds))
            .unwrap_or_default(),
    ]
}

/// `Lock.acquire (Lock #1, held by Process-2)`.
pub(super) fn what(wait: &Wait) -> String {
    let known = [&wait.object, &wait.detail];
    let known: Vec<&str> = known.into_iter().flatten().map(String::as_str).collect();
    match known.is_empty() {
        true => wait.what.clone(),
        false => format!("{} ({})", wait.what, known.join(", ")),
    }
}

/// `2.1 s`, `2.1 s of 10.0 s`.
pub(super) fn since(wait: &Wait) -> String {
    let since = duration(wait.since);
    match wait.timeout {
        Some(timeout) => format!("{since} of {}", duration(timeout)),
        None => since,
    }
}

/// `Lock #1 (main.rhai:7)`.
fn holds(holds: &[Hold]) -> String {
    let shown = holds.iter().map(|hold| match &hold.at {
        Some(line) => format!("{} ({line})", hold.object),
        None => hold.object.clone(),
    });
    shown.collect::<Vec<_>>().join(", ")
}

fn queue(queue: &Queue) -> [String; 3] {
    [queue.name.clone(), items(queue), queue.open_in.join(", ")]
}

/// `3`, `3 of 10`.
pub(super) fn items(queue: &Queue) -> String {
    match queue.limit {
        0 => queue.items.to_string(),
        limit => format!("{} of {limit}", queue.items),
    }
}

/// `350 ms`, `4.2 s`, `3 min 5 s`, `2 h 3 min`.
pub(super) fn duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0 => format!("{} ms", duration.as_millis()),
        1..60 => format!("{:.1} s", duration.as_secs_f64()),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3600, seconds / 60 % 60),
    }
}

/// Columns as wide as their longest cell.
fn table<const N: usize>(head: [&str; N], rows: impl Iterator<Item = [String; N]>) -> String {
    let rows = rows.map(|row| row.map(|cell| plain(&cell)));
    let rows: Vec<[String; N]> = std::iter::once(head.map(ToString::to_string))
        .chain(rows)
        .collect();
    let width = |column: usize| {
        let widths = rows.iter().map(|row| row[column].chars().count());
        widths.max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..N).map(width).collect();
    let line = |row: &[String; N]| {
        let cells = row.iter().zip(&widths);
        let cells: Vec<String> = cells
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        cells.join("  ").trim_end().to_string()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Returns a text that cannot move a terminal's cursor: names are the script's.
pub(super) fn plain(text: &str) -> String {
    text.replace(char::is_control, "\u{fffd}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_short() {
        let shown = |millis| duration(Duration::from_millis(millis));
        assert_eq!(shown(350), "350 ms");
        assert_eq!(shown(4_250), "4.2 s");
        assert_eq!(shown(185_000), "3 min 5 s");
        assert_eq!(shown(7_380_000), "2 h 3 min");
    }
}
