//! When machine code is worth it. Work is counted in nodes of the tree that the interpreter visits, about 50 ns each.

use rhai::{Expr, ScriptFuncDef, Shared};

use super::Islands;
use crate::program::islands::island::FunctionTree;
use crate::program::islands::{Handle, Tree};
use crate::script::interp::Interp;

/// Calls of a function without a loop before it is compiled.
const CALLS: u32 = 20;

/// Calls of a function with a loop: in the first one, its loops are islands.
const CALLS_WITH_LOOP: u32 = 2;

/// The work that takes the interpreter as long as compiling a loop takes.
const COMPILING: u64 = 16_000;

/// The work that takes as long as entering compiled code.
const ENTERING: u64 = 60;

/// A list of this many items takes the interpreter about as long as compiling a function does.
const LONG_LIST: i64 = 100_000;

/// The items of lists that are copied to code and back in the time of one node.
const ITEMS: u64 = 8;

/// An island whose code has given up so often stays with the interpreter.
pub(super) const FAILURES: u32 = 4;

/// So does one that was found unfit so often, each time for other types.
pub(super) const REFUSALS: u32 = 6;

/// The most forms that an island has at a time.
pub(super) const FORMS: usize = 8;

impl Islands {
    /// Returns whether a function is compiled at this call for the same types, counted from 1.
    pub(super) fn is_call_due(&self, call: u32, has_loop: bool) -> bool {
        let calls = if has_loop { CALLS_WITH_LOOP } else { CALLS };
        self.is_at_once() || call >= calls
    }

    /// Returns whether entering the code of a function is worth it, which may be a line without loops and calls.
    pub(super) fn pays_to_call(&self, tree: &FunctionTree) -> bool {
        tree.has_loop || u64::from(tree.weight) >= ENTERING || self.is_at_once()
    }

    /// Returns whether making a list of this many items is a reason to compile what makes it.
    pub(super) fn is_list_due(&self, items: i64) -> bool {
        self.are_loops_due() || items >= LONG_LIST
    }

    /// Returns the work that lists of `items` items are, copied to code and back.
    pub(super) fn work_of(items: usize) -> u64 {
        items as u64 / ITEMS
    }

    /// Returns whether a loop is worth compiling that has cost `spent` so far and will probably cost `expected` more.
    pub(super) fn pays(&self, spent: u64, expected: u64) -> bool {
        self.are_loops_due() || spent.saturating_add(expected) >= COMPILING && expected >= ENTERING
    }

    /// Returns whether entering the code of a loop is worth copying lists of `items` items.
    pub(super) fn pays_to_enter(&self, expected: u64, items: usize) -> bool {
        self.are_loops_due() || expected >= ENTERING && expected >= Self::work_of(items)
    }
}

/// Returns the body of a function whose node leaves each call to the interpreter.
pub(crate) fn plain_body(interp: &Interp, definition: &Shared<ScriptFuncDef>) -> Option<Expr> {
    let handle = Handle::of(definition)?;
    match &handle.0.tree {
        Tree::Function(tree) if !Islands::of(interp).pays_to_call(tree) => Some(tree.body.clone()),
        _ => None,
    }
}
