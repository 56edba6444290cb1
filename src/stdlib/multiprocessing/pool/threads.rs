//! The worker threads of a pool: starting, replacing and ending them.

use std::sync::Arc;

use super::lost::Death;
use super::lost::Ended;
use super::member::Member;
use super::parcel::{Letter, Parcel};
use super::seat::{Bench, Seat, Task};
use super::terms::Terms;
use super::thread_worker;
use crate::pool::Hand;
use crate::pool::letter::Head;
use crate::pool::tally::{Past, Work};
use crate::script::{Failure, Interp};
use crate::stdlib::threading::thread::Thread;
use crate::sync::Queue;
use crate::sys;
use crate::sys::interrupt;

/// The worker threads of a pool.
#[derive(Debug)]
pub(super) struct Threads {
    terms: Arc<Terms>,
    bench: Arc<Bench>,
    seats: Vec<Arc<Seat>>,
    /// How many threads have been started.
    hired: u64,
    /// How many batches have been sent.
    posted: u64,
    /// What threads did that have ended.
    past: Past,
}

impl Threads {
    pub(super) fn new(interp: &Arc<Interp>, terms: Terms) -> Result<Self, Failure> {
        Ok(Self {
            terms: Arc::new(terms),
            bench: Arc::new(Bench::new(interp)?),
            seats: Vec::new(),
            hired: 0,
            posted: 0,
            past: Past::default(),
        })
    }

    pub(super) fn terms(&self) -> &Arc<Terms> {
        &self.terms
    }

    /// Returns the queue in which a message says that there are outcomes.
    pub(super) fn bell(&self) -> &Queue {
        self.bench.bell()
    }

    /// Takes the outcomes that have come.
    pub(super) fn letters(&self) -> Vec<Letter> {
        self.bench.take_letters()
    }

    pub(super) fn living(&self) -> usize {
        self.seats.len()
    }

    /// Starts threads that are missing, up to `wanted`.
    ///
    /// # Errors
    /// A thread cannot be started.
    pub(super) fn hire(&mut self, interp: &Arc<Interp>, wanted: usize) -> Result<(), Failure> {
        while self.seats.len() < wanted {
            let name = format!(
                "{}{}",
                self.terms.role,
                self.hired + u64::from(!self.terms.is_executor)
            );
            let seat = Arc::new(Seat::new(Thread::new(name, true, None, Vec::new())));
            let (bench, terms) = (self.bench.clone(), self.terms.clone());
            let (its_seat, its_interp) = (seat.clone(), interp.clone());
            let body = move |_: &Thread, _: &_| {
                thread_worker::work(&its_interp, &bench, &its_seat, &terms);
                Ok(rhai::Dynamic::UNIT)
            };
            seat.thread
                .start_running(interp, self.terms.caller.clone(), body)?;
            self.hired += 1;
            self.seats.push(seat);
        }
        Ok(())
    }

    /// Starts a thread where the last one has ended and batches are left.
    ///
    /// # Errors
    /// As [`hire`](Self::hire).
    pub(super) fn man(&mut self, interp: &Arc<Interp>) -> Result<(), Failure> {
        match self.seats.is_empty() && self.bench.has_tasks() {
            true => self.hire(interp, 1),
            false => Ok(()),
        }
    }

    /// Sends a batch, and returns its number.
    pub(super) fn send(&mut self, parcel: &Parcel, head: Head) -> u64 {
        self.posted += 1;
        let number = self.posted;
        self.bench.post(Task {
            number,
            head,
            load: parcel.clone(),
        });
        number
    }

    /// Withdraws a batch, so that no thread begins it. Returns false if one has.
    pub(super) fn withdraw(&self, number: u64) -> bool {
        self.bench.withdraw(number)
    }

    /// Returns whether a thread has begun a batch that is under way.
    pub(super) fn is_begun(&self, number: u64) -> bool {
        !self.bench.has_task(number)
    }

    /// Lets all threads leave when they have done what they were sent.
    pub(super) fn close(&self) {
        self.bench.close();
    }

    /// Removes the threads that have ended, and those whose task has taken longer than it may, which are stopped at their next step.
    /// Returns what they had in hand.
    pub(super) fn ended(&mut self) -> Vec<Ended> {
        let mut all = Vec::new();
        let mut index = 0;
        while let Some(seat) = self.seats.get(index) {
            let is_overdue = seat.dismiss_if_overdue();
            if !is_overdue && seat.thread.is_alive() {
                index += 1;
                continue;
            }
            let seat = self.seats.swap_remove(index);
            self.past.note(seat.work());
            let Some((number, begun)) = seat.in_hand() else {
                continue;
            };
            interrupt::alert();
            all.push(Ended {
                death: Death {
                    pid: sys::process::pid(),
                    exitcode: 0,
                    out_of_memory: false,
                },
                number: Some(number),
                hand: Hand {
                    taken: number,
                    begun,
                    first: 0,
                    written: Vec::new(),
                },
                is_overdue,
            });
        }
        all
    }

    pub(super) fn members(&self) -> Vec<Member> {
        let threads = self.seats.iter().map(|seat| seat.thread.clone());
        threads.map(Member::Thread).collect()
    }

    /// Returns what each thread has done, those that have ended first.
    pub(super) fn work(&self) -> Vec<Work> {
        let now = self.seats.iter().map(|seat| seat.work());
        self.past.with(now)
    }

    /// Ends all threads at their next step. Nothing that was sent and not begun is done.
    pub(super) fn end(&self) {
        self.bench.clear();
        self.seats.iter().for_each(|seat| seat.dismiss());
        interrupt::alert();
        self.bench.wake_all();
    }
}
