//! The embedding API: a runtime for scripts, from Rust.
//!
//! - [`builder`]: what a runtime is given.
//! - [`run`]: running a script to its end.
//! - [`engine`]: the Rhai engine as scripts expect it.
//! - [`modules`]: `import`, from the script's directory and from the modules built in.
//! - [`wrong_calls`]: what a call that Rhai cannot resolve means in Python's words.
//! - [`rhai_functions`]: the names of Rhai's own functions.
//! - [`advice`]: what to do about an error.
//! - [`check`]: the syntax errors of a script.
//! - [`worker`]: the beginning of a spawned child.
//! - [`interactive`]: a program that grows line by line.

mod advice;
mod builder;
mod check;
mod engine;
mod interactive;
mod modules;
mod rhai_functions;
mod run;
#[cfg(test)]
mod tests;
mod worker;
mod wrong_calls;

use std::sync::Arc;

pub use self::builder::Builder;
pub use self::interactive::{
    Candidate, CandidateKind, Candidates, ChildState, ChildStatus, Entered, Finished, Function,
    Interactive, Variable,
};
use self::modules::Modules;
pub use self::run::Script;
pub use self::worker::init;
pub use crate::program::diagnostic::{Diagnostic, ErrorFormat};
pub use crate::program::traceback::Frame;
use crate::stdlib::host::Host;
pub use crate::stdlib::limits::{Exceeded, Limits};
pub use crate::stdlib::multiprocessing::start_method::StartMethod;

/// A script engine with processes.
///
/// # Example
/// ```no_run
/// procscript::init();
/// let runtime = procscript::Runtime::builder().build();
/// let code = runtime.run(procscript::Script::from_text("hello", r#"print("hello")"#));
/// assert_eq!(code, 0);
/// ```
#[derive(Debug)]
pub struct Runtime {
    engine: Arc<rhai::Engine>,
    host: Arc<Host>,
    modules: Arc<Modules>,
    names: engine::Names,
}

impl Runtime {
    /// A runtime to be furnished.
    pub fn builder() -> Builder {
        Builder::default()
    }
}
