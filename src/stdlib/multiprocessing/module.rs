//! The module as a value, by itself or with a start method.

use super::context::Context;
use super::start_method::StartMethod;

/// The value of the global constant `multiprocessing`, and of a context.
#[derive(Debug, Clone, Default)]
pub(crate) struct Multiprocessing {
    /// The start method of what is made by it, if that is not the usual one.
    pub(super) context: Option<Context>,
}

impl Multiprocessing {
    /// Returns the start method of what is made by it, if that is not the usual one.
    pub(crate) fn start_method(&self) -> Option<StartMethod> {
        self.context.map(Context::method)
    }
}
