//! The functions a script has set for signals.

use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use rhai::{Array, Dynamic, FnPtr, NativeCallContext};

use crate::process::signals::Signals;
use crate::script::bind::callee;
use crate::script::caller::{Caller, parameters};
use crate::script::{Failure, Interp, State, raise, type_name};
use crate::sys::lock::locked;
use crate::sys::signal::{self, Signal};
use crate::sys::{identity, interrupt};

/// The action for a signal.
#[derive(Debug, Clone)]
pub(crate) enum Disposition {
    /// The default of the kernel or of this program.
    Default,
    Ignore,
    Call {
        function: FnPtr,
        caller: Caller,
        /// How many of `(signalnum, frame)` it takes: scripts may leave out what they do not use.
        takes: usize,
    },
}

/// `SIG_DFL` and `SIG_IGN`, as Python numbers them.
pub(super) const DEFAULT: i64 = 0;
pub(super) const IGNORE: i64 = 1;

impl Disposition {
    /// Returns the action for `SIG_DFL`, `SIG_IGN` or a function.
    ///
    /// # Errors
    /// `TypeError` for anything else.
    pub(super) fn read(
        interp: &Arc<Interp>,
        context: &NativeCallContext,
        handler: &Dynamic,
    ) -> Result<Self, Failure> {
        match handler.as_int() {
            Ok(DEFAULT) => return Ok(Disposition::Default),
            Ok(IGNORE) => return Ok(Disposition::Ignore),
            _ => (),
        }
        let found = type_name(handler);
        let text = format!(
            "signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a function, not {found}"
        );
        let function = callee(interp, handler.flatten_clone()).try_cast::<FnPtr>();
        let function = function.ok_or_else(|| raise("TypeError", text))?;
        Ok(Disposition::Call {
            takes: parameters(interp, &function).unwrap_or(2).min(2),
            function,
            caller: Caller::of(interp, context)?,
        })
    }

    /// Returns the value scripts know it by.
    pub(super) fn shown(&self) -> Dynamic {
        match self {
            Disposition::Default => Dynamic::from_int(DEFAULT),
            Disposition::Ignore => Dynamic::from_int(IGNORE),
            Disposition::Call { function, .. } => Dynamic::from(function.clone()),
        }
    }
}

/// The handlers that the script of this process has set.
#[derive(Debug, Default)]
pub(crate) struct Handlers {
    set: Mutex<BTreeMap<i32, Disposition>>,
    /// The error that a handler threw, until the interrupted wait or statement rethrows it.
    thrown: Mutex<Option<Failure>>,
    /// A handler is running: others wait for its end.
    busy: AtomicBool,
    /// How many signals were handled.
    handled: AtomicU64,
}

impl State for Handlers {
    /// The parent may be running a handler: that started this process, which handles its own signals.
    fn begin_process(&self) {
        self.busy.store(false, Ordering::Relaxed);
        *locked(&self.thrown) = None;
    }

    fn handle_signals(&self) -> bool {
        self.run()
    }

    fn may_call_away(&self) -> bool {
        let calls = |action: &Disposition| matches!(action, Disposition::Call { .. });
        Self::is_main_thread() && locked(&self.set).values().any(calls)
    }

    fn take_thrown(&self) -> Option<Failure> {
        locked(&self.thrown).take()
    }

    /// Sets everything back to what it was at the beginning.
    fn reset(&self) {
        let set = std::mem::take(&mut *locked(&self.set));
        for signal in set.into_keys() {
            if let Ok(signal) = Signal::try_from(signal) {
                let _ = self.set(signal, Disposition::Default);
            }
        }
        locked(&self.set).clear();
    }
}

/// Returns how signals are set when a child is started.
pub(crate) fn signals_of(interp: &Interp) -> Signals {
    let handlers = Handlers::of(interp);
    Signals {
        are_ours: interp.owns_signals(),
        own_sigterm: handlers.has(Signal::SIGTERM),
        own_sighup: handlers.has(Signal::SIGHUP),
        interactive: interp.is_interactive(),
    }
}

impl Handlers {
    pub(crate) fn of(interp: &Interp) -> &Self {
        interp.state()
    }

