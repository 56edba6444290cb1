//! The child that runs the scripts of an isolated runtime, as its host sees it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rhai::{Array, Dynamic, NativeCallContext};

use super::death::Death;
use super::talk::{self, Answer, Request, Stopping, Task};
use crate::script::dialect::Dialect;
use crate::script::exceptions::{Failure, raise};
use crate::script::interp::Interp;
use crate::script::session::session_failure;
use crate::script::stop::Stop;
use crate::stdlib::multiprocessing::identity::Identity;
use crate::stdlib::multiprocessing::process::Process;
use crate::stdlib::multiprocessing::queues;
use crate::stdlib::multiprocessing::start::start_server;
use crate::sync::{self, Deadline, WaitError};
use crate::sys::signal::Signal;
use crate::wire::Sequence;

/// How often the host looks whether the child still lives while it waits for an answer.
const LOOK: Duration = Duration::from_millis(20);

/// How long the child may take to end a task that was stopped, before it is killed. Its own children have half a second.
const GRACE: Duration = Duration::from_secs(2);

/// The pause after a wait that was interrupted for no reason of this runtime.
const PAUSE: Duration = Duration::from_millis(1);

/// A child that runs scripts, and its queues.
#[derive(Debug)]
pub(super) struct Worker {
    process: Process,
    requests: sync::Queue,
    answers: sync::Queue,
    control: sync::Queue,
    /// The numbers of control words that have been carried out.
    done: sync::Queue,
    /// The number of the last request.
    number: u64,
}

/// The end of a wait for an answer.
pub(super) enum Waited {
    Answered(Box<Answer>, Dynamic),
    /// The answer cannot be read, for this reason.
    Unreadable(String),
    Died(Death),
    Stopped(Stop),
    TimedOut,
}

impl Worker {
    /// Starts the child. It gets the values that the host has given its scripts so far.
    ///
    /// # Errors
    /// The session has no memory, or the process cannot be started.
    pub(super) fn start(
        interp: &Arc<Interp>,
        context: &NativeCallContext,
    ) -> Result<Self, Failure> {
        let session = interp.session()?;
        let queue = || sync::Queue::create(&session, 0).map_err(session_failure);
        let (requests, answers, control, done) = (queue()?, queue()?, queue()?, queue()?);
        let all = [&requests, &answers, &control, &done];
        let value = |shared: &sync::Queue| {
            let dialect = Dialect::Multiprocessing;
            Dynamic::from(queues::Queue::new(shared.clone(), false, dialect))
        };
        let args: Array = all.map(value).into();
        let process = Process::new(Identity::default(), None, args);
        process.with(|state| state.serves = true);
        let _ = start_server(interp, context, &process)?;
        Ok(Self {
            process,
            requests,
            answers,
            control,
            done,
            number: 0,
        })
    }

    /// Sends a task with its arguments, and the values that the host has given its scripts since the last one.
    ///
    /// # Errors
    /// `TypeError` for an argument that cannot be sent; `MemoryError`.
    pub(super) fn send(
        &mut self,
        interp: &Arc<Interp>,
        task: Task,
        args: &Array,
        given: &[(String, Dynamic)],
    ) -> Result<(), Failure> {
        let mut values = Sequence::new(interp);
        for (index, value) in args.iter().enumerate() {
            let pushed = values.push(value, &format!("args[{index}]"));
            pushed.map_err(|refusal| raise("TypeError", refusal.to_string()))?;
        }
        let given = given.iter().map(|(name, value)| (name.as_str(), value));
        let given = values.push_sendable(given);
        self.number += 1;
        let (number, args) = (self.number, args.len());
        let request = Request {
            number,
            task,
            args,
            given,
        };
        talk::put(&self.requests, &request, values).map_err(|why| raise("MemoryError", why))
    }

