//! Entering compiled code.

use std::fmt;
use std::panic::resume_unwind;
use std::sync::Arc;

use super::context::Context;
use super::lists::Lists;
use super::memory::{Code, Start};
use super::values::{Exit, Outside, Progress, Value};
use crate::native::code::{Place, Ty, Var};
use crate::sys::interrupt;

/// The status of code that has ended without a value.
pub(crate) const DONE: i64 = 0;

/// The status of a loop that `return` has ended.
pub(crate) const RETURNED: i64 = 1;

/// The status of code that gives up.
pub(crate) const GAVE_UP: i64 = 2;

/// Compiled code that can be entered. The code's memory lives as long as one of them.
#[derive(Clone)]
pub(crate) struct Entry {
    start: Start,
    shape: Arc<Shape>,
}

/// The arguments and results of compiled code.
///
/// It gets the address of eight-byte slots: one for each variable, one for its result, and four for a loop that is counted: the next
/// number, the step, the passes done, and the number at which it ends.
#[derive(Debug)]
pub(crate) struct Shape {
    /// The types of its variables.
    pub vars: Vec<Ty>,
    /// Which of them are lists that it writes to.
    pub written: Vec<bool>,
    pub result: Ty,
    pub kind: Kind,
    /// The place of the code, for a stop before it begins.
    pub place: Place,
}

impl Shape {
    /// Returns the place of the code and the type of its result.
    pub(super) fn at_entry(&self) -> (Place, Ty) {
        (self.place, self.result)
    }
}

/// The kinds of compiled code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Function,
    /// A loop with a condition, or none.
    While,
    /// A loop over numbers.
    Numbers,
    /// A loop over the items of this variable.
    Items(Var),
}

/// Slots behind those of the variables.
const MORE_SLOTS: usize = 5;

/// Code with up to this many variables is entered without allocating.
const FEW: usize = 11;

impl Entry {
    pub(crate) fn new(start: Start, shape: Shape) -> Self {
        let shape = Arc::new(shape);
        Self { start, shape }
    }

    pub(super) fn shape(&self) -> &Shape {
        &self.shape
    }

    pub(super) fn code(&self) -> Code {
        self.start.code
    }

    /// Runs a function, or a loop with a condition. `depth` is the number of calls that may still nest. `values` are the arguments,
    /// or the loop's variables, which get their new values back; at `GaveUp` and `Stopped` those that they had when the last pass
    /// began. Values of other types than the code was made for: `GaveUp`.
    pub(crate) fn call(
        &self,
        outside: &mut dyn Outside,
        depth: usize,
        values: &mut [Value],
    ) -> Exit {
        if !matches!(self.shape.kind, Kind::Function | Kind::While) {
            return Exit::GaveUp;
        }
        self.run(outside, depth, None, values)
    }

    /// Runs a loop over numbers or items, from `progress` on, which moves along as the values do. It means nothing once the loop has ended.
    pub(crate) fn loop_on(
        &self,
        outside: &mut dyn Outside,
        depth: usize,
        progress: &mut Progress,
        values: &mut [Value],
    ) -> Exit {
        if !self.can_count(progress, values) {
            return Exit::GaveUp;
        }
        if progress.left == 0 {
            return Exit::Done(Value::Unit);
        }
        self.run(outside, depth, Some(progress), values)
    }

    /// Returns whether `progress` is one of this loop.
    fn can_count(&self, progress: &Progress, values: &[Value]) -> bool {
        match self.shape.kind {
            Kind::Function | Kind::While => false,
            Kind::Numbers => progress.step != 0,
            Kind::Items(list) => {
                let len = match values.get(list) {
                    Some(Value::List(list)) => list.len(),
                    _ => return false,
                };
                let next = usize::try_from(progress.next).ok();
                let left = usize::try_from(progress.left).ok();
                let end = next
                    .zip(left)
                    .and_then(|(next, left)| next.checked_add(left));
                progress.step == 1 && end.is_some_and(|end| end <= len)
            }
        }
    }

    fn run(
        &self,
        outside: &mut dyn Outside,
        depth: usize,
        progress: Option<&mut Progress>,
        values: &mut [Value],
    ) -> Exit {
        let fits = values
            .iter()
            .map(Value::ty)
            .eq(self.shape.vars.iter().map(|ty| Some(*ty)));
        if !fits {
            return Exit::GaveUp;
        }
        // Before the question, so that nothing that happens afterwards is missed.
        let seen = interrupt::alerts();
        if outside.must_stop() {
            return Exit::Stopped(self.shape.place);
        }
        let count = values.len() + MORE_SLOTS;
        let (mut few, mut many) = ([0; FEW + MORE_SLOTS], Vec::new());
        let slots = match few.get_mut(..count) {
            Some(slots) => slots,
            None => {
                many.resize(count, 0);
                &mut many[..]
            }
        };
        for (slot, value) in slots.iter_mut().zip(&*values) {
            *slot = value.bits();
        }
        let counting = values.len() + 1;
        if let Some(progress) = &progress {
            let end = progress
                .next
                .wrapping_add(progress.step.wrapping_mul(progress.left as i64));
            let number = [progress.next, progress.step, progress.done, end];
            slots[counting..].copy_from_slice(&number.map(i64::cast_unsigned));
        }
        let lists = Lists::new(values, &self.shape.written, slots);
        let mut context = Context::new(seen, self.shape.at_entry(), outside, lists);
        let depth = i64::try_from(depth).unwrap_or(i64::MAX);
        // SAFETY: the code has been made for the shape that `values` have. It gets a context that nobody else reaches until it ends, and
        // the slots of its shape, which contain the numbers, and the addresses of headers that live as long as the context.
        let exit = unsafe { (self.start.code)(&raw mut context, depth, slots.as_mut_ptr()) };
        let gave_up = exit == GAVE_UP;
        if gave_up {
            context.words.put_back_pass(context.outside);
            context.journal.undo(&context.lists);
        } else {
            context.words.put_back_rest(context.outside);
        }
        context.lists.finish(gave_up, values);
        for (value, slot) in values.iter_mut().zip(&*slots) {
            value.set_bits(*slot);
        }
        if let Some(progress) = progress {
            progress.move_to(slots[counting].cast_signed());
        }
        if let Some(panic) = context.panic {
            resume_unwind(panic);
        }
        self.end(exit, &mut context, slots[values.len()])
    }

    /// Returns how code has ended with this status and result.
    fn end(&self, status: i64, context: &mut Context, bits: u64) -> Exit {
        let mut result = || match self.shape.result {
            Ty::List(_) | Ty::Rows(_) => context.result.take_value(),
            ty => Value::of_bits(ty, bits),
        };
        match status {
            DONE if self.shape.kind != Kind::Function => Exit::Done(Value::Unit),
            DONE => Exit::Done(result()),
            RETURNED => Exit::Returned(result()),
            _ if context.is_stopped => Exit::Stopped(context.place),
            _ => Exit::GaveUp,
        }
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("shape", &self.shape)
            .finish_non_exhaustive()
    }
}
