//! The life of a worker process: it takes batches, does their tasks one after the other, and sends the outcomes.
//!
//! What it does is written on its [`Board`] before it does it, so that its death at any moment costs at most the task that it has in
//! hand: the outcomes of a batch lie there too until they are sent.

use std::sync::Arc;
use std::time::Duration;

use rhai::{Array, Blob, Dynamic, FnPtr, NativeCallContext};

use super::super::messages::{refused, with_message};
use super::super::process::Process;
use super::super::queues::{self, get_failure};
use super::desk::Desk;
use super::parcel;
use crate::pool::letter::{self, Envelope, Head, Kind, Order, Reader, Status};
use crate::pool::tally::Work;
use crate::pool::{Board, Claims};
use crate::script::caller::parameters;
use crate::script::codecs::optional;
use crate::script::exception_class::pack_exception;
use crate::script::islands::Direct;
use crate::script::report::task_frames;
use crate::script::{Exception, Failure, Interp, Outcome, Stop, raise};
use crate::sync::{Deadline, Offset, Queue};
use crate::sys::clock::now_ns;
use crate::sys::time_limit::TimeLimit;
use crate::wire;

/// A batch is timed task by task only if its first task takes this long, in nanoseconds: reading the clock takes time too.
const TIMED: u64 = 10_000;

/// A result that is a blob of this size is sent by itself, which copies it once less.
const LONG: usize = 16 << 10;

/// What a worker is given.
pub(super) struct Post {
    pub tasks: Queue,
    pub outcomes: Queue,
    pub board: Board,
    /// Which tasks were withdrawn, where they can be.
    pub claims: Option<Claims>,
    /// `sys.exit` in a task is the task's outcome and does not end the worker.
    pub survives_exit: bool,
    /// Added to a place in the queue, this is the number of a batch.
    pub base: u64,
    /// How many batches it may do.
    pub most: u64,
    pub initializer: Option<FnPtr>,
    pub initargs: Array,
    /// When its start was ordered.
    pub ordered: u64,
}

impl Post {
    /// Returns the post as the arguments of the worker's process.
    pub(super) fn into_args(self) -> Array {
        let queue = |shared: Queue| {
            let dialect = crate::script::Dialect::Multiprocessing;
            Dynamic::from(queues::Queue::new(shared, false, dialect))
        };
        let number = |number: u64| Dynamic::from_int(i64::try_from(number).unwrap_or(i64::MAX));
        vec![
            queue(self.tasks),
            queue(self.outcomes),
            Dynamic::from(Desk(self.board.cells().clone())),
            self.claims.map_or(Dynamic::UNIT, |claims| {
                Dynamic::from(Desk(claims.cells().clone()))
            }),
            self.survives_exit.into(),
            number(self.base),
            number(self.most),
            self.initializer.map_or(Dynamic::UNIT, Dynamic::from),
            self.initargs.into(),
            number(self.ordered),
        ]
    }

    fn of_args(args: Array) -> Result<Self, String> {
        let args = <[Dynamic; 10]>::try_from(args).map_err(|_| "its arguments are missing")?;
        let [
            tasks,
            outcomes,
            board,
            claims,
            survives_exit,
            base,
            most,
            initializer,
            initargs,
            ordered,
        ] = args;
        let queue = |value: Dynamic| {
            let queue = value.try_cast::<queues::Queue>();
            queue.map(|queue| queue.shared).ok_or("a queue is missing")
        };
        let row = |value: Dynamic| value.try_cast::<Desk>().map(|desk| desk.0);
        let number = |value: Dynamic| value.as_int().unwrap_or_default().unsigned_abs();
        Ok(Self {
            tasks: queue(tasks)?,
            outcomes: queue(outcomes)?,
            board: row(board)
                .and_then(Board::from_cells)
                .ok_or("its board is missing")?,
            claims: row(claims).and_then(Claims::from_cells),
            survives_exit: survives_exit.as_bool().unwrap_or_default(),
            base: number(base),
            most: number(most),
            initializer: optional(initializer)?,
            initargs: initargs.into_array().unwrap_or_default(),
            ordered: number(ordered),
        })
    }
}

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
        post,
        limit: None,
        function: None,
        kept: wire::Message::default(),
    };
    if let Err(error) = worker.begin() {
        worker.refuse(&error)?;
        return Ok(Dynamic::UNIT);
    }
    worker.run()
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
    /// The function of the last batch, which the next may have too, with its bytes.
    function: Option<(Vec<u8>, FnPtr)>,
    /// The outcomes of the batch in hand that have not been sent.
    kept: wire::Message,
}

