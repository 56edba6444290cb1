//! Going through a value one item at a time, by somebody who takes the next when there is room for it.

use std::fmt;
use std::sync::{Arc, Weak};

use rhai::{Dynamic, FnPtr};

use super::file::File;
use super::iterate::{items as items_of, lazily, numbers};
use super::iterator::Iter;
use crate::script::bind::KnownIterators;
use crate::script::caller::Caller;
use crate::script::{Call, Exception, Failure, Interp, Outcome};

/// The items of a value that have not been taken.
pub(crate) struct Lazy {
    next: Box<dyn FnMut() -> Option<Outcome> + Send + Sync>,
    /// Checked for interrupts now and then: whoever takes the items may take very many at once.
    interp: Weak<Interp>,
    taken: u32,
}

/// How many items are taken between two checks for interrupts.
const ITEMS: u32 = 4096;

impl Lazy {
    /// Begins to go through a value. Of ranges, files and iterators the next item is found when it is asked for; a function gives the next item at
    /// each call, until it throws `StopIteration`.
    ///
    /// # Errors
    /// `TypeError` for a value without items.
    pub(in crate::stdlib) fn of(call: &Call<'_>, value: Dynamic) -> Result<Self, Failure> {
        let mut items = Self::begin(call, value)?;
        items.interp = Arc::downgrade(call.interp);
        Ok(items)
    }

    fn begin(call: &Call<'_>, value: Dynamic) -> Result<Self, Failure> {
        if let Some(items) = Self::one_by_one(&value) {
            return Ok(items);
        }
        if let Some(function) = value.read_lock::<FnPtr>().map(|function| function.clone()) {
            let caller = Caller::of(call.interp, call.context)?;
            return Ok(Self::by(move || called(&caller, &function)));
        }
        let mut items = items_of(call, value)?.into_iter();
        Ok(Self::by(move || items.next().map(Ok)))
    }

    /// As [`of`](Self::of), when the native has returned. A function has no items then.
    ///
    /// # Errors
    /// `TypeError` for a value without items.
    pub(in crate::stdlib) fn later(interp: &Arc<Interp>, value: &Dynamic) -> Result<Self, Failure> {
        if let Some(mut items) = Self::one_by_one(value) {
            items.interp = Arc::downgrade(interp);
            return Ok(items);
        }
        let items: Vec<Outcome> = lazily(interp, &KnownIterators::default(), value)?.collect();
        let mut items = items.into_iter();
        Ok(Self::by(move || items.next()))
    }

    /// Begins to go through a value whose items are found when they are asked for.
    fn one_by_one(value: &Dynamic) -> Option<Self> {
        if let Some(mut numbers) = numbers(value) {
            return Some(Self::by(move || {
                numbers.next().map(|number| Ok(Dynamic::from_int(number)))
            }));
        }
        if let Some(file) = value.read_lock::<File>().map(|file| file.clone()) {
            return Some(Self::by(move || file.next_line().transpose()));
        }
        let mut iter = value.read_lock::<Iter>().map(|iter| iter.clone())?;
        Some(Self::by(move || iter.next()))
    }

    /// Returns the items that a function gives.
    pub(in crate::stdlib) fn by(
        next: impl FnMut() -> Option<Outcome> + Send + Sync + 'static,
    ) -> Self {
        Self {
            next: Box::new(next),
            interp: Weak::new(),
            taken: 0,
        }
    }

    /// Takes the next item; `None` at the end.
    pub(in crate::stdlib) fn next(&mut self) -> Option<Outcome> {
        self.taken = (self.taken + 1) % ITEMS;
        if self.taken == 0
            && let Some(interp) = self.interp.upgrade()
            && interp.check_interrupts()
        {
            return Some(Err(interp.interrupted()));
        }
        (self.next)()
    }
}

fn called(caller: &Caller, function: &FnPtr) -> Option<Outcome> {
    match caller.call(function, None, Vec::new()) {
        Err(error) if Exception::from_error(&error).python_kind() == "StopIteration" => None,
        outcome => Some(outcome),
    }
}

impl fmt::Debug for Lazy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Lazy")
    }
}
