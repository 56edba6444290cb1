//! The stretches in which scripts run on an engine of a host, and for which limits of time, operations and memory hold.
//!
//! Nothing tells when a script begins on such an engine, so the host marks the stretch by `ProcessPackage::limited`. A script outside
//! of it is refused, because its limits would not hold.

use std::cell::RefCell;

use crate::script::exceptions::{Exception, Failure, raise};
use crate::script::interp::Interp;
use crate::script::limits::Limits;

thread_local! {
    /// The stretches that this thread is in, the innermost last.
    static MINE: RefCell<Vec<Stretch>> = const { RefCell::new(Vec::new()) };
}

struct Stretch {
    /// The interpreter, by its address.
    interp: usize,
    /// A step of a script was checked.
    is_checked: bool,
}

/// Runs a body as a part of the stretch of this interpreter.
pub(crate) fn within<R>(interp: &Interp, body: impl FnOnce() -> R) -> R {
    let stretch = Stretch {
        interp: interp.address(),
        is_checked: false,
    };
    MINE.with_borrow_mut(|mine| mine.push(stretch));
    let _left = Left;
    body()
}

/// Leaves the innermost stretch, also by a panic.
struct Left;

impl Drop for Left {
    fn drop(&mut self) {
        let _ = MINE.try_with(|mine| mine.borrow_mut().pop());
    }
}

/// Returns whether this thread is in a stretch of this interpreter.
pub(crate) fn is_within(interp: &Interp) -> bool {
    find(interp, |_| ()).is_some()
}

/// Notes that a step of a script is checked.
///
/// # Errors
/// The exception for a script that runs outside of a stretch, although it has limits that need one.
#[inline]
pub(crate) fn step(interp: &Interp) -> Result<(), Exception> {
    if !is_needed(interp) {
        return Ok(());
    }
    let found = find(interp, |stretch| stretch.is_checked = true);
    found.ok_or_else(|| Exception::new("RuntimeError", vec![OUTSIDE.into()]))
}

/// Checks, where a script uses a variable, that its steps are checked.
///
/// # Errors
/// `RuntimeError` if they are not: outside of a stretch, or because the host has set a callback of its own.
#[inline]
pub(crate) fn check(interp: &Interp) -> Result<(), Failure> {
    if !is_needed(interp) {
        return Ok(());
    }
    match find(interp, |stretch| stretch.is_checked) {
        Some(true) => Ok(()),
        Some(false) => Err(raise("RuntimeError", UNCHECKED)),
        None => Err(raise("RuntimeError", OUTSIDE)),
    }
}

/// The script has limits that hold only in a stretch.
const OUTSIDE: &str = "this package has limits of time, operations or memory, which hold only inside of `package.limited`: run the script by \
                       `package.limited(|| engine.eval_ast::<Dynamic>(&ast))`";

/// An engine does not call the package at each step.
pub(crate) const UNCHECKED: &str = "the package's limits cannot be applied to an engine whose `on_progress` (time, operations, memory) or \
                                    `on_var` (sizes) is set by somebody else: leave it to the package, or remove these limits";

#[inline]
fn is_needed(interp: &Interp) -> bool {
    interp.host_engines.in_use() && interp.settings.limits.need_a_stretch()
}

fn find<R>(interp: &Interp, read: impl FnOnce(&mut Stretch) -> R) -> Option<R> {
    MINE.with_borrow_mut(|mine| {
        let all = mine.iter_mut().rev();
        let mut these = all.filter(|stretch| stretch.interp == interp.address());
        these.next().map(read)
    })
}

impl Limits {
    /// Returns whether there are limits that have a beginning and an end.
    #[inline]
    pub(crate) fn need_a_stretch(&self) -> bool {
        self.of_time().is_some() || self.of_operations().is_some() || self.of_memory().is_some()
    }
}
