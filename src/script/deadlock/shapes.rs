//! The first line of the report of a deadlock, and the likely mistake, by the shape of the deadlock.

use super::names::{Names, has_left, is_held_by, verb};
use crate::sync::{self, Stuck, wait_kind};

/// What never comes and why, and what to do.
pub(super) struct Shape {
    pub(super) text: String,
    pub(super) help: String,
}

fn shape(text: impl Into<String>, help: impl Into<String>) -> Shape {
    Shape {
        text: text.into(),
        help: help.into(),
    }
}

/// Returns the shape of a deadlock. The first of the stuck is the thread that raises.
pub(super) fn of(names: &Names<'_>, stuck: &[Stuck]) -> Shape {
    let told = Told {
        names,
        victim: &stuck[0],
        others: &stuck[1..],
    };
    match told.victim.kind {
        wait_kind::ACQUIRE => told.acquire(),
        wait_kind::PERMIT => shape(
            format!(
                "acquire() waits for a permit that nobody can release{}",
                told.why()
            ),
            "release each permit when the work is done; `with` does it also after an error",
        ),
        wait_kind::GET => told.get(),
        wait_kind::PUT => told.put(),
        wait_kind::JOIN => told.tasks(),
        wait_kind::NOTIFICATION => told.condition(),
        wait_kind::EVENT => shape(
            format!(
                "wait() waits for an Event that nobody who still runs can set{}",
                told.why()
            ),
            "set() the Event on every way out of the code that should set it, also after an error",
        ),
        wait_kind::BARRIER => told.barrier(),
        wait_kind::RECEIVE => told.receive(),
        wait_kind::READY => shape(
            format!(
                "wait() waits for objects of which none can become ready{}",
                told.why()
            ),
            "send before the other side waits, and close ends that are not used",
        ),
        wait_kind::RESULT => told.result(),
        wait_kind::SEND => shape(
            format!(
                "send() waits for room in a Pipe that nobody can empty{}",
                told.why()
            ),
            "receive between sends, or send smaller messages",
        ),
        wait_kind::CHANNEL => shape(
            format!(
                "{} a queue between threads that no other thread can serve{}",
                told.channel(),
                told.why()
            ),
            "put a last item such as None for each thread that waits for items",
        ),
        _ => told.join(),
    }
}

/// Returns what each thread of a circle of locks waits for, and who holds it.
pub(super) fn circle(names: &Names<'_>, stuck: &[Stuck]) -> String {
    let told = stuck.iter().enumerate().map(|(index, one)| {
        let holder = names.thread(&stuck[(index + 1) % stuck.len()]);
        let place = names.place(one);
        let place = place.map_or_else(String::new, |place| format!(" at {place}"));
        format!(
            "{} waits for {}{place}, which {holder} holds",
            names.thread(one),
            names.lock(one)
        )
    });
    told.collect::<Vec<_>>().join("; ")
}

/// A deadlock, seen from the thread that raises.
struct Told<'a> {
    names: &'a Names<'a>,
    victim: &'a Stuck,
    others: &'a [Stuck],
}

