//! The members of queues.

use std::sync::Arc;

use rhai::{Array, Dynamic};

use super::messages::{read, refused, with_messages};
use super::queue_items::{self, Items};
use super::queues::{Queue, get_failure, open, put_failure, send, take};
use super::synchronize::{queue_deadline, waited};
use crate::script::{Call, Dialect, Failure, Interp, Outcome, Registry, raise, session_failure};
use crate::stdlib::builtins::items_of;
use crate::sync::{self, Deadline, MadeAt};
use crate::wire;
use crate::wire::kind;

/// The numbers of queues in messages.
const KINDS: [u16; 4] = [
    kind::QUEUE,
    kind::JOINABLE_QUEUE,
    Dialect::Threading.mark(kind::QUEUE),
    Dialect::Threading.mark(kind::JOINABLE_QUEUE),
];

pub(super) fn register(registry: &mut Registry) {
    registry
        .class::<Queue>("Queue")
        .by_place(
            &KINDS,
            |queue: &Queue| {
                let number = queue.dialect.mark(queue.kind());
                Some((number, queue.shared.handle().place()))
            },
            |session, number, place| {
                let shared = sync::Queue::open(session, place)?;
                let dialect = Dialect::of(number);
                let joinable = number == dialect.mark(kind::JOINABLE_QUEUE);
                Ok(Dynamic::from(Queue::new(shared, joinable, dialect)))
            },
        )
        .method("put", &["obj", "block?", "timeout?"], |call| {
            let (queue, item) = (call.this::<Queue>(), call.value(0));
            let deadline = queue_deadline(call, 1, queue.dialect)?;
            put(call, &queue, &item, deadline)
        })
        .method("put_nowait", &["obj"], |call| {
            let (queue, item) = (call.this::<Queue>(), call.value(0));
            put(call, &queue, &item, Deadline::NOW)
        })
        .method("put_many", &["items", "block?", "timeout?"], put_many)
        .method("get", &["block?", "timeout?"], |call| {
            let queue: Queue = call.this();
            let deadline = queue_deadline(call, 0, queue.dialect)?;
            get(call, &queue, deadline)
        })
        .method("get_nowait", &[], |call| {
            get(call, &call.this(), Deadline::NOW)
        })
        .method("get_many", &["max?", "block?", "timeout?"], get_many)
        .method("qsize", &[], |call| {
            Ok((call.this::<Queue>().shared.len() as i64).into())
        })
        .method("empty", &[], |call| {
            Ok((call.this::<Queue>().shared.is_empty()).into())
        })
        .method("full", &[], |call| {
            Ok(call.this::<Queue>().shared.is_full().into())
        })
        .method("close", &[], |call| {
            call.this::<Queue>().close();
            Ok(Dynamic::UNIT)
        })
        .method("join_thread", &[], join_thread)
        .method("cancel_join_thread", &[], |_| Ok(Dynamic::UNIT))
        .method("task_done", &[], task_done)
        .method("join", &["timeout?"], join)
        .method("iter_until", &["sentinel"], iter_until)
        .lacks(|queue: &Queue| match queue.joinable {
            true => &[],
            false => &["task_done", "join"],
        })
        .repr(|call| Ok(call.this::<Queue>().repr().into()));
    queue_items::register(registry);
}

/// `Queue(maxsize)`; unbounded for 0 and below.
pub(super) fn construct(call: &mut Call<'_>) -> Outcome {
    create(call, false, Dialect::Multiprocessing)
}

/// `JoinableQueue(maxsize)`.
pub(super) fn construct_joinable(call: &mut Call<'_>) -> Outcome {
    create(call, true, Dialect::Multiprocessing)
}

/// Returns a queue that follows the rules of a module; argument 0 is its bound.
pub(super) fn create(call: &mut Call<'_>, joinable: bool, dialect: Dialect) -> Outcome {
    let capacity = usize::try_from(call.int_or(0, 0)?).unwrap_or(0);
    let shared = sync::Queue::create(&call.interp.session()?, capacity).map_err(session_failure)?;
    Ok(Dynamic::from(Queue::new(shared, joinable, dialect)))
}

