//! `re`: regular expressions, by the engine of the crate `regex`, which takes time in proportion to the string.
//!
//! - [`translate`], [`groups`], [`sets`], [`source`]: Python's patterns in the syntax of the crate; [`flags`]; [`problem`]: `re.error`.
//! - [`pattern`], [`found`], [`walk`]: searching; [`subject`]: what is searched.
//! - [`functions`]: those of the module; [`cache`]: compiled patterns; [`operations`]: what patterns do; [`template`]: replacements; [`classes`]: the members of patterns and matches.

mod cache;
mod classes;
mod flags;
mod found;
mod functions;
mod groups;
mod operations;
mod pattern;
mod problem;
mod sets;
mod source;
mod subject;
mod template;
mod translate;
mod walk;

use self::cache::Compiled;
use crate::script::{Registry, States, exception_class};

/// The value of the global constant `re`.
#[derive(Debug, Clone)]
struct Re;

/// Adds what the module keeps.
pub(super) fn states(states: &mut States) {
    states.add::<Compiled>();
}

pub(super) fn register(registry: &mut Registry) {
    classes::register(registry);
    let mut re = registry.namespace("re", Re);
    flags::register(&mut re);
    functions::register(&mut re);
    exception_class::members(&mut re, &["PatternError"]);
}
