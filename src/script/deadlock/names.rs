//! The names of processes, threads and objects in the report of a deadlock.

use std::time::Duration;

use crate::diagnose;
use crate::script::interp::Interp;
use crate::sync::{self, CallSite, ProcessId, Role, Session, Stuck, wait_kind};

/// The names that a report uses.
pub(super) struct Names<'a> {
    interp: &'a Interp,
    pub(super) session: &'a Session,
    stuck: &'a [Stuck],
}

/// Returns whether the thread has finished its script.
pub(super) fn has_left(stuck: &Stuck) -> bool {
    stuck.role.is(Role::LEFT) || stuck.role.is(Role::LEAVING)
}

/// Returns whether one thread waits for a lock that the other holds.
pub(super) fn is_held_by(stuck: &Stuck, holder: &Stuck) -> bool {
    stuck.holder == Some((holder.process, holder.row))
}

/// Returns the rows with their first two columns as wide as the widest.
pub(super) fn columns(rows: Vec<[String; 3]>) -> Vec<String> {
    let width = |column: usize| {
        let widths = rows.iter().map(|row| row[column].chars().count());
        widths.max().unwrap_or(0)
    };
    let (first, second) = (width(0), width(1));
    let joined = rows.iter().map(|[name, place, rest]| match second {
        0 => format!("{name:first$}  {rest}"),
        _ => format!("{name:first$}  {place:second$}  {rest}"),
    });
    joined.collect()
}

impl<'a> Names<'a> {
    pub(super) fn of(interp: &'a Interp, session: &'a Session, stuck: &'a [Stuck]) -> Self {
        Self {
            interp,
            session,
            stuck,
        }
    }

    /// Returns the row of the report about one thread: its name, its line, what it waits for, what it has, and how long it waits.
    pub(super) fn row(&self, stuck: &Stuck, since: Duration) -> [String; 3] {
        let wait = match has_left(stuck) {
            true => "has finished its script".into(),
            false => self.wait(stuck),
        };
        let held = self
            .held(stuck)
            .map_or_else(String::new, |held| format!("  (has {held})"));
        let rest = format!("{wait}{held}, {:.1} s", since.as_secs_f64());
        [
            self.thread(stuck),
            self.place(stuck).unwrap_or_default(),
            rest,
        ]
    }

    /// Returns the wait as the script has written it, if that is known: `acquire lock_b`.
    fn wait(&self, stuck: &Stuck) -> String {
        match self.call(stuck) {
            Some((verb, name)) => format!("{verb} {name}"),
            None => diagnose::wait_words(self.session.segment(), stuck.kind, stuck.object),
        }
    }

    /// Returns the method that waits, and the variable whose method it is, if both are known.
    pub(super) fn call(&self, stuck: &Stuck) -> Option<(&'static str, String)> {
        let text = self.text(stuck.site)?;
        let verb = match stuck.kind {
            // Of a queue between threads, the session knows nothing more.
            wait_kind::CHANNEL => verb_in(&text),
            // A function of a module, which waits for what it is given.
            wait_kind::READY => None,
            kind => verb(kind),
        }?;
        Some((verb, variable_in(&text, verb)?.to_string()))
    }

    /// Returns the locks that the thread has and others of the report wait for: `lock_a since line 7`.
    fn held(&self, holder: &Stuck) -> Option<String> {
        let waiting = self.stuck.iter().filter(|one| is_held_by(one, holder));
        let mut held: Vec<String> = waiting
            .map(|one| {
                let name = self.lock_name(one).unwrap_or_else(|| "a lock".into());
                match self.acquired(one) {
                    Some(line) => format!("{name} since line {line}"),
                    None => name,
                }
            })
            .collect();
        held.dedup();
        (!held.is_empty()).then(|| held.join(", "))
    }

    /// Returns the name of a process.
    pub(super) fn process(&self, process: ProcessId) -> String {
        let described = self.session.segment().describe(process);
        described.map_or_else(|| "a process".into(), |(_, name)| name)
    }

    /// Returns how the report calls a thread.
    pub(super) fn thread(&self, stuck: &Stuck) -> String {
        let process = self.process(stuck.process);
        match stuck.role.is(Role::MAIN) {
            true => process,
            false => format!("a thread of {process}"),
        }
    }

    /// Returns the line at which a thread waits: `line 8`.
    pub(super) fn place(&self, stuck: &Stuck) -> Option<String> {
        self.line(stuck.site).map(|line| format!("line {line}"))
    }

    fn line(&self, site: CallSite) -> Option<u16> {
        let found = self.session.segment().source_line(site);
        found.map(|found| found.line)
    }

