//! The worker processes of a pool: starting, replacing and ending them.
//!
//! Workers know the functions that the program had when they were started. When it has more since then, as at a prompt, new workers
//! are started in a *generation* of their own, and the old ones leave when they have done what they were sent.

use std::collections::HashSet;
use std::ops::RangeInclusive;
use std::sync::Arc;

use super::super::family::Family;
use super::super::process::Process;
use super::super::start;
use super::super::start_method::{StartMethod, StartMethods};
use super::lost::{Death, Ended, KILLED};
use super::member::Member;
use super::parcel::Parcel;
use super::post::Post;
use super::staff::Staff;
use super::terms::Terms;
use crate::pool::letter::{Head, Order};
use crate::pool::tally::{Past, Work};
use crate::pool::{Board, Claims};
use crate::script::{Failure, Interp, session_failure};
use crate::sync::{Deadline, PutError, Queue};
use crate::sys;
use crate::sys::clock::now_ns;
use crate::sys::signal::Signal;
use crate::sys::time_limit::TimeLimit;

/// The difference between the numbers of batches of two generations. What is put into the queue of an old one still, to end its workers, must
/// not have the number of a batch.
const APART: u64 = 1 << 32;

/// The workers of a pool.
#[derive(Debug)]
pub(super) struct Crew {
    terms: Arc<Terms>,
    outcomes: Queue,
    claims: Claims,
    /// The last one gets what is sent.
    generations: Vec<Generation>,
    /// How many workers have been started.
    hired: u64,
    /// How many were started since one last took a batch.
    idle_deaths: usize,
    /// What workers did that have ended.
    past: Past,
    killed_for_memory: u64,
}

/// Workers that take from one queue.
#[derive(Debug)]
struct Generation {
    edition: usize,
    tasks: Queue,
    /// The number of the batch before its first one.
    base: u64,
    /// How many messages have been put into the queue.
    posted: u64,
    workers: Vec<Worker>,
    /// The places in the queue of the messages that end a worker, until the worker that took one has ended.
    leaves: HashSet<u64>,
    /// It ends when its workers have done what they were sent.
    is_closing: bool,
}

#[derive(Debug)]
struct Worker {
    process: Process,
    board: Board,
    /// It has done as many batches as it may, and ends.
    is_retired: bool,
}

impl Generation {
    /// Returns how many workers may take batches.
    fn working(&self) -> usize {
        let working = self.workers.iter().filter(|worker| !worker.is_retired);
        working.count()
    }
}

impl Crew {
    pub(super) fn new(interp: &Arc<Interp>, terms: Terms) -> Result<Self, Failure> {
        let session = interp.session()?;
        let outcomes = Queue::create(&session, 0).map_err(session_failure)?;
        Ok(Self {
            terms: Arc::new(terms),
            outcomes,
            claims: Claims::create(&session).map_err(session_failure)?,
            generations: Vec::new(),
            hired: 0,
            idle_deaths: 0,
            past: Past::default(),
            killed_for_memory: sys::quota::killed_for_memory(),
        })
    }

    fn begin_generation(&mut self, interp: &Arc<Interp>, edition: usize) -> Result<(), Failure> {
        let tasks = Queue::create(&interp.session()?, 0).map_err(session_failure)?;
        let base = self.generations.last().map_or(0, |last| last.base + APART);
        if let Some(last) = self.generations.last_mut() {
            last.is_closing = true;
        }
        self.generations.push(Generation {
            edition,
            tasks,
            base,
            posted: 0,
            workers: Vec::new(),
            leaves: HashSet::new(),
            is_closing: false,
        });
        self.dismiss();
        Ok(())
    }

    fn hire_one(&mut self, interp: &Arc<Interp>, index: usize) -> Result<(), Failure> {
        let terms = self.terms.clone();
        let board = Board::create(&interp.session()?).map_err(session_failure)?;
        let generation = &mut self.generations[index];
        let post = Post {
            tasks: generation.tasks.clone(),
            outcomes: self.outcomes.clone(),
            board: board.clone(),
            claims: self.claims.clone(),
            survives_exit: terms.is_executor,
            base: generation.base,
            most: terms.batches.unwrap_or(0),
            initializer: terms.initializer.clone(),
            initargs: terms.initargs.clone(),
            ordered: now_ns(),
        };
        let mut identity = Family::of(interp).next_identity(None);
        let method = match StartMethods::of(interp).next(terms.method) {
            StartMethod::Fork => "Fork",
            StartMethod::Spawn => "Spawn",
        };
        identity.name = format!("{method}{}-{}", terms.role, self.hired + 1);
        identity.daemon = !terms.is_executor;
        let process = Process::new(identity, None, post.into_args());
        process.with(|state| {
            state.works = true;
            state.method = terms.method;
        });
        let _ = terms
            .caller
            .with_context(|context| start::start(interp, context, &process))?;
        self.hired += 1;
        generation.workers.push(Worker {
            process,
            board,
            is_retired: false,
        });
        Ok(())
    }

    fn processes(&self) -> impl Iterator<Item = &Process> {
        let workers = self.generations.iter().flat_map(|gen_| &gen_.workers);
        workers.map(|worker| &worker.process)
    }
}

impl Staff for Crew {
    fn terms(&self) -> &Arc<Terms> {
        &self.terms
    }

    fn outcomes(&self) -> &Queue {
        &self.outcomes
    }

    fn members(&self) -> Vec<Member> {
        self.processes().cloned().map(Member::Process).collect()
    }

    fn living(&self) -> usize {
        self.generations.iter().map(|gen_| gen_.workers.len()).sum()
    }

