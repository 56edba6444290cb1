//! The operations of an isolated runtime: its host asks the child.

use std::sync::{Arc, Mutex};

use rhai::{Array, Dynamic};

use super::death::Death;
use super::talk::{Answer, Task, Text};
use super::worker::{Waited, Worker};
use crate::program::diagnostic::Diagnostic;
use crate::runtime::everybody::end_everybody;
use crate::runtime::objects::{Arguments, arguments};
use crate::runtime::state::HOST;
use crate::runtime::stopper::TimeLimit;
use crate::runtime::turn::Turn;
use crate::runtime::{Error, Runtime, Script};
use crate::script::exceptions::{Exception, Failure};
use crate::script::interp::Interp;
use crate::script::report::{self, FAILED, diagnostic_of};
use crate::script::stop::Stop;
use crate::stdlib::multiprocessing::family::Family;
use crate::sys::lock::locked;

/// The exit code of a program that a signal has killed is this plus the signal's number, as in shells.
const SIGNALLED: i32 = 128;

/// The isolation of a runtime: its child, once there is one.
#[derive(Debug, Default)]
pub(in crate::runtime) struct Isolated {
    worker: Mutex<Option<Worker>>,
    /// The names of the values that the host has given its scripts and that the child does not have yet.
    given: Mutex<Vec<String>>,
}

impl Isolated {
    /// Begins the isolation of a runtime, without a child yet.
    pub(in crate::runtime) fn begin(interp: &Arc<Interp>) -> Arc<Self> {
        let isolated = Arc::new(Self::default());
        let of_stops = isolated.clone();
        interp.end_others_by(move |interp| of_stops.end_others(interp));
        isolated
    }

    /// Notes that the host has given its scripts a value of this name.
    pub(in crate::runtime) fn note_given(&self, name: &str) {
        locked(&self.given).push(name.into());
    }

    /// Forgets the child, which has ended, or will be ended by the caller.
    pub(in crate::runtime) fn forget(&self) {
        *locked(&self.worker) = None;
    }

    /// Carries out a stop between evaluations: the child stays, unless it does not end the others in time.
    fn end_others(&self, interp: &Arc<Interp>) {
        interp.forget_stop();
        let mut slot = locked(&self.worker);
        let in_order = slot.as_ref().is_none_or(|worker| worker.end_others(interp));
        if !in_order {
            end_worker(interp, &mut slot);
        }
    }
}

/// Kills the child and the processes that it has left.
fn end_worker(interp: &Arc<Interp>, slot: &mut Option<Worker>) {
    if let Some(worker) = slot.take() {
        worker.kill();
    }
    end_everybody(interp);
    Family::of(interp).begin_anew();
}

/// The error of an operation that an isolated runtime does not have.
pub(in crate::runtime) fn unsupported(interp: &Interp, what: &str) -> Error {
    let text = format!("an isolated runtime {what}");
    let exception = Exception::new("RuntimeError", vec![text.into()]);
    Error::failed(diagnostic_of(interp, &exception), None)
}

fn text_of(script: &Script) -> Text {
    let source = script.source();
    Text {
        name: source.name,
        shown: source.shown,
        text: source.text.to_string(),
    }
}

impl Runtime {
    /// Runs a script in the child, as an evaluation.
    pub(in crate::runtime) fn run_isolated(
        &self,
        isolated: &Isolated,
        script: &Script,
    ) -> Result<Dynamic, Error> {
        self.ask(isolated, Task::Piece(text_of(script)), Array::new())
    }

    /// Calls a function of the child's program.
    pub(in crate::runtime) fn call_isolated(
        &self,
        isolated: &Isolated,
        name: &str,
        args: &impl Arguments,
    ) -> Result<Dynamic, Error> {
        let args = arguments(&self.interp, args)?;
        self.ask(isolated, Task::Call(name.into()), args)
    }

    /// Forgets a script or a module of the child's program. Returns whether there was one: a child that has ended has none.
    pub(in crate::runtime) fn forget_isolated(&self, isolated: &Isolated, name: &str) -> bool {
        let has_child = locked(&isolated.worker).is_some();
        let forgotten =
            has_child.then(|| self.ask(isolated, Task::Forget(name.into()), Array::new()));
        forgotten.is_some_and(|forgotten| {
            forgotten.is_ok_and(|was_there| was_there.as_bool() == Ok(true))
        })
    }

