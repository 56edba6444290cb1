//! The life of a worker process: it takes tasks from the server, one after the other, until it has to end.

use std::io::PipeReader;
use std::os::fd::AsFd;
use std::sync::Arc;
use std::time::Duration;

use rhai::{Dynamic, FnPtr, GlobalRuntimeState, NativeCallContext, Position};

use super::super::super::pool::parcel::Ended;
use super::super::messages::{ForServer, Functions};
use super::super::waiting::{Leaving, tell};
use super::parcel::{Tasks, add_outcome};
use super::program::{Own, Programs, laid};
use crate::remote::caller::Caller;
use crate::remote::fault::Fault;
use crate::remote::place::Place;
use crate::remote::pool::{Bench, Task};
use crate::script::report::task_frames;
use crate::script::{Exception, Failure, Interp, Outcome, Stop, raise};
use crate::sys;
use crate::sys::clock::HEARTBEAT;

/// How long a worker pauses when the server refuses it.
const PAUSE: Duration = Duration::from_secs(1);

/// A worker that waits: it ends when the process that looks after it says so.
struct AtWork<'w> {
    interp: &'w Interp,
    end: &'w PipeReader,
}

impl AtWork<'_> {
    fn is_told_to_end(&self) -> bool {
        let ready = sys::process::wait_readable(&[self.end.as_fd()], Some(Duration::ZERO));
        // Without the other end of the pipe, nobody looks after it any more.
        ready.is_ok_and(|ready| ready == [true])
    }
}

impl Caller for AtWork<'_> {
    fn has_to_stop(&self) -> bool {
        self.interp.check_interrupts() || self.is_told_to_end()
    }

    fn tell(&self, text: &str) {
        tell(self.interp, text);
    }
}

/// What a worker has besides its place.
pub(super) struct Worker<'w> {
    pub interp: &'w Arc<Interp>,
    pub context: &'w NativeCallContext<'w>,
    pub place: Place,
    pub programs: &'w dyn Programs,
    /// With a key, tasks may bring any program.
    pub own: Option<&'w dyn Own>,
    pub end: &'w PipeReader,
    /// The program of the last task, which the next may have too.
    pub program: Option<(String, GlobalRuntimeState)>,
}

