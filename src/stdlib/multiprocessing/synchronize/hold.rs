//! Objects that can be held: the members `acquire`, `release`, `with` and `locked` that all of them share.

use rhai::{Dynamic, Variant};

use super::patience::acquire_deadline;
use crate::program::visible::visible_name;
use crate::script::events::{Weight, event};
use crate::script::{Call, Class, Dialect, Failure, Interp, Outcome, raise, session_failure};
use crate::stdlib::multiprocessing::family::Family;
use crate::sync::{Acquired, Deadline, WaitError};

/// Something that can be held.
pub(crate) trait Hold: Variant + Clone {
    /// Returns the module whose errors and time-outs it has.
    fn dialect(&self) -> Dialect;

    /// Acquires it; false when the time ran out.
    fn take(&self, interp: &Interp, deadline: Deadline) -> Result<bool, Failure>;

    /// Gives it back.
    fn give(&self) -> Result<(), Failure>;

    /// Returns whether it cannot be taken now.
    ///
    /// # Errors
    /// Of one on a server: those of the server.
    fn is_held(&self) -> Result<bool, Failure>;

    /// Returns whether the calling thread still holds what it acquired, as far as that can be known.
    fn is_mine(&self) -> bool;

    /// Whether a wait without a limit is written as -1, as `threading`'s locks have it, and not as `None`.
    const ENDLESS_IS_MINUS_ONE: bool;
}

/// `acquire`, `with` and `locked`, for everything that can be held.
pub(in crate::stdlib::multiprocessing) fn members<T: Hold>(class: &mut Class<'_>) {
    class
        .method("acquire", &["block|blocking?", "timeout?"], |call| {
            let dialect = call.with_this(T::dialect);
            let deadline = acquire_deadline(call, dialect, T::ENDLESS_IS_MINUS_ONE)?;
            let taken = call.with_this(|held: &T| held.take(call.interp, deadline))?;
            Ok(taken.into())
        })
        .context(enter::<T>, leave::<T>)
        .method("locked", &[], |call| Ok(call.this::<T>().is_held()?.into()));
}

/// `release()` of an object that is released once at a time.
pub(in crate::stdlib::multiprocessing) fn release<T: Hold>(call: &mut Call<'_>) -> Outcome {
    call.with_this(T::give)?;
    Ok(Dynamic::UNIT)
}

/// The beginning of `with`.
fn enter<T: Hold>(call: &mut Call<'_>) -> Outcome {
    let held: T = call.this();
    Ok(held.take(call.interp, Deadline::NEVER)?.into())
}

/// The end of `with`.
fn leave<T: Hold>(call: &mut Call<'_>) -> Outcome {
    let held: T = call.this();
    // An error may have ended a wait in the block that did not get it back: then another thread may hold it.
    let has_failed = call.has(0);
    if !has_failed || held.is_mine() {
        let given = held.give();
        if !has_failed {
            given?;
        }
    }
    Ok(Dynamic::UNIT)
}

/// Returns whether a wait succeeded; false when the time ran out.
pub(crate) fn waited(interp: &Interp, result: Result<(), WaitError>) -> Result<bool, Failure> {
    match result {
        Ok(()) => Ok(true),
        Err(WaitError::TimedOut) => Ok(false),
        Err(WaitError::Interrupted) => Err(interp.interrupted()),
        Err(WaitError::Session(error)) => Err(session_failure(error)),
    }
}

/// As [`waited`], for a lock: the death of its holder is reported on standard error.
pub(super) fn acquired(
    interp: &Interp,
    what: &str,
    result: Result<Acquired, WaitError>,
) -> Result<bool, Failure> {
    let result = result.map(|acquired| {
        if let Acquired::Abandoned { by } = acquired {
            let heir = visible_name(&Family::of(interp).name());
            let holder = by.map_or_else(
                || "a process".to_string(),
                |(pid, name)| format!("{} (pid {pid})", visible_name(&name)),
            );
            event(Weight::Warning, || {
                format!("{holder} ended while it held {what}; {heir} has it now")
            });
            let text = format!(
                "procscript: warning: {holder} ended while it held {what}; {heir} has it now. \
                 The data it guards may be inconsistent.\n"
            );
            let _ = interp.output.error(&text);
        }
    });
    waited(interp, result)
}

/// Returns the error of a release without a hold, in the words of the dialect.
pub(super) fn not_held(dialect: Dialect, threading: &'static str) -> Failure {
    match dialect {
        Dialect::Multiprocessing => {
            raise("ValueError", "semaphore or lock released too many times")
        }
        Dialect::Threading => raise("RuntimeError", threading),
    }
}
