//! `procscript` gives Rhai scripts Python's `multiprocessing`, on real operating-system processes.
//!
//! ```rhai
//! fn square(n, results) {
//!     results.put([n, n * n]);
//! }
//! let results = Queue();
//! let workers = [];
//! for n in range(1, 4) {
//!     let p = Process(square, [n, results]);
//!     p.start();
//!     workers.push(p);
//! }
//! for p in workers { p.join(); }
//! print(results.qsize());
//! ```
//!
//! # Embedding
//!
//! A [`Runtime`] runs scripts. The first line of `main` is [`init`]: children that are started by spawn are
//! fresh runs of the program, and begin there.
//!
//! ```no_run
//! procscript::init();
//! let permissions = procscript::Permissions::none().allow_processes(4, 1);
//! let mut runtime = procscript::Runtime::builder().permissions(permissions).build()?;
//! runtime.eval::<()>("fn work(q) { q.put(6 * 7) }")?;
//! runtime.eval::<()>("let q = Queue(); let p = Process(work, [q]); p.start(); p.join();")?;
//! assert_eq!(runtime.eval::<i64>("q.get()")?, 42);
//! # Ok::<(), procscript::Error>(())
//! ```
//!
//! The guide for hosts is [`docs/embedding.md`](https://docs.rs/crate/procscript/latest/source/docs/embedding.md). In short:
//!
//! | | |
//! | --- | --- |
//! | a ready engine; one that the host owns | [`Runtime`], [`ProcessPackage`]; both are configured by a [`Builder`] |
//! | what scripts may do, and how much | [`Permissions`], [`Limits`]; [`Stopper`] |
//! | a host's own functions and types | [`Setup`], [`init_with`] |
//! | what scripts print and read | [`Sink`], [`Capture`] |
//! | what Rust and scripts share | [`Queue`], [`Lock`], [`Event`], [`Process`] |
//! | what went wrong | [`Error`], [`Diagnostic`] |
//! | a prompt | [`Interactive`] |
//!
//! A runtime leaves the process alone: no signal handlers unless [`owns_process`](Builder::owns_process) asks for
//! them, no exit, no output but through its sinks. It runs on the calling thread; several runtimes share nothing.
//!
//! # Crate features
//!
//! - `cli` (enabled by default): the `procscript` command. Without it neither clap, rustyline nor anyhow is built.
//!
//! # Platforms
//!
//! Linux from 5.6 on (pidfds), on x86-64 and aarch64; from 5.16 on a killed process is noticed at once
//! where older kernels take up to 50 ms.

#![warn(clippy::print_stdout, clippy::print_stderr, clippy::exit)]

mod advice;
#[doc(hidden)]
pub mod bench;
mod manual;
mod permissions;
mod process;
mod program;
mod runtime;
mod script;
mod shm;
mod stdlib;
mod sync;
mod sys;
mod text;
mod wire;

pub use crate::runtime::{
    BuildError, Builder, Candidate, CandidateKind, Candidates, Capture, ChildState, ChildStatus,
    Diagnostic, Entered, Error, ErrorFormat, Exceeded, Failure, Finished, ForkHooks, Frame,
    Function, Interactive, Limits, Permissions, ProcessPackage, Runtime, Script, Setup, Sink,
    StartMethod, Stopper, Variable, init, init_with,
};
/// The Rhai that this crate runs scripts with: values, engines and packages of a host have to be of the same version.
pub use rhai;

pub use crate::manual::{Definition, Entry, EntryKind, Manual};
pub use crate::runtime::{
    Conversion, Event, GetError, Items, Lock, LockGuard, Process, ProcessOptions, PutError, Queue,
    WaitError,
};

/// The programs of the guides are compiled with those of the documentation.
#[cfg(doctest)]
mod guides {
    #[doc = include_str!("../README.md")]
    mod readme {}

    #[doc = include_str!("../docs/embedding.md")]
    mod embedding {}
}
