//! Functions that compiled code calls. None of them panics.

use std::cmp::Ordering;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::context::Context;
use super::header::Header;
use super::items::Row;
use crate::sys::interrupt;

/// A function that compiled code calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Helper {
    /// `(context)`: something has happened outside. Like the next ones it leaves an answer in the context; here: whether to give up.
    Look,
    /// `(context)`: there are no random words left; whether to give up.
    Draw,
    /// `(context)`: the journal is full; where to record, or 0 to give up.
    MakeSpace,
    /// `(context, header)`: a list is full; whether to give up.
    Grow,
    /// `(context, numbers, numbers)`: begins the lists of a call, of the types with these numbers. Returns where their headers are.
    Frame,
    /// `(context)`: ends them.
    Unframe,
    /// `(context, header, int)`: makes space for this many items; whether to give up. So do the next ones.
    Reserve,
    /// `(context, header)`: removes all items.
    Clear,
    /// `(context, header, bits, int)`: makes a list of an item, this many times.
    Fill,
    /// `(context, header, int)`: repeats the items.
    Repeat,
    /// `(context, header, header)`: gives the first list the items of the second one.
    Copy,
    /// The same, and the second one has none any more.
    Move,
    /// `(context, header, header)`: appends the items of the second list to the first one.
    Extend,
    /// `(context, header, header)`: appends a copy of a list to a list of lists.
    PushCopy,
    /// The same with its items, and the list has none any more.
    PushRow,
    /// `(context, float, float)`: whether they compare so.
    Lt,
    Le,
    Gt,
    Ge,
    Eq,
    Ne,
    /// `(int, int) -> (int, 1 to give up)`
    PowInt,
    /// `(float, float) -> float`
    RemFloat,
    PowFloat,
    /// `(float) -> float`
    Sin,
    Cos,
    Tan,
    Exp,
    Ln,
    Log10,
}

impl Helper {
    /// Returns the address of the function.
    pub(crate) fn address(self) -> *const () {
        match self {
            Self::Look => look as *const (),
            Self::Draw => draw as *const (),
            Self::MakeSpace => make_space as *const (),
            Self::Grow => grow as *const (),
            Self::Frame => frame as *const (),
            Self::Unframe => unframe as *const (),
            Self::Reserve => reserve as *const (),
            Self::Clear => clear as *const (),
            Self::Fill => fill as *const (),
            Self::Repeat => repeat as *const (),
            Self::Copy => copy as *const (),
            Self::Move => move_items as *const (),
            Self::Extend => extend as *const (),
            Self::PushCopy => push_copy as *const (),
            Self::PushRow => push_row as *const (),
            Self::PowInt => pow_int as *const (),
            Self::RemFloat => rem_float as *const (),
            Self::PowFloat => pow_float as *const (),
            Self::Sin => sin as *const (),
            Self::Cos => cos as *const (),
            Self::Tan => tan as *const (),
            Self::Exp => exp as *const (),
            Self::Ln => ln as *const (),
            Self::Log10 => log10 as *const (),
            Self::Lt => lt as *const (),
            Self::Le => le as *const (),
            Self::Gt => gt as *const (),
            Self::Ge => ge as *const (),
            Self::Eq => eq as *const (),
            Self::Ne => ne as *const (),
        }
    }
}

/// A result and whether to give up: in two registers on every processor, because both are integers.
#[repr(C)]
struct Pair(i64, u64);

extern "C" fn look(context: *mut Context) {
    // SAFETY: code passes the pointer that it was entered with, and waits.
    let context = unsafe { &mut *context };
    ask(context, |context| {
        context.words.put_back_rest(context.outside);
        let seen = interrupt::alerts();
        context.is_stopped = context.outside.must_stop();
        context.seen = seen;
        !context.is_stopped
    });
}

extern "C" fn draw(context: *mut Context) {
    // SAFETY: as in `look`.
    let context = unsafe { &mut *context };
    ask(context, |context| context.words.draw(context.outside));
}

extern "C" fn make_space(context: *mut Context) {
    // SAFETY: as in `look`.
    let context = unsafe { &mut *context };
    let change = context.journal.make_space(&context.lists);
    context.answer = change.expose_provenance() as u64;
}

extern "C" fn grow(context: *mut Context, header: *mut Header) {
    // SAFETY: as in `look`; the header is one of its lists'.
    let (context, header) = unsafe { (&mut *context, &mut *header) };
    ask(context, |context| header.grow(context.outside));
}

extern "C" fn frame(context: *mut Context, first: u64, second: u64) -> *mut Header {
    // SAFETY: as in `look`.
    unsafe { (*context).frames.begin([first, second]) }
}

extern "C" fn unframe(context: *mut Context) {
    // SAFETY: as in `look`.
    unsafe { (*context).frames.end() };
}

extern "C" fn reserve(context: *mut Context, header: *mut Header, items: i64) {
    // SAFETY: as in `grow`.
    let (context, header) = unsafe { (&mut *context, &mut *header) };
    ask(context, |context| {
        header.reserve(times(items), context.outside)
    });
}

extern "C" fn clear(context: *mut Context, header: *mut Header) {
    // SAFETY: as in `grow`.
    let (context, header) = unsafe { (&mut *context, &mut *header) };
    header.clear();
    context.answer = 0;
}

extern "C" fn fill(context: *mut Context, header: *mut Header, bits: u64, count: i64) {
    // SAFETY: as in `grow`.
    let (context, header) = unsafe { (&mut *context, &mut *header) };
    let seen = context.seen;
    ask(context, |context| {
        let count = times(count);
        // An alert in a long list: the interpreter makes it, and looks what happens.
        context.outside.may_grow(count) && header.fill(bits, count, || interrupt::alerts() == seen)
    });
}