impl Worker<'_> {
    /// Works until it has to end.
    ///
    /// # Errors
    /// The process was asked to end in the middle of a task, which goes back then.
    pub(super) fn work(&mut self, mut bench: Bench) -> Outcome {
        let worked = self.work_at(&mut bench);
        if bench.leave(false, &Leaving(self.interp)).is_err() {
            tell(self.interp, "a worker could not leave its pool in order");
        }
        worked.map(|()| Dynamic::UNIT)
    }

    fn work_at(&mut self, bench: &mut Bench) -> Result<(), Failure> {
        let caller = AtWork {
            interp: self.interp,
            end: self.end,
        };
        let process = sys::process::pid();
        let mut last = String::new();
        while !caller.is_told_to_end() {
            if self.interp.check_interrupts() {
                return Err(self.interp.interrupted());
            }
            let done = bench
                .next(&caller)
                .map(|task| self.done(bench, &task, &caller));
            match done {
                Ok(Ok(result)) if sys::process::pid() == process => {
                    let (task, bytes) = result;
                    if let Err(Fault::Refused(_, text)) = bench.finish(&task, &bytes) {
                        let bytes = self.failed(&task, &raise("ValueError", text));
                        let _ = bench.finish(&task, &bytes);
                    }
                }
                // A copy that the task made by `os.fork`: it is no worker.
                Ok(Ok(_)) => sys::process::exit_now(0),
                Ok(Err(stop)) => return Err(stop),
                Err(Fault::Interrupted) => (),
                Err(fault) => {
                    let text = match fault {
                        Fault::Refused(_, text)
                        | Fault::Unreachable(text)
                        | Fault::Broken(text) => text,
                        other => format!("{other:?}"),
                    };
                    if text != last {
                        tell(self.interp, &format!("a worker goes on trying: {text}"));
                        last = text;
                    }
                    let end = std::time::Instant::now() + PAUSE;
                    while std::time::Instant::now() < end && !caller.has_to_stop() {
                        std::thread::sleep(HEARTBEAT);
                    }
                }
            }
        }
        Ok(())
    }

    /// Does a task, and returns it with its result. Only a request to end is an error.
    fn done(
        &mut self,
        bench: &mut Bench,
        task: &Task,
        caller: &AtWork<'_>,
    ) -> Result<(Task, Vec<u8>), Failure> {
        if let Err(why) = self.make_ready(bench, &task.program, caller) {
            if Stop::of(&why).is_some() {
                return Err(why);
            }
            self.program = None;
            return Ok((task.clone(), self.failed(task, &why)));
        }
        Ok((task.clone(), self.results(task)?))
    }

    fn make_ready(
        &mut self,
        bench: &mut Bench,
        hash: &str,
        caller: &AtWork<'_>,
    ) -> Result<(), Failure> {
        if self
            .program
            .as_ref()
            .is_some_and(|(ready, _)| ready == hash)
        {
            return Ok(());
        }
        let bytes = bench
            .program(hash, caller)
            .map_err(|fault| super::super::waiting::failure(self.interp, fault, "TimeoutError"))?;
        let laid = laid(&bytes, (self.programs, self.own), &self.codec())?;
        self.program = Some((hash.into(), laid));
        Ok(())
    }

    fn codec(&self) -> ForServer<'_> {
        ForServer {
            interp: self.interp,
            place: &self.place,
            functions: match self.own {
                Some(_) => Functions::OfProgram,
                None => Functions::Any,
            },
        }
    }

    /// The result of a message whose tasks all fail for the same reason.
    fn failed(&self, task: &Task, why: &Failure) -> Vec<u8> {
        let codec = self.codec();
        let why = Exception::from_error(why);
        let mut bytes = Vec::new();
        let count = Tasks::count(&task.bytes).max(1);
        for _ in 0..count {
            add_outcome(&mut bytes, &Err(why.clone()), &codec);
        }
        bytes
    }

    /// Does the tasks of a message one after the other.
    fn results(&self, task: &Task) -> Result<Vec<u8>, Failure> {
        let codec = self.codec();
        let mut tasks = match Tasks::read(&task.bytes, &codec) {
            Ok(tasks) => tasks,
            Err(why) => return Ok(self.failed(task, &why)),
        };
        let Some((_, global)) = &self.program else {
            return Ok(self.failed(task, &raise("RuntimeError", "the program is not ready")));
        };
        let engine = self.context.engine();
        let context =
            NativeCallContext::new_with_all_fields(engine, "task", None, global, Position::NONE);
        let mut bytes = Vec::new();
        while let Some(item) = tasks.next(&codec) {
            let outcome = match (&tasks.function, item) {
                (Ok(function), Ok(item)) => {
                    self.outcome(&context, function, item, tasks.spreads)?
                }
                (Err(why), _) => Err(Exception::from_error(why)),
                (_, Err(why)) => Err(Exception::from_error(&why)),
            };
            add_outcome(&mut bytes, &outcome, &codec);
        }
        Ok(bytes)
    }

    fn outcome(
        &self,
        context: &NativeCallContext,
        function: &FnPtr,
        item: Dynamic,
        spreads: bool,
    ) -> Result<Ended, Failure> {
        let args = match spreads {
            true => item.into_array().unwrap_or_default(),
            false => vec![item],
        };
        let result = function.call_raw(context, None, args);
        match self.interp.unless_interrupted(result) {
            Ok(value) => Ok(Ok(value)),
            Err(error) => match Stop::of(&error) {
                // It ends the task and not the worker.
                Some(Stop::Exit(code)) => {
                    self.interp.forget_exit_of_thread();
                    let args = if code.is_unit() { vec![] } else { vec![code] };
                    Ok(Err(Exception::new("SystemExit", args)))
                }
                Some(_) => Err(error),
                None => {
                    let frames = task_frames(&error, &self.interp.program, Some(function), false);
                    Ok(Err(Exception::from_error(&error).with_frames(frames)))
                }
            },
        }
    }
}
