//! Compiled islands: the functions and loops of a script that may become machine code.
//!
//! - [`unfit`]: why something may not
//! - `fit`: whether a tree may, as far as that shows before any type is known; [`numeric`]: the natives that it may call
//! - [`wrap`]: puts a node of our own around what may, under the names and at the places that it has
//! - [`island`]: what such a node stands for
//! - [`form`]: what it was compiled to
//! - [`lower`]: from the tree to typed code, for given types
//!
//! The interpreter meets the node where the function or loop was, so calls, errors and positions stay as they are.

mod fit;
pub(crate) mod form;
pub(crate) mod island;
pub(crate) mod lower;
pub(crate) mod numeric;
pub(crate) mod repeated;
#[cfg(test)]
mod tests;
pub(crate) mod unfit;
pub(crate) mod wrap;

pub(crate) use island::{Handle, Island, KEY, Tree};
pub(crate) use unfit::Unfit;
