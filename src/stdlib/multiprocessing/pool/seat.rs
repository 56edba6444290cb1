//! What a pool and its worker threads share: the tasks that wait, the outcomes that nobody has read, and what each thread has in hand.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::letters::Letter;
use super::parcel::Parcel;
use crate::pool::letter::Head;
use crate::pool::tally::Work;
use crate::script::{Failure, Interp, session_failure};
use crate::stdlib::threading::thread::Thread;
use crate::sync::{Deadline, Notice, Offset, Queue, Role, WaitError, wait_kind};
use crate::sys::clock::now_ns;
use crate::sys::lock::locked;

/// How long a thread sleeps that waits for tasks while others of this process are asked to stop.
const LOOK: Duration = Duration::from_millis(5);

/// A batch for a thread.
#[derive(Debug)]
pub(super) struct Task {
    pub number: u64,
    pub head: Head,
    pub load: Parcel,
}

/// What the threads of a pool have before them.
#[derive(Debug)]
pub(super) struct Bench {
    state: Mutex<State>,
    /// There are tasks, or the threads are to leave.
    changed: Notice,
    /// Has a message when there are letters, so that whoever waits for outcomes can wait for those of several pools at once.
    bell: Queue,
    has_rung: AtomicBool,
}

#[derive(Default)]
struct State {
    tasks: VecDeque<Task>,
    letters: Vec<Letter>,
    /// Threads leave when there are no tasks.
    is_closing: bool,
}

impl State {
    fn place_of(&self, number: u64) -> Option<usize> {
        // The numbers rise.
        let place = self.tasks.binary_search_by_key(&number, |task| task.number);
        place.ok()
    }
}

impl Bench {
    pub(super) fn new(interp: &Arc<Interp>) -> Result<Self, Failure> {
        Ok(Self {
            state: Mutex::default(),
            changed: Notice::default(),
            bell: Queue::create(&interp.session()?, 0).map_err(session_failure)?,
            has_rung: AtomicBool::default(),
        })
    }

    pub(super) fn bell(&self) -> &Queue {
        &self.bell
    }

    pub(super) fn post(&self, task: Task) {
        locked(&self.state).tasks.push_back(task);
        self.changed.notify(1);
    }

    pub(super) fn has_tasks(&self) -> bool {
        !locked(&self.state).tasks.is_empty()
    }

    /// Returns whether the batch of this number waits.
    pub(super) fn has_task(&self, number: u64) -> bool {
        locked(&self.state).place_of(number).is_some()
    }

    /// Removes the batch of this number; false if it does not wait.
    pub(super) fn withdraw(&self, number: u64) -> bool {
        let mut state = locked(&self.state);
        let place = state.place_of(number);
        let removed = place.and_then(|place| state.tasks.remove(place));
        drop(state);
        removed.is_some()
    }

    pub(super) fn close(&self) {
        locked(&self.state).is_closing = true;
        self.wake_all();
    }

    /// Drops the batches that wait.
    pub(super) fn clear(&self) {
        let tasks = std::mem::take(&mut locked(&self.state).tasks);
        drop(tasks);
    }

    pub(super) fn wake_all(&self) {
        self.changed.notify(u32::MAX);
    }

    /// Takes the next batch, waiting for one; `None` when the thread is to leave.
    pub(super) fn take(&self, interp: &Arc<Interp>, seat: &Seat) -> Option<Task> {
        let session = interp.session().ok()?;
        loop {
            let mut state = locked(&self.state);
            if seat.is_dismissed() {
                return None;
            }
            if let Some(task) = state.tasks.pop_front() {
                return Some(task);
            }
            if state.is_closing {
                return None;
            }
            drop(state);
            let ready = || {
                let state = locked(&self.state);
                !state.tasks.is_empty() || state.is_closing || seat.is_dismissed()
            };
            let what = (wait_kind::CHANNEL, Offset::NONE);
            let wait = || {
                self.changed
                    .wait_until(&session, what, Deadline::NEVER, ready)
            };
            let waited = Role::IDLE.added(wait);
            match waited {
                Ok(()) | Err(WaitError::TimedOut) => {}
                // Somebody else is to stop.
                Err(_) if interp.stopping().is_none() => std::thread::sleep(LOOK),
                Err(_) => return None,
            }
        }
    }

