//! The members of queues.

use rhai::Dynamic;

use super::queue_items::{self, Items};
use super::queues::{Queue, open, send, take};
use super::remote::RemoteQueue;
use super::synchronize::queue_deadline;
use crate::script::{Call, Class, Dialect, Failure, Outcome, Registry, raise, session_failure};
use crate::stdlib::builtins::items_of;
use crate::sync::{self, Deadline, MadeAt};
use crate::wire::{Unsendable, kind};

/// The numbers of queues in messages.
const KINDS: [u16; 4] = [
    kind::QUEUE,
    kind::JOINABLE_QUEUE,
    Dialect::Threading.mark(kind::QUEUE),
    Dialect::Threading.mark(kind::JOINABLE_QUEUE),
];

pub(super) fn register(registry: &mut Registry) {
    let mut class = registry.class::<Queue>("Queue");
    sending(&mut class);
    class
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
            Ok(call.this::<Queue>().len(call.interp)?.into())
        })
        .method("empty", &[], |call| {
            Ok((call.this::<Queue>().len(call.interp)? == 0).into())
        })
        .method("full", &[], |call| {
            Ok(call.this::<Queue>().is_full(call.interp)?.into())
        })
        .method("close", &[], |call| {
            call.this::<Queue>().close(call.interp);
            Ok(Dynamic::UNIT)
        })
        .method("join_thread", &[], join_thread)
        .method("cancel_join_thread", &[], |_| Ok(Dynamic::UNIT))
        .method("task_done", &[], task_done)
        .method("join", &["timeout?"], join)
        .method("iter_until", &["sentinel"], iter_until)
        .method("stats", &[], |call| on_server(call)?.stats(call.interp))
        .method("dead_letters", &[], |call| {
            on_server(call)?.dead_letters(call.interp)
        })
        .lacks(|queue: &Queue| match (queue.joinable, queue.here()) {
            (true, None) => &[],
            (false, None) => &["task_done", "join"],
            (true, Some(_)) => &["stats", "dead_letters"],
            (false, Some(_)) => &["task_done", "join", "stats", "dead_letters"],
        })
        .repr(|call| Ok(call.this::<Queue>().repr().into()));
    queue_items::register(registry);
}

/// How queues are sent to other processes.
fn sending(class: &mut Class<'_>) {
    class
        .by_place(
            &KINDS,
            |queue: &Queue| {
                let number = queue.dialect.mark(queue.kind());
                Some((number, queue.here()?.handle().place()))
            },
            |session, number, place| {
                let shared = sync::Queue::open(session, place)?;
                let dialect = Dialect::of(number);
                let joinable = number == dialect.mark(kind::JOINABLE_QUEUE);
                Ok(Dynamic::from(Queue::new(shared, joinable, dialect)))
            },
        )
        .by_parts(
            "Queue",
            |_, queue: &Queue| match queue.there() {
                Some(queue) => queue.parts(),
                None => Err(Unsendable::Type),
            },
            |_, plain| RemoteQueue::from_parts(plain).map(Queue::on_server),
        );
}

/// The parameters of `Queue` and `JoinableQueue`.
pub(super) const PARAMETERS: &[&str] = &["maxsize?", "url?", "name?", "lease?", "deaths?", "ack?"];

/// `Queue(maxsize)`; unbounded for 0 and below. With `url`, on a server.
pub(super) fn construct(call: &mut Call<'_>) -> Outcome {
    create_anywhere(call, false)
}

/// `JoinableQueue(maxsize)`.
pub(super) fn construct_joinable(call: &mut Call<'_>) -> Outcome {
    create_anywhere(call, true)
}

fn create_anywhere(call: &mut Call<'_>, joinable: bool) -> Outcome {
    match RemoteQueue::construct(call, joinable)? {
        Some(queue) => Ok(Dynamic::from(Queue::on_server(queue))),
        None => create(call, joinable, Dialect::Multiprocessing),
    }
}

/// Returns the queue on a server that a member was called on.
fn on_server(call: &Call<'_>) -> Result<RemoteQueue, Failure> {
    let queue = call.this::<Queue>();
    open(&queue)?;
    queue.there().cloned().ok_or_else(|| {
        let text = format!("'{}' of a queue is for those on a server", call.name());
        raise("AttributeError", text)
    })
}

/// Returns a queue that follows the rules of a module; argument 0 is its bound.
pub(super) fn create(call: &mut Call<'_>, joinable: bool, dialect: Dialect) -> Outcome {
    let capacity = usize::try_from(call.int_or(0, 0)?).unwrap_or(0);
    let shared = sync::Queue::create(&call.interp.session()?, capacity).map_err(session_failure)?;
    Ok(Dynamic::from(Queue::new(shared, joinable, dialect)))
}

fn put(call: &Call<'_>, queue: &Queue, item: &Dynamic, deadline: Deadline) -> Outcome {
    open(queue)?;
    send(call.interp, queue, item, deadline)?;
    Ok(Dynamic::UNIT)
}

fn put_many(call: &mut Call<'_>) -> Outcome {
    let queue: Queue = call.this();
    open(&queue)?;
    let items = call.value(0);
    let items = items_of(call, items)?;
    let deadline = queue_deadline(call, 1, queue.dialect)?;
    queue.put_many(call.interp, &items, deadline)?;
    Ok(Dynamic::UNIT)
}

fn get(call: &Call<'_>, queue: &Queue, deadline: Deadline) -> Outcome {
    open(queue)?;
    take(call.interp, queue, deadline)
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
    let items = queue.take_many(call.interp, most, deadline)?;
    Ok(items.into())
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
    queue.task_done(call.interp)
}

/// `join()` returns nothing; `join(timeout)` returns whether every task is done.
fn join(call: &mut Call<'_>) -> Outcome {
    let queue: Queue = call.this();
    joinable(&queue, "join")?;
    let is_limited = call.has_value(0);
    let timeout = call.timeout(0)?;
    let deadline = timeout.map_or(Deadline::NEVER, Deadline::after);
    let done = queue.join(call.interp, deadline)?;
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
