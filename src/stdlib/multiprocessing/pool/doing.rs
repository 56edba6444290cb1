//! What a worker process does with a batch: its tasks one after the other.

use std::sync::Arc;
use std::time::Duration;

use rhai::{Array, Dynamic, FnPtr, NativeCallContext};

use super::here::here;
use super::outbox::Outbox;
use super::parcel;
use crate::pool::letter::Head;
use crate::script::caller::parameters;
use crate::script::islands::Direct;
use crate::script::report::task_frames;
use crate::script::{Exception, Failure, Interp, Number, Outcome, Stop};
use crate::sync::begin_task;
use crate::sys::time_limit::TimeLimit;
use crate::text::function_name;
use crate::trace::{self, Interval};

/// A batch in hand.
pub(super) struct InHand {
    pub taken: u64,
    pub head: Head,
    /// Without it, every task fails.
    pub function: Result<FnPtr, Exception>,
    pub tasks: Tasks,
}

/// The tasks of a batch.
pub(super) enum Tasks {
    /// One that cannot be read fails alone.
    Any(Vec<Outcome>),
    Numbers(Number, Vec<u64>),
}

impl Tasks {
    fn len(&self) -> usize {
        match self {
            Self::Any(tasks) => tasks.len(),
            Self::Numbers(_, bits) => bits.len(),
        }
    }

    /// Takes the task at `index`.
    fn take(&mut self, index: usize) -> Outcome {
        match self {
            Self::Any(tasks) => std::mem::replace(&mut tasks[index], Ok(Dynamic::UNIT)),
            Self::Numbers(number, bits) => Ok(number.value(bits[index])),
        }
    }
}

/// Whoever does the tasks in a worker process.
pub(super) struct Doer<'w> {
    interp: &'w Arc<Interp>,
    context: &'w NativeCallContext<'w>,
    pub outbox: Outbox<'w>,
    /// `sys.exit()` ends the task and not the process.
    survives_exit: bool,
    limit: Option<TimeLimit>,
    /// The number of this process, as [`here`] counts.
    home: u64,
}

