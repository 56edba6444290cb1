//! The processes of a program, their threads, what these wait for and hold, and the program's queues.

use std::fmt;
use std::time::Duration;

use serde::{Serialize, Serializer};

/// The processes of one program: those that share a session.
///
/// It is a snapshot that nothing was stopped for, so its parts may be a moment apart. It serializes with the names of its fields;
/// durations are numbers of seconds.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Family {
    /// The process identifier of the first process.
    pub pid: u32,
    /// The command line of the first process; empty if it has ended.
    pub command: String,
    /// Those that live, the first one first and then by process identifier.
    pub processes: Vec<Process>,
    /// The queues that a living process can use.
    pub queues: Vec<Queue>,
}

/// A living process of a [`Family`].
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Process {
    /// `Process-1`, or the name that the script has given it, cut to 64 bytes.
    pub name: String,
    /// Its process identifier; 0 while the system has not created it.
    pub pid: u32,
    /// The process identifier of the process that started it; `None` for the first one.
    pub parent: Option<u32>,
    /// Whether it ends with its parent.
    pub daemon: bool,
    /// `starting`, `running`, or `stopped` by a signal such as SIGSTOP.
    pub state: &'static str,
    /// Its threads that use the session. A thread that a script has started always does.
    pub threads: Vec<Thread>,
}

/// A thread of a [`Process`].
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Thread {
    /// The system's number for it.
    pub tid: u32,
    /// `MainThread`, or the beginning of its name.
    pub name: String,
    /// The line of the script that waits; for one that does not wait, the line that it is at, if that is known.
    pub at: Option<Line>,
    /// What it waits for; `None` if it runs.
    pub wait: Option<Wait>,
    /// The locks that it holds.
    pub holds: Vec<Hold>,
}

/// The wait of a [`Thread`].
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Wait {
    /// What it waits for, as scripts call it: `Queue.get`, `Lock.acquire`, `join of worker`, `sleep`.
    pub what: String,
    /// The object, if it is one that has a name here: `Lock #1`.
    pub object: Option<String>,
    /// What is known about the object: `held by Process-2`, `2 of 3 have come`.
    pub detail: Option<String>,
    /// How long it has been waiting.
    #[serde(serialize_with = "seconds")]
    pub since: Duration,
    /// How long it waits at the most, from the beginning; `None` for as long as it takes.
    #[serde(serialize_with = "seconds_if_any")]
    pub timeout: Option<Duration>,
}

/// A lock that a [`Thread`] holds.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Hold {
    /// The lock's name here: `Lock #1`.
    pub object: String,
    /// The line at which the thread acquired it.
    pub at: Option<Line>,
}

/// A line of a script.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Line {
    /// The file as error reports show it; empty if it is not known.
    pub file: String,
    /// The line, from 1.
    pub line: u16,
    /// The function around the line; empty if it is not known. It is known inside the program only.
    pub function: String,
}

/// A queue of a [`Family`].
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Queue {
    /// Its name here: `Queue #1`.
    pub name: String,
    /// How many items are in it.
    pub items: u64,
    /// How many there may be; 0 for any number.
    pub limit: u64,
    /// How many items were put and not reported done with `task_done`, which is only called for a `JoinableQueue`.
    pub unfinished: u64,
    /// The names of the living processes that can put items, and get them.
    pub open_in: Vec<String>,
}

impl Family {
    /// Returns all threads, each with its process.
    pub fn threads(&self) -> impl Iterator<Item = (&Process, &Thread)> {
        let processes = self.processes.iter();
        processes.flat_map(|process| process.threads.iter().map(move |thread| (process, thread)))
    }

    /// Names the functions around the lines, which `function_at` finds by file and line.
    pub(crate) fn name_functions(&mut self, function_at: impl Fn(&str, u16) -> String) {
        let threads = self
            .processes
            .iter_mut()
            .flat_map(|process| &mut process.threads);
        for thread in threads {
            let held = thread.holds.iter_mut().filter_map(|hold| hold.at.as_mut());
            for line in held.chain(thread.at.as_mut()) {
                line.function = function_at(&line.file, line.line);
            }
        }
    }
}

impl fmt::Display for Line {
    /// `main.rhai:7`, or `line 7` if the file is not known.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.file.as_str() {
            "" => write!(f, "line {}", self.line),
            file => write!(f, "{file}:{}", self.line),
        }
    }
}

fn seconds<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(duration.as_millis() as f64 / 1000.0)
}

fn seconds_if_any<S: Serializer>(
    duration: &Option<Duration>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match duration {
        Some(duration) => seconds(duration, serializer),
        None => serializer.serialize_none(),
    }
}
