//! `threading.excepthook`: what happens to an uncaught error of a thread.

use std::sync::{Arc, Mutex};

use rhai::{Dynamic, FnPtr, Map};

use super::Threading;
use super::thread::Thread;
use crate::program::diagnostic::ErrorFormat;
use crate::script::caller::{Caller, parameters};
use crate::script::report::{Reports, diagnostic_of, print as print_report};
use crate::script::{Exception, Interp, Namespace, Registry, State, Stop, raise};
use crate::stdlib::multiprocessing::family::Family;
use crate::sys::lock::locked;

/// The script's own `threading.excepthook`, if it has set one.
#[derive(Debug, Default)]
pub(crate) struct Hook(Mutex<Option<FnPtr>>);

impl State for Hook {
    fn reset(&self) {
        self.set(None);
    }
}

impl Hook {
    pub(crate) fn of(interp: &Interp) -> &Self {
        interp.state()
    }

    fn get(&self) -> Option<FnPtr> {
        locked(&self.0).clone()
    }

    pub(crate) fn set(&self, hook: Option<FnPtr>) {
        *locked(&self.0) = hook;
    }
}

/// Prints the error as Python does, or calls the script's own hook.
pub(super) fn report(
    interp: &Arc<Interp>,
    caller: &Caller,
    thread: &Thread,
    exception: &Exception,
) {
    let own = Hook::of(interp).get();
    let Some(own) = own else {
        return print(interp, thread, exception);
    };
    let mut args = Map::new();
    args.insert("exc_type".into(), exception.kind().to_string().into());
    args.insert("exc_value".into(), Dynamic::from(exception.clone()));
    args.insert("exc_traceback".into(), exception.traceback().into());
    args.insert("thread".into(), Dynamic::from(thread.clone()));
    // A hook may leave out the argument it does not use.
    let args = match parameters(interp, &own) {
        Some(0) => vec![],
        _ => vec![args.into()],
    };
    if let Err(error) = caller.call(&own, None, args) {
        if Stop::of(&error).is_some() {
            return;
        }
        let failed = Exception::from_error(&error);
        if Reports::of(interp).format() == ErrorFormat::Human {
            let _ = interp.output.error("Exception in threading.excepthook:\n");
        }
        print_report(interp, &diagnostic_of(interp, &failed));
    }
}

fn print(interp: &Interp, thread: &Thread, exception: &Exception) {
    let mut told = diagnostic_of(interp, exception);
    told.thread = Some(thread.name());
    told.process = Family::of(interp)
        .parent()
        .map(|_| Family::of(interp).name());
    print_report(interp, &told);
}

pub(super) fn register_members(threading: &mut Namespace<'_>) {
    threading.getter("excepthook", |call| {
        let own = Hook::of(call.interp).get();
        Ok(own.map_or(Dynamic::UNIT, Dynamic::from))
    });
}

/// `threading.excepthook = |args| …`; `None` restores the default.
pub(super) fn register(registry: &mut Registry) {
    registry
        .extension::<Threading>("threading")
        .setter("excepthook", |call| {
            let Some(hook) = call.given(0) else {
                Hook::of(call.interp).set(None);
                return Ok(Dynamic::UNIT);
            };
            let hook = call
                .callable(&hook)
                .ok_or_else(|| raise("TypeError", "threading.excepthook must be a function"))?;
            Hook::of(call.interp).set(Some(hook));
            Ok(Dynamic::UNIT)
        });
}