extern "C" fn repeat(context: *mut Context, header: *mut Header, count: i64) {
    // SAFETY: as in `grow`.
    let (context, header) = unsafe { (&mut *context, &mut *header) };
    let seen = context.seen;
    ask(context, |context| {
        let count = times(count);
        context
            .outside
            .may_grow(header.items().saturating_mul(count))
            && header.repeat(count, || interrupt::alerts() == seen)
    });
}

/// How often something is done that is done `count` times.
fn times(count: i64) -> usize {
    usize::try_from(count).unwrap_or(0)
}

extern "C" fn copy(context: *mut Context, to: *mut Header, from: *mut Header) {
    if to == from {
        // SAFETY: as in `look`.
        unsafe { (*context).answer = 0 };
        return;
    }
    // SAFETY: as in `grow`; they are two lists.
    let (context, to, from) = unsafe { (&mut *context, &mut *to, &*from) };
    ask(context, |context| {
        context.outside.may_grow(from.items()) && to.copy(from, false)
    });
}

extern "C" fn move_items(context: *mut Context, to: *mut Header, from: *mut Header) {
    if to != from {
        // SAFETY: as in `copy`.
        unsafe { *to = (*from).moved() };
    }
    // SAFETY: as in `look`.
    unsafe { (*context).answer = 0 };
}

extern "C" fn extend(context: *mut Context, to: *mut Header, from: *mut Header) {
    // SAFETY: as in `copy`; code never extends a list by itself.
    let (context, to, from) = unsafe { (&mut *context, &mut *to, &*from) };
    ask(context, |context| {
        let items = to.items().saturating_add(from.items());
        context.outside.may_grow(items) && to.copy(from, true)
    });
}

extern "C" fn push_copy(context: *mut Context, rows: *mut Header, row: *mut Header) {
    // SAFETY: as in `grow`; the list that is copied may be one of these rows.
    let copy = unsafe { (*row).copied() };
    push(context, rows, copy);
}

extern "C" fn push_row(context: *mut Context, rows: *mut Header, row: *mut Header) {
    // SAFETY: as in `copy`.
    let row = unsafe { (*row).moved() };
    push(context, rows, Some(row));
}

fn push(context: *mut Context, rows: *mut Header, row: Option<Header>) {
    // SAFETY: as in `grow`.
    let (context, rows) = unsafe { (&mut *context, &mut *rows) };
    ask(context, |context| {
        let Some(row) = row else {
            return false;
        };
        let items = row.items().max(rows.len + 1);
        let (old, count) = (rows.data, rows.len);
        if !context.outside.may_grow(items) || !rows.push_row(row) {
            return false;
        }
        if rows.data != old {
            let bytes = count * size_of::<Header>();
            context.journal.follow(old.cast(), bytes, rows.data.cast());
        }
        true
    });
}

/// Answers whether to give up. No panic gets into compiled code: it goes on where the code was entered.
fn ask(context: &mut Context, goes_on: impl FnOnce(&mut Context) -> bool) {
    let answer = catch_unwind(AssertUnwindSafe(|| goes_on(context)));
    context.answer = (!matches!(answer, Ok(true))).into();
    context.panic = answer.err();
}

extern "C" fn pow_int(a: i64, b: i64) -> Pair {
    let power = u32::try_from(b).ok().and_then(|b| a.checked_pow(b));
    power.map_or(Pair(0, 1), |power| Pair(power, 0))
}

extern "C" fn rem_float(a: f64, b: f64) -> f64 {
    a % b
}

extern "C" fn pow_float(a: f64, b: f64) -> f64 {
    a.powf(b)
}

extern "C" fn sin(x: f64) -> f64 {
    x.sin()
}

extern "C" fn cos(x: f64) -> f64 {
    x.cos()
}

extern "C" fn tan(x: f64) -> f64 {
    x.tan()
}

extern "C" fn exp(x: f64) -> f64 {
    x.exp()
}

extern "C" fn ln(x: f64) -> f64 {
    x.ln()
}

extern "C" fn log10(x: f64) -> f64 {
    x.log10()
}

extern "C" fn lt(context: *mut Context, a: f64, b: f64) {
    answer(context, order(a, b).is_some_and(Ordering::is_lt));
}

extern "C" fn le(context: *mut Context, a: f64, b: f64) {
    answer(context, order(a, b).is_some_and(Ordering::is_le));
}

extern "C" fn gt(context: *mut Context, a: f64, b: f64) {
    answer(context, order(a, b).is_some_and(Ordering::is_gt));
}

extern "C" fn ge(context: *mut Context, a: f64, b: f64) {
    answer(context, order(a, b).is_some_and(Ordering::is_ge));
}

extern "C" fn eq(context: *mut Context, a: f64, b: f64) {
    answer(context, order(a, b).is_some_and(Ordering::is_eq));
}

extern "C" fn ne(context: *mut Context, a: f64, b: f64) {
    answer(context, order(a, b).is_none_or(Ordering::is_ne));
}

/// Returns the order of two numbers, as interpreted comparisons know it (`runtime/comparisons.rs`): `None` if one of them is NaN; finite
/// numbers that differ by less than an epsilon, relative to the larger one, are equal.
fn order(a: f64, b: f64) -> Option<Ordering> {
    let larger = if a * b == 0.0 {
        1.0
    } else {
        a.abs().max(b.abs())
    };
    let is_near = ((a - b) / larger).abs() <= f64::EPSILON;
    if is_near {
        return Some(Ordering::Equal);
    }
    a.partial_cmp(&b)
}

fn answer(context: *mut Context, truth: bool) {
    // SAFETY: as in `look`.
    unsafe { (*context).answer = truth.into() };
}
