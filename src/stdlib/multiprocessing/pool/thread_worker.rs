//! The life of a worker thread: it takes batches, does their tasks one after the other, and gives back the outcomes.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use rhai::Dynamic;

use super::doing::{exit, traced};
use super::letters::{Entries, Letter};
use super::lost;
use super::parcel::{Ended, Errand};
use super::seat::{Bench, Seat, Task};
use super::terms::Terms;
use crate::pool::letter::{Envelope, Head, Kind};
use crate::pool::tally::Work;
use crate::process::timer;
use crate::script::panics::without_panic;
use crate::script::report::task_frames;
use crate::script::values::unshare_handles;
use crate::script::{Exception, Failure, Interp, Outcome, Stop, stop};
use crate::sync::begin_task;
use crate::sys::clock::now_ns;
use crate::sys::interrupt;

/// Outcomes that have come are given back after this time, in nanoseconds, even if their batch goes on.
const HELD: u64 = 2_000_000;

/// Works until the pool has no more to do, or the thread is dismissed.
///
/// It was ordered to start at this time.
pub(super) fn work(
    interp: &Arc<Interp>,
    bench: &Bench,
    (seat, ordered): (&Seat, u64),
    terms: &Terms,
) {
    let mut worker = Worker {
        interp,
        bench,
        seat,
        terms,
        done: Work::default(),
    };
    stop::end_by(seat.flag());
    if worker.begin() {
        worker.done.starting = since(ordered);
        seat.note(worker.done);
        worker.run();
    }
    // Whoever waits for outcomes looks after the threads.
    bench.ring();
}

struct Worker<'w> {
    interp: &'w Arc<Interp>,
    bench: &'w Bench,
    seat: &'w Seat,
    terms: &'w Terms,
    done: Work,
}

/// The thread is to end.
struct Dismissed;

impl Worker<'_> {
    /// Calls the initializer. Returns false if it failed.
    fn begin(&mut self) -> bool {
        let Some(initializer) = &self.terms.initializer else {
            return true;
        };
        let mut args = self.terms.initargs.clone();
        args.iter_mut().for_each(unshare_handles);
        let called = without_panic(|| self.terms.caller.call(initializer, None, args));
        let Err(error) = called else {
            return true;
        };
        let why = match Stop::of(&error) {
            Some(Stop::Exit(code)) if !self.seat.is_dismissed() => {
                self.interp.forget_exit_of_thread();
                exit(code)
            }
            Some(_) => return false,
            None => self.exception(&error, Some(initializer)),
        };
        self.bench.tell(Letter {
            envelope: envelope(Kind::NotBegun, 0, 0),
            entries: Entries::Any(vec![Err(why)]),
        });
        false
    }

    fn exception(&self, error: &Failure, function: Option<&rhai::FnPtr>) -> Exception {
        let frames = task_frames(error, &self.interp.program, function, false);
        Exception::from_error(error).with_frames(frames)
    }

    fn run(&mut self) {
        loop {
            let began = now_ns();
            let Some(task) = self.bench.take(self.interp, self.seat) else {
                return;
            };
            self.done.waiting += since(began);
            let began = now_ns();
            let done = self.do_batch(&task);
            self.done.working += since(began);
            self.seat.note(self.done);
            if done.is_err() {
                return;
            }
            self.seat.clear();
        }
    }

    fn do_batch(&mut self, task: &Task) -> Result<(), Dismissed> {
        let values = task.load.values();
        let (mut entries, mut first) = (Vec::new(), 0);
        let (mut told, mut before, mut slowest) = (now_ns(), now_ns(), (0, 0));
        for (index, value) in values.iter().enumerate() {
            entries.push(self.do_task(task, index, value.clone())?);
            self.done.tasks += 1;
            let now = now_ns();
            if now - before > slowest.1 {
                slowest = (index as u32, now - before);
            }
            before = now;
            let is_last = index + 1 == values.len();
            if is_last || task.head.limit.is_some() || now - told > HELD {
                let entries = Entries::Any(std::mem::take(&mut entries));
                self.seat.note(self.done);
                self.bench.tell(Letter {
                    envelope: Envelope {
                        took: now - told,
                        slowest,
                        ..envelope(Kind::Outcomes, task.number, first)
                    },
                    entries,
                });
                (first, told) = (index + 1, now);
            }
        }
        Ok(())
    }

    /// Does one task. An error of the script is its outcome.
    fn do_task(&self, task: &Task, index: usize, value: Dynamic) -> Result<Ended, Dismissed> {
        let Head { spreads, limit, .. } = task.head;
        let args = match spreads {
            true => value.into_array().unwrap_or_default(),
            false => vec![value],
        };
        let errand = &*task.load.errand;
        self.seat.begin(task.number, index, limit);
        let alarm = limit.map(|limit| {
            let flag = self.seat.flag();
            timer::set(limit, move || {
                flag.store(true, Ordering::SeqCst);
                interrupt::alert();
            })
        });
        begin_task();
        let traced = traced(&errand.function);
        let result = without_panic(|| self.call(errand, args));
        drop(traced);
        drop(alarm);
        if !self.seat.end() {
            return Err(Dismissed);
        }
        let error = match result {
            Ok(value) => return Ok(Ok(value)),
            Err(error) => error,
        };
        match Stop::of(&error) {
            None => Ok(Err(self.exception(&error, Some(&errand.function)))),
            Some(Stop::Exit(code)) => {
                self.interp.forget_exit_of_thread();
                Ok(Err(match self.terms.is_executor {
                    true => exit(code),
                    false => lost::thread_lost(
                        self.seat.thread.name(),
                        code,
                        &task.load.shown(self.interp, index),
                    ),
                }))
            }
            Some(_) => Err(Dismissed),
        }
    }

    fn call(&self, errand: &Errand, args: Vec<Dynamic>) -> Outcome {
        let caller = errand.caller.as_ref().unwrap_or(&self.terms.caller);
        caller.call(&errand.function, None, args)
    }
}

fn envelope(kind: Kind, taken: u64, first: usize) -> Envelope {
    Envelope {
        kind,
        taken,
        first: first as u32,
        took: 0,
        slowest: (0, 0),
    }
}

fn since(then: u64) -> Duration {
    Duration::from_nanos(now_ns().saturating_sub(then))
}
