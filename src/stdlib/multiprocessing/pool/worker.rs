//! The life of a worker process: it takes batches, does their tasks one after the other, and sends the outcomes.
//!
//! What it does is written on its board before it does it, so that its death at any moment costs at most the task that it has in hand.

use std::sync::Arc;
use std::time::Duration;

use rhai::{Dynamic, FnPtr, NativeCallContext};

use super::super::process::Process;
use super::super::queues::get_failure;
use super::doing::{Doer, InHand, Tasks};
use super::numbers;
use super::outbox::Outbox;
use super::parcel;
use super::post::Post;
use crate::pool::letter::{Form, Order, Reader};
use crate::pool::tally::Work;
use crate::script::report::task_frames;
use crate::script::{Exception, Failure, Interp, Outcome, Stop, raise};
use crate::sys::clock::now_ns;

/// Works until the pool has no more to do.
pub(in super::super) fn work(
    interp: &Arc<Interp>,
    context: &NativeCallContext,
    process: &Process,
) -> Outcome {
    let args = process.with(|state| std::mem::take(&mut state.args));
    let post = Post::of_args(args)?;
    let queues = (post.outcomes.clone(), post.board.clone());
    let outbox = Outbox::new(interp, queues, post.base);
    let mut worker = Worker {
        interp,
        context,
        done: Work::default(),
        doer: Doer::new((interp, context), outbox, post.survives_exit),
        post,
        function: None,
    };
    match worker.begin() {
        Ok(()) => worker.run(),
        Err(error) if Stop::of(&error).is_some() => Ok(Dynamic::UNIT),
        Err(error) => {
            let initializer = worker.post.initializer.as_ref();
            let frames = task_frames(&error, &interp.program, initializer, false);
            let why = Exception::from_error(&error).with_frames(frames);
            worker.doer.outbox.refuse(&why)?;
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
    doer: Doer<'w>,
    /// The function of the last batch, which the next may have too, with its bytes.
    function: Option<(Vec<u8>, FnPtr)>,
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
        self.done.starting = since(self.post.ordered);
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
            let began = now_ns();
            self.done.tasks += self.doer.do_batch(batch)? as u64;
            self.done.working += since(began);
            self.post.board.note(&self.done);
            batches += 1;
            if batches == self.post.most {
                self.doer.outbox.retire(taken)?;
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
            if !claims.begin(base + taken) {
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
            let form = Form::read(&mut reader).ok_or_else(damaged)?;
            let tasks = match numbers::number(form) {
                Some(number) => Tasks::Numbers(number, reader.numbers().collect()),
                None => Tasks::Any(
                    std::iter::from_fn(|| reader.part())
                        .map(|part| parcel::read(interp, part, &message))
                        .collect(),
                ),
            };
            Ok(Taken::Batch(InHand {
                taken,
                head,
                function: function.map_err(|error| Exception::from_error(&error)),
                tasks,
            }))
        });
        taken.map_err(|error| get_failure(interp, error))?
    }
}