    fn idle_deaths(&self) -> usize {
        self.idle_deaths
    }

    fn work(&self) -> Vec<Work> {
        let workers = self.generations.iter().flat_map(|gen_| &gen_.workers);
        let now = workers.map(|worker| worker.board.work());
        self.past.with(now)
    }

    fn hire(&mut self, interp: &Arc<Interp>, wanted: usize) -> Result<(), Failure> {
        sys::cpu::survey();
        let edition = interp.program.edition();
        if self
            .generations
            .last()
            .is_none_or(|last| last.edition != edition)
        {
            self.begin_generation(interp, edition)?;
        }
        while self
            .generations
            .last()
            .is_some_and(|last| last.working() < wanted)
        {
            self.hire_one(interp, self.generations.len() - 1)?;
        }
        Ok(())
    }

    fn man(
        &mut self,
        interp: &Arc<Interp>,
        is_needed: &dyn Fn(RangeInclusive<u64>) -> bool,
    ) -> Result<(), Failure> {
        let mut index = 0;
        while let Some(generation) = self.generations.get(index) {
            let is_last = index + 1 == self.generations.len();
            let numbers = generation.base + 1..=generation.base + generation.posted;
            if generation.working() > 0 {
                index += 1;
            } else if is_needed(numbers) {
                self.hire_one(interp, index)?;
            } else if is_last || !generation.workers.is_empty() {
                index += 1;
            } else {
                self.generations.remove(index);
            }
        }
        self.dismiss();
        Ok(())
    }

    fn has_room(&self) -> bool {
        let next = self
            .generations
            .last()
            .map_or(1, |last| last.base + last.posted + 1);
        self.claims.has_room_for(next)
    }

    fn withdraw(&self, number: u64) -> bool {
        self.claims.withdraw(number)
    }

    fn is_begun(&self, number: u64) -> bool {
        self.claims.is_begun(number)
    }

    fn retire(&mut self, number: u64) {
        for generation in &mut self.generations {
            let taken = number.saturating_sub(generation.base);
            let mut workers = generation.workers.iter_mut();
            if let Some(worker) = workers.find(|worker| worker.board.taken() == taken) {
                worker.is_retired = true;
                return;
            }
        }
    }

    fn close(&mut self) {
        for generation in &mut self.generations {
            generation.is_closing = true;
        }
        self.dismiss();
    }

    fn dismiss(&mut self) {
        for generation in self.generations.iter_mut().filter(|gen_| gen_.is_closing) {
            while generation.leaves.len() < generation.working() {
                let bytes = Order::Leave.write();
                if generation.tasks.put(&bytes, &[], Deadline::NEVER).is_err() {
                    // Without memory for it now: whoever waits for the workers comes here again.
                    return;
                }
                generation.posted += 1;
                generation.leaves.insert(generation.posted);
            }
        }
    }

    fn end_those_with(&self, numbers: &[u64]) {
        for generation in &self.generations {
            let has_one =
                |worker: &&Worker| numbers.contains(&(generation.base + worker.board.taken()));
            for worker in generation.workers.iter().filter(has_one) {
                worker.process.signal(Signal::SIGKILL);
            }
        }
    }

    fn signal(&self, signal: Signal) {
        for process in self.processes() {
            process.signal(signal);
        }
    }

    fn ended(&mut self, interp: &Arc<Interp>) -> Vec<Ended> {
        let mut all = Vec::new();
        let mut kills = None;
        for generation in &mut self.generations {
            let mut index = 0;
            while let Some(worker) = generation.workers.get(index) {
                let Some(exitcode) = worker.process.poll(interp) else {
                    index += 1;
                    continue;
                };
                let worker = generation.workers.swap_remove(index);
                let hand = worker.board.hand();
                // However it ended: no other worker takes this message.
                generation.leaves.remove(&hand.taken);
                let work = worker.board.work();
                self.idle_deaths = match hand.taken {
                    0 => self.idle_deaths + 1,
                    _ => 0,
                };
                self.past.note(work);
                all.push(Ended {
                    death: Death {
                        pid: worker.process.pid().unwrap_or_default(),
                        exitcode,
                        out_of_memory: exitcode == KILLED
                            && *kills.get_or_insert_with(sys::quota::killed_for_memory)
                                > self.killed_for_memory,
                    },
                    number: (hand.taken != 0).then(|| generation.base + hand.taken),
                    hand,
                    is_overdue: exitcode == TimeLimit::EXITCODE,
                });
            }
        }
        // Of two that were found at once, either may be the one that the kernel has killed.
        self.killed_for_memory = kills.unwrap_or(self.killed_for_memory);
        all
    }

    fn renew(&mut self, interp: &Arc<Interp>) -> Result<(), Failure> {
        self.idle_deaths = 0;
        let Some(last) = self.generations.last() else {
            return Ok(());
        };
        self.claims.withdraw_all(last.base + last.posted);
        self.begin_generation(interp, interp.program.edition())
    }

    fn send(&mut self, parcel: &Parcel, head: Head) -> Result<u64, PutError> {
        let last = self.generations.last_mut();
        let last = last.expect("workers are hired before anything is sent");
        let number = last.base + last.posted + 1;
        self.claims.offer(number);
        if let Err(error) = parcel.put(&last.tasks, head) {
            self.withdraw(number);
            return Err(error);
        }
        last.posted += 1;
        Ok(number)
    }

    // All forked ones, before the program has threads.
    fn starts_all(&self, interp: &Interp) -> bool {
        !self.terms.is_executor
            || StartMethods::of(interp).next(self.terms.method) == StartMethod::Fork
    }
}
