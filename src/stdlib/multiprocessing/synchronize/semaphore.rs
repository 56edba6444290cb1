//! `Semaphore` and `BoundedSemaphore`: permits that come back when their holder dies, as long as they have holders.
//!
//! `sync/semaphore.rs` explains what "as long as" means.

use std::io;

use rhai::Dynamic;

use super::hold::{self, Hold, waited};
use crate::script::{
    Call, Dialect, Failure, Interp, Outcome, Registry, os_failure, raise, session_failure,
};
use crate::sync::{self, Deadline, ReleaseError};
use crate::wire::kind;

/// The largest value of a semaphore of `multiprocessing`.
const VALUE_MAX: i64 = i32::MAX as i64;

/// The number of "Invalid argument".
const EINVAL: i32 = 22;

/// Permits shared between processes and threads; bounded or not.
#[derive(Debug, Clone)]
pub(crate) struct Semaphore {
    pub shared: sync::Semaphore,
    pub dialect: Dialect,
}

pub(super) fn register(registry: &mut Registry) {
    let mut class = registry.class::<Semaphore>("Semaphore");
    hold::members::<Semaphore>(&mut class);
    class
        .by_place(
            &Dialect::marks(kind::SEMAPHORE),
            |this: &Semaphore| {
                Some((
                    this.dialect.mark(kind::SEMAPHORE),
                    this.shared.handle().place(),
                ))
            },
            |session, number, place| {
                Ok(Dynamic::from(Semaphore {
                    shared: sync::Semaphore::open(session, place)?,
                    dialect: Dialect::of(number),
                }))
            },
        )
        .method("release", &["n?"], release)
        .method("get_value", &[], |call| {
            let value = call.this::<Semaphore>().shared.value();
            Ok(Dynamic::from_int(value as i64))
        })
        .repr(|call| Ok(call.this::<Semaphore>().repr().into()));
}

/// `Semaphore(value)`, which follows the rules of a module.
pub(crate) fn create(call: &mut Call<'_>, dialect: Dialect) -> Outcome {
    let value = call.int_or(0, 1)?;
    Semaphore::new(call.interp, value, dialect).map(Dynamic::from)
}

/// `BoundedSemaphore(value)`, which follows the rules of a module.
pub(crate) fn create_bounded(call: &mut Call<'_>, dialect: Dialect) -> Outcome {
    let value = call.int_or(0, 1)?;
    Semaphore::new_bounded(call.interp, value, dialect).map(Dynamic::from)
}

/// Returns the value a semaphore begins with, checked.
fn permits(value: i64, dialect: Dialect) -> Result<u64, Failure> {
    match dialect {
        Dialect::Multiprocessing if value > VALUE_MAX => Err(raise(
            "OverflowError",
            "Python int too large to convert to C int",
        )),
        Dialect::Multiprocessing => {
            u64::try_from(value).map_err(|_| os_failure(io::Error::from_raw_os_error(EINVAL)))
        }
        Dialect::Threading => u64::try_from(value)
            .map_err(|_| raise("ValueError", "semaphore initial value must be >= 0")),
    }
}

/// `release()`, in `threading` also `release(n)`.
fn release(call: &mut Call<'_>) -> Outcome {
    let semaphore: Semaphore = call.this();
    let permits = match semaphore.dialect {
        Dialect::Multiprocessing if call.has(0) => {
            let text = "SemLock.release() takes no arguments (1 given)";
            return Err(raise("TypeError", text));
        }
        Dialect::Multiprocessing => 1,
        Dialect::Threading => u64::try_from(call.int_or(0, 1)?)
            .ok()
            .filter(|n| *n > 0)
            .ok_or_else(|| raise("ValueError", "n must be one or more"))?,
    };
    semaphore.give_back(permits)?;
    Ok(Dynamic::UNIT)
}

impl Semaphore {
    /// Creates a new semaphore with `value` permits.
    pub(crate) fn new(interp: &Interp, value: i64, dialect: Dialect) -> Result<Self, Failure> {
        let permits = permits(value, dialect)?;
        let shared = sync::Semaphore::create(&interp.session()?, permits);
        let shared = shared.map_err(session_failure)?;
        Ok(Self { shared, dialect })
    }

    /// Creates a new semaphore that never has more than `value` permits.
    pub(crate) fn new_bounded(
        interp: &Interp,
        value: i64,
        dialect: Dialect,
    ) -> Result<Self, Failure> {
        let permits = permits(value, dialect)?;
        let shared = sync::Semaphore::create_bounded(&interp.session()?, permits);
        let shared = shared.map_err(session_failure)?;
        Ok(Self { shared, dialect })
    }

    fn give_back(&self, permits: u64) -> Result<(), Failure> {
        // The largest value of the system's semaphores, which Python uses.
        let is_full = self.shared.value() >= VALUE_MAX.unsigned_abs();
        if is_full && self.dialect == Dialect::Multiprocessing {
            let text = "semaphore or lock released too many times";
            return Err(raise("ValueError", text));
        }
        self.shared.release(permits).map_err(|why| match why {
            ReleaseError::Session(error) => session_failure(error),
            ReleaseError::TooMany => raise(
                "ValueError",
                match self.dialect {
                    Dialect::Multiprocessing => "semaphore or lock released too many times",
                    Dialect::Threading => "Semaphore released too many times",
                },
            ),
        })
    }

    fn repr(&self) -> String {
        let (value, place) = (self.shared.value(), self.shared.handle().offset());
        match (self.dialect, self.shared.maximum()) {
            (Dialect::Multiprocessing, None) => format!("<Semaphore(value={value})>"),
            (Dialect::Multiprocessing, Some(maximum)) => {
                format!("<BoundedSemaphore(value={value}, maxvalue={maximum})>")
            }
            (Dialect::Threading, None) => {
                format!("<threading.Semaphore at {place}: value={value}>")
            }
            (Dialect::Threading, Some(maximum)) => {
                format!("<threading.BoundedSemaphore at {place}: value={value}/{maximum}>")
            }
        }
    }
}

impl Hold for Semaphore {
    const ENDLESS_IS_MINUS_ONE: bool = false;

    fn dialect(&self) -> Dialect {
        self.dialect
    }

    fn take(&self, interp: &Interp, deadline: Deadline) -> Result<bool, Failure> {
        waited(interp, self.shared.acquire(deadline))
    }

    fn give(&self) -> Result<(), Failure> {
        self.give_back(1)
    }

    fn is_held(&self) -> Result<bool, Failure> {
        Ok(self.shared.value() == 0)
    }

    fn is_mine(&self) -> bool {
        true
    }
}
