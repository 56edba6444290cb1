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
//! [`guide::embedding`] is the guide for hosts. In short:
//!
//! | | |
//! | --- | --- |
//! | a ready engine; an engine that the host owns | [`Runtime`]; [`ProcessPackage`]. A [`Builder`] configures both |
//! | what scripts may do, and how much | [`Permissions`], [`Limits`]; [`Stopper`] |
//! | how much memory a script may hold | [`Limits::memory`], [`alloc::Counting`] |
//! | a host's own functions and types | [`Setup`], [`init_with`] |
//! | how far their work has come | [`Builder::on_progress`], [`progress::ProgressReport`] |
//! | what scripts print and read | [`Sink`], [`Capture`], [`Builder::stdin`] |
//! | what Rust and scripts share | [`objects`]: [`Queue`](objects::Queue), [`Lock`](objects::Lock), [`Event`](objects::Event), [`Process`](objects::Process) |
//! | workers that call functions of scripts for Rust | [`Runtime::pool`], [`objects::Pool`] |
//! | what went wrong | [`Error`], [`ErrorKind`], and [`error`] with the [`Diagnostic`](error::Diagnostic) |
//! | processes in a host's tests | [`enable_test_support!`] |
//! | waits as futures | [`Queue::get_async`](objects::Queue::get_async), [`Runtime::spawn`] |
//! | a prompt | [`prompt::Interactive`] |
//! | what running programs do and wait for | [`inspect`] |
//! | what scripts did when, for a browser | [`timeline::Recording`] |
//! | the manual for script writers | [`manual::Manual`] |
//!
//! A runtime leaves its process alone: it installs no signal handlers unless [`owns_process`](Builder::owns_process) asks for
//! them, it never exits the process, and it writes only to its sinks. It runs on the calling thread. Several runtimes share nothing.
//!
//! # Crate features
//!
//! - `authkey` (enabled by default): the `authkey` of scripts' `Listener` and `Client`, by the hashes of RustCrypto: 11 crates more.
//! - `cli` (enabled by default): the `procscript` command. Without it neither clap, rustyline, indicatif nor anyhow is built.
//! - `hashlib` (enabled by default): the script module `hashlib`, by RustCrypto: 15 crates more.
//! - `log`: starts, ends and deaths of processes, abandoned locks, and deadlocks are events of the crate `log`, which is 1 crate more.
//! - `redis`: shared objects on a Redis or Valkey server, for the processes of several machines: 32 crates more, and two megabytes.
//! - `redis-tls`: the same by TLS (`rediss://`), with rustls and ring: 12 crates more, a C compiler, and a megabyte.
//! - `re` (enabled by default): the script module `re`, on the engine of the crate `regex`: 4 crates more.
//! - `compile` (enabled by default): numeric functions and loops of scripts become machine code, by Cranelift: 33 crates more, 5 of them for
//!   build scripts only, and five megabytes. Without it scripts behave the same, but numeric code is interpreted.
//!
//! A program that embeds the crate usually turns all off by `default-features = false`, and turns `compile` on if its scripts compute.
//!
//! # Platforms
//!
//! Linux from 5.6 on (pidfds), on x86-64 and aarch64; from 5.16 on a killed process is noticed at once
//! where older kernels take up to 50 ms.

#![warn(clippy::print_stdout, clippy::print_stderr, clippy::exit)]

#[cfg(not(all(target_os = "linux", target_pointer_width = "64")))]
compile_error!(
    "procscript runs only on 64-bit Linux: it needs futexes, memfd, pidfds and robust lists"
);

// Cargo builds one Rhai for all crates of a program, with the features that any of them turns on. Where `no_float` removes
// `FLOAT`, the compiler names the feature itself.
const _: () = {
    assert!(
        size_of::<rhai::INT>() == 8,
        "procscript needs Rhai's 64-bit integers, but a crate of this program turns on the feature `only_i32` of rhai"
    );
    assert!(
        size_of::<rhai::FLOAT>() == 8,
        "procscript needs Rhai's 64-bit floats, but a crate of this program turns on the feature `f32_float` of rhai"
    );
    assert!(
        size_of::<rhai::Position>() > 0,
        "procscript reports where errors happen, but a crate of this program turns on the feature `no_position` of rhai"
    );
};

mod advice;
mod diagnose;
pub mod manual;
#[cfg(feature = "compile")]
mod native;
mod permissions;
mod pool;
mod process;
mod program;
#[cfg(feature = "redis")]
mod remote;
mod runtime;
mod script;
mod shm;
mod stdlib;
mod sync;
mod syntax;
mod sys;
mod text;
pub mod timeline;
mod trace;
mod wire;

/// The Rhai that this crate runs scripts with. Values, engines and packages of a host must come from this version.
pub use rhai;

#[doc(inline)]
pub use crate::error::{Error, ErrorKind};
pub use crate::runtime::{
    Builder, Capture, ForkHooks, Limits, Permissions, ProcessPackage, Runtime, RuntimeStats,
    Script, Setup, Sink, Spawned, StartMethod, Stopper, init, init_with,
};

#[cfg(feature = "redis")]
pub use crate::runtime::remote::{
    DeadLetter, Remote, RemoteCatalogue, RemoteEvent, RemoteJob, RemoteLock, RemoteLockGuard,
    RemoteObject, RemotePermit, RemotePool, RemotePoolOptions, RemoteQueue, RemoteSemaphore,
    RemoteWorker, WorkerError,
};
#[doc(hidden)]
pub use crate::runtime::{begin_before_main, prepare_streams};

pub mod alloc {
    //! The allocator that counts what scripts hold.

    pub use crate::runtime::Counting;
}

pub mod error {
    //! What can go wrong, and the report on an error of a script.

    pub use crate::runtime::{
        BuildError, Death, Diagnostic, Error, ErrorFormat, ErrorKind, Exceeded, Failure, Frame,
    };
}

pub mod objects {
    //! Queues, locks, events and processes that Rust and scripts share, and pools of workers that do tasks for Rust.
    //!
    //! [`Runtime`](crate::Runtime) creates them with `queue`, `lock`, `event`, `start` and `pool`; `from_dynamic` takes one that a script
    //! has created, and `to_dynamic` is the value for a script. They work in any thread, while a script runs and between evaluations.

    pub use crate::runtime::{
        Arguments, Conversion, Event, GetError, Items, Job, Lock, LockGuard, Pool, PoolOptions,
        PoolStats, Process, ProcessOptions, PutError, PutManyError, Queue, SlowTask, TaskDoneError,
        WaitError, WorkerLost, WorkerStats,
    };
}

pub mod progress {
    //! How far the long work of scripts has come.

    #[doc(hidden)]
    pub use crate::runtime::{Drawing, terminal_width};
    pub use crate::runtime::{ProgressReport, ProgressStage};
}

pub mod inspect {
    //! What the processes and threads of running programs do, as `procscript ps` and `procscript dump` show it.
    //!
    //! [`families`] reads the programs of this user from outside, without changing anything in them:
    //!
    //! ```
    //! for family in procscript::inspect::families().into_iter().flatten() {
    //!     println!("{}", family.table());
    //! }
    //! ```

    pub use crate::diagnose::{
        Family, FindError, Hold, Line, Order, Process, Queue, Thread, Wait, families, family_of,
    };
}

pub mod prompt {
    //! A program that grows line by line: everything a prompt needs but the terminal.

    pub use crate::runtime::{
        Candidate, CandidateKind, Candidates, Display, Finished, Function, Input, Interactive,
        Outcome, Span, SpanKind, Timing, Variable,
    };
}

#[cfg(any(doc, doctest))]
pub mod guide;
