//! Entering a function of numbers many times in a row, with one context for all calls.

use std::panic::resume_unwind;

use super::context::Context;
use super::entry::{DONE, Entry, GAVE_UP, Kind, RETURNED};
use super::lists::Lists;
use super::values::{Exit, Outside, Value};
use crate::native::code::{Place, Ty};
use crate::sys::interrupt;

/// The most arguments of such a function, and its result.
const SLOTS: usize = 4;

/// A function whose arguments and result are numbers or truth values, ready to be called.
pub(crate) struct Row<'o> {
    entry: Entry,
    context: Context<'o>,
    slots: [u64; SLOTS],
    depth: i64,
    /// Nobody has been asked yet whether the code must stop.
    is_new: bool,
}

impl Entry {
    /// Returns the function for calls in a row, if it is one that has few numbers. `depth` is the number of calls that may nest.
    pub(crate) fn row<'o>(&self, outside: &'o mut dyn Outside, depth: usize) -> Option<Row<'o>> {
        let shape = self.shape();
        let is_number = |ty: &Ty| matches!(ty, Ty::Int | Ty::Float | Ty::Bool);
        let fits = shape.kind == Kind::Function
            && shape.vars.len() < SLOTS
            && shape.vars.iter().all(is_number)
            && is_number(&shape.result);
        if !fits {
            return None;
        }
        let lists = Lists::new(&mut [], &[], &mut []);
        let context = Context::new(interrupt::alerts(), shape.at_entry(), outside, lists);
        Some(Row {
            entry: self.clone(),
            context,
            slots: [0; SLOTS],
            depth: i64::try_from(depth).unwrap_or(i64::MAX),
            is_new: true,
        })
    }
}

impl Row<'_> {
    /// Returns the types of the arguments.
    pub(crate) fn types(&self) -> &[Ty] {
        &self.entry.shape().vars
    }

    /// Returns the type of the results.
    pub(crate) fn result(&self) -> Ty {
        self.entry.shape().result
    }

    /// Sets an argument of the next call. Returns false if the function is for another type.
    #[inline]
    pub(crate) fn set(&mut self, place: usize, value: &Value) -> bool {
        let fits = self.entry.shape().vars.get(place).copied() == value.ty();
        if fits {
            self.slots[place] = value.bits();
        }
        fits
    }

    /// Sets an argument of the next call to the value of its type with these bits.
    #[inline]
    pub(crate) fn set_bits(&mut self, place: usize, bits: u64) {
        self.slots[place] = bits;
    }

    /// Calls the function with the arguments that were set. After [`Exit::GaveUp`] and [`Exit::Stopped`] it must not be called again.
    #[inline]
    pub(crate) fn call(&mut self) -> Exit {
        match self.call_for_bits() {
            Ok(bits) => Exit::Done(Value::of_bits(self.result(), bits)),
            Err(Some(place)) => Exit::Stopped(place),
            Err(None) => Exit::GaveUp,
        }
    }

    /// As [`call`](Self::call), and returns the bits of the result.
    ///
    /// # Errors
    /// Where the code has stopped; none if it gave up.
    pub(crate) fn call_for_bits(&mut self) -> Result<u64, Option<Place>> {
        // Before the question, so that nothing that happens afterwards is missed.
        let alerts = interrupt::alerts();
        if self.is_new || alerts != self.context.seen {
            self.is_new = false;
            // Who is asked may draw words too.
            self.context.words.put_back_rest(self.context.outside);
            self.context.seen = alerts;
            if self.context.outside.must_stop() {
                return Err(Some(self.entry.shape().place));
            }
        }
        self.context.words.begin_pass();
        let (code, slots) = (self.entry.code(), self.slots.as_mut_ptr());
        // SAFETY: the code has been made for the shape of this entry, whose variables and result are numbers, and `slots` has a slot for each
        // of them: `Entry::row` has checked that. Nobody else reaches the context until the code ends.
        let status = unsafe { code(&raw mut self.context, self.depth, slots) };
        if status == GAVE_UP {
            self.context.words.put_back_pass(self.context.outside);
        }
        // What it notes about lists is about lists that it has made itself.
        self.context.journal.forget();
        if let Some(panic) = self.context.panic.take() {
            resume_unwind(panic);
        }
        match status {
            DONE | RETURNED => Ok(self.slots[self.entry.shape().vars.len()]),
            _ => Err(self.context.is_stopped.then_some(self.context.place)),
        }
    }
}

impl Drop for Row<'_> {
    fn drop(&mut self) {
        self.context.words.put_back_rest(self.context.outside);
    }
}
