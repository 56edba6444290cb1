//! What a timeline shows: lanes, what is in them, and what connects them.

use std::collections::HashMap;

/// The timeline of a family. Times are nanoseconds since its beginning.
#[derive(Debug)]
pub(super) struct Model {
    /// What was run.
    pub title: String,
    /// When everything had ended.
    pub length: u64,
    pub lanes: Vec<Lane>,
    pub flows: Vec<Flow>,
    pub counters: Vec<Counter>,
    /// Names of objects, tasks and spans.
    pub texts: Texts,
    /// What could not be shown.
    pub notes: Vec<String>,
    /// What is worth knowing, in sentences.
    pub summary: Vec<String>,
}

/// What one thread did.
#[derive(Debug)]
pub(super) struct Lane {
    pub pid: u64,
    pub tid: u64,
    /// The name of the process.
    pub process: String,
    /// The name of the thread; `None` for a main thread.
    pub thread: Option<String>,
    pub start: u64,
    pub end: u64,
    pub ending: Ending,
    pub slices: Vec<Slice>,
    pub marks: Vec<Mark>,
}

impl Lane {
    /// Returns the name of the thread, with that of its process.
    pub(super) fn name(&self) -> String {
        match &self.thread {
            Some(thread) => format!("{} | {thread}", self.process),
            None => self.process.clone(),
        }
    }
}

/// How a process came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// A thread that is not the main thread, or a process of which nothing bad is known.
    Quiet,
    Exit(i64),
    Signal(i32),
    /// It stopped recording, and nobody knows why: it was killed.
    Vanished,
}

/// A stretch of time in a lane.
#[derive(Debug, Clone)]
pub(super) struct Slice {
    pub class: Class,
    pub start: u64,
    pub end: u64,
    /// What it is about: a name in [`Model::texts`].
    pub text: usize,
    /// The file and line of the script, likewise; 0 when they are not known.
    pub site: usize,
    /// How many events it stands for, and how much of the time they take.
    pub count: u64,
    pub busy: u64,
    /// The numbers of its messages.
    pub numbers: Option<(u64, u64)>,
}

impl Slice {
    pub(super) fn length(&self) -> u64 {
        self.end - self.start
    }
}

/// A moment in a lane.
#[derive(Debug, Clone)]
pub(super) struct Mark {
    pub at: u64,
    pub failed: bool,
    pub text: usize,
    pub site: usize,
}

/// What connects two moments.
#[derive(Debug, Clone, Copy)]
pub(super) struct Flow {
    pub kind: FlowKind,
    /// A lane, a slice in it, and a moment in that.
    pub from: (usize, usize, u64),
    pub to: (usize, usize, u64),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FlowKind {
    Message,
    Lock,
    Start,
    Signal,
}

/// How many messages wait in a queue.
#[derive(Debug)]
pub(super) struct Counter {
    /// The name of the queue, in [`Model::texts`].
    pub text: usize,
    /// When the number changed, and what it was then.
    pub points: Vec<(u64, u64)>,
}

/// What a slice shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Class {
    Starting,
    Span,
    Task,
    Hold,
    Put,
    Got,
    /// The start of a child, in its parent.
    Launch,
    /// An event is set, or a condition notified.
    Signal,
    /// For a message.
    Message,
    /// For room.
    Room,
    Lock,
    Permit,
    Event,
    Condition,
    Barrier,
    Tasks,
    Process,
    Thread,
    Sleep,
    /// Input, files, sockets and commands.
    Outside,
    /// For anything else.
    Other,
}

impl Class {
    pub(super) fn is_wait(self) -> bool {
        self >= Class::Message
    }
}

/// Names, each once.
#[derive(Debug)]
pub(super) struct Texts {
    all: Vec<String>,
    places: HashMap<String, usize>,
}

impl Texts {
    /// Only the empty text, which has the number 0.
    pub(super) fn new() -> Self {
        Self {
            all: vec![String::new()],
            places: HashMap::from([(String::new(), 0)]),
        }
    }

    pub(super) fn number(&mut self, text: &str) -> usize {
        if let Some(place) = self.places.get(text) {
            return *place;
        }
        self.all.push(text.into());
        self.places.insert(text.into(), self.all.len() - 1);
        self.all.len() - 1
    }

    pub(super) fn get(&self, number: usize) -> &str {
        self.all.get(number).map_or("", String::as_str)
    }

    pub(super) fn all(&self) -> &[String] {
        &self.all
    }
}
