//! A time limit for many pieces of work, one after the other: most of them take far less time than they may.
//!
//! To begin one and to end it is a store each. An alarm of the [timer][`super::timer`] is set when there is none, and is left alone by the pieces of
//! work that end before it comes. When it comes, it looks when the time of the present piece is up, and comes again then.

use std::fmt;
use std::io;
use std::sync::atomic::{AtomicI32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::timer::{self, Alarm};
use crate::sys::clock::{Deadline, now_ns};
use crate::sys::lock::locked;
use crate::sys::process;

/// No work is limited.
const NOTHING: u64 = 0;

/// The time of the present work is up, and the timer's thread does what has to be done then.
const OVER: u64 = 1;

/// A time limit.
#[derive(Debug)]
pub(crate) struct Countdown {
    limit: Duration,
    watched: Arc<Watched>,
    alarm: Mutex<Option<Alarm>>,
}

struct Watched {
    /// When the time of the present work is up, as a reading of [`now_ns`]; or one of the above.
    due: AtomicU64,
    /// The process in which there is an alarm that comes before that; 0 if there is none.
    process: AtomicI32,
    /// Called when the time is up, in the timer's thread.
    late: Box<dyn Fn() + Send + Sync>,
}

impl Countdown {
    /// Creates a limit of this time. `late` is called each time that it is up: it must be short, and must set no alarm.
    pub(crate) fn new(limit: Duration, late: impl Fn() + Send + Sync + 'static) -> Self {
        let watched = Watched {
            due: AtomicU64::new(NOTHING),
            process: AtomicI32::new(0),
            late: Box::new(late),
        };
        Self {
            limit,
            watched: Arc::new(watched),
            alarm: Mutex::default(),
        }
    }

    /// Begins a piece of work, after the one before has ended.
    ///
    /// # Errors
    /// The thread that watches the time cannot be started.
    pub(crate) fn begin(&self) -> io::Result<Running<'_>> {
        let running = Running(&self.watched);
        let due = Deadline::after(self.limit).as_ns().max(OVER + 1);
        self.watched.due.store(due, Ordering::SeqCst);
        if self.watched.process.load(Ordering::SeqCst) != process::pid() {
            self.watch()?;
        }
        Ok(running)
    }

    #[cold]
    fn watch(&self) -> io::Result<()> {
        let watched = self.watched.clone();
        // Noted first: the alarm may come at once.
        watched.process.store(process::pid(), Ordering::SeqCst);
        let alarm = timer::set_again(self.limit, move || watched.look());
        if alarm.is_err() {
            self.watched.process.store(0, Ordering::SeqCst);
        }
        *locked(&self.alarm) = Some(alarm?);
        Ok(())
    }
}

/// A piece of work, until this is dropped. After the drop, nothing is done for it any more.
#[must_use]
#[derive(Debug)]
pub(crate) struct Running<'c>(&'c Watched);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        if self.0.due.swap(NOTHING, Ordering::SeqCst) == OVER {
            timer::wait_for_calls();
        }
    }
}

impl Watched {
    /// Does what has to be done when the alarm comes. Returns when it has to come again.
    fn look(&self) -> Option<Instant> {
        // Work that begins from here on sets an alarm, unless it is seen below.
        self.process.store(0, Ordering::SeqCst);
        let due = self.due.load(Ordering::SeqCst);
        if due == NOTHING || due == OVER {
            return None;
        }
        let left = due.saturating_sub(now_ns());
        if left > 0 {
            self.process.store(process::pid(), Ordering::SeqCst);
            return Instant::now().checked_add(Duration::from_nanos(left));
        }
        // Whoever begins and ends the work waits for this from here on, so that it belongs to the right piece.
        let seen = (self.due).compare_exchange(due, OVER, Ordering::SeqCst, Ordering::SeqCst);
        if seen.is_ok() {
            (self.late)();
        }
        None
    }
}

impl fmt::Debug for Watched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watched").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;
    use std::thread::sleep;

    use super::*;

    const LIMIT: Duration = Duration::from_millis(60);

    fn counted() -> (Countdown, Arc<AtomicUsize>) {
        let late = Arc::new(AtomicUsize::new(0));
        let count = late.clone();
        let countdown = Countdown::new(LIMIT, move || {
            count.fetch_add(1, Ordering::SeqCst);
        });
        (countdown, late)
    }

    #[test]
    fn work_that_takes_too_long_is_noticed_once() {
        let (countdown, late) = counted();
        for round in 1..3 {
            let running = countdown.begin().unwrap();
            sleep(LIMIT * 3);
            drop(running);
            assert_eq!(late.load(Ordering::SeqCst), round);
        }
    }

    #[test]
    fn each_piece_of_work_has_the_whole_time() {
        let (countdown, late) = counted();
        for _ in 0..10 {
            let running = countdown.begin().unwrap();
            sleep(LIMIT / 3);
            drop(running);
        }
        assert_eq!(late.load(Ordering::SeqCst), 0);
        // The alarm that an earlier piece has set is not the limit of this one.
        let running = countdown.begin().unwrap();
        sleep(LIMIT * 3);
        drop(running);
        assert_eq!(late.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn nothing_is_late_between_pieces_of_work() {
        let (countdown, late) = counted();
        drop(countdown.begin().unwrap());
        sleep(LIMIT * 3);
        let running = countdown.begin().unwrap();
        assert_eq!(late.load(Ordering::SeqCst), 0);
        sleep(LIMIT * 3);
        drop(running);
        assert_eq!(late.load(Ordering::SeqCst), 1);
    }
}
