//! Calls functions at their times, all of them from one thread that the process starts when it is first needed.
//!
//! An alarm that is set and cancelled costs two short holds of a lock: the thread sleeps until the earliest time it knows, even if
//! that alarm is gone by then. Like the thread of a relay, the thread is ended for a fork, and a process never relies on a thread
//! of the one that it is a copy of.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::signals::blocked_in_new_threads;
use crate::sys::lock::locked;
use crate::sys::{identity, process};

/// The time of an alarm, and a number that distinguishes it from others of the same time.
type Key = (Instant, u64);

/// Returns when it is to be called again.
type Call = Box<dyn FnMut() -> Option<Instant> + Send>;

struct Timer {
    /// The process whose alarms and whose thread these are: a host may fork by itself.
    process: i32,
    alarms: BTreeMap<Key, Call>,
    /// The number of alarms so far.
    count: u64,
    thread: Option<JoinHandle<i64>>,
    /// The number of the thread that serves; a thread with another number ends.
    serving: u64,
    /// When the thread looks next; `None` while it sleeps until there is an alarm.
    wakes: Option<Instant>,
}

static TIMER: Mutex<Timer> = Mutex::new(Timer {
    process: 0,
    alarms: BTreeMap::new(),
    count: 0,
    thread: None,
    serving: 0,
    wakes: None,
});

/// Wakes the thread.
static CHANGED: Condvar = Condvar::new();

/// A function that will be called at its time, unless this is dropped before. After the drop it is not running either.
#[must_use]
pub(crate) struct Alarm {
    key: Option<Key>,
    /// It may have another time by now.
    comes_again: bool,
}

/// Calls `call` after this time, in the timer's thread. It must be short, because it holds up other alarms, and must not set any.
///
/// # Errors
/// The thread cannot be started.
pub(crate) fn set(after: Duration, call: impl FnOnce() + Send + 'static) -> io::Result<Alarm> {
    let mut call = Some(call);
    let call = move || {
        if let Some(call) = call.take() {
            call();
        }
        None
    };
    add(after, Box::new(call), false)
}

/// As [`set`], but calls it again at the time that it returns, until it returns none.
///
/// # Errors
/// As there.
pub(crate) fn set_again(
    after: Duration,
    call: impl FnMut() -> Option<Instant> + Send + 'static,
) -> io::Result<Alarm> {
    add(after, Box::new(call), true)
}

/// Waits until no call is running.
pub(crate) fn wait_for_calls() {
    drop(timer());
}

fn add(after: Duration, call: Call, comes_again: bool) -> io::Result<Alarm> {
    let Some(due) = Instant::now().checked_add(after) else {
        // It would come after the end of time.
        let key = None;
        return Ok(Alarm { key, comes_again });
    };
    let mut timer = timer();
    timer.start()?;
    timer.count += 1;
    let key = (due, timer.count);
    timer.alarms.insert(key, call);
    if timer.wakes.is_none_or(|wakes| due < wakes) {
        timer.wakes = Some(due);
        CHANGED.notify_one();
    }
    let key = Some(key);
    Ok(Alarm { key, comes_again })
}

impl Drop for Alarm {
    fn drop(&mut self) {
        let Some(key) = self.key else {
            return;
        };
        let mut timer = timer();
        // In a copy of the process that set it, there is none.
        let removed = timer.alarms.remove(&key);
        if removed.is_none() && self.comes_again {
            timer.alarms.retain(|(_, number), _| *number != key.1);
        }
    }
}

/// The timer without its thread, so that the process can fork. Dropping it starts the thread again if there are alarms.
#[must_use]
#[derive(Debug)]
pub(crate) struct Paused(());

/// Ends the thread until the result is dropped, and waits until the process has one thread less.
pub(crate) fn pause() -> Paused {
    let thread = {
        let mut timer = timer();
        timer.serving += 1;
        timer.thread.take()
    };
    if let Some(thread) = thread {
        CHANGED.notify_all();
        let id = thread.join().unwrap_or_default();
        process::wait_until_gone(id);
    }
    Paused(())
}

impl Drop for Paused {
    fn drop(&mut self) {
        let mut timer = timer();
        if !timer.alarms.is_empty() && timer.start().is_err() {
            // Nobody would watch the time any more: better too early than never.
            std::mem::take(&mut timer.alarms)
                .into_values()
                .for_each(|mut call| _ = call());
        }
    }
}

/// Returns the timer of this process.
fn timer() -> MutexGuard<'static, Timer> {
    let mut timer = locked(&TIMER);
    let me = process::pid();
    if timer.process != me {
        // The handle of a thread that is in another process must not be used, not even to drop it.
        std::mem::forget(timer.thread.take());
        timer.alarms.clear();
        (timer.process, timer.wakes) = (me, None);
    }
    timer
}

impl Timer {
    fn start(&mut self) -> io::Result<()> {
        if self.thread.is_some() {
            return Ok(());
        }
        self.serving += 1;
        self.wakes = None;
        let number = self.serving;
        let _held = blocked_in_new_threads();
        let thread = std::thread::Builder::new()
            .name("procscript-time".into())
            .spawn(move || run(number))?;
        self.thread = Some(thread);
        Ok(())
    }
}

/// Calls what is due, as long as this thread is the one that serves. Returns the kernel's ID of the thread.
fn run(number: u64) -> i64 {
    let mut timer = timer();
    while timer.serving == number {
        let now = Instant::now();
        while let Some(first) = timer.alarms.first_entry() {
            if first.key().0 > now {
                break;
            }
            let (key, mut call) = first.remove_entry();
            // Under the lock, so that an alarm is not running any more once it is dropped.
            if let Some(due) = call() {
                timer.alarms.insert((due, key.1), call);
            }
        }
        // A time that was announced stays, even if its alarm is gone: the next alarm, which is likely to be later, need not wake this thread.
        let announced = timer.wakes.filter(|announced| *announced > now);
        let first = timer.alarms.keys().next().map(|(due, _)| *due);
        timer.wakes = match (first, announced) {
            (Some(first), Some(announced)) => Some(first.min(announced)),
            (first, announced) => first.or(announced),
        };
        timer = match timer.wakes {
            None => CHANGED.wait(timer).unwrap_or_else(PoisonError::into_inner),
            Some(due) => {
                let left = due.saturating_duration_since(now);
                let waited = CHANGED.wait_timeout(timer, left);
                waited.unwrap_or_else(PoisonError::into_inner).0
            }
        };
    }
    i64::from(identity::thread_id())
}

impl fmt::Debug for Alarm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Alarm").field(&self.key).finish()
    }
}