    /// Sends outcomes.
    pub(super) fn tell(&self, letter: Letter) {
        locked(&self.state).letters.push(letter);
        self.ring();
    }

    /// Wakes whoever waits for outcomes.
    pub(super) fn ring(&self) {
        if !self.has_rung.swap(true, Ordering::SeqCst)
            && self.bell.put(&[], &[], Deadline::NEVER).is_err()
        {
            // Without memory for it now: whoever waits looks now and then.
            self.has_rung.store(false, Ordering::SeqCst);
        }
    }

    /// Takes the outcomes that have come. The message that said so has been read.
    pub(super) fn take_letters(&self) -> Vec<Letter> {
        self.has_rung.store(false, Ordering::SeqCst);
        std::mem::take(&mut locked(&self.state).letters)
    }
}

/// The place of one thread of a pool.
#[derive(Debug)]
pub(super) struct Seat {
    pub thread: Thread,
    hand: Mutex<InHand>,
    /// The thread is to end at its next step.
    dismissed: Arc<AtomicBool>,
}

/// What a thread is doing.
#[derive(Debug, Default)]
struct InHand {
    /// The batch; 0 if it has none.
    number: u64,
    /// How many of its tasks were begun.
    begun: usize,
    /// When the last of them was begun, and how long it may take; 0 without a limit.
    started: u64,
    limit: u64,
    work: Work,
}

impl Seat {
    pub(super) fn new(thread: Thread) -> Self {
        Self {
            thread,
            hand: Mutex::default(),
            dismissed: Arc::default(),
        }
    }

    /// Returns the flag that, once it is set and an alert was sent, ends the thread at its next step.
    pub(super) fn flag(&self) -> Arc<AtomicBool> {
        self.dismissed.clone()
    }

    pub(super) fn is_dismissed(&self) -> bool {
        self.dismissed.load(Ordering::SeqCst)
    }

    pub(super) fn dismiss(&self) {
        self.dismissed.store(true, Ordering::SeqCst);
    }

    /// Notes that a task is begun, and how long it may take.
    pub(super) fn begin(&self, number: u64, index: usize, limit: Option<Duration>) {
        let mut hand = locked(&self.hand);
        (hand.number, hand.begun) = (number, index + 1);
        if let Some(limit) = limit {
            hand.started = now_ns();
            hand.limit = u64::try_from(limit.as_nanos()).unwrap_or(u64::MAX);
        }
    }

    /// Notes that the task in hand has ended. Returns false if it had taken too long, and the thread is to end.
    pub(super) fn end(&self) -> bool {
        let mut hand = locked(&self.hand);
        if self.is_dismissed() {
            return false;
        }
        hand.limit = 0;
        true
    }

    /// Notes that the batch in hand is done.
    pub(super) fn clear(&self) {
        locked(&self.hand).number = 0;
    }

    /// Returns the batch in hand and how many of its tasks were begun.
    pub(super) fn in_hand(&self) -> Option<(u64, usize)> {
        let hand = locked(&self.hand);
        (hand.number != 0).then_some((hand.number, hand.begun))
    }

    /// Ends the thread at its next step if its task has taken too long. Returns whether it has.
    pub(super) fn dismiss_if_overdue(&self) -> bool {
        let hand = locked(&self.hand);
        let is_overdue = hand.limit != 0 && now_ns().saturating_sub(hand.started) >= hand.limit;
        if is_overdue {
            self.dismiss();
        }
        is_overdue
    }

    /// Notes what the thread has done so far.
    pub(super) fn note(&self, work: Work) {
        locked(&self.hand).work = work;
    }

    pub(super) fn work(&self) -> Work {
        locked(&self.hand).work
    }
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State")
            .field("tasks", &self.tasks.len())
            .finish_non_exhaustive()
    }
}
