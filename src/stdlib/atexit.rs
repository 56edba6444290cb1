//! `atexit`: functions that are called when a process comes to its end in order.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Weak};

use rhai::{Array, Dynamic, FnPtr};

use crate::script::caller::Caller;
use crate::script::report::{diagnostic_of, print};
use crate::script::{Call, Exception, Interp, Outcome, Registry, State, States, Stop};
use crate::sys::lock::locked;
use crate::text::function_name;

/// The value of the global constant `atexit`.
#[derive(Debug, Clone)]
struct Atexit;

/// The functions that are to be called, in the order in which they came.
#[derive(Debug, Default)]
struct Exits {
    all: Mutex<Vec<Exit>>,
    /// This process is becoming a copy made by `os.fork`, which keeps them.
    is_copied: AtomicBool,
}

#[derive(Debug)]
struct Exit {
    function: FnPtr,
    args: Array,
    caller: Caller,
    interp: Weak<Interp>,
}

impl State for Exits {
    /// A child process has none of its parent's.
    fn begin_process(&self) {
        if !self.is_copied.swap(false, Ordering::Relaxed) {
            locked(&self.all).clear();
        }
    }

    fn begin_copy(&self) {
        self.is_copied.store(true, Ordering::Relaxed);
    }

    fn reset(&self) {
        let old = std::mem::take(&mut *locked(&self.all));
        drop(old);
    }

    fn at_exit(&self) {
        // The last one first; each may add others.
        while let Some(exit) = pop(&self.all) {
            let result = exit.caller.call(&exit.function, None, exit.args);
            let (Err(error), Some(interp)) = (result, exit.interp.upgrade()) else {
                continue;
            };
            let interp = &interp;
            if Stop::of(&error).is_some() {
                interp.forget_exit();
                continue;
            }
            let name = match exit.function.is_anonymous() {
                true => "<lambda>",
                false => function_name(&exit.function),
            };
            let text = format!("Exception ignored in atexit callback {name}:\n");
            let _ = interp.output.error(&text);
            print(
                interp,
                &diagnostic_of(interp, &Exception::from_error(&error)),
            );
        }
    }
}

fn pop(all: &Mutex<Vec<Exit>>) -> Option<Exit> {
    locked(all).pop()
}

/// Adds what the module keeps.
pub(super) fn states(states: &mut States) {
    states.add::<Exits>();
}

pub(super) fn register(registry: &mut Registry) {
    registry
        .namespace("atexit", Atexit)
        .function("register", &["func", "*args"], add)
        .function("unregister", &["func"], |call| {
            let function = call.function(0)?;
            let shown = call.repr(&Dynamic::from(function));
            let exits: &Exits = call.interp.state();
            let mut all = std::mem::take(&mut *locked(&exits.all));
            all.retain(|exit| call.repr(&Dynamic::from(exit.function.clone())) != shown);
            locked(&exits.all).extend(all);
            Ok(Dynamic::UNIT)
        });
}

/// `atexit.register(func, *args)`: returns the function.
fn add(call: &mut Call<'_>) -> Outcome {
    call.keywords_only_if(&[]);
    let function = call.function(0)?;
    let exit = Exit {
        function: function.clone(),
        args: call.rest(1),
        caller: Caller::of(call.interp, call.context)?,
        interp: Arc::downgrade(call.interp),
    };
    let exits: &Exits = call.interp.state();
    locked(&exits.all).push(exit);
    Ok(Dynamic::from(function))
}