    /// Returns the line of the script at a call site.
    fn text(&self, site: CallSite) -> Option<String> {
        let found = self.session.segment().source_line(site)?;
        let source = self.interp.program.source_shown(&found.file?)?;
        source.line(found.line.into()).map(str::to_string)
    }

    fn lock_name(&self, stuck: &Stuck) -> Option<String> {
        let text = self.text(stuck.site)?;
        variable_in(&text, "acquire").map(str::to_string)
    }

    /// Returns the name of the lock that the thread waits for, in quotes, or `a lock`.
    pub(super) fn lock(&self, stuck: &Stuck) -> String {
        match self.lock_name(stuck) {
            Some(name) => format!("\"{name}\""),
            None => "a lock".into(),
        }
    }

    /// Returns the line at which the lock was acquired that the thread waits for.
    pub(super) fn acquired(&self, stuck: &Stuck) -> Option<u16> {
        (stuck.kind == wait_kind::ACQUIRE).then_some(())?;
        self.line(sync::acquired_at(self.session, stuck.object))
    }
}

/// Returns the method that waits in this way.
pub(super) fn verb(kind: u16) -> Option<&'static str> {
    Some(match kind {
        wait_kind::ACQUIRE | wait_kind::PERMIT => "acquire",
        wait_kind::GET => "get",
        wait_kind::PUT => "put",
        wait_kind::JOIN | wait_kind::THREAD | wait_kind::PROCESS => "join",
        wait_kind::NOTIFICATION | wait_kind::EVENT | wait_kind::BARRIER | wait_kind::READY => {
            "wait"
        }
        wait_kind::RECEIVE => "recv",
        wait_kind::SEND => "send",
        _ => return None,
    })
}

/// The methods that wait.
const CALLS: [&str; 7] = [
    ".acquire(",
    ".get(",
    ".put(",
    ".join(",
    ".wait(",
    ".recv(",
    ".send(",
];

/// Returns the method that waits in a line which has only one.
fn verb_in(text: &str) -> Option<&'static str> {
    let mut found = CALLS.iter().filter(|call| text.contains(**call));
    let call = found.next().filter(|_| found.next().is_none())?;
    Some(call.trim_matches(['.', '(']))
}

/// Returns the variable before `.acquire(…)` or another of these calls, or behind `with`, which acquires, if the line has only one of them.
fn variable_in<'t>(text: &'t str, verb: &str) -> Option<&'t str> {
    let is_name = |char: char| char.is_alphanumeric() || char == '_';
    let call = format!(".{verb}(");
    let behind_with = text.trim_start().strip_prefix("with ");
    let behind_with = behind_with.filter(|_| verb == "acquire");
    let name = match (text.matches(&call).count(), behind_with) {
        (1, None) => {
            let before = &text[..text.find(&call)?];
            let start = before.rfind(|char| !is_name(char));
            let start = start.map_or(0, |at| {
                at + before[at..].chars().next().map_or(1, char::len_utf8)
            });
            &before[start..]
        }
        (0, Some(behind)) => {
            let behind = behind.trim_start();
            &behind[..behind.find(|char| !is_name(char)).unwrap_or(behind.len())]
        }
        // Which of the two waits is not known.
        _ => return None,
    };
    let is_number = name.starts_with(|char: char| char.is_ascii_digit());
    (!name.is_empty() && !is_number).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::{variable_in, verb_in};

    #[test]
    fn the_variable_of_a_wait_is_found_in_its_line() {
        let acquired = |text| variable_in(text, "acquire");
        assert_eq!(acquired("    lock_a.acquire();"), Some("lock_a"));
        assert_eq!(acquired("  with lock { f() }"), Some("lock"));
        assert_eq!(acquired("with lock { p.join(); }"), Some("lock"));
        assert_eq!(acquired("with lock { other.acquire(); }"), None);
        assert_eq!(acquired("locks[0].acquire()"), None);
        assert_eq!(acquired("a.acquire(); b.acquire();"), None);
        assert_eq!(acquired("f()"), None);
        let got = |text| variable_in(text, "get");
        assert_eq!(got("let x = this.q.get();"), Some("q"));
        assert_eq!(got("print(q.get()"), Some("q"));
        assert_eq!(got("with lock { q.get(); }"), Some("q"));
        assert_eq!(got("p.join(); q.get();"), Some("q"));
        assert_eq!(verb_in("let x = this.q.get();"), Some("get"));
        assert_eq!(verb_in("a.get(); b.put(1);"), None);
    }
}
