//! The embedding API: a runtime for scripts, from Rust.
//!
//! - [`builder`], [`compiling`], [`progress`]: the options of a runtime; [`build_error`]: why they can be wrong.
//! - [`setup`]: functions and types of a host.
//! - [`package`]: the API on an engine that the host owns; [`limited`]: its limits; [`embedded`]: its scripts and objects from Rust.
//! - [`script`]: the source of a script; [`stats`]: what a runtime has. [`run`]: running a script to its end; [`ending`]: the end of a runtime; [`everybody`]: those it ends.
//! - [`evaluate`]: running pieces of a program one after another; [`piece`]: one of them; [`state`]: the variables that stay; [`spawned`]: as a future.
//! - [`error`], [`error_kind`]: why an operation failed. [`stopper`]: stopping a script, by a call and by time; [`turn`]: between evaluations.
//! - [`engine`]: the Rhai engine as scripts expect it; [`bare`]: classes of exceptions that are thrown
//!   without brackets; [`wrong_calls`]: calls that Rhai cannot resolve; [`with_statement`]: `with`;
//!   [`rewriting`]: calls of functions that variables hold; [`methods`]: methods before functions of the same name;
//!   [`catching`]: what `catch` blocks are about; [`comparisons`]: `==`, `<`, …; [`natives`]: all functions, [`standard`]: Rhai's own.
//! - [`module_code`]: the code of a module. [`modules`]: `import` of files and of built-in modules; [`host_modules`]: of modules that the host has; [`loading`]: one by one.
//! - [`parsing`]: the tree of a source; [`check`]: the syntax errors of a script; [`warnings`]: about what runs, [`lost_writes`] among it.
//! - [`worker`]: the start of a spawned child, [`testing`]: in a host's tests too; [`groundwork`]: what is the same for every child; [`isolated`]: scripts that run in one.
//! - [`prompt`]: a program that grows line by line. [`objects`]: queues, locks, events, processes and pools as Rust objects; [`remote`]: on a server.

mod bare;
mod build_error;
mod builder;
mod catching;
mod check;
mod comparisons;
mod compiling;
mod embedded;
mod ending;
mod engine;
mod error;
mod error_kind;
mod evaluate;
mod everybody;
mod groundwork;
mod host_modules;
mod isolated;
mod limited;
mod loading;
mod lost_writes;
mod methods;
mod module_code;
mod modules;
mod natives;
mod objects;
mod package;
mod parsing;
mod piece;
mod progress;
mod prompt;
#[cfg(feature = "redis")]
pub(crate) mod remote;
mod rewriting;
mod run;
mod script;
mod setup;
mod shortcuts;
mod spawned;
mod standard;
mod state;
mod stats;
mod stopper;
mod testing;
#[cfg(test)]
mod tests;
mod turn;
mod warnings;
mod with_statement;
mod worker;
mod wrong_calls;

use std::fmt;
use std::sync::Arc;

pub use self::build_error::BuildError;
pub use self::builder::Builder;
pub use self::error::{Error, Failure};
pub use self::error_kind::ErrorKind;
pub use self::isolated::Death;
use self::isolated::Isolated;
use self::modules::Modules;
pub use self::objects::{
    Arguments, Conversion, Event, GetError, Items, Job, Lock, LockGuard, Pool, PoolOptions,
    PoolStats, Process, ProcessOptions, PutError, PutManyError, Queue, SlowTask, TaskDoneError,
    WaitError, WorkerLost, WorkerStats,
};
pub use self::package::ProcessPackage;
pub use self::prompt::{
    Candidate, CandidateKind, Candidates, Display, Finished, Function, Input, Interactive, Outcome,
    Span, SpanKind, Timing, Variable,
};
pub use self::script::Script;
pub use self::setup::Setup;
pub use self::spawned::Spawned;
use self::state::State;
pub use self::stats::RuntimeStats;
pub use self::stopper::Stopper;
#[doc(hidden)]
pub use self::testing::begin_before_main;
pub use self::worker::{init, init_with};
pub use crate::permissions::Permissions;
pub use crate::program::diagnostic::{Diagnostic, ErrorFormat};
pub use crate::program::frame::Frame;
pub use crate::script::fork_hooks::ForkHooks;
use crate::script::interp::Interp;
pub use crate::script::limits::{Exceeded, Limits};
use crate::script::names::Names;
pub use crate::script::sinks::capture::Capture;
pub use crate::script::sinks::progress::{Drawing, ProgressReport, ProgressStage};
pub use crate::script::sinks::sink::Sink;
pub use crate::stdlib::multiprocessing::start_method::StartMethod;
pub use crate::sys::alloc::Counting;
#[doc(hidden)]
pub use crate::sys::stdio::{prepare_streams, terminal_width};

/// A script engine with processes.
///
/// It runs a whole program ([`run_main`](Self::run_main)), or one piece of a program after another ([`eval`](Self::eval), [`run_file`](Self::run_file),
/// [`call_fn`](Self::call_fn)). A runtime does one thing at a time. Several runtimes can run at once and
/// share nothing. Dropping a runtime ends the threads and children that are left, and frees the memory they shared.
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
    /// The number of evaluations so far, for their names in messages.
    evaluations: usize,
    /// A child that runs the scripts instead.
    isolated: Option<Arc<Isolated>>,
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