    /// Waits for the answer to the last task, for the child's end, or for a stop of the host.
    pub(super) fn wait(&self, interp: &Arc<Interp>, deadline: Option<Instant>) -> Waited {
        let mut has_ended = None;
        loop {
            let look = match has_ended {
                None => Deadline::after(LOOK),
                Some(_) => Deadline::NOW,
            };
            let read = |answer, values: &mut crate::wire::Values<'_>| match &answer {
                Answer::Value | Answer::Failed(_) => {
                    let value = values.next().map_err(|error| error.to_string())?;
                    Ok((answer, value))
                }
                _ => Ok((answer, Dynamic::UNIT)),
            };
            match talk::take(&self.answers, interp, look, read) {
                Ok(Ok((answer, value))) => return Waited::Answered(Box::new(answer), value),
                Ok(Err(why)) => return Waited::Unreadable(why),
                Err(WaitError::TimedOut) => (),
                Err(WaitError::Interrupted) => std::thread::sleep(PAUSE),
                Err(WaitError::Session(error)) => return Waited::Unreadable(error.to_string()),
            }
            if let Some(exitcode) = has_ended {
                return Waited::Died(Death::of(exitcode));
            }
            if let Some(stop) = interp.stopping() {
                return Waited::Stopped(stop);
            }
            if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
                return Waited::TimedOut;
            }
            // It may have answered before it ended.
            has_ended = self.process.poll(interp);
        }
    }

    /// Ends the running task, and waits until it has ended. Returns false if the child did not end it in time.
    pub(super) fn stop(&self, interp: &Arc<Interp>, time: Option<Duration>) -> bool {
        let deadline = Instant::now() + GRACE;
        let told = self.tell(interp, self.number, time);
        told && matches!(
            self.wait_for_end(interp, deadline),
            Waited::Answered(..) | Waited::Unreadable(_)
        ) && self.is_done(interp, deadline)
    }

    /// Ends the threads and the children that earlier tasks have left. Returns false if that took too long.
    pub(super) fn end_others(&self, interp: &Arc<Interp>) -> bool {
        let deadline = Instant::now() + GRACE;
        self.tell(interp, 0, None) && self.is_done(interp, deadline)
    }

    fn tell(&self, interp: &Arc<Interp>, number: u64, time: Option<Duration>) -> bool {
        let word = Stopping { number, time };
        talk::put(&self.control, &word, Sequence::new(interp)).is_ok()
    }

    /// Waits until the child has carried out the last control word.
    fn is_done(&self, interp: &Arc<Interp>, deadline: Instant) -> bool {
        loop {
            let taken = talk::take(&self.done, interp, Deadline::after(LOOK), |(), _| Ok(()));
            match taken {
                Ok(_) => return true,
                Err(WaitError::Interrupted) => {
                    // Another stop, as in `wait_for_end`.
                    interp.forget_stop();
                    std::thread::sleep(PAUSE);
                }
                Err(WaitError::TimedOut) => (),
                Err(WaitError::Session(_)) => return false,
            }
            if Instant::now() >= deadline || self.process.poll(interp).is_some() {
                return false;
            }
        }
    }

    /// Ends the running program, and waits until the child has ended with it. Returns false if it is still there.
    pub(super) fn stop_whole(&self, interp: &Arc<Interp>, time: Option<Duration>) -> bool {
        let deadline = Instant::now() + GRACE;
        let told = self.tell(interp, self.number, time);
        told && matches!(self.wait_for_end(interp, deadline), Waited::Died(_))
    }

    /// Waits for the end of a task that has been stopped. Another stop of the host changes nothing: it is carried out when the turn ends.
    fn wait_for_end(&self, interp: &Arc<Interp>, deadline: Instant) -> Waited {
        loop {
            match self.wait(interp, Some(deadline)) {
                Waited::Stopped(_) if Instant::now() < deadline => interp.forget_stop(),
                waited => return waited,
            }
        }
    }

    /// Kills the child.
    pub(super) fn kill(&self) {
        self.process.signal(Signal::SIGKILL);
    }
}
