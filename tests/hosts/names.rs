//! The names and signatures that hosts are promised: what changes one of them does not compile here.

use std::time::Duration;

use procscript::error::{BuildError, Diagnostic, ErrorFormat, Exceeded, Failure, Frame};
use procscript::manual::Manual;
use procscript::objects::{
    Conversion, Event, GetError, Job, Lock, LockGuard, Pool, PoolOptions, PoolStats, Process,
    ProcessOptions, PutError, PutManyError, Queue, TaskDoneError, WaitError, WorkerLost,
};
use procscript::prompt::{Finished, Interactive, Outcome};
use procscript::rhai::{Dynamic, FnPtr};
use procscript::{
    Builder, Capture, Error, ErrorKind, ForkHooks, Limits, Permissions, ProcessPackage, Runtime,
    RuntimeStats, Script, Setup, Sink, Spawned, StartMethod, Stopper,
};

use crate::support::cases::Case;

pub(crate) const CASES: &[Case] = &[Case::new(
    "the_promised_names_have_their_signatures",
    promised,
)];

type Source = fn(&str) -> Option<String>;
type Evaluated<T> = Result<T, Error>;
type Mapped<T, R> = fn(&Pool, &str, [T; 1]) -> Evaluated<Vec<R>>;
type Submitted<A, R> = fn(&Pool, &str, A) -> Evaluated<Job<R>>;

fn promised() {
    let _: fn() = procscript::init;
    let _: fn([Setup; 1]) = procscript::init_with;
    builders();
    runtimes();
    faces();
    packages();
}

