//! What compiled code shares with the functions that it calls.

use std::any::Any;

use super::header::Header;
use super::journal::Journal;
use super::lists::{Frames, Lists};
use super::random::Words;
use super::values::Outside;
use crate::native::code::Place;

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
