//! The life of a worker process: it takes tasks from the server, one after the other, until it has to end.

use std::cell::RefCell;
use std::io::PipeReader;
use std::os::fd::AsFd;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rhai::{Dynamic, FnPtr, GlobalRuntimeState, NativeCallContext, Position};

use super::super::super::pool::lost::overdue;
use super::super::super::pool::parcel::Ended;
use super::super::messages::{ForServer, Functions};
use super::super::waiting::{Leaving, tell};
use super::limit::Limits;
use super::parcel::{Tasks, add_outcome};
use super::program::{Own, Programs, laid};
use crate::remote::caller::Caller;
use crate::remote::fault::{Fault, Refusal};
use crate::remote::place::Place;
use crate::remote::pool::{Bench, Task};
use crate::script::limits::Exceeded;
use crate::script::report::{code_of_exit, diagnostic_of, print, task_frames, too_deep};
use crate::script::{Exception, Failure, Interp, Outcome, Stop, os_failure, raise};
use crate::sync::{Role, begin_task};
use crate::sys;
use crate::sys::clock::HEARTBEAT;
use crate::sys::lock::locked;

/// How long a worker pauses when the server refuses it.
const PAUSE: Duration = Duration::from_secs(1);

/// How many bytes a result may have before the errors of further tasks are left out of it: a message can have millions of tasks that
/// cannot be read, and their submitter sees the rest as damaged.
const ERRORS_MAX: usize = 1 << 20;

/// The exit code of a copy that failed.
const FAILED: i32 = 1;

/// A worker that waits: it ends when the process that looks after it says so.
struct AtWork<'w> {
    interp: &'w Interp,
    end: &'w PipeReader,
}

impl AtWork<'_> {
    fn is_told_to_end(&self) -> bool {
        let ready = sys::process::wait_readable(&[self.end.as_fd()], Some(Duration::ZERO));
        // What is written there is never read, so that all workers see it.
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
    /// Its place at the pool. While a task runs, only its time limit uses it.
    pub bench: Arc<Mutex<Bench>>,
    pub limits: RefCell<Limits>,
    pub programs: &'w dyn Programs,
    /// With a key, tasks may bring any program.
    pub own: Option<&'w dyn Own>,
    pub end: &'w PipeReader,
    /// The program of the last task, which the next may have too.
    pub program: Option<(String, GlobalRuntimeState)>,
    /// The limit that a task has used up: after the result, another process takes the worker's place.
    pub used_up: RefCell<Option<Failure>>,
    /// The worker's process.
    pub process: i32,
}

/// Why a task has no result.
enum Undone {
    /// The server cannot be asked for its program now.
    Later(Fault),
    /// The process was asked to end.
    Asked(Failure),
}

