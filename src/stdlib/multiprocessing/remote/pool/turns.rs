//! Whose turn it is with the connection of a pool: one thread at a time, in the order in which they came.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::sync::Deadline;
use crate::sys::clock::{now_ns, slice};
use crate::sys::identity;
use crate::sys::lock::locked;

/// How long a turn waits for results: of a thread that is alone, and of one among others, who wait for their turns meanwhile.
const ALONE: Duration = Duration::from_millis(250);
const AMONG_OTHERS: Duration = Duration::from_millis(20);

/// For how long threads that have met count as such.
const MEETING: Duration = Duration::from_secs(10);

/// The threads that use a pool at the moment.
#[derive(Default)]
pub(super) struct Turns {
    line: Mutex<Line>,
    moved: Condvar,
}

#[derive(Default)]
struct Line {
    /// The IDs of the threads: the first has its turn, the others wait.
    threads: VecDeque<u32>,
    /// When two of them last met here.
    met: Option<Instant>,
}

/// Why a thread does not get its turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoTurn {
    /// The time is up.
    Late,
    /// The thread has to stop.
    Interrupted,
    /// The thread itself is in the line: this is a function for a signal, which has come meanwhile.
    Nested,
}

/// The turn of a thread, or its place in the line; it ends when this is dropped.
pub(super) struct Turn<'t> {
    turns: &'t Turns,
    thread: u32,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut line = locked(&self.turns.line);
        line.threads.retain(|thread| *thread != self.thread);
        drop(line);
        self.turns.moved.notify_all();
    }
}

impl Turns {
    /// Waits for the turn of the calling thread. `has_to_stop` is asked again and again meanwhile.
    ///
    /// # Errors
    /// It does not come.
    pub(super) fn take(
        &self,
        deadline: Deadline,
        has_to_stop: impl Fn() -> bool,
    ) -> Result<Turn<'_>, NoTurn> {
        let thread = identity::thread_id();
        let mut line = locked(&self.line);
        if line.threads.contains(&thread) {
            return Err(NoTurn::Nested);
        }
        line.threads.push_back(thread);
        if line.threads.len() > 1 {
            line.met = Some(Instant::now());
        }
        drop(line);
        let turn = Turn {
            turns: self,
            thread,
        };
        loop {
            if self.is_first(thread, slice(deadline.left())) {
                return Ok(turn);
            }
            // Asked without the lock: a function for a signal may run, and use the pool.
            if has_to_stop() {
                return Err(NoTurn::Interrupted);
            }
            if deadline.passed(now_ns()) {
                return Err(NoTurn::Late);
            }
        }
    }

    /// Returns whether the thread is the first in the line, at the latest after this time.
    fn is_first(&self, thread: u32, wait: Duration) -> bool {
        let is_later = |line: &mut Line| line.threads.front() != Some(&thread);
        let line = locked(&self.line);
        let waited = self.moved.wait_timeout_while(line, wait, is_later);
        let (line, _) = waited.unwrap_or_else(PoisonError::into_inner);
        line.threads.front() == Some(&thread)
    }

    /// Returns how long a turn waits for results.
    pub(super) fn patience(&self) -> Duration {
        match locked(&self.line).met {
            Some(met) if met.elapsed() < MEETING => AMONG_OTHERS,
            _ => ALONE,
        }
    }
}
