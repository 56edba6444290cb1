//! The embedding API: a runtime for scripts, from Rust.
//!
//! - [`builder`]: what a runtime is given; [`build_error`]: what it cannot be given.
//! - [`setup`]: a host's own functions and types.
//! - [`package`]: the API on an engine of the host's own.
//! - [`script`]: the text of one.
//! - [`run`]: running a script to its end; [`ending`]: the end of a runtime.
//! - [`evaluate`]: running pieces of a program one after another; [`state`]: what stays; [`piece`]: the report on one; [`error`], [`error_kind`]: why an operation failed.
//! - [`stopper`]: stopping a script, by hand and by time.
//! - [`engine`]: the Rhai engine as scripts expect it; [`wrong_calls`]: what it asks about calls that fail.
//! - [`modules`]: `import`, from the script's directory and from the modules built in; [`loading`]: by one thread at a time.
//! - [`check`]: the syntax errors of a script.
//! - [`worker`]: the beginning of a spawned child.
//! - [`prompt`]: a program that grows line by line.
//! - [`objects`]: queues, locks, events and processes as Rust objects.

mod build_error;
mod builder;
mod check;
mod ending;
mod engine;
mod error;
mod error_kind;
mod evaluate;
mod loading;
mod modules;
mod objects;
mod package;
mod piece;
mod prompt;
mod run;
mod script;
mod setup;
mod state;
mod stopper;
#[cfg(test)]
mod tests;
mod worker;
mod wrong_calls;

use std::fmt;
use std::sync::Arc;

pub use self::build_error::BuildError;
pub use self::builder::Builder;
pub use self::error::{Error, Failure};
pub use self::error_kind::ErrorKind;
use self::modules::Modules;
pub use self::objects::{
    Conversion, Event, GetError, Items, Lock, LockGuard, Process, ProcessOptions, PutError,
    PutManyError, Queue, TaskDoneError, WaitError,
};
pub use self::package::ProcessPackage;
pub use self::prompt::{
    Candidate, CandidateKind, Candidates, ChildState, ChildStatus, Finished, Function, Interactive,
    Outcome, Span, SpanKind, Variable,
};
pub use self::script::Script;
pub use self::setup::Setup;
use self::state::State;
pub use self::stopper::Stopper;
pub use self::worker::{init, init_with};
pub use crate::permissions::Permissions;
pub use crate::program::diagnostic::{Diagnostic, ErrorFormat};
pub use crate::program::frame::Frame;
pub use crate::script::fork_hooks::ForkHooks;
use crate::script::interp::Interp;
pub use crate::script::limits::{Exceeded, Limits};
use crate::script::names::Names;
pub use crate::script::sinks::capture::Capture;
pub use crate::script::sinks::sink::Sink;
pub use crate::stdlib::multiprocessing::start_method::StartMethod;

/// A script engine with processes.
///
/// It runs a whole program ([`run_main`](Self::run_main)), or pieces of one after another ([`eval`](Self::eval), [`run_file`](Self::run_file),
/// [`call_fn`](Self::call_fn)). It runs one thing at a time; for several at once there are several runtimes, which
/// share nothing. Its drop ends the threads and children that are left, and frees the memory they shared.
///
/// # Example
/// ```
/// procscript::init();
/// let mut runtime = procscript::Runtime::builder().build()?;
/// runtime.eval::<()>(r#"fn greet(name) { "hello, " + name }"#)?;
/// assert_eq!(runtime.call_fn::<String>("greet", ("world".to_string(),))?, "hello, world");
/// # Ok::<(), procscript::Error>(())
/// ```
pub struct Runtime {
    pub(crate) engine: Arc<rhai::Engine>,
    interp: Arc<Interp>,
    modules: Arc<Modules>,
    pub(crate) names: Arc<Names>,
    state: State,
    /// How many evaluations there were: messages number them.
    evaluations: usize,
}

impl Runtime {
    /// Begins the configuration of a runtime.
    pub fn builder() -> Builder {
        Builder::default()
    }
}

impl fmt::Debug for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runtime").finish_non_exhaustive()
    }
}
