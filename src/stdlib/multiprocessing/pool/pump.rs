//! Waiting on a pool: outcomes are read, workers that died are noticed and replaced, and the next items are sent.
//!
//! Of the threads that wait one reads; the others sleep until it has read something or has stopped reading.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::ending::terminated;
use super::letters::{Entries, Letter, read_entries, read_letter};
use super::lost;
use super::lost::Ended as EndedWorker;
use super::patience::Patience;
use super::state::{Pool, Stage, State};
use crate::pool::letter::{Kind, Reader};
use crate::script::{Exception, Failure, Interp};
use crate::sync::{Deadline, Message, Queue, WaitError, as_part};
use crate::sys::clock::now_ns;

/// How often it is looked whether workers have ended.
const LOOK: Duration = Duration::from_millis(20);

/// How many messages are read at once.
const ROUND: usize = 64;

/// How many workers in a row may end without taking a batch, for each that the pool has, before it gives up.
const HOPELESS: usize = 3;

impl Pool {
    /// Waits until `ready` gives a value, at most until `deadline`; `None` then.
    ///
    /// # Errors
    /// The error of an interrupted wait, or what keeps workers from being started.
    pub(crate) fn wait<T>(
        &self,
        interp: &Arc<Interp>,
        deadline: Deadline,
        mut ready: impl FnMut(&mut State) -> Option<T>,
    ) -> Result<Option<T>, Failure> {
        self.belongs_here()?;
        let session = interp.session()?;
        let mut patience = Patience::new(&session);
        loop {
            self.show_progress();
            if !self.lock().due.is_empty() {
                patience.end();
            }
            self.run_callbacks(interp);
            if let Some(error) = interp.interruption() {
                return Err(error);
            }
            let looked = now_ns();
            let mut state = self.lock();
            state.advance(interp, self.processes())?;
            if let Some(found) = ready(&mut state) {
                drop(state);
                self.show_progress();
                return Ok(Some(found));
            }
            if state.due.can_begin() {
                continue;
            }
            if deadline.passed(now_ns()) {
                return Ok(None);
            }
            match state.may_wait_for_ever(deadline, self.processes()) {
                true => patience.begin(state.crew.outcomes()),
                false => patience.end(),
            }
            if state.is_read {
                let left = deadline.left().unwrap_or(LOOK);
                self.sleep(state, left.min(LOOK));
            } else {
                state.is_read = true;
                drop(state);
                let read = self.read(interp, deadline);
                self.lock().is_read = false;
                self.notify();
                if read? {
                    patience.end();
                }
            }
            if patience.is_in_vain(looked) {
                return Err(interp.interrupted());
            }
        }
    }

    /// Returns the queue that has a message when there are outcomes.
    pub(super) fn outcomes(&self) -> Queue {
        self.lock().crew.outcomes().clone()
    }

    /// Returns when a wait until `deadline` is to look whether workers have ended.
    pub(super) fn next_look(deadline: Deadline) -> Deadline {
        deadline.min(Deadline::after(LOOK))
    }

    /// Reads outcomes, waiting for the first a short while. Returns whether anything has happened.
    fn read(&self, interp: &Arc<Interp>, deadline: Deadline) -> Result<bool, Failure> {
        let is_read = self.read_until(interp, Self::next_look(deadline))?;
        let mut has_ended = false;
        if !is_read || self.is_look_due() {
            has_ended = self.look_after_workers(interp)?;
        }
        self.lock().keep_promises();
        Ok(is_read || has_ended)
    }

    /// Reads what there is, or comes until then. Returns whether there was something.
    fn read_until(&self, interp: &Arc<Interp>, until: Deadline) -> Result<bool, Failure> {
        let outcomes = self.outcomes();
        let mut letters = Vec::new();
        let read = as_part(|| {
            outcomes.get_many_with(ROUND, until, |message| {
                letters.extend(read_letter(interp, &message));
            })
        });
        let mut state = self.lock();
        letters.extend(state.crew.letters());
        let is_read = !letters.is_empty();
        if state.settle(interp, letters) {
            state.replace(interp, self.processes())?;
        }
        drop(state);
        match read {
            Ok(_) => Ok(is_read),
            Err(WaitError::TimedOut) => Ok(false),
            Err(WaitError::Interrupted) => interp.interruption().map_or(Ok(false), Err),
            Err(WaitError::Session(error)) => Err(crate::script::session_failure(error)),
        }
    }

    /// Reads the outcomes that have come, and looks after the workers when that was not done a while ago.
    pub(super) fn look(&self, interp: &Arc<Interp>) -> Result<(), Failure> {
        self.take_outcomes(interp)?;
        if self.is_look_due() {
            self.look_after_workers(interp)?;
        }
        Ok(())
    }

    fn is_look_due(&self) -> bool {
        self.lock().looked.elapsed() >= LOOK
    }

    /// Reads the outcomes that have come.
    pub(crate) fn take_outcomes(&self, interp: &Arc<Interp>) -> Result<(), Failure> {
        while self.read_until(interp, Deadline::NOW)? {}
        self.lock().keep_promises();
        Ok(())
    }

