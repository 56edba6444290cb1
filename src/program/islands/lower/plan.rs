//! The functions of one island.

use std::collections::HashMap;

use super::hints::Hints;
use super::surroundings::Surroundings;
use crate::native::code::{Function, FunctionId, Ty};

/// Functions that have been compiled, by the addresses of their islands and the types of their arguments.
pub(crate) type Known = HashMap<Key, Compiled>;

pub(super) type Key = (usize, Vec<Ty>);

/// A compiled function.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Compiled {
    pub id: FunctionId,
    pub ret: Ty,
    /// It assigns to its parameters.
    pub assigns: bool,
    /// It writes to lists that are parameters.
    pub changes_lists: bool,
}

/// The functions of one island.
pub(crate) struct Plan<'w> {
    pub world: &'w dyn Surroundings,
    /// Compiled for other islands.
    pub(super) known: &'w Known,
    /// Gives a function its number.
    pub(super) declare: &'w mut dyn FnMut(&[Ty], Ty) -> FunctionId,
    /// To be defined for this island.
    pub functions: Vec<(FunctionId, Function)>,
    pub fresh: Known,
    pub(super) open: Vec<Open>,
    pub(super) lowerings: usize,
    pub(super) hints: Hints,
}

/// A function that is being lowered.
pub(super) struct Open {
    pub(super) key: Key,
    /// The type of its result, if that is known.
    pub(super) ret: Ty,
    pub(super) id: Option<FunctionId>,
    /// It has been called while that was not known.
    pub(super) was_guessed: bool,
}

impl<'w> Plan<'w> {
    pub(crate) fn new(
        world: &'w dyn Surroundings,
        known: &'w Known,
        declare: &'w mut dyn FnMut(&[Ty], Ty) -> FunctionId,
    ) -> Self {
        Self {
            world,
            known,
            declare,
            functions: Vec::new(),
            fresh: Known::new(),
            open: Vec::new(),
            lowerings: 0,
            hints: Hints::default(),
        }
    }
}
