//! What compiled code shares with the functions that it calls.

use std::any::Any;

use super::header::Header;
use super::journal::Journal;
use super::lists::{Frames, Lists};
use super::random::Words;
use super::values::Outside;
use crate::native::code::{Place, Ty};

/// What code has a pointer to while it runs. It reads and writes the fields before `outside`.
#[repr(C)]
pub(crate) struct Context<'a> {
    /// The number of alerts when somebody last looked.
    pub seen: u32,
    /// Where the code that was entered gave up.
    pub place: Place,
    /// What a helper answers that returns nothing.
    pub answer: u64,
    pub words: Words,
    pub journal: Journal,
    /// The list that the last call has given.
    pub result: Header,
    pub(super) outside: &'a mut dyn Outside,
    /// Whether code gave up because it had to stop.
    pub(super) is_stopped: bool,
    /// A panic of `outside`.
    pub(super) panic: Option<Box<dyn Any + Send>>,
    pub(super) lists: Lists,
    pub(super) frames: Frames,
}

impl<'a> Context<'a> {
    /// Returns what code at a place gets before it runs, whose result is of this type.
    pub(super) fn new(
        seen: u32,
        (place, result): (Place, Ty),
        outside: &'a mut dyn Outside,
        lists: Lists,
    ) -> Self {
        Self {
            seen,
            place,
            answer: 0,
            words: Words::default(),
            journal: Journal::default(),
            result: Header::empty(result),
            outside,
            is_stopped: false,
            panic: None,
            lists,
            frames: Frames::default(),
        }
    }
}
