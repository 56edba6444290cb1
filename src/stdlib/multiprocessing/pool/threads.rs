//! The worker threads of a pool: starting, replacing and ending them.

use std::ops::RangeInclusive;
use std::sync::Arc;

use super::letters::Letter;
use super::lost::Death;
use super::lost::Ended;
use super::member::Member;
use super::parcel::Parcel;
use super::seat::{Bench, Seat, Task};
use super::staff::Staff;
use super::terms::Terms;
use super::thread_worker;
use crate::pool::Hand;
use crate::pool::letter::Head;
use crate::pool::tally::{Past, Work};
use crate::script::{Failure, Interp};
use crate::stdlib::threading::thread::Thread;
use crate::sync::{PutError, Queue};
use crate::sys;
use crate::sys::clock::now_ns;
use crate::sys::interrupt;
use crate::sys::signal::Signal;

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
}

impl Staff for Threads {
    fn terms(&self) -> &Arc<Terms> {
        &self.terms
    }

    fn outcomes(&self) -> &Queue {
        self.bench.bell()
    }

    fn letters(&self) -> Vec<Letter> {
        self.bench.take_letters()
    }

    fn members(&self) -> Vec<Member> {
        let threads = self.seats.iter().map(|seat| seat.thread.clone());
        threads.map(Member::Thread).collect()
    }

    fn living(&self) -> usize {
        self.seats.len()
    }

    fn work(&self) -> Vec<Work> {
        let now = self.seats.iter().map(|seat| seat.work());
        self.past.with(now)
    }

    fn hire(&mut self, interp: &Arc<Interp>, wanted: usize) -> Result<(), Failure> {
        while self.seats.len() < wanted {
            let name = format!(
                "{}{}",
                self.terms.role,
                self.hired + u64::from(!self.terms.is_executor)
            );
            let seat = Arc::new(Seat::new(Thread::new(name, true, None, Vec::new())));
            let (bench, terms) = (self.bench.clone(), self.terms.clone());
            let (its_seat, its_interp) = (seat.clone(), interp.clone());
            let ordered = now_ns();
            let body = move |_: &Thread, _: &_| {
                thread_worker::work(&its_interp, &bench, (&its_seat, ordered), &terms);
                Ok(rhai::Dynamic::UNIT)
            };
            seat.thread
                .start_running(interp, self.terms.caller.clone(), body)?;
            self.hired += 1;
            self.seats.push(seat);
        }
        Ok(())
    }

    fn man(
        &mut self,
        interp: &Arc<Interp>,
        _is_needed: &dyn Fn(RangeInclusive<u64>) -> bool,
    ) -> Result<(), Failure> {
        match self.seats.is_empty() && self.bench.has_tasks() {
            true => self.hire(interp, 1),
            false => Ok(()),
        }
    }

    fn send(&mut self, parcel: &Parcel, head: Head) -> Result<u64, PutError> {
        self.posted += 1;
        let number = self.posted;
        self.bench.post(Task {
            number,
            head,
            load: parcel.clone(),
        });
        Ok(number)
    }

    fn withdraw(&self, number: u64) -> bool {
        self.bench.withdraw(number)
    }

    fn is_begun(&self, number: u64) -> bool {
        !self.bench.has_task(number)
    }

    fn close(&mut self) {
        self.bench.close();
    }

    fn end_those_with(&self, numbers: &[u64]) {
        let in_hand = |seat: &&Arc<Seat>| {
            seat.in_hand()
                .is_some_and(|(number, _)| numbers.contains(&number))
        };
        self.seats
            .iter()
            .filter(in_hand)
            .for_each(|seat| seat.dismiss());
        interrupt::alert();
    }

    fn signal(&self, _signal: Signal) {
        self.bench.clear();
        self.seats.iter().for_each(|seat| seat.dismiss());
        interrupt::alert();
        self.bench.wake_all();
    }

    fn ended(&mut self, _interp: &Arc<Interp>) -> Vec<Ended> {
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

    fn starts_all(&self, _interp: &Interp) -> bool {
        !self.terms.is_executor
    }
}
