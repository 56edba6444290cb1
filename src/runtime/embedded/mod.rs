//! Scripts on an engine that the host owns, from Rust.
//!
//! - [`evaluate`]: values and errors of its scripts. [`objects`]: what it shares with them, and the processes that run them.

mod evaluate;
mod objects;
