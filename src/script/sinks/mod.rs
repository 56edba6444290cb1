//! Where a host wants what its scripts print, and where it takes what they read.
//!
//! - [`sink`]: one destination as the host gives it; [`capture`]: one that keeps the text.
//! - [`streams`]: the two streams of a runtime, with what its children write, in one order.
//! - [`outlet`]: one of the two.
//! - [`source`]: what `input()` reads.
//! - [`progress`]: who is shown how far long work has come.

pub(crate) mod capture;
mod outlet;
pub(crate) mod progress;
pub(crate) mod sink;
pub(crate) mod source;
pub(crate) mod streams;
