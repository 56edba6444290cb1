//! The child of an isolated runtime: it carries out its host's tasks, one after the other.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use rhai::{Array, Dynamic};

use super::talk::{self, Answer, Leaving, Request, Stopping, Task, Text};
use crate::process::signals::blocked_in_new_threads;
use crate::program::diagnostic::Diagnostic;
use crate::runtime::turn::Turn;
use crate::runtime::{Error, Runtime, Script};
use crate::script::interp::Interp;
use crate::script::limits::Exceeded;
use crate::script::report::FAILED;
use crate::script::stop::Stop;
use crate::script::turns::Lasts;
use crate::stdlib::multiprocessing::child::end_with_parent;
use crate::stdlib::multiprocessing::finish::finish;
use crate::stdlib::multiprocessing::queues;
use crate::sync::{self, Deadline, WaitError};
use crate::sys;
use crate::sys::lock::locked;
use crate::sys::signal::Signal;
use crate::wire::Sequence;

/// The pause after a wait that a stop has interrupted.
const PAUSE: Duration = Duration::from_millis(1);

/// The queues of the child, as its host made them.
struct Queues {
    requests: sync::Queue,
    answers: sync::Queue,
    control: sync::Queue,
    done: sync::Queue,
}

/// The arguments of the child's start, and the number of its host.
pub(in crate::runtime) struct Served {
    pub args: Array,
    pub host: i32,
}

/// How far the tasks are. Held while a task is stopped, so that a stop never reaches the next one.
type Current = Arc<Mutex<Progress>>;

#[derive(Debug, Default)]
struct Progress {
    /// The number of the last task that has begun.
    number: u64,
    /// Whether it still runs.
    runs: bool,
    /// The stop of a task that has not begun: this process may still be starting, or the word overtook the request.
    early: Option<Stopping>,
}

impl Progress {
    /// Begins a task, unless the host has stopped it already: returns that stop.
    fn begin(&mut self, number: u64) -> Option<Stopping> {
        let early = self.early.take().filter(|word| word.number == number);
        (self.number, self.runs) = (number, early.is_none());
        early
    }
}

/// Serves the host until it ends this process. Returns the exit code.
pub(in crate::runtime) fn serve(runtime: Runtime, served: Served) -> i32 {
    let interp = runtime.interp.clone();
    interp.forget_the_parents_stop();
    interp.begin_process();
    let _ = sys::stdio::empty_stdin();
    // The host is all that watches this process.
    if !end_with_parent(Signal::SIGKILL, served.host) {
        return FAILED;
    }
    let _ = sys::limits::confine();
    let Some(queues) = queues_of(served.args) else {
        return FAILED;
    };
    let current = Current::default();
    let queues = Arc::new(queues);
    let (watched, for_control) = (current.clone(), queues.clone());
    let of_control = interp.clone();
    let held = blocked_in_new_threads();
    let control = std::thread::Builder::new()
        .name("procscript-control".into())
        .spawn(move || obey(&of_control, &for_control, &watched));
    drop(held);
    match control {
        Ok(_) => carry_out_all(runtime, &queues, &current),
        Err(_) => FAILED,
    }
}

fn queues_of(args: Array) -> Option<Queues> {
    let mut args = args.into_iter().map(|arg| {
        let queue = arg.try_cast::<queues::Queue>();
        queue?.here().cloned()
    });
    let mut next = || args.next().flatten();
    Some(Queues {
        requests: next()?,
        answers: next()?,
        control: next()?,
        done: next()?,
    })
}

/// A task as it has arrived.
struct Received {
    request: Request,
    args: Array,
    given: Vec<(String, Dynamic)>,
}

fn receive(interp: &Arc<Interp>, queues: &Queues) -> Result<Result<Received, String>, WaitError> {
    talk::take(
        &queues.requests,
        interp,
        Deadline::NEVER,
        |request: Request, values| {
            let mut next = || values.next().map_err(|error| error.to_string());
            let args = (0..request.args).map(|_| next());
            let args = args.collect::<Result<Array, _>>()?;
            let given = request.given.iter().map(|name| Ok((name.clone(), next()?)));
            let given = given.collect::<Result<Vec<_>, String>>()?;
            Ok(Received {
                request,
                args,
                given,
            })
        },
    )
}

fn carry_out_all(mut runtime: Runtime, queues: &Queues, current: &Current) -> i32 {
    let interp = runtime.interp.clone();
    let mut code = 0;
    loop {
        let received = match receive(&interp, queues) {
            Ok(Ok(received)) => received,
            Ok(Err(why)) => {
                let answer = Answer::Failed(Diagnostic::new("ValueError", why));
                if send(&interp, queues, &answer, Some(&Dynamic::UNIT)) {
                    continue;
                }
                code = FAILED;
                break;
            }
            Err(WaitError::TimedOut) => continue,
            Err(WaitError::Interrupted) if !is_asked_to_end(&interp) => {
                std::thread::sleep(PAUSE);
                continue;
            }
            Err(WaitError::Interrupted | WaitError::Session(_)) => break,
        };
        let Received {
            request,
            args,
            given,
        } = received;
        for (name, value) in given {
            interp.given.set(&name, value);
        }
        let early = locked(current).begin(request.number);
        let result = match (early, request.task) {
            (Some(_), Task::Whole(_)) => break,
            (Some(word), _) => Err(stopped_early(&interp, &word)),
            (None, Task::Piece(text)) => runtime.run_script(&script_of(text)),
            (None, Task::Call(name)) => runtime.call_fn::<Dynamic>(&name, args),
            (None, Task::Forget(name)) => Ok(runtime.forget(&name).into()),
            (None, Task::Finish) => runtime.wait_for_everybody().map(|()| Dynamic::UNIT),
            (None, Task::Whole(text)) => return runtime.run_main(script_of(text)),
        };
        locked(current).runs = false;
        if is_asked_to_end(&interp) {
            break;
        }
        if !answer(&interp, queues, result) {
            // The host would wait for ever.
            code = FAILED;
            break;
        }
    }
    let (code, _) = finish(&interp, code, true);
    interp.leave(code, None);
    // The process ends now: taking the engine apart would only take time.
    std::mem::forget(runtime);
    code
}

