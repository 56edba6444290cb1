//! The members of `Popen` as scripts call them.

use rhai::Dynamic;

use super::arguments;
use super::communicate::{Limit, communicate};
use super::launch::start;
use super::popen::Popen;
use crate::script::{Call, Outcome, Registry, os_failure};
use crate::stdlib::os::number;
use crate::sys::signal::Signal;

pub(super) fn register(registry: &mut Registry) {
    registry
        .class::<Popen>("Popen")
        .by_address(Popen::address)
        .getter("args", |call| Ok(call.this::<Popen>().args().clone()))
        .getter("stdin", |call| stream(call, 0))
        .getter("stdout", |call| stream(call, 1))
        .getter("stderr", |call| stream(call, 2))
        .getter("pid", |call| {
            Ok(Dynamic::from_int(
                call.this::<Popen>().running().pid().into(),
            ))
        })
        .getter("returncode", |call| {
            Ok(optional(call.this::<Popen>().returncode()))
        })
        .method("poll", &[], |call| {
            Ok(optional(call.this::<Popen>().poll(call.interp)?))
        })
        .method("wait", &["timeout?"], wait)
        .method("communicate", &["input?", "timeout?"], |call| {
            let popen: Popen = call.this();
            let limit = Limit::read(call, 1)?;
            let input = call.value(0);
            let printed = match popen.printed() {
                Some(printed) => printed,
                None => communicate(call, &popen, &input, &limit)?,
            };
            popen.keep(printed.clone());
            Ok(printed.to_vec().into())
        })
        .method("send_signal", &["sig"], |call| {
            let number = number(call, 0)?;
            send(call, number)
        })
        .method("terminate", &[], |call| send(call, Signal::SIGTERM as i32))
        .method("kill", &[], |call| send(call, Signal::SIGKILL as i32))
        .context(|call| Ok(Dynamic::from(call.this::<Popen>())), leave)
        .repr(repr);
}

/// `Popen(args, …)`.
pub(super) fn construct(call: &mut Call<'_>) -> Outcome {
    let order = arguments::read(call)?;
    Ok(Dynamic::from(start(call, order)?))
}

fn stream(call: &Call<'_>, place: usize) -> Outcome {
    let popen: Popen = call.this();
    let file = popen.file(place);
    Ok(file.map_or(Dynamic::UNIT, |file| Dynamic::from(file.clone())))
}

fn optional(code: Option<i64>) -> Dynamic {
    code.map_or(Dynamic::UNIT, Dynamic::from_int)
}

fn wait(call: &mut Call<'_>) -> Outcome {
    let popen: Popen = call.this();
    let limit = Limit::read(call, 0)?;
    match popen.wait(call.interp, limit.deadline())? {
        Some(code) => Ok(Dynamic::from_int(code)),
        None => Err(limit.expired(&popen, Default::default())),
    }
}

/// Sends a signal to the command itself, unless it has ended.
fn send(call: &Call<'_>, signal: i32) -> Outcome {
    let popen: Popen = call.this();
    if popen.poll(call.interp)?.is_none() {
        popen.running().signal(signal).map_err(os_failure)?;
    }
    Ok(Dynamic::UNIT)
}

/// The end of `with`: closes the streams, and waits for the command.
fn leave(call: &mut Call<'_>) -> Outcome {
    let popen: Popen = call.this();
    let closed = popen.files().map(|file| file.close()).collect::<Vec<_>>();
    let _ = popen.wait(call.interp, None)?;
    let closed: Result<Vec<()>, _> = closed.into_iter().collect();
    if !call.has(0) {
        closed?;
    }
    Ok(Dynamic::UNIT)
}

/// Python's: `<Popen: returncode: None args: ['true']>`, up to 80 characters.
fn repr(call: &mut Call<'_>) -> Outcome {
    let popen: Popen = call.this();
    let code = call.repr(&optional(popen.returncode()));
    let text = format!(
        "<Popen: returncode: {code} args: {}>",
        call.repr(popen.args())
    );
    match text.chars().count() {
        0..=80 => Ok(text.into()),
        _ => Ok((text.chars().take(76).collect::<String>() + "...>").into()),
    }
}