impl Worker<'_> {
    /// Works until it has to end.
    ///
    /// # Errors
    /// The process was asked to end in the middle of a task, which goes back then; a task has used up a limit.
    pub(super) fn work(&mut self) -> Outcome {
        let worked = Role::SERVES.added(|| self.work_on());
        // Whoever prints into a closed pipe ends every worker that tries.
        let is_blamed = worked
            .as_ref()
            .is_err_and(|why| matches!(Stop::of(why), Some(Stop::OutputClosed)));
        let left = locked(&self.bench).leave(is_blamed, &Leaving(self.interp));
        if left.is_err() {
            tell(self.interp, "a worker could not leave its pool in order");
        }
        worked.map(|()| Dynamic::UNIT)
    }

    fn work_on(&mut self) -> Result<(), Failure> {
        let caller = AtWork {
            interp: self.interp,
            end: self.end,
        };
        let mut last = String::new();
        // A task whose program the server could not give.
        let mut kept = None;
        while !caller.is_told_to_end() {
            if self.interp.check_interrupts() {
                return Err(self.interp.interrupted());
            }
            let next = kept
                .take()
                .map_or_else(|| locked(&self.bench).next(&caller), Ok);
            let fault = match next {
                Err(fault) => fault,
                Ok(task) => match self.done(&task, &caller) {
                    Ok(bytes) => {
                        last.clear();
                        self.finish(&task, &bytes);
                        if let Some(limit) = self.used_up.take() {
                            return Err(limit);
                        }
                        continue;
                    }
                    Err(Undone::Asked(stop)) => return Err(stop),
                    Err(Undone::Later(fault)) => {
                        kept = Some(task);
                        fault
                    }
                },
            };
            if fault != Fault::Interrupted {
                let text = fault.to_string();
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
        Ok(())
    }

    /// Notes the result of a task, or why it cannot be sent.
    fn finish(&self, task: &Task, bytes: &[u8]) {
        let mut bench = locked(&self.bench);
        if let Err(why) = bench.finish(task, bytes) {
            let bytes = self.failed(task, error("ValueError", &why.to_string()));
            if bench.finish(task, &bytes).is_err() {
                // It is said to be damaged where it is read.
                let _ = bench.finish(task, b"");
            }
        }
    }

    /// Does a task, and returns its result.
    fn done(&mut self, task: &Task, caller: &AtWork<'_>) -> Result<Vec<u8>, Undone> {
        match self.make_ready(&task.program, caller)? {
            Ok(()) => self.results(task).map_err(Undone::Asked),
            Err(why) => {
                self.program = None;
                let why = self.exception_of(why).map_err(Undone::Asked)?;
                Ok(self.failed(task, why))
            }
        }
    }

    /// Makes the program of a task ready, or returns why that cannot be done.
    fn make_ready(
        &mut self,
        hash: &str,
        caller: &AtWork<'_>,
    ) -> Result<Result<(), Failure>, Undone> {
        if self
            .program
            .as_ref()
            .is_some_and(|(ready, _)| ready == hash)
        {
            return Ok(Ok(()));
        }
        let program = locked(&self.bench).program(hash, caller);
        let bytes = match program {
            Ok(bytes) => bytes,
            // The server does not have it, and will not.
            Err(Fault::Refused(Refusal::Mismatch, text)) => {
                return Ok(Err(raise("ValueError", text)));
            }
            Err(fault) => return Err(Undone::Later(fault)),
        };
        let laid = laid(&bytes, (self.programs, self.own), &self.codec());
        Ok(laid.map(|laid| self.program = Some((hash.into(), laid))))
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
    fn failed(&self, task: &Task, why: Exception) -> Vec<u8> {
        let codec = self.codec();
        let mut bytes = Vec::new();
        let count = Tasks::count(&task.bytes).max(1);
        for _ in 0..count {
            if bytes.len() > ERRORS_MAX {
                break;
            }
            add_outcome(&mut bytes, &Err(why.clone()), &codec);
        }
        bytes
    }

    /// Does the tasks of a message one after the other.
    fn results(&self, task: &Task) -> Result<Vec<u8>, Failure> {
        let codec = self.codec();
        let mut tasks = match Tasks::read(&task.bytes, &codec) {
            Ok(tasks) => tasks,
            Err(why) => return Ok(self.failed(task, Exception::from_error(&why))),
        };
        let Some((_, global)) = &self.program else {
            return Ok(self.failed(task, error("RuntimeError", "the program is not ready")));
        };
        let engine = self.context.engine();
        let context =
            NativeCallContext::new_with_all_fields(engine, "task", None, global, Position::NONE);
        let mut bytes = Vec::new();
        while let Some(item) = tasks.next(&codec) {
            let outcome = match (&tasks.function, item) {
                (Ok(function), Ok(item)) => self.limited(task, &tasks, item, |item| {
                    self.outcome(&context, function, item, tasks.head.spreads)
                })?,
                _ if bytes.len() > ERRORS_MAX => break,
                (Err(why), _) => Err(Exception::from_error(why)),
                (_, Err(why)) => Err(Exception::from_error(&why)),
            };
            add_outcome(&mut bytes, &outcome, &codec);
        }
        Ok(bytes)
    }

    /// Does something that is a task of a message, for as long as the task may take.
    fn limited(
        &self,
        message: &Task,
        tasks: &Tasks<'_>,
        item: Dynamic,
        body: impl FnOnce(Dynamic) -> Result<Ended, Failure>,
    ) -> Result<Ended, Failure> {
        let Some(limit) = tasks.head.limit else {
            return body(item);
        };
        let mut late = Vec::new();
        let why = overdue(limit, &tasks.shown(&item));
        add_outcome(&mut late, &Err(why), &self.codec());
        let late = locked(&self.bench).done(message, &late);
        let mut limits = self.limits.borrow_mut();
        let running = match limits.begin(limit, late, (self.interp, &self.bench)) {
            Ok(running) => running,
            Err(why) => return Ok(Err(Exception::from_error(&os_failure(why)))),
        };
        let outcome = body(item);
        drop(running);
        outcome
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
        begin_task();
        let result = function.call_raw(context, None, args);
        if sys::process::pid() != self.process {
            self.end_copy(&result);
        }
        match self.interp.unless_interrupted(result) {
            Ok(value) => Ok(Ok(value)),
            Err(error) => {
                let frames = task_frames(&error, &self.interp.program, Some(function), false);
                Ok(Err(self.exception_of(error)?.with_frames(frames)))
            }
        }
    }

    /// Returns what an error of a task is for whoever has submitted it. What ends any worker that tries is the result of the task too: it would
    /// end one worker after the other.
    ///
    /// # Errors
    /// The process was asked to end.
    fn exception_of(&self, error: Failure) -> Result<Exception, Failure> {
        Ok(match Stop::of(&error) {
            None => Exception::from_error(&error),
            // It ends the task and not the worker.
            Some(Stop::Exit(code)) => {
                self.interp.forget_exit_of_thread();
                let args = if code.is_unit() { vec![] } else { vec![code] };
                Exception::new("SystemExit", args)
            }
            Some(Stop::Recursion) => Exception::from_error(&too_deep()),
            Some(Stop::Deadlock(exception)) => {
                self.interp.forget_own_stop();
                exception
            }
            Some(Stop::Limit(limit)) => {
                self.interp.forget_own_stop();
                self.used_up.replace(Some(error));
                exceeded(&limit)
            }
            // Nobody has asked for it: the task has thrown it.
            Some(Stop::Interrupt) if self.interp.stopping().is_none() => {
                Exception::new("KeyboardInterrupt", vec![])
            }
            Some(_) => return Err(error),
        })
    }

    /// Ends a copy that the task has made by `os.fork`. It is no worker, and says nothing to the server.
    fn end_copy(&self, result: &Outcome) -> ! {
        let code = match result {
            Ok(_) => 0,
            Err(error) => match Stop::of(error) {
                Some(Stop::Exit(code)) => code_of_exit(&code),
                Some(_) => FAILED,
                None => {
                    print(
                        self.interp,
                        &diagnostic_of(self.interp, &Exception::from_error(error)),
                    );
                    FAILED
                }
            },
        };
        let _ = self.interp.write_last_output();
        sys::process::exit_now(code)
    }
}

fn error(kind: &'static str, text: &str) -> Exception {
    Exception::new(kind, vec![text.into()])
}

/// The error of a task that has used up a limit of its process.
fn exceeded(limit: &Exceeded) -> Exception {
    let kind = match limit {
        Exceeded::Memory(_) => "MemoryError",
        _ => "RuntimeError",
    };
    error(kind, &limit.to_string())
}