impl Told<'_> {
    fn acquire(&self) -> Shape {
        let (names, victim) = (self.names, self.victim);
        if is_held_by(victim, victim) {
            let since = names.acquired(victim);
            let since = since.map_or_else(String::new, |line| format!(" (since line {line})"));
            return shape(
                format!("this thread already holds the Lock it waits for{since}"),
                "use RLock() if a holder may take it again",
            );
        }
        let lock = names.lock(victim);
        let forgotten = "release the lock on every way out; `with` does it also after an error";
        let Some(holder) = self.others.iter().find(|other| is_held_by(victim, other)) else {
            let holder = match victim.holder {
                None => "somebody who has ended".into(),
                Some((process, _)) if process == victim.process => "this process".into(),
                Some((process, _)) => names.process(process),
            };
            let since = names.acquired(victim);
            let since = since.map_or_else(String::new, |line| format!(" (since line {line})"));
            return shape(
                format!(
                    "waiting for {lock}, which {holder} holds{since} and will not release{}",
                    self.why()
                ),
                forgotten,
            );
        };
        let name = match holder.process == victim.process {
            true => "another thread".into(),
            false => names.thread(holder),
        };
        let help = match self
            .others
            .iter()
            .all(|other| other.kind == wait_kind::ACQUIRE)
        {
            true if self.others.len() == 1 => "take both locks in the same order everywhere",
            true => "take the locks in the same order everywhere",
            false => "release a lock before waiting for somebody who needs it",
        };
        let wait = self.phrase(holder);
        shape(
            format!("waiting for {lock}, which {name} holds and will not release: {name} {wait}"),
            help,
        )
    }

    fn get(&self) -> Shape {
        let me = self.names.thread(self.victim);
        if let Some(parent) = self.others.iter().find(|other| has_left(other)) {
            let parent = self.names.thread(parent);
            return shape(
                format!(
                    "get() in {me} waits for an item that nobody can put: {parent} has finished its script and waits for \
                     {me} to end"
                ),
                "put None when the work is done and leave the loop, or make it a daemon",
            );
        }
        let is_joined =
            |other: &Stuck| matches!(other.kind, wait_kind::PROCESS | wait_kind::THREAD);
        let help = match self.others.iter().any(is_joined) {
            true => {
                "put the items before join(), and a last one such as None where a loop gets them"
            }
            false => "expect one item a producer, or let each put a last item such as None",
        };
        shape(
            format!("get() waits for an item that nobody can put{}", self.why()),
            help,
        )
    }

    fn put(&self) -> Shape {
        let capacity = sync::capacity(self.names.session, self.victim.object);
        let queue = capacity.map_or_else(|| "a Queue".into(), |most| format!("a Queue of {most}"));
        shape(
            format!(
                "put() waits for room in {queue} that nobody can empty{}",
                self.why()
            ),
            "read results while putting tasks, or make one queue unbounded",
        )
    }

    fn tasks(&self) -> Shape {
        let found = sync::tasks(self.names.session, self.victim.object);
        let what = match found {
            Some(tasks) if tasks.taken < tasks.put => {
                format!(
                    "{} of {} tasks that nobody can take",
                    tasks.put - tasks.taken,
                    tasks.put
                )
            }
            Some(tasks) => {
                let left = tasks.taken.saturating_sub(tasks.done);
                format!(
                    "{left} of {} tasks that were taken and never reported done",
                    tasks.put
                )
            }
            None => "tasks that were never reported done".into(),
        };
        shape(
            format!("join() waits for {what}{}", self.why()),
            "call task_done() after each get(), also when the task fails",
        )
    }

    fn condition(&self) -> Shape {
        let is_here = |other: &Stuck| other.object == self.victim.object;
        let why = match !self.others.is_empty() && self.others.iter().all(is_here) {
            true => ": everyone else who has this Condition waits too".into(),
            false => self.why(),
        };
        shape(
            format!("wait() waits for a notify() that nobody can call{why}"),
            "use wait_for() with what you wait for; a notify() before the wait is lost",
        )
    }

    fn barrier(&self) -> Shape {
        let is_here =
            |other: &&Stuck| other.kind == self.victim.kind && other.object == self.victim.object;
        let count = 1 + self.others.iter().filter(is_here).count() as u64;
        let parties = sync::parties(self.names.session, self.victim.object).unwrap_or(0);
        let of = match parties {
            1 => "1 party".into(),
            parties => format!("{parties} parties"),
        };
        let wait = if count == 1 { "waits" } else { "wait" };
        let start = match (parties.saturating_sub(count), parties) {
            (1, 2) => "start a second",
            (1, 3) => "start a third",
            (1, 4) => "start a fourth",
            _ => "start the others",
        };
        shape(
            format!("{count} of {of} {wait} at the Barrier and nobody is left who could come"),
            format!("Barrier({count}), or {start}"),
        )
    }

    fn receive(&self) -> Shape {
        let receives = |other: &&Stuck| other.kind == wait_kind::RECEIVE;
        if let Some(other) = self.others.iter().find(receives) {
            let (name, phrase) = (self.names.thread(other), self.phrase(other));
            return shape(
                format!("recv() waits for a message from {name}, which {phrase} for one from here"),
                "one side must send first",
            );
        }
        shape(
            format!(
                "recv() waits for a message that nobody can send{}",
                self.why()
            ),
            "send before the other side waits, and close ends that are not used",
        )
    }

    fn join(&self) -> Shape {
        let Some(other) = self.others.first() else {
            return shape(
                "join() waits for an end that cannot come",
                "do not join a thread from itself",
            );
        };
        let (name, phrase) = (self.names.thread(other), self.phrase(other));
        let (what, help) = match other.kind {
            wait_kind::GET | wait_kind::CHANNEL => (
                " for an item that only this thread could put",
                "put the items before join()",
            ),
            wait_kind::PUT => ("", "read the results before join()"),
            _ => ("", "give what the other waits for before join()"),
        };
        shape(
            format!("join() waits for {name} to end, which {phrase}{what}"),
            help,
        )
    }

    fn result(&self) -> Shape {
        let mut others = self.others.iter();
        let help = match others.any(|other| other.kind == wait_kind::RESULT) {
            true => {
                "do not wait for a task inside of a task of the same pool: return the tasks to the caller, or use a second pool"
            }
            false => "give the tasks what they wait for before waiting for their results",
        };
        let text = format!(
            "waiting for a result of a pool whose workers cannot give it{}",
            self.why()
        );
        shape(text, help)
    }

    /// Returns the beginning of the text about a queue between threads, with its name if that is known.
    fn channel(&self) -> String {
        match self.names.call(self.victim) {
            Some((verb, name)) => format!("{verb}() waits for \"{name}\","),
            None => "waiting for".into(),
        }
    }

    /// Returns the reason: what the others do instead, and who has failed.
    fn why(&self) -> String {
        const SHOWN: usize = 3;
        let mut reasons = Vec::new();
        for other in self.others.iter().take(SHOWN) {
            reasons.push(format!(
                "{} {}",
                self.names.thread(other),
                self.phrase(other)
            ));
        }
        if self.others.len() > SHOWN {
            reasons.push(format!("{} more wait as well", self.others.len() - SHOWN));
        }
        if reasons.is_empty() {
            reasons.push(self.gone());
        }
        if let Some(failed) = self.names.session.last_to_fail() {
            reasons.push(format!("{failed} has failed"));
        }
        format!(": {}", reasons.join(", "))
    }

    /// Returns who has ended.
    fn gone(&self) -> String {
        const NAMED: usize = 3;
        let me = self.names.thread(self.victim);
        let mut gone = self.names.session.names_of_ended(NAMED + 1);
        gone.sort();
        let ended = match &gone[..] {
            [] => return format!("{me} waits here, and there is nobody else"),
            [one] => format!("{one} has ended"),
            [first, second] => format!("{first} and {second} have ended"),
            [first, second, third] => format!("{first}, {second} and {third} have ended"),
            _ => "the other processes have ended".into(),
        };
        format!("{ended}, and {me} waits here")
    }

    /// Returns what another thread does, in words: `waits in get() at line 9`.
    fn phrase(&self, other: &Stuck) -> String {
        if has_left(other) {
            return "has finished its script".into();
        }
        let place = self.names.place(other);
        let place = place.map_or_else(String::new, |place| format!(" at {place}"));
        if other.kind == wait_kind::ACQUIRE {
            let lock = self.names.lock(other);
            let here = match other.process == self.victim.process {
                true => "this thread",
                false => "this process",
            };
            return match is_held_by(other, self.victim) {
                true => format!("waits for {lock}, which {here} holds"),
                false => format!("waits for {lock}{place}"),
            };
        }
        match (verb(other.kind), other.kind) {
            (Some(verb), _) => format!("waits in {verb}(){place}"),
            (None, wait_kind::RESULT) => format!("waits for a result of a pool{place}"),
            (None, _) => format!("waits for a queue between threads{place}"),
        }
    }
}
