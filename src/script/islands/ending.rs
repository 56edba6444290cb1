//! How compiled code has ended, for the script.

use rhai::Position;

use super::Islands;
use crate::native::code::Place;
use crate::program::islands::lower;
use crate::script::exceptions::Failure;
use crate::script::interp::Interp;
use crate::sys::limits::Stack;

/// The stack that one call of compiled code may take.
const STACK_PER_CALL: usize = 2048;

/// Returns the error of a script that had to stop in compiled code.
pub(super) fn stopped(interp: &Interp, place: Place) -> Failure {
    let mut error = interp.interrupted();
    if error.position().is_none() {
        let position: Position = lower::position(place);
        error.set_position(position);
    }
    error
}

/// Returns how many calls may nest in compiled code that is entered at this level; `None` if it must not be entered at all.
pub(super) fn depth(interp: &Interp, level: usize) -> Option<usize> {
    let levels = Islands::of(interp).rules.get()?.levels.checked_sub(level)?;
    let stack = Stack::mine();
    if stack.is_short() {
        return None;
    }
    Some(levels.min(stack.left() / STACK_PER_CALL))
}
