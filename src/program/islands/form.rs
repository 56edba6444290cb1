//! What an island was compiled to, for certain types and in reach of certain functions.

use std::sync::atomic::AtomicU32;
use std::sync::{Arc, OnceLock, Weak};

use rhai::{ImmutableString, Module, Shared};

use super::Unfit;
use crate::native::Entry;
use crate::native::code::{Item, Ty};

/// One form of an island.
#[derive(Debug)]
pub(crate) struct Form {
    /// The types of the arguments, or of the loop's variables.
    pub types: Vec<Ty>,
    /// The names of the loop's variables.
    pub names: Vec<ImmutableString>,
    /// The type of the items of the list that the loop goes through.
    pub items: Option<Item>,
    pub libraries: Libraries,
    /// How often a function was called for these types before it was compiled.
    pub met: AtomicU32,
    pub code: OnceLock<Result<Code, Unfit>>,
}

/// Compiled code.
#[derive(Debug)]
pub(crate) struct Code {
    pub entry: Entry,
    /// The variables of a loop that it writes to.
    pub written: Vec<bool>,
    /// A function assigns to its parameters.
    pub assigns: bool,
    /// A function writes to lists that are parameters.
    pub changes_lists: bool,
}

/// The functions that a call can reach: the libraries, by their addresses.
#[derive(Debug, Clone, Default)]
pub(crate) struct Libraries(Vec<Weak<Module>>);

impl Libraries {
    pub(crate) fn of(now: &[Shared<Module>]) -> Self {
        Self(now.iter().map(Arc::downgrade).collect())
    }

    /// Returns whether they are these.
    pub(crate) fn are(&self, now: &[Shared<Module>]) -> bool {
        let mut pairs = self.0.iter().zip(now);
        self.0.len() == now.len()
            && pairs.all(|(kept, now)| std::ptr::eq(kept.as_ptr(), &raw const **now))
    }
}