fn script_of(text: Text) -> Script {
    Script::of_parts(text.name, text.shown, text.text)
}

/// Ends a task that was stopped before it began, with everybody whom earlier tasks have left.
fn stopped_early(interp: &Arc<Interp>, word: &Stopping) -> Error {
    Turn::take(interp).end_everybody();
    match word.time {
        Some(time) => Error::Limit(Exceeded::Time(time)),
        None => Error::Stopped,
    }
}

/// Returns whether the process was asked to end, by SIGTERM.
fn is_asked_to_end(interp: &Interp) -> bool {
    matches!(
        interp.stopping(),
        Some(Stop::Terminate | Stop::Interrupt | Stop::OutputClosed)
    )
}

/// Sends the result of a task. Returns false as [`send`] does.
fn answer(interp: &Arc<Interp>, queues: &Queues, result: Result<Dynamic, Error>) -> bool {
    match result {
        Ok(value) => send(interp, queues, &Answer::Value, Some(&value.flatten())),
        Err(Error::Failed(failure)) => {
            let value = failure.value().clone();
            let answer = Answer::Failed(failure.diagnostic().clone());
            send(interp, queues, &answer, Some(&value))
        }
        Err(Error::Syntax(report)) => send(interp, queues, &Answer::Syntax(*report), None),
        Err(Error::Exited(code)) => send(interp, queues, &Answer::Exited(code), None),
        Err(Error::Stopped) => send(interp, queues, &Answer::Stopped, None),
        Err(Error::Limit(exceeded)) => send(interp, queues, &Answer::Limit(exceeded), None),
        Err(other) => {
            let report = Diagnostic::new("RuntimeError", other.to_string());
            send(
                interp,
                queues,
                &Answer::Failed(report),
                Some(&Dynamic::UNIT),
            )
        }
    }
}

/// Sends an answer. If its value cannot leave this process, the answer says so; the value of an error is left out.
/// Returns false if the session has no memory even for a short answer.
fn send(interp: &Arc<Interp>, queues: &Queues, answer: &Answer, value: Option<&Dynamic>) -> bool {
    let leaving = Leaving(interp);
    let mut values = Sequence::new(&leaving);
    let pushed = value.map(|value| values.push(value, "the value"));
    let sent = match (pushed, answer) {
        (Some(Err(refusal)), Answer::Value) => Err(("TypeError", refusal.to_string())),
        (Some(Err(_)), _) => {
            let _ = values.push(&Dynamic::UNIT, "the value");
            talk::put(&queues.answers, answer, values).map_err(|why| ("MemoryError", why))
        }
        _ => talk::put(&queues.answers, answer, values).map_err(|why| ("MemoryError", why)),
    };
    let Err((kind, why)) = sent else {
        return true;
    };
    let mut values = Sequence::new(&leaving);
    let _ = values.push(&Dynamic::UNIT, "the value");
    let answer = Answer::Failed(Diagnostic::new(kind, why));
    talk::put(&queues.answers, &answer, values).is_ok()
}

/// Carries out the control words of the host, in a thread of its own.
fn obey(interp: &Arc<Interp>, queues: &Queues, current: &Current) {
    loop {
        let word = talk::take(
            &queues.control,
            interp,
            Deadline::NEVER,
            |word: Stopping, _| Ok(word),
        );
        match word {
            Ok(Ok(word)) => {
                stop(interp, word, current);
                let _ = talk::put(&queues.done, &(), Sequence::new(interp));
            }
            Ok(Err(_)) | Err(WaitError::TimedOut) => (),
            Err(WaitError::Interrupted) => std::thread::sleep(PAUSE),
            Err(WaitError::Session(_)) => return,
        }
    }
}

fn stop(interp: &Arc<Interp>, word: Stopping, current: &Current) {
    if word.number == 0 {
        Turn::take(interp).end_everybody();
        return;
    }
    let mut progress = locked(current);
    if progress.number < word.number {
        progress.early = Some(word);
        return;
    }
    if progress.number > word.number || !progress.runs {
        return;
    }
    if let Some(time) = word.time {
        interp.request_stop(Stop::Limit(Exceeded::Time(time)));
    }
    if interp.stop_for_host(Lasts::Once) {
        // The task had just ended.
        drop(Turn::taken(interp));
    }
    interp.resume();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stop_that_comes_before_its_task_is_kept_for_that_task_alone() {
        let early = || {
            Some(Stopping {
                number: 2,
                time: None,
            })
        };
        let mut progress = Progress {
            early: early(),
            ..Progress::default()
        };
        let word = progress.begin(2);
        assert_eq!(word.map(|word| word.number), Some(2));
        assert!(!progress.runs);

        progress.early = early();
        assert!(progress.begin(3).is_none());
        assert!(progress.runs && progress.early.is_none());
    }
}