    /// Notices workers that have ended, fails what they had in hand, and starts others. Returns whether some have ended.
    pub(super) fn look_after_workers(&self, interp: &Arc<Interp>) -> Result<bool, Failure> {
        let ended = {
            let mut state = self.lock();
            state.looked = Instant::now();
            state.crew.ended(interp)
        };
        if ended.is_empty() {
            return Ok(false);
        }
        let last = ended.last().map(|worker| worker.death);
        // What they sent before they ended.
        while self.read_until(interp, Deadline::NOW)? {}
        let mut state = self.lock();
        for worker in ended {
            state.lose(interp, worker);
        }
        let most = HOPELESS * self.processes();
        if state.crew.idle_deaths() > most && state.broken.is_none() {
            let place = match state.crew.terms().initializer {
                Some(_) => " in its initializer",
                None => "",
            };
            let how = last.map_or_else(String::new, lost::how);
            let text = format!(
                "{most} workers in a row ended before they took a task; the last {how}{place}"
            );
            state.break_down(Exception::new("BrokenProcessPool", vec![text.into()]));
        }
        state.keep_promises();
        state.replace(interp, self.processes())?;
        Ok(true)
    }
}

impl State {
    /// Takes in what workers have sent. Returns whether one of them takes no other batch.
    fn settle(&mut self, interp: &Arc<Interp>, letters: Vec<Letter>) -> bool {
        let mut has_retired = false;
        for Letter { envelope, entries } in letters {
            match envelope.kind {
                Kind::Retired => {
                    self.crew.retire(envelope.taken);
                    has_retired = true;
                }
                Kind::NotBegun => {
                    if let Entries::Any(entries) = entries
                        && let Some(Err(why)) = entries.into_iter().next()
                    {
                        let why = lost::not_begun(self.crew.terms(), why);
                        self.break_down(why);
                    }
                }
                Kind::Outcomes => {
                    let number = envelope.taken;
                    let took = Duration::from_nanos(envelope.took);
                    self.table.note_time(number, entries.len(), took);
                    let (slowest, took) = envelope.slowest;
                    let took = Duration::from_nanos(took);
                    if !took.is_zero()
                        && self.slowest.has_room_for(took)
                        && let Some(task) = self.shown(interp, number, slowest as usize)
                    {
                        self.slowest.note(took, task);
                    }
                    entries.settle(&mut self.table, number, envelope.first as usize);
                }
            }
        }
        has_retired
    }

    /// Returns whether a wait until then ends only by what the workers do: no time limit ends a task, and nothing is sent before outcomes
    /// come.
    fn may_wait_for_ever(&self, deadline: Deadline, processes: usize) -> bool {
        deadline.is_never() && !self.table.has_limit() && self.has_sent_enough(processes)
    }

    /// Fails everything, now and later.
    pub(super) fn break_down(&mut self, why: Exception) {
        self.fail_all(|| why.clone());
        self.broken = Some(why);
        self.crew.signal(crate::sys::signal::Signal::SIGTERM);
    }

    /// Settles what a worker that has ended had in hand.
    pub(super) fn lose(&mut self, interp: &Arc<Interp>, worker: EndedWorker) {
        let Some(number) = worker.number else {
            return;
        };
        // Outcomes that it had not sent; nothing with shared objects is among them.
        let message = Message::plain(&[]);
        let written = read_entries(interp, Reader(&worker.hand.written), &message);
        written.settle(&mut self.table, number, worker.hand.first);
        let task =
            (worker.hand.begun.checked_sub(1)).and_then(|index| self.shown(interp, number, index));
        let lost = self.table.lose(number, worker.hand.begun);
        // What is left of the batch is sent under another number.
        self.crew.withdraw(number);
        let Some(lost) = lost else {
            return;
        };
        let was_ended = self.stage == Stage::Terminated && !self.crew.terms().is_executor;
        if lost.again.attempts <= lost.rules.retries && self.broken.is_none() && !was_ended {
            self.table.put_back(lost.again);
            return;
        }
        let task = task.unwrap_or_else(|| lost.again.load.shown(interp, 0));
        let why = match lost.rules.limit.filter(|_| worker.is_overdue) {
            // Whoever waits may notice the end of the workers before whoever terminates the pool does.
            _ if was_ended => terminated(),
            Some(limit) => lost::overdue(limit, &task),
            None => lost::worker_lost(worker.death, &task),
        };
        self.table.settle_task(lost.job, lost.place, Err(why));
    }

    /// Starts workers for those that have ended.
    fn replace(&mut self, interp: &Arc<Interp>, processes: usize) -> Result<(), Failure> {
        if self.broken.is_some() || self.stage == Stage::Terminated {
            return Ok(());
        }
        if self.stage == Stage::Running || self.table.has_waiting() || !self.feeds.is_empty() {
            self.crew.hire(interp, self.wanted(interp, processes))?;
        }
        let table = &self.table;
        self.crew
            .man(interp, &|numbers| table.is_any_under_way(numbers))?;
        self.advance(interp, processes)
    }
}