/// A batch in hand.
struct InHand {
    taken: u64,
    head: Head,
    function: FnPtr,
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

    /// Tells the pool that this worker could not begin.
    fn refuse(&self, error: &Failure) -> Result<(), Failure> {
        if Stop::of(error).is_some() {
            return Ok(());
        }
        let initializer = self.post.initializer.as_ref();
        let frames = task_frames(error, &self.interp.program, initializer, false);
        let exception = Exception::from_error(error).with_frames(frames);
        let bytes = pack_exception(self.interp, &exception).map_err(refused)?;
        let mut beginning = Vec::new();
        let envelope = Envelope {
            kind: Kind::NotBegun,
            ..self.envelope(0, 0)
        };
        envelope.write(&mut beginning);
        letter::begin_entry(&mut beginning, Status::Threw, bytes.len());
        self.put(&[&beginning, &bytes], &[])
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
                let envelope = Envelope {
                    kind: Kind::Retired,
                    ..self.envelope(taken, 0)
                };
                let mut bytes = Vec::new();
                envelope.write(&mut bytes);
                self.put(&[&bytes], &[])?;
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
            let (function, tasks) = match function {
                Ok(function) => (function, tasks),
                // Without its function every task of the batch fails.
                Err(error) => {
                    let error = Exception::from_error(&error);
                    let fail = |_| Err(crate::script::throw(error.clone()));
                    (FnPtr::new("print")?, tasks.into_iter().map(fail).collect())
                }
            };
            Ok(Taken::Batch(InHand {
                taken,
                head,
                function,
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
        let parameters = match head.spreads {
            true => parameters(self.interp, &function),
            false => Some(1),
        };
        let direct =
            parameters.and_then(|count| Direct::of(self.interp, self.context, &function, count));
        let (mut before, mut slowest, mut is_timed) = (began, (0, 0), true);
        let (mut first, mut counted) = (0, began);
        board.restart(taken, 0);
        self.kept.bytes.clear();
        for (index, task) in tasks.into_iter().enumerate() {
            board.begin(taken, index);
            let outcome = match task {
                Ok(task) => self.do_task((&function, direct.as_ref()), task, head)?,
                Err(error) => Err(Exception::from_error(&error)),
            };
            if is_timed {
                let now = now_ns();
                let took = now - before;
                if took > slowest.1 {
                    slowest = (index as u32, took);
                }
                before = now;
                is_timed = took >= TIMED || index == 0 && count == 1;
            }
            let is_last = index + 1 == count;
            if self.keep(taken, &outcome, is_last && first == index) {
                if !is_last {
                    continue;
                }
                self.send(&mut counted, taken, first, slowest)?;
            } else {
                // It is too long for the board, or refers to shared objects.
                self.send(&mut counted, taken, first, slowest)?;
                self.send_alone(&mut counted, (taken, index), slowest, &outcome)?;
                first = index + 1;
                board.restart(taken, first);
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
        (function, direct): (&FnPtr, Option<&Direct<'_>>),
        task: Dynamic,
        head: Head,
    ) -> Result<parcel::Ended, Failure> {
        if let Some(limit) = head.limit {
            self.begin_limit(limit)?;
        }
        let args = match head.spreads {
            true => task.into_array().unwrap_or_default(),
            false => vec![task],
        };
        let result = match direct.and_then(|direct| direct.call(&args)) {
            Some(outcome) => outcome,
            None => function.call_raw(self.context, None, args),
        };
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

    fn begin_limit(&mut self, limit: Duration) -> Result<(), Failure> {
        self.post.board.limit(limit);
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
        self.post.board.unlimit();
    }

    /// Writes an outcome where it outlives this process, unless it `is_only` one and is sent at once. Returns false if it has to be sent by
    /// itself.
    fn keep(&mut self, taken: u64, outcome: &parcel::Ended, is_only: bool) -> bool {
        let before = self.kept.bytes.len();
        let is_kept = self.encode(outcome)
            && (is_only
                || self
                    .post
                    .board
                    .write(taken, before, &self.kept.bytes[before..]));
        if !is_kept {
            self.kept.bytes.truncate(before);
        }
        is_kept
    }

    /// Writes an outcome behind those that are kept. Returns false if it cannot be sent as nothing but bytes, or is long.
    fn encode(&mut self, outcome: &parcel::Ended) -> bool {
        let kept = &mut self.kept;
        match outcome {
            Ok(value) => {
                if value
                    .read_lock::<Blob>()
                    .is_some_and(|blob| blob.len() > LONG)
                {
                    return false;
                }
                letter::begin_entry(&mut kept.bytes, Status::Returned, 0);
                let start = kept.bytes.len();
                let is_encoded = wire::encode_after(value, "result", self.interp, kept).is_ok();
                letter::end_part(&mut kept.bytes, start);
                let is_plain = kept.handles.is_empty();
                kept.handles.clear();
                kept.parts.clear();
                is_encoded && is_plain
            }
            Err(exception) => {
                let Ok(bytes) = pack_exception(self.interp, exception) else {
                    return false;
                };
                letter::begin_entry(&mut kept.bytes, Status::Threw, bytes.len());
                kept.bytes.extend_from_slice(&bytes);
                true
            }
        }
    }

    fn envelope(&self, taken: u64, first: usize) -> Envelope {
        Envelope {
            kind: Kind::Outcomes,
            taken: self.post.base + taken,
            first: first as u32,
            took: 0,
            slowest: (0, 0),
        }
    }

    /// Sends the outcomes that have been kept.
    fn send(
        &mut self,
        counted: &mut u64,
        taken: u64,
        first: usize,
        slowest: (u32, u64),
    ) -> Result<(), Failure> {
        if self.kept.bytes.is_empty() {
            return Ok(());
        }
        let mut bytes = Vec::new();
        let envelope = Envelope {
            took: lap(counted),
            slowest,
            ..self.envelope(taken, first)
        };
        envelope.write(&mut bytes);
        self.put(&[&bytes, &self.kept.bytes], &[])?;
        self.kept.bytes.clear();
        Ok(())
    }

    /// Sends one outcome by itself.
    fn send_alone(
        &mut self,
        counted: &mut u64,
        (taken, index): (u64, usize),
        slowest: (u32, u64),
        outcome: &parcel::Ended,
    ) -> Result<(), Failure> {
        let envelope = Envelope {
            took: lap(counted),
            slowest,
            ..self.envelope(taken, index)
        };
        let why = match outcome {
            Ok(value) => match self.send_one(envelope, Status::Returned, value) {
                Err(why) if Stop::of(&why).is_none() => {
                    not_sent(value, &Exception::from_error(&why))
                }
                sent => return sent,
            },
            Err(exception) => exception.clone(),
        };
        let bytes = pack_exception(self.interp, &why).map_err(refused)?;
        let mut beginning = Vec::new();
        envelope.write(&mut beginning);
        letter::begin_entry(&mut beginning, Status::Threw, bytes.len());
        self.put(&[&beginning, &bytes], &[])
    }

    fn send_one(&self, envelope: Envelope, status: Status, value: &Dynamic) -> Result<(), Failure> {
        let put = with_message(self.interp, value, "result", |pieces, handles| {
            let length = pieces.iter().map(|piece| piece.len()).sum();
            let mut beginning = Vec::new();
            envelope.write(&mut beginning);
            letter::begin_entry(&mut beginning, status, length);
            let mut all: Vec<&[u8]> = vec![&beginning];
            all.extend(pieces);
            self.put(&all, handles)
        })?;
        put
    }

    fn put(&self, pieces: &[&[u8]], handles: &[Offset]) -> Result<(), Failure> {
        let put = self
            .post
            .outcomes
            .put_pieces(pieces, handles, Deadline::NEVER);
        put.map_err(|error| queues::put_failure(self.interp, error))
    }
}

/// Returns what `sys.exit(code)` in a task throws where the result is asked for.
pub(super) fn exit(code: Dynamic) -> Exception {
    let args = if code.is_unit() { vec![] } else { vec![code] };
    Exception::new("SystemExit", args)
}

/// Returns the exception for a result that cannot be sent.
fn not_sent(value: &Dynamic, why: &Exception) -> Exception {
    let text = format!(
        "Error sending result: '{}'. Reason: '{}'",
        parcel::shortened(value),
        why.repr()
    );
    Exception::new("MaybeEncodingError", vec![text.into()])
}

/// Returns the time since it was last asked, in nanoseconds.
fn lap(counted: &mut u64) -> u64 {
    let now = now_ns();
    now - std::mem::replace(counted, now)
}
