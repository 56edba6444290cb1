//! `QueueListener`: a thread that passes the records of a queue to handlers.

use std::sync::{Arc, Mutex};

use rhai::Dynamic;

use super::handler::Handler;
use super::record::LogRecord;
use super::sink::{put_end, take};
use super::site::Site;
use crate::script::caller::Caller;
use crate::script::{Call, Failure, Namespace, Outcome, Registry, raise, truth};
use crate::stdlib::threading::roster::Roster;
use crate::stdlib::threading::thread::Thread;
use crate::sync::Deadline;
use crate::sys::lock::locked;

/// `logging.handlers.QueueListener(queue, *handlers)`.
#[derive(Debug, Clone)]
struct Listener(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    queue: Dynamic,
    handlers: Vec<Handler>,
    respects_levels: bool,
    thread: Mutex<Option<Thread>>,
}

pub(super) fn register(registry: &mut Registry) {
    registry
        .class::<Listener>("logging.handlers.QueueListener")
        .by_address(|listener: &Listener| Arc::as_ptr(&listener.0).addr())
        .method("start", &[], start)
        .method("stop", &[], stop)
        .method("handle", &["record"], |call| {
            let record = call.value(0);
            let listener: Listener = call.this();
            listener.handle(&Site::of(call), &record).map(Dynamic::from)
        })
        .context(
            |call| {
                let _ = start(call)?;
                Ok(call.receiver().clone())
            },
            stop,
        )
        .repr(|_| Ok("<logging.handlers.QueueListener object>".into()));
}

pub(super) fn constructor(handlers: &mut Namespace<'_>) {
    handlers.function("QueueListener", &["queue", "*handlers"], |call| {
        call.keywords_only_if(&["respect_handler_level"]);
        let respects_levels = call.keyword("respect_handler_level");
        let respects_levels = respects_levels.is_some_and(|flag| truth(&flag));
        let queue = call.value(0);
        let given = call.rest(1).into_iter();
        let handlers: Option<Vec<_>> = given.map(Dynamic::try_cast::<Handler>).collect();
        let text = "QueueListener() takes a queue and handlers";
        let inner = Inner {
            queue,
            handlers: handlers.ok_or_else(|| raise("TypeError", text))?,
            respects_levels,
            thread: Mutex::default(),
        };
        Ok(Dynamic::from(Listener(Arc::new(inner))))
    });
}

fn start(call: &mut Call<'_>) -> Outcome {
    let listener: Listener = call.this();
    if locked(&listener.0.thread).is_some() {
        return Err(raise("RuntimeError", "Listener already started"));
    }
    let name = Roster::of(call.interp).next_name_for("_monitor");
    let thread = Thread::new(name, true, None, vec![]);
    let (interp, caller) = (call.interp.clone(), Caller::of(call.interp, call.context)?);
    let this = listener.clone();
    thread.start_running(call.interp, caller, move |_, caller| {
        caller.with_context(|context| {
            let interp = &interp;
            this.run(&Site { interp, context })
        })
    })?;
    *locked(&listener.0.thread) = Some(thread);
    Ok(Dynamic::UNIT)
}

/// Lets the thread handle what is in the queue so far, and waits for its end.
fn stop(call: &mut Call<'_>) -> Outcome {
    let listener: Listener = call.this();
    let Some(thread) = locked(&listener.0.thread).take() else {
        return Ok(Dynamic::UNIT);
    };
    put_end(&Site::of(call), &listener.0.queue)?;
    thread
        .wait(call.interp, Deadline::NEVER)
        .map_err(|_| call.interp.interrupted())?;
    Ok(Dynamic::UNIT)
}

impl Listener {
    fn run(&self, site: &Site<'_>) -> Outcome {
        loop {
            let item = take(site, &self.0.queue)?;
            if item.is_unit() {
                return Ok(Dynamic::UNIT);
            }
            self.handle(site, &item)?;
        }
    }

    fn handle(&self, site: &Site<'_>, item: &Dynamic) -> Result<(), Failure> {
        let Some(record) = item.read_lock::<LogRecord>().map(|record| record.clone()) else {
            return Err(raise("TypeError", "a QueueListener takes records only"));
        };
        for handler in &self.0.handlers {
            if !self.0.respects_levels || record.level() >= handler.level() {
                handler.handle(site, &record)?;
            }
        }
        Ok(())
    }
}
