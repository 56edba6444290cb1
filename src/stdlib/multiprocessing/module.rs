//! The module as a value, by itself or with a start method: a context.

use super::start_method::StartMethod;

/// The names of start methods. Every spawned child is a copy of a fresh run of the program, as Python's fork server makes them.
const NAMES: [(&str, StartMethod, &str); 3] = [
    ("fork", StartMethod::Fork, "Fork"),
    ("spawn", StartMethod::Spawn, "Spawn"),
    ("forkserver", StartMethod::Spawn, "ForkServer"),
];

/// The start method of one context, which does not change that of others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Context(usize);

impl Context {
    pub(super) fn named(name: &str) -> Option<Self> {
        NAMES
            .iter()
            .position(|(known, ..)| *known == name)
            .map(Self)
    }

    pub(super) fn name(self) -> &'static str {
        NAMES[self.0].0
    }

    pub(super) fn method(self) -> StartMethod {
        NAMES[self.0].1
    }

    /// Returns the beginning of the names of its types: `Spawn`.
    pub(super) fn prefix(self) -> &'static str {
        NAMES[self.0].2
    }
}

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
