//! The lines of the script, and the names that its variables give to objects.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use super::read::Logs;
use crate::sync::kind;
use crate::trace::record::Kind;

/// The file in which a recording keeps the text of its script, behind its name and a line feed.
pub(super) const SCRIPT_FILE: &str = "script";

/// Bits of a site that hold the line, as `shm` writes it.
const LINE_BITS: u32 = 16;

/// The files of the script.
#[derive(Debug, Default)]
pub(super) struct Sources {
    /// What was run, as reports show it.
    pub script: String,
    names: HashMap<u64, String>,
    lines: HashMap<String, Vec<String>>,
}

impl Sources {
    /// Reads the script of a recording, and the files that it names.
    pub(super) fn read(directory: &Path, logs: &Logs) -> Self {
        let mut sources = Self::default();
        let kept = fs::read_to_string(directory.join(SCRIPT_FILE)).unwrap_or_default();
        if let Some((name, text)) = kept.split_once('\n') {
            sources.script = name.into();
            sources.keep(name, text);
        }
        for log in &logs.threads {
            for entry in log.entries.iter().filter(|e| e.tag.kind == Kind::Source) {
                sources
                    .names
                    .insert(entry.extra, log.text(entry.number).into());
            }
        }
        let names: Vec<String> = sources.names.values().cloned().collect();
        for name in names {
            if !sources.lines.contains_key(&name)
                && let Ok(text) = fs::read_to_string(&name)
            {
                sources.keep(&name, &text);
            }
        }
        sources
    }

    fn keep(&mut self, name: &str, text: &str) {
        let lines = text.lines().map(ToString::to_string).collect();
        self.lines.insert(name.into(), lines);
    }

    /// Returns a site as people write it: `job.rhai:7`.
    pub(super) fn shown(&self, site: u32) -> String {
        let (file, line) = split(site);
        match self.names.get(&file) {
            _ if line == 0 => String::new(),
            Some(name) => format!("{name}:{line}"),
            None => format!("line {line}"),
        }
    }

    fn line(&self, site: u32) -> &str {
        let (file, line) = split(site);
        let lines = self.names.get(&file).and_then(|name| self.lines.get(name));
        let line = lines.and_then(|lines| lines.get(line.checked_sub(1)?));
        line.map_or("", String::as_str)
    }

    /// Returns the class and the variable of an object of this kind that was created at a site, as the `nth` of that line: `("Queue", "jobs")`
    /// for `let jobs = Queue();`. The class is empty for an object that no script created, the variable where there is none.
    pub(super) fn created(&self, code: u16, site: u32, nth: usize) -> (&'static str, &str) {
        let line = self.line(site);
        let classes = classes(code);
        if site == 0 {
            return ("", "");
        }
        if line.is_empty() {
            return (classes.first().copied().unwrap_or(""), "");
        }
        let calls = calls(line, classes);
        let call = calls.get(nth.min(calls.len().saturating_sub(1)));
        call.copied().unwrap_or(("", ""))
    }
}

/// The number of a file and a line in it.
fn split(site: u32) -> (u64, usize) {
    let line = site & ((1 << LINE_BITS) - 1);
    (u64::from(site >> LINE_BITS), line as usize)
}

/// The classes whose constructors create an object of this kind.
fn classes(code: u16) -> &'static [&'static str] {
    match code {
        kind::MUTEX => &["Lock", "Condition"],
        kind::REENTRANT_MUTEX => &["RLock", "Condition"],
        kind::QUEUE => &[
            "Queue",
            "JoinableQueue",
            "SimpleQueue",
            "LifoQueue",
            "PriorityQueue",
            "Pipe",
            "Pool",
            "ProcessPoolExecutor",
            "ThreadPool",
            "ThreadPoolExecutor",
        ],
        kind::CONDITION => &["Condition"],
        kind::BARRIER => &["Barrier"],
        kind::SEMAPHORE => &["Semaphore", "BoundedSemaphore"],
        kind::EVENT => &["Event"],
        kind::CONTAINER => &["dict", "list", "Manager"],
        _ => &[],
    }
}

/// The calls of these constructors in a line, with the variables to which they are assigned.
fn calls<'t>(line: &'t str, classes: &[&'static str]) -> Vec<(&'static str, &'t str)> {
    let mut found = Vec::new();
    for class in classes {
        for (at, _) in line.match_indices(class) {
            let (before, behind) = (&line[..at], &line[at + class.len()..]);
            let is_word = !before.ends_with(is_part_of_name);
            if is_word && behind.trim_start().starts_with('(') {
                let name = match variable(before) {
                    "" => taken_as(behind),
                    name => name,
                };
                found.push((at, *class, name));
            }
        }
    }
    found.sort_by_key(|(at, ..)| *at);
    let name = |(_, class, name)| (class, name);
    found.into_iter().map(name).collect()
}

/// The variable in `let jobs = mp::`, or the key in `jobs: `.
fn variable(before: &str) -> &str {
    let path = |c: char| is_part_of_name(c) || c == ':' || c == '.';
    let mut before = before.trim_end();
    // The module of the constructor, if there is one.
    if before.ends_with("::") || before.ends_with('.') {
        before = before.trim_end_matches(path).trim_end();
    }
    let Some(before) = before.strip_suffix('=').or(before.strip_suffix(':')) else {
        return "";
    };
    let before = before.trim_end();
    let start = before
        .trim_end_matches(|c| is_part_of_name(c) || c == '.')
        .len();
    &before[start..]
}

/// The variable in `with Pool(3) as pool`.
fn taken_as(behind: &str) -> &str {
    let name = behind.split_once(") as ").map_or("", |(_, name)| name);
    let end = name.find(|c| !is_part_of_name(c)).unwrap_or(name.len());
    &name[..end]
}

fn is_part_of_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(line: &str, code: u16) -> Vec<(&'static str, &str)> {
        calls(line, classes(code))
    }

    #[test]
    fn objects_have_the_names_of_their_variables() {
        assert_eq!(
            found("let jobs = Queue();", kind::QUEUE),
            [("Queue", "jobs")]
        );
        assert_eq!(
            found("jobs = mp::JoinableQueue(3)", kind::QUEUE),
            [("JoinableQueue", "jobs")]
        );
        assert_eq!(
            found("let q = multiprocessing.Queue()", kind::QUEUE),
            [("Queue", "q")]
        );
        assert_eq!(
            found("let a = Lock(); let b = Lock();", kind::MUTEX),
            [("Lock", "a"), ("Lock", "b")]
        );
        assert_eq!(found("#{ l: Lock(), n: 1 }", kind::MUTEX), [("Lock", "l")]);
        assert_eq!(
            found("me.done = Event();", kind::EVENT),
            [("Event", "me.done")]
        );
        assert_eq!(found("locks.push(Lock());", kind::MUTEX), [("Lock", "")]);
        assert_eq!(found("let ends = Pipe();", kind::QUEUE), [("Pipe", "ends")]);
        assert_eq!(
            found("with Pool(3) as pool {", kind::QUEUE),
            [("Pool", "pool")]
        );
        assert_eq!(found("let x = MyLock();", kind::MUTEX), []);
        assert_eq!(found("let x = l.acquire();", kind::MUTEX), []);
    }
}
