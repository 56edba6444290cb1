//! The one wait loop: it spins briefly where that can help, then sleeps, and records the wait for diagnosis.

use super::event_word::EventWord;
use super::failure::WaitError;
use super::spin::spin;
use crate::shm::{Offset, Session, Thread, Wait};
use crate::sys::clock::{Deadline, now_ns};
use crate::sys::futex::Wakeup;

/// The kind of a thread's wait, as written in its slot.
pub(crate) mod wait_kind {
    /// For a lock to become free.
    pub(crate) const ACQUIRE: u16 = 1;
    /// For a message.
    pub(crate) const GET: u16 = 2;
    /// For room in a bounded queue.
    pub(crate) const PUT: u16 = 3;
    /// For all tasks of a queue to be done.
    pub(crate) const JOIN: u16 = 4;
    /// For the end of another process; the object is its packed number in the session.
    pub(crate) const PROCESS: u16 = 5;
    /// For time to pass; the object is none.
    pub(crate) const TIME: u16 = 6;
    /// For a notification of a condition.
    pub(crate) const NOTIFICATION: u16 = 7;
    /// For the others at a barrier.
    pub(crate) const BARRIER: u16 = 8;
    /// For a permit of a semaphore.
    pub(crate) const PERMIT: u16 = 11;
    /// For an event to be set.
    pub(crate) const EVENT: u16 = 12;
    /// For a message from the other end of a pipe.
    pub(crate) const RECEIVE: u16 = 30;
    /// For room in a pipe.
    pub(crate) const SEND: u16 = 31;
    /// For a result of a pool, whose workers put it into the queue that is the object.
    pub(crate) const RESULT: u16 = 33;
    /// For the first of several things; the object is none if one of them is not in the session.
    pub(crate) const READY: u16 = 32;
    /// For a thread of this process to end; the object is its number in the system.
    pub(crate) const THREAD: u16 = 20;
    /// For a queue between threads of this process; the object is none.
    pub(crate) const CHANNEL: u16 = 21;
    /// For a socket; the object is none.
    pub(crate) const SOCKET: u16 = 22;
    /// A wait for standard input, often for a user; there is no object.
    pub(crate) const INPUT: u16 = 23;
    /// A wait for the other end of a FIFO, or for what a file has to read; there is no object.
    pub(crate) const FILE: u16 = 24;
    /// The end of a command, or its output.
    pub(crate) const COMMAND: u16 = 25;
    /// For a server; the object is none.
    pub(crate) const SERVER: u16 = 26;
}

/// Writes down what the thread waits for while `wait` waits on something that is not in the session.
pub(crate) fn noted<T>(
    session: &Session,
    (kind, object): (u16, Offset),
    deadline: Deadline,
    wait: impl FnOnce() -> T,
) -> T {
    let what = Wait {
        kind,
        object,
        since_ns: now_ns(),
        deadline,
    };
    // A thread for which the session has no slot waits unnoted.
    let thread = session.thread().ok();
    let _traced = thread.map(|thread| thread.trace_wait(kind, object));
    let _note = thread.map(|thread| thread.note_wait(what));
    wait()
}

/// How a waiting thread sleeps.
pub(super) trait Sleep {
    /// Announces a sleep; what is waited for is looked at again after this.
    fn prepare(&mut self);

    /// Sleeps unless something was notified since [`Sleep::prepare`], at the longest until `until`.
    fn sleep(&mut self, until: Deadline) -> Wakeup;
}

/// Sleeping on one event.
struct OnEvent<'a> {
    event: &'a EventWord,
    prepared: u32,
}

impl Sleep for OnEvent<'_> {
    fn prepare(&mut self) {
        self.prepared = self.event.prepare();
    }

    fn sleep(&mut self, until: Deadline) -> Wakeup {
        self.event.sleep(self.prepared, until)
    }
}

/// Waits until `ready`, which changes only before a notification of `event`.
pub(super) fn wait_until(
    session: &Session,
    thread: Thread<'_>,
    what: (u16, Offset),
    event: &EventWord,
    deadline: Deadline,
    ready: impl Fn() -> bool,
) -> Result<(), WaitError> {
    let mut sleeper = OnEvent { event, prepared: 0 };
    wait_by(session, thread, what, &mut sleeper, deadline, ready, || {
        Ok(())
    })
}

/// Waits until `ready`, sleeping as `sleeper` does, as long as `hope` says that it may still come.
pub(super) fn wait_by<E: From<WaitError>>(
    session: &Session,
    thread: Thread<'_>,
    (kind, object): (u16, Offset),
    sleeper: &mut impl Sleep,
    deadline: Deadline,
    ready: impl Fn() -> bool,
    hope: impl Fn() -> Result<(), E>,
) -> Result<(), E> {
    if ready() {
        return Ok(());
    }
    if deadline.is_now() {
        return Err(WaitError::TimedOut.into());
    }
    let _traced = thread.trace_wait(kind, object);
    let Some(_unseen) = spin(thread, deadline, &ready) else {
        return Ok(());
    };
    let _note = thread.note_wait(Wait {
        kind,
        object,
        since_ns: now_ns(),
        deadline,
    });
    loop {
        let now = now_ns();
        sleeper.prepare();
        if ready() {
            return Ok(());
        }
        if session.stop_requested() || session.beat(thread, now) {
            return Err(WaitError::Interrupted.into());
        }
        if deadline.passed(now) {
            return Err(WaitError::TimedOut.into());
        }
        hope()?;
        let wakeup = sleeper.sleep(deadline.or_heartbeat(now));
        if wakeup == Wakeup::TimedOut && !deadline.passed(now_ns()) {
            if ready() {
                thread.count_heal();
            } else {
                // Somebody's death may bring what is waited for.
                session.sweep_the_dead(thread);
            }
        }
    }
}

/// Waits in line until called, and returns what the call says. `look` asks under the latch of the line's object, and sees to the
/// dead there.
pub(super) fn wait_for_call(
    session: &Session,
    thread: Thread<'_>,
    (kind, object): (u16, Offset),
    deadline: Deadline,
    look: impl Fn() -> Option<u64>,
) -> Result<u64, WaitError> {
    let _traced = thread.trace_wait(kind, object);
    let _unseen = match deadline.is_now() {
        true => None,
        false => spin(thread, deadline, || thread.call().is_some()),
    };
    let _note = thread.note_wait(Wait {
        kind,
        object,
        since_ns: now_ns(),
        deadline,
    });
    loop {
        let now = now_ns();
        if let Some(call) = thread.call() {
            return Ok(call);
        }
        if session.stop_requested() || session.beat(thread, now) {
            return Err(WaitError::Interrupted);
        }
        if deadline.passed(now) {
            return Err(WaitError::TimedOut);
        }
        let wakeup = thread.sleep_in_line(deadline.or_heartbeat(now));
        if wakeup == Wakeup::TimedOut
            && thread.call().is_none()
            && let Some(call) = look()
        {
            if thread.call().is_none() {
                // Whoever called was killed before it said so.
                thread.count_heal();
            }
            return Ok(call);
        }
    }
}
