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
//! let runtime = procscript::Runtime::builder().build();
//! let script = procscript::Script::from_text("hello", "print(cpu_count());");
//! std::process::exit(runtime.run(script));
//! ```
//!
//! A runtime leaves the process alone: it installs no signal handlers unless
//! [`owns_process`](Builder::owns_process) asks for it, and never exits by itself.
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

#[doc(hidden)]
pub mod bench;
mod process;
mod program;
mod runtime;
mod shm;
mod stdlib;
mod sync;
mod sys;
mod wire;

pub use crate::runtime::{
    BuildError, Builder, Candidate, CandidateKind, Candidates, Capture, ChildState, ChildStatus,
    Diagnostic, Entered, Error, ErrorFormat, Exceeded, Failure, Finished, Frame, Function,
    Interactive, Limits, Permissions, ProcessPackage, Runtime, Script, Setup, Sink, StartMethod,
    Stopper, Variable, init, init_with,
};
/// The Rhai that this crate runs scripts with: values, engines and packages of a host have to be of the same version.
pub use rhai;

pub use crate::runtime::{
    Conversion, Event, GetError, Items, Lock, LockGuard, Process, ProcessOptions, PutError, Queue,
    WaitError,
};
pub use crate::stdlib::manual::{Definition, Entry, EntryKind, Manual};
