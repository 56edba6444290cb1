//! The life of a worker process: it takes batches, does their tasks one after the other, and sends the outcomes.
//!
//! What it does is written on its board before it does it, so that its death at any moment costs at most the task that it has in hand.

use std::sync::Arc;
use std::time::Duration;

use rhai::{Array, Dynamic, FnPtr, NativeCallContext};

use super::super::process::Process;
use super::super::queues::get_failure;
use super::here::here;
use super::outbox::{Outbox, Times};
use super::parcel;
use super::post::Post;
use crate::pool::letter::{Head, Order, Reader};
use crate::pool::tally::Work;
use crate::script::caller::parameters;
use crate::script::islands::Direct;
use crate::script::report::task_frames;
use crate::script::{Exception, Failure, Interp, Outcome, Stop, raise};
use crate::sys::clock::now_ns;
use crate::sys::time_limit::TimeLimit;
use crate::wire;

/// Works until the pool has no more to do.
pub(in super::super) fn work(
    interp: &Arc<Interp>,
    context: &NativeCallContext,
    process: &Process,
) -> Outcome {
    let args = process.with(|state| std::mem::take(&mut state.args));
    let post = Post::of_args(args)?;
    let mut worker = Worker {
        interp,
        context,
        done: Work {
            starting: since(post.ordered),
            ..Work::default()
        },
        outbox: Outbox {
            interp,
            outcomes: post.outcomes.clone(),
            board: post.board.clone(),
            base: post.base,
            kept: wire::Message::default(),
        },
        post,
        limit: None,
        home: here(),
        function: None,
    };
    match worker.begin() {
        Ok(()) => worker.run(),
        Err(error) if Stop::of(&error).is_some() => Ok(Dynamic::UNIT),
        Err(error) => {
            let initializer = worker.post.initializer.as_ref();
            let frames = task_frames(&error, &interp.program, initializer, false);
            let why = Exception::from_error(&error).with_frames(frames);
            worker.outbox.refuse(&why)?;
            Ok(Dynamic::UNIT)
        }
    }
}

fn since(then: u64) -> Duration {
    Duration::from_nanos(now_ns().saturating_sub(then))
}

struct Worker<'w> {
    interp: &'w Arc<Interp>,
    context: &'w NativeCallContext<'w>,
    post: Post,
    done: Work,
    limit: Option<TimeLimit>,
    /// The number of this process, as [`here`] counts.
    home: u64,
    /// The function of the last batch, which the next may have too, with its bytes.
    function: Option<(Vec<u8>, FnPtr)>,
    outbox: Outbox<'w>,
}

/// A batch in hand.
struct InHand {
    taken: u64,
    head: Head,
    /// Without it, every task fails.
    function: Result<FnPtr, Exception>,
    /// A task that cannot be read fails alone.
    tasks: Vec<Outcome>,
}

/// What a worker has taken from its queue.
enum Taken {
    Batch(InHand),
    /// A batch that is not to be done any more.
    Withdrawn,
    /// The worker is to leave.
    Leave,
}

impl Worker<'_> {
    fn begin(&mut self) -> Result<(), Failure> {
        if let Some(initializer) = self.post.initializer.clone() {
            let args = std::mem::take(&mut self.post.initargs);
            let _ = initializer.call_raw(self.context, None, args)?;
        }
        self.post.board.note(&self.done);
        Ok(())
    }

    fn run(&mut self) -> Outcome {
        let mut batches = 0;
        loop {
            let began = now_ns();
            let batch = match self.take()? {
                Taken::Batch(batch) => batch,
                Taken::Withdrawn => continue,
                Taken::Leave => return Ok(Dynamic::UNIT),
            };
            self.done.waiting += since(began);
            let taken = batch.taken;
            self.do_batch(batch)?;
            batches += 1;
            if batches == self.post.most {
                self.outbox.retire(taken)?;
                return Ok(Dynamic::UNIT);
            }
        }
    }

    /// Takes the next message.
    fn take(&mut self) -> Result<Taken, Failure> {
        let (interp, function) = (self.interp, &mut self.function);
        let (claims, base) = (&self.post.claims, self.post.base);
        let taken = self.post.board.take(&self.post.tasks, |taken, message| {
            let damaged = || raise("ValueError", "a batch of tasks is damaged");
            let mut reader = Reader(message.bytes);
            let head = match Order::read(&mut reader).ok_or_else(damaged)? {
                Order::Leave => return Ok(Taken::Leave),
                Order::Work(head) => head,
            };
            if claims
                .as_ref()
                .is_some_and(|claims| !claims.begin(base + taken))
            {
                return Ok(Taken::Withdrawn);
            }
            let bytes = reader.part().ok_or_else(damaged)?;
            let is_known =
                |known: &(Vec<u8>, FnPtr)| known.0 == bytes && message.objects.is_empty();
            let function = match function.as_ref().filter(|known| is_known(known)) {
                Some((_, known)) => Ok(known.clone()),
                None => parcel::read(interp, bytes, &message).and_then(|value| {
                    let read = value.try_cast::<FnPtr>().ok_or_else(damaged)?;
                    *function = Some((bytes.to_vec(), read.clone()));
                    Ok(read)
                }),
            };
            let mut tasks = Vec::with_capacity(head.count as usize);
            while let Some(part) = reader.part() {
                tasks.push(parcel::read(interp, part, &message));
            }
            Ok(Taken::Batch(InHand {
                taken,
                head,
                function: function.map_err(|error| Exception::from_error(&error)),
                tasks,
            }))
        });
        taken.map_err(|error| get_failure(interp, error))?
    }

    /// Does the tasks of a batch and sends their outcomes.
    fn do_batch(&mut self, batch: InHand) -> Result<(), Failure> {
        let InHand {
            taken,
            head,
            function,
            tasks,
        } = batch;
        let count = tasks.len();
        let board = self.post.board.clone();
        let began = now_ns();
        let (interp, context) = (self.interp, self.context);
        let direct = function.as_ref().ok().and_then(|function| {
            let count = match head.spreads {
                true => parameters(interp, function),
                false => Some(1),
            };
            Direct::of(interp, context, function, count?)
        });
        let mut times = Times::begin();
        let mut first = 0;
        self.outbox.begin(taken, 0);
        for (index, task) in tasks.into_iter().enumerate() {
            board.begin(taken, index);
            let outcome = match (&function, task) {
                (Ok(function), Ok(task)) => {
                    self.do_task((function, direct.as_ref()), task, head)?
                }
                (Err(why), _) => Err(why.clone()),
                (_, Err(error)) => Err(Exception::from_error(&error)),
            };
            times.note(index, count == 1);
            let is_last = index + 1 == count;
            let outbox = &mut self.outbox;
            if outbox.keep(taken, &outcome, is_last && first == index) {
                if is_last {
                    outbox.send((taken, first), &mut times)?;
                }
            } else {
                outbox.send((taken, first), &mut times)?;
                outbox.send_alone((taken, index), &mut times, &outcome)?;
                first = index + 1;
                outbox.begin(taken, first);
            }
        }
        self.done.tasks += count as u64;
        self.done.working += since(began);
        board.note(&self.done);
        Ok(())
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
                Some(Stop::Exit(code)) if self.post.survives_exit => {
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

/// Returns what `sys.exit(code)` in a task throws where the result is asked for.
pub(super) fn exit(code: Dynamic) -> Exception {
    let args = if code.is_unit() { vec![] } else { vec![code] };
    Exception::new("SystemExit", args)
}