impl<'w> Doer<'w> {
    pub(super) fn new(
        (interp, context): (&'w Arc<Interp>, &'w NativeCallContext<'w>),
        outbox: Outbox<'w>,
        survives_exit: bool,
    ) -> Self {
        Self {
            interp,
            context,
            outbox,
            survives_exit,
            limit: None,
            home: here(),
        }
    }

    /// Does the tasks of a batch and sends their outcomes. Returns how many there were.
    ///
    /// # Errors
    /// A request to end, or an outcome that cannot be sent.
    pub(super) fn do_batch(&mut self, batch: InHand) -> Result<usize, Failure> {
        let InHand {
            taken,
            head,
            function,
            mut tasks,
        } = batch;
        let count = tasks.len();
        let (interp, context) = (self.interp, self.context);
        let direct = function.as_ref().ok().and_then(|function| {
            let count = match head.spreads {
                true => parameters(interp, function),
                false => Some(1),
            };
            Direct::of(interp, context, function, count?)
        });
        self.outbox.begin_batch(taken, count);
        let mut index = 0;
        while index < count {
            if let (Some(code), Tasks::Numbers(number, bits), None) = (&direct, &tasks, head.limit)
            {
                let _traced = function.as_ref().ok().map(traced);
                index = do_numbers(&mut self.outbox, code, (*number, bits), index)?;
                if index == count {
                    break;
                }
            }
            self.outbox.begin_task(index);
            let outcome = match (&function, tasks.take(index)) {
                (Ok(function), Ok(task)) => {
                    self.do_task((function, direct.as_ref()), task, head)?
                }
                (Err(why), _) => Err(why.clone()),
                (_, Err(error)) => Err(Exception::from_error(&error)),
            };
            self.outbox.add(index, &outcome)?;
            index += 1;
        }
        self.outbox.send()?;
        Ok(count)
    }

    /// Does one task. An error of the script is its outcome; a request to end is an error here.
    fn do_task(
        &mut self,
        (function, direct): (&FnPtr, Option<&Direct>),
        task: Dynamic,
        head: Head,
    ) -> Result<parcel::Ended, Failure> {
        if let Some(limit) = head.limit {
            self.begin_limit(limit)?;
        }
        begin_task();
        let _traced = traced(function);
        let result = match head.spreads {
            true => self.call(function, direct, task.into_array().unwrap_or_default()),
            false => self.call_with_one(function, direct, task),
        };
        if !self.is_here() {
            // A copy that the task made by `os.fork`: it ends as any other does, and is no worker.
            return Err(self.interp.stop(Stop::Exit(Dynamic::UNIT)));
        }
        let result = self.interp.unless_interrupted(result);
        if head.limit.is_some() {
            self.end_limit();
        }
        match result {
            Ok(value) => Ok(Ok(value)),
            Err(error) if Stop::of(&error).is_some() => match Stop::of(&error) {
                Some(Stop::Exit(code)) if self.survives_exit => {
                    self.interp.forget_exit_of_thread();
                    Ok(Err(exit(code)))
                }
                _ => Err(error),
            },
            Err(error) => {
                let frames = task_frames(&error, &self.interp.program, Some(function), false);
                Ok(Err(Exception::from_error(&error).with_frames(frames)))
            }
        }
    }

    /// Returns whether this is still the process that the pool has started.
    fn is_here(&self) -> bool {
        self.home == here()
    }

    fn call(&self, function: &FnPtr, direct: Option<&Direct<'_>>, args: Array) -> Outcome {
        match direct.and_then(|direct| direct.call(&args)) {
            Some(outcome) => outcome,
            None => function.call_raw(self.context, None, args),
        }
    }

    fn call_with_one(
        &self,
        function: &FnPtr,
        direct: Option<&Direct<'_>>,
        task: Dynamic,
    ) -> Outcome {
        match direct.and_then(|direct| direct.call(std::slice::from_ref(&task))) {
            Some(outcome) => outcome,
            None => function.call_raw(self.context, None, [task]),
        }
    }

    fn begin_limit(&mut self, limit: Duration) -> Result<(), Failure> {
        let timer = match &mut self.limit {
            Some(timer) => timer,
            none => none.insert(TimeLimit::new().map_err(crate::script::os_failure)?),
        };
        timer.set(limit).map_err(crate::script::os_failure)
    }

    fn end_limit(&mut self) {
        if let Some(timer) = &mut self.limit {
            let _ = timer.clear();
        }
    }
}

/// Records a task, or several, until the result is dropped.
pub(super) fn traced(function: &FnPtr) -> Interval {
    match trace::is_on() {
        true if function.is_anonymous() => trace::task("<lambda>"),
        true => trace::task(function_name(function)),
        false => Interval::default(),
    }
}

/// Does tasks that are numbers from the one at `index` on, as long as the compiled function does them by itself. Returns the index of the
/// first one that it did not do.
fn do_numbers(
    outbox: &mut Outbox<'_>,
    direct: &Direct<'_>,
    (number, tasks): (Number, &[u64]),
    index: usize,
) -> Result<usize, Failure> {
    let mut index = index;
    let done = direct.repeat(number, |number, run| {
        while let Some(task) = tasks.get(index) {
            outbox.begin_task(index);
            match run(*task) {
                Ok(Some(bits)) => outbox.add_number(index, number, bits)?,
                Ok(None) => break,
                Err(error) if Stop::of(&error).is_some() => return Err(error),
                // A function for a signal has thrown it.
                Err(error) => outbox.add(index, &Err(Exception::from_error(&error)))?,
            }
            index += 1;
        }
        Ok(index)
    });
    done.unwrap_or(Ok(index))
}

/// Returns what `sys.exit(code)` in a task throws where the result is asked for.
pub(super) fn exit(code: Dynamic) -> Exception {
    let args = if code.is_unit() { vec![] } else { vec![code] };
    Exception::new("SystemExit", args)
}
