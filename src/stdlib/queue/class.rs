//! The members of `queue.Queue`, `LifoQueue`, `PriorityQueue` and `SimpleQueue`.

use rhai::Dynamic;

use super::channel::Channel;
use super::order::Class;
use crate::script::{Call, Failure, Outcome, Registry, raise};
use crate::sync::Deadline;

pub(super) fn register(registry: &mut Registry) {
    registry
        .class::<Channel>("queue.Queue")
        .by_address(Channel::address)
        .method("put", &["item", "block?", "timeout?"], |call| {
            let deadline = deadline(call, 1)?;
            put(call, deadline)
        })
        .method("put_nowait", &["item"], |call| put(call, Deadline::NOW))
        .method("get", &["block?", "timeout?"], |call| {
            let deadline = deadline(call, 0)?;
            call.this::<Channel>().get(call.interp, deadline)
        })
        .method("get_nowait", &[], |call| {
            call.this::<Channel>().get(call.interp, Deadline::NOW)
        })
        .method("qsize", &[], |call| {
            Ok(Dynamic::from_int(call.this::<Channel>().len() as i64))
        })
        .method("empty", &[], |call| {
            Ok((call.this::<Channel>().len() == 0).into())
        })
        .method("full", &[], |call| {
            Ok(with_tasks(call, "full")?.is_full().into())
        })
        .method("task_done", &[], |call| {
            with_tasks(call, "task_done")?.task_done()?;
            Ok(Dynamic::UNIT)
        })
        .method("join", &["timeout?"], join)
        .method("shutdown", &["immediate?"], |call| {
            let channel = with_tasks(call, "shutdown")?;
            channel.shut_down(call.bool_or(0, false));
            Ok(Dynamic::UNIT)
        })
        .getter("maxsize", |call| {
            Ok(Dynamic::from_int(
                with_tasks(call, "maxsize")?.maxsize() as i64
            ))
        })
        .getter("unfinished_tasks", |call| {
            let channel = with_tasks(call, "unfinished_tasks")?;
            Ok(Dynamic::from_int(channel.unfinished() as i64))
        })
        .getter("is_shutdown", |call| {
            Ok(with_tasks(call, "is_shutdown")?.is_shut().into())
        })
        .lacks(|channel: &Channel| match channel.class() {
            Class::SimpleQueue => &[
                "full",
                "task_done",
                "join",
                "shutdown",
                "maxsize",
                "unfinished_tasks",
                "is_shutdown",
            ],
            _ => &[],
        })
        .repr(repr);
}

/// `Queue(maxsize)` and the others: the class is the name it was called by.
pub(crate) fn construct(call: &mut Call<'_>) -> Outcome {
    let class = Class::named(call.name()).unwrap_or(Class::Queue);
    let maxsize = usize::try_from(call.int_or(0, 0)?).unwrap_or(0);
    Ok(Dynamic::from(Channel::new(class, maxsize)))
}

/// Returns the queue, unless it is a `SimpleQueue`, which lacks the member.
fn with_tasks(call: &Call<'_>, member: &str) -> Result<Channel, Failure> {
    let channel: Channel = call.this();
    if channel.class() == Class::SimpleQueue {
        let text = format!("'_queue.SimpleQueue' object has no attribute '{member}'");
        return Err(raise("AttributeError", text));
    }
    Ok(channel)
}

/// Returns the deadline for `block` and `timeout`, parameters `at` and `at + 1`.
fn deadline(call: &mut Call<'_>, at: usize) -> Result<Deadline, Failure> {
    if !call.bool_or(at, true) {
        return Ok(Deadline::NOW);
    }
    if call.has(at + 1)
        && call
            .peek_number(at + 1)
            .is_some_and(|seconds| seconds < 0.0)
    {
        let text = "'timeout' must be a non-negative number";
        return Err(raise("ValueError", text));
    }
    let timeout = call.timeout(at + 1)?;
    Ok(timeout.map_or(Deadline::NEVER, Deadline::after))
}

fn put(call: &mut Call<'_>, deadline: Deadline) -> Outcome {
    let channel: Channel = call.this();
    let item = call.value(0);
    // Python's takes both arguments and waits for nothing: there always is room.
    channel.put(call.interp, call.context, item, deadline)?;
    Ok(Dynamic::UNIT)
}

/// `join()` returns nothing; `join(timeout)` returns whether every task is done.
fn join(call: &mut Call<'_>) -> Outcome {
    let channel = with_tasks(call, "join")?;
    let is_limited = call.has_value(0);
    let timeout = call.timeout(0)?;
    let deadline = timeout.map_or(Deadline::NEVER, Deadline::after);
    let done = channel.join(call.interp, deadline)?;
    Ok(if is_limited {
        done.into()
    } else {
        Dynamic::UNIT
    })
}

fn repr(call: &mut Call<'_>) -> Outcome {
    let channel: Channel = call.this();
    let (class, size) = (channel.class().name(), channel.len());
    let limit = match channel.maxsize() {
        0 => "unbounded".to_string(),
        most => format!("maxsize={most}"),
    };
    Ok(format!("<queue.{class} {limit} qsize={size}>").into())
}