    /// Waits until the script's threads and children have ended.
    pub(in crate::runtime) fn finish_isolated(&self, isolated: &Isolated) -> Result<(), Error> {
        if locked(&isolated.worker).is_none() {
            return Ok(());
        }
        self.ask(isolated, Task::Finish, Array::new()).map(drop)
    }

    /// Runs a whole program in the child, and returns its exit code.
    pub(in crate::runtime) fn main_isolated(&self, isolated: &Isolated, script: &Script) -> i32 {
        let interp = &self.interp;
        let code = match self.ask(isolated, Task::Whole(text_of(script)), Array::new()) {
            Err(Error::Died(Death {
                code: Some(code), ..
            })) => code,
            Err(Error::Died(death)) => {
                let _ = interp.output.error(&format!("procscript: {death}\n"));
                SIGNALLED + death.signal.unwrap_or_default()
            }
            // The child has printed what happened, if it could.
            Err(Error::Stopped | Error::Limit(_)) | Ok(_) => FAILED,
            Err(error) => {
                let report = Diagnostic::new("RuntimeError", error.to_string());
                report::print(interp, error.diagnostic().unwrap_or(&report));
                FAILED
            }
        };
        interp.output.take_in();
        interp.leave(code, None);
        code
    }

    /// Asks the child, which is started if there is none.
    fn ask(&self, isolated: &Isolated, task: Task, args: Array) -> Result<Dynamic, Error> {
        let interp = &self.interp;
        let turn = Turn::begin(interp)?;
        let limit = TimeLimit::of(interp).map_err(Error::System)?;
        let is_whole = matches!(task, Task::Whole(_));
        let failed =
            |why: Failure| Error::failed(diagnostic_of(interp, &Exception::from_error(&why)), None);
        let mut slot = locked(&isolated.worker);
        let names = std::mem::take(&mut *locked(&isolated.given));
        let given = names.iter().filter_map(|name| {
            let value = interp.given.get(name)?;
            Some((name.clone(), value))
        });
        if slot.is_none() {
            let state = self.state.for_call(&self.engine, &interp.program, HOST);
            let started = Worker::start(interp, &state.context(&self.engine, HOST));
            *slot = Some(started.map_err(failed)?);
        }
        let Some(worker) = slot.as_mut() else {
            return Err(unsupported(interp, "has lost its child"));
        };
        let sent = worker.send(interp, task, &args, &given.collect::<Vec<_>>());
        if let Err(why) = sent {
            // The child has got nothing of it.
            locked(&isolated.given).extend(names);
            return Err(failed(why));
        }
        let waited = worker.wait(interp, None);
        drop(limit);
        let result = match waited {
            Waited::Answered(answer, value) => read(*answer, value),
            Waited::Unreadable(why) => Err(unsupported(
                interp,
                &format!("cannot read its child's answer: {why}"),
            )),
            Waited::TimedOut => Err(Error::Stopped),
            Waited::Died(death) => {
                end_worker(interp, &mut slot);
                Err(Error::Died(death))
            }
            Waited::Stopped(stop) => {
                turn.carried_out();
                interp.forget_stop();
                let (error, time) = match stop {
                    Stop::Limit(exceeded) => {
                        (Error::Limit(exceeded), interp.settings.limits.of_time())
                    }
                    _ => (Error::Stopped, None),
                };
                let in_order = match is_whole {
                    false => worker.stop(interp, time),
                    true => worker.stop_whole(interp, time),
                };
                if !in_order || is_whole {
                    end_worker(interp, &mut slot);
                }
                Err(error)
            }
        };
        // A sink may have stopped the runtime meanwhile: that is for the next evaluation.
        interp.output.take_in();
        result
    }
}

/// The result that an answer stands for.
fn read(answer: Answer, value: Dynamic) -> Result<Dynamic, Error> {
    Err(match answer {
        Answer::Value => return Ok(value),
        Answer::Failed(report) => Error::failed(report, Some(value)),
        Answer::Syntax(report) => Error::Syntax(Box::new(report)),
        Answer::Exited(code) => Error::Exited(code),
        Answer::Stopped => Error::Stopped,
        Answer::Limit(exceeded) => Error::Limit(exceeded),
    })
}