    /// Handlers are called by the thread that runs the script itself.
    pub(crate) fn is_main_thread() -> bool {
        identity::thread_id() == identity::process_id()
    }

    /// Returns the action that the script has set for a signal.
    pub(crate) fn disposition(&self, signal: Signal) -> Disposition {
        let set = locked(&self.set);
        set.get(&(signal as i32))
            .cloned()
            .unwrap_or(Disposition::Default)
    }

    /// Returns whether the script has set something itself.
    pub(crate) fn has(&self, signal: Signal) -> bool {
        locked(&self.set).contains_key(&(signal as i32))
    }

    /// Returns how many signals were handled so far.
    pub(crate) fn handled(&self) -> u64 {
        self.handled.load(Ordering::Relaxed)
    }

    /// Sets what is done when `signal` comes, and gives what was done before.
    pub(crate) fn set(&self, signal: Signal, disposition: Disposition) -> io::Result<Disposition> {
        match disposition {
            Disposition::Default if signal == Signal::SIGINT => signal::catch(signal)?,
            Disposition::Default if signal == Signal::SIGQUIT => signal::catch_to_report(signal)?,
            Disposition::Default => signal::default(signal)?,
            Disposition::Ignore => signal::ignore(signal)?,
            Disposition::Call { .. } => signal::catch_for_script(signal)?,
        }
        let before = locked(&self.set).insert(signal as i32, disposition);
        Ok(before.unwrap_or(Disposition::Default))
    }

    /// Calls the functions of the signals that have come, in the main thread; whether one of them threw.
    fn run(&self) -> bool {
        if !Self::is_main_thread() {
            return false;
        }
        if self.busy.swap(true, Ordering::Relaxed) {
            return false;
        }
        // After one that throws the others wait for the next time.
        let requests = [interrupt::REPORT, interrupt::PLACES];
        let is_request = |signal: &i32| requests.contains(signal);
        let mut signals = interrupt::SIGNALS.filter(|signal| !is_request(signal));
        let threw = signals.any(|signal| interrupt::take_caught(signal) && self.call(signal));
        self.busy.store(false, Ordering::Relaxed);
        threw
    }

    fn call(&self, signal: i32) -> bool {
        let found = locked(&self.set).get(&signal).cloned();
        self.handled.fetch_add(1, Ordering::Relaxed);
        interrupt::alert();
        let Some(Disposition::Call {
            function,
            caller,
            takes,
        }) = found
        else {
            return false;
        };
        let mut args = vec![Dynamic::from_int(signal.into()), Dynamic::UNIT];
        args.truncate(takes);
        match caller.call(&function, None, args) {
            Ok(_) => false,
            Err(error) => {
                *locked(&self.thrown) = Some(error);
                true
            }
        }
    }

    /// Returns the handlers that were set, for a spawned child: `[number, handler]` each.
    pub(crate) fn parts(&self) -> Array {
        let set = locked(&self.set);
        let pair = |(signal, disposition): (&i32, &Disposition)| -> Dynamic {
            vec![Dynamic::from_int((*signal).into()), disposition.shown()].into()
        };
        set.iter().map(pair).collect()
    }

    /// Sets what the parent's script had set. What cannot be set here is left as it is.
    ///
    /// # Errors
    /// `parts` are not what [`parts`](Self::parts) returns.
    pub(crate) fn adopt(
        &self,
        interp: &Arc<Interp>,
        context: &NativeCallContext,
        parts: Array,
    ) -> Result<(), Failure> {
        let unreadable = || raise("ValueError", "a signal handler cannot be read");
        for part in parts {
            let pair = part.into_array().ok();
            let pair = pair.and_then(|pair| <[Dynamic; 2]>::try_from(pair).ok());
            let [signal, handler] = pair.ok_or_else(unreadable)?;
            let signal = signal.as_int().ok().and_then(|n| i32::try_from(n).ok());
            let signal = signal.and_then(|n| Signal::try_from(n).ok());
            let disposition = Disposition::read(interp, context, &handler)?;
            let _ = self.set(signal.ok_or_else(unreadable)?, disposition);
        }
        interp.publish_answers();
        Ok(())
    }
}