fn put(call: &Call<'_>, queue: &Queue, item: &Dynamic, deadline: Deadline) -> Outcome {
    open(queue)?;
    send(call.interp, &queue.shared, item, deadline)?;
    Ok(Dynamic::UNIT)
}

fn put_many(call: &mut Call<'_>) -> Outcome {
    let queue: Queue = call.this();
    open(&queue)?;
    let items = call.value(0);
    let items = items_of(call, items)?;
    let deadline = queue_deadline(call, 1, queue.dialect)?;
    // All items are checked before the first is put.
    let messages = items
        .iter()
        .enumerate()
        .map(|(index, item)| encode(call.interp, item, &format!("items[{index}]")))
        .collect::<Result<Vec<_>, _>>()?;
    with_messages(&messages, |messages| {
        queue.shared.put_many(messages, deadline)
    })
    .map_err(|(_, error)| put_failure(call.interp, error))?;
    Ok(Dynamic::UNIT)
}

fn encode(interp: &Arc<Interp>, item: &Dynamic, name: &str) -> Result<wire::Message, Failure> {
    wire::encode(item, name, interp).map_err(refused)
}

fn get(call: &Call<'_>, queue: &Queue, deadline: Deadline) -> Outcome {
    open(queue)?;
    take(call.interp, &queue.shared, deadline)
}

/// `get_many(max)` waits for the first item, then takes what is there.
fn get_many(call: &mut Call<'_>) -> Outcome {
    let queue: Queue = call.this();
    open(&queue)?;
    let most = match call.int_or(0, i64::MAX)? {
        most if most < 1 => {
            return Err(raise(
                "ValueError",
                format!("get_many() max must be at least 1, not {most}"),
            ));
        }
        most => usize::try_from(most).unwrap_or(usize::MAX),
    };
    let deadline = queue_deadline(call, 1, queue.dialect)?;
    let mut items = Array::new();
    let mut failed = None;
    queue
        .shared
        .get_many_with(most, deadline, |message| match read(call.interp, message) {
            Ok(item) => items.push(item),
            Err(error) => failed = Some(error),
        })
        .map_err(|error| get_failure(call.interp, error))?;
    match failed {
        None => Ok(items.into()),
        Some(error) => Err(error),
    }
}

/// There is never anything to flush; only Python's order of calls is checked.
fn join_thread(call: &mut Call<'_>) -> Outcome {
    let queue: Queue = call.this();
    if queue.is_closed() {
        Ok(Dynamic::UNIT)
    } else {
        Err(raise(
            "AssertionError",
            format!("Queue {} not closed", queue.repr()),
        ))
    }
}

fn joinable(queue: &Queue, member: &str) -> Result<(), Failure> {
    if queue.joinable {
        return Ok(());
    }
    let text = format!("'Queue' object has no attribute '{member}' (a JoinableQueue has it)");
    Err(raise("AttributeError", text))
}

fn task_done(call: &mut Call<'_>) -> Outcome {
    let queue: Queue = call.this();
    joinable(&queue, "task_done")?;
    match queue.shared.task_done() {
        Ok(()) => Ok(Dynamic::UNIT),
        Err(_) => Err(raise("ValueError", "task_done() called too many times")),
    }
}

/// `join()` returns nothing; `join(timeout)` returns whether every task is done.
fn join(call: &mut Call<'_>) -> Outcome {
    let queue: Queue = call.this();
    joinable(&queue, "join")?;
    let is_limited = call.has_value(0);
    let timeout = call.timeout(0)?;
    let deadline = timeout.map_or(Deadline::NEVER, Deadline::after);
    let done = waited(call.interp, queue.shared.join(deadline))?;
    Ok(if is_limited {
        done.into()
    } else {
        Dynamic::UNIT
    })
}

/// `for x in q.iter_until(sentinel)` iterates over the items up to the sentinel, which is taken out of the queue.
fn iter_until(call: &mut Call<'_>) -> Outcome {
    let queue: Queue = call.this();
    open(&queue)?;
    let sentinel = call.value(0);
    Ok(Dynamic::from(Items {
        interp: call.interp.clone(),
        queue,
        sentinel,
        made_at: MadeAt::now(),
    }))
}