fn builders() {
    let _: fn() -> Builder = Runtime::builder;
    let _: fn(Builder) -> Result<Runtime, BuildError> = Builder::build;
    let _: fn(Builder) -> Result<ProcessPackage, BuildError> = Builder::package;
    let _: fn(Builder, ForkHooks) -> Builder = Builder::around_fork;
    let _: fn(Builder, Source) -> Builder = Builder::stdin;
    let _: fn(Builder, Limits) -> Builder = Builder::limits;
    let _: fn(Builder, Permissions) -> Builder = Builder::permissions;
    let _: fn(Builder, Setup) -> Builder = Builder::setup;
    let _: fn(Builder, StartMethod) -> Builder = Builder::start_method;
    let _: fn(Builder, Sink) -> Builder = Builder::stdout;
    let _: fn(Builder, Capture) -> Builder = Builder::stderr;
    let _: fn(Builder, &'static str) -> Builder = Builder::worker_program;
    let _: fn(Builder, u64) -> Builder = Builder::session_memory;
    let _: fn(Builder, ErrorFormat) -> Builder = Builder::error_format;
    let _: fn(Builder) -> Builder = Builder::owns_process;
    let _: fn() -> Limits = Limits::new;
    let _: fn(Limits, Duration) -> Limits = Limits::time;
    let _: fn(Limits, u64) -> Limits = Limits::operations;
    let _: fn(Limits, usize) -> Limits = Limits::call_levels;
    let _: fn(Limits, usize) -> Limits = Limits::memory;
    let _: fn() -> Permissions = Permissions::none;
    let _: fn() -> Permissions = Permissions::all;
    let _: fn(Permissions, &'static str) -> Permissions = Permissions::allow_read;
    let _: fn(Permissions, u32, u32) -> Permissions = Permissions::allow_processes;
    let _: fn(&'static str) -> Setup = Setup::new;
}

fn runtimes() {
    let _: fn(Runtime, Script) -> i32 = Runtime::run_main;
    let _: fn(&mut Runtime, &str) -> Evaluated<i64> = Runtime::eval;
    let _: fn(&mut Runtime, &'static str) -> Evaluated<Dynamic> = Runtime::run_file;
    let _: fn(&mut Runtime, &Script) -> Evaluated<Dynamic> = Runtime::run_script;
    let _: fn(&mut Runtime, &str, (i64,)) -> Evaluated<i64> = Runtime::call_fn;
    let _ = |runtime: &mut Runtime, function: &FnPtr| -> Evaluated<i64> {
        runtime.call(function, (1_i64,))
    };
    let _: fn(&mut Runtime, &str, i64) -> Result<(), Error> = Runtime::set;
    let _: fn(&mut Runtime, &str) -> bool = Runtime::forget;
    let _: fn(&Runtime) -> RuntimeStats = Runtime::stats;
    let _ = |runtime: Runtime| -> Spawned<i64> { runtime.spawn(|_| 1) };
    let _: fn(&mut Runtime) = Runtime::reset;
    let _: fn(Runtime) -> Result<(), Error> = Runtime::finish;
    let _: fn(&Runtime) -> Stopper = Runtime::stopper;
    let _: fn(&Stopper) = Stopper::stop;
    let _: fn(&Stopper) = Stopper::stop_all;
    let _: fn(&Stopper) = Stopper::resume;
    let _: fn(&Interactive) -> Stopper = Interactive::stopper;
    let _: fn(Runtime) -> Interactive = Runtime::interactive;
    let _: fn(&mut Interactive, &str) -> Outcome = Interactive::enter;
    let _: fn(Interactive) -> Finished = Interactive::finish;
    let _: fn(&Error) -> Option<&Diagnostic> = Error::diagnostic;
    let _: fn(&Error) -> ErrorKind = Error::kind;
    let _ = |failure: Failure| (failure.value().clone(), failure.diagnostic().kind.clone());
    let _ = |frame: Frame| (frame.file, frame.line, frame.function);
    let _ = |error: Error| matches!(error, Error::Limit(Exceeded::Time(_)) | Error::Stopped);
    let _: fn() -> Capture = Capture::new;
    let _: fn(&Capture) -> String = Capture::text;
    let _: Option<Manual> = None;
}

fn faces() {
    let _: fn(&Queue<i64>, &i64) -> Result<(), PutError> = Queue::put;
    let _: fn(&Queue<i64>) -> Result<i64, GetError> = Queue::get;
    let _: fn(&Queue<i64>, Duration) -> Result<i64, GetError> = Queue::get_timeout;
    let _: fn(&Queue<i64>) -> Result<i64, GetError> = Queue::try_get;
    let _: fn(&Queue<i64>, &[i64]) -> Result<(), PutManyError> = Queue::put_many;
    let _: fn(&Queue<i64>) -> Result<(), TaskDoneError> = Queue::task_done;
    let _: fn(&Queue<i64>) -> Result<(), WaitError> = Queue::join;
    let _: fn(&Queue<i64>) -> Dynamic = Queue::to_dynamic;
    let _: fn(Dynamic) -> Result<Queue<i64>, Conversion> = |value| Queue::from_dynamic(value);
    let _ = |lock: Lock| lock.acquire().map(|guard: LockGuard| guard.was_abandoned());
    let _: fn(&Event) -> Result<(), WaitError> = Event::wait;
    let _: fn(&Process) -> i32 = Process::pid;
    let _: fn() -> ProcessOptions = ProcessOptions::new;
    pools();
}

fn pools() {
    fn is_shared<T: Clone + Send + Sync + 'static>() {}
    is_shared::<Pool>();
    is_shared::<Job<std::rc::Rc<i64>>>();
    let _: fn(&Runtime, usize) -> Result<Pool, Error> = Runtime::pool;
    let _: fn(&Runtime, PoolOptions) -> Result<Pool, Error> = Runtime::pool_with;
    let _: fn(usize) -> PoolOptions = PoolOptions::new;
    let _: fn(PoolOptions, &'static str, (i64,)) -> PoolOptions = PoolOptions::initializer;
    let _: fn(PoolOptions, u64) -> PoolOptions = PoolOptions::tasks_per_worker;
    let _: fn(PoolOptions, Duration) -> PoolOptions = PoolOptions::time_limit;
    let _: fn(PoolOptions, u32) -> PoolOptions = PoolOptions::retries;
    let _: Mapped<i64, i64> = Pool::map;
    let _: Mapped<(i64,), i64> = Pool::starmap;
    let _: Mapped<i64, Evaluated<i64>> = Pool::map_results;
    let _: Submitted<(i64,), i64> = Pool::submit;
    let _: fn(&Pool) -> Result<PoolStats, Error> = Pool::stats;
    let _: fn(&Pool) -> Result<(), Error> = Pool::close;
    let _: fn(&Job<i64>) -> Result<i64, Error> = Job::wait;
    let _: fn(&Job<i64>, Duration) -> Result<i64, Error> = Job::wait_timeout;
    let _: fn(&Job<i64>) -> Result<bool, Error> = Job::is_done;
    let _: fn(&Job<i64>) -> Result<bool, Error> = Job::cancel;
    let _ = |lost: WorkerLost| (lost.pid(), lost.exit_code(), lost.task().len());
}

fn packages() {
    let _ = |package: ProcessPackage, engine: &mut procscript::rhai::Engine| {
        package.register_into_engine(engine);
        package.register_into_engine_as(engine, "mp");
        let found: Result<Result<i64, Box<rhai::EvalAltResult>>, Error> =
            package.limited(|| engine.eval("1"));
        drop(found);
        let queue: Result<Queue<i64>, Error> = package.queue(0);
        drop(queue);
        package.forget("main")
    };
}
