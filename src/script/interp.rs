//! What the natives of one runtime share: its program, its output, its session, its family.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, Weak};
use std::time::Instant;

use rand::SeedableRng;
use rand::rngs::{StdRng, SysRng};
use rhai::{Engine, FnPtr};

use crate::permissions::Guard;
use crate::process::signals::Signals;
use crate::process::spawn;
use crate::program::Program;
use crate::script::bind::Receiver;
use crate::script::codecs::Codecs;
use crate::script::exceptions::{Failure, raise};
use crate::script::fork_hooks::{AroundFork, Prepared};
use crate::script::furnishing::Furnishing;
use crate::script::given::Given;
use crate::script::guest::Guest;
use crate::script::limits::Spent;
use crate::script::output::Output;
use crate::script::report::Reports;
use crate::script::requests::Requests;
use crate::script::sinks::source::Source;
use crate::script::sinks::streams::LaidDown;
use crate::script::stop::{self, Stop};
use crate::stdlib::multiprocessing::family::Family;
use crate::stdlib::multiprocessing::start_method::StartMethods;
use crate::stdlib::os::fork::Forked;
use crate::stdlib::signal::handlers::Handlers;
use crate::stdlib::threading::roster::Roster;
use crate::sync::Offset;
use crate::sys::lock::locked;
use crate::sys::signal::Signal;
use crate::{sync, sys};

/// The state behind the script modules of one runtime.
#[derive(Debug)]
pub(crate) struct Interp {
    pub program: Program,
    pub output: Output,
    /// What scripts read.
    pub source: Source,
    pub reports: Reports,
    /// The stream of random numbers of this process, begun when it is first drawn from.
    random: Mutex<Option<StdRng>>,
    pub start_methods: StartMethods,
    /// This process's place among its relatives, and its children.
    pub family: Family,
    /// The threads of this process that run scripts.
    pub threads: Roster,
    /// Children made by `os.fork`.
    pub forked: Forked,
    /// What the embedding program does around a fork.
    pub fork_hooks: AroundFork,
    /// What the script does when signals come.
    pub handlers: Arc<Handlers>,
    /// `threading.excepthook`, where the script has set it.
    pub thread_hook: Mutex<Option<FnPtr>>,
    /// What its children are to have too.
    pub furnishing: Furnishing,
    /// What the script has used of what it was given.
    pub spent: Spent,
    /// How many bytes the session may take; `None` is half of what is free.
    session_memory: Option<u64>,
    /// The program that spawned children run; `None` is this one.
    worker: Option<PathBuf>,
    /// What the embedding program has given its scripts.
    pub given: Given,
    /// Why the script must stop, whatever it is doing.
    requests: Requests,
    /// The exit code that a signal's handler has brought about when the script itself had ended.
    pub(crate) late_code: Mutex<Option<i32>>,
    session: Mutex<Option<sync::Session>>,
    /// Where descriptors wait on their way to other processes of the session.
    depot: Mutex<Option<Arc<sync::Depot>>>,
    owns_signals: AtomicBool,
    /// The main process of the family is another program, in which scripts are guests.
    is_of_guest: AtomicBool,
    /// Somebody sits before this process and types.
    interactive: AtomicBool,
    /// The script modules as values.
    pub modules: OnceLock<Vec<Receiver>>,
    /// Why no child can be started.
    no_children: OnceLock<String>,
    /// The engines that are not this runtime's own.
    pub guest: Guest,
    /// How values of each type are sent to other processes.
    codecs: OnceLock<Codecs>,
    /// The engine that runs the script; it owns the natives, which own this.
    engine: OnceLock<Weak<Engine>>,
    /// This host itself, for its session.
    myself: OnceLock<Weak<Interp>>,
    /// The runtime is gone: nothing waits on its objects any more.
    over: AtomicBool,
}

impl Interp {
    pub(crate) fn new(start_dir: PathBuf, furnishing: Furnishing) -> Self {
        Self {
            furnishing,
            spent: Spent::default(),
            program: Program::new(start_dir),
            output: Output::default(),
            source: Source::default(),
            reports: Reports::default(),
            random: Mutex::default(),
            start_methods: StartMethods::default(),
            family: Family::default(),
            threads: Roster::default(),
            thread_hook: Mutex::default(),
            handlers: Arc::default(),
            forked: Forked::default(),
            fork_hooks: AroundFork::default(),
            owns_signals: AtomicBool::default(),
            is_of_guest: AtomicBool::default(),
            interactive: AtomicBool::default(),
            modules: OnceLock::new(),
            codecs: OnceLock::new(),
            guest: Guest::default(),
            no_children: OnceLock::new(),
            engine: OnceLock::new(),
            myself: OnceLock::new(),
            over: AtomicBool::default(),
            session_memory: None,
            worker: None,
            given: Given::default(),
            requests: Requests::default(),
            late_code: Mutex::default(),
            session: Mutex::default(),
            depot: Mutex::default(),
        }
    }

    /// With so much memory for its session, at the most.
    pub(crate) fn with_session_memory(mut self, bytes: Option<u64>) -> Self {
        self.session_memory = bytes;
        self
    }

    /// With this program for spawned children.
    pub(crate) fn with_worker(mut self, program: Option<PathBuf>) -> Self {
        self.worker = program;
        self
    }

    /// What the script of this process may do.
    pub(crate) fn permissions(&self) -> &Guard {
        &self.furnishing.permissions
    }

    /// The engine that runs the script; `None` once it is gone.
    pub(crate) fn engine(&self) -> Option<Arc<Engine>> {
        self.engine.get()?.upgrade()
    }

    /// From now on this engine runs the script.
    pub(crate) fn run_by(self: &Arc<Self>, engine: &Arc<Engine>) {
        let _ = self.myself.set(Arc::downgrade(self));
        let _ = self.engine.set(Arc::downgrade(engine));
    }

    /// How values are sent to other processes.
    ///
    /// # Errors
    /// Nothing has been registered yet.
    pub(crate) fn codecs(&self) -> Result<&Codecs, String> {
        let codecs = self.codecs.get();
        codecs.ok_or_else(|| "this process knows no types yet".into())
    }

    /// Sets how values are sent to other processes, once.
    pub(crate) fn set_codecs(&self, codecs: Codecs) {
        let _ = self.codecs.set(codecs);
    }

    /// Whether the signals of the process are this runtime's business.
    pub(crate) fn owns_signals(&self) -> bool {
        self.owns_signals.load(Ordering::Relaxed)
    }

    /// What becomes of signals when a child is started.
    pub(crate) fn signals(&self) -> Signals {
        Signals {
            are_ours: self.owns_signals(),
            own_sigterm: self.handlers.has(Signal::SIGTERM),
            own_sighup: self.handlers.has(Signal::SIGHUP),
            interactive: self.is_interactive(),
        }
    }

    /// Whether the family's main process is another program: its children are not to outlive it, however it ends.
    pub(crate) fn is_of_guest(&self) -> bool {
        self.is_of_guest.load(Ordering::Relaxed)
    }

    /// From now on it is.
    pub(crate) fn set_of_guest(&self) {
        self.is_of_guest.store(true, Ordering::Relaxed);
    }

    /// Whether somebody sits before this process and types: Ctrl-C is for what was typed, not for children.
    pub(crate) fn is_interactive(&self) -> bool {
        self.interactive.load(Ordering::Relaxed)
    }

    /// From now on somebody does. Ctrl-C is for the calling thread alone, which runs what is typed.
    pub(crate) fn begin_interactive(&self) {
        self.interactive.store(true, Ordering::Relaxed);
        if self.owns_signals() {
            sys::signal::address_requests(true);
        }
    }

    /// From now on nobody does.
    pub(crate) fn end_interactive(&self) {
        if self.interactive.swap(false, Ordering::Relaxed) && self.owns_signals() {
            sys::signal::address_requests(false);
        }
    }

    /// From now on they are.
    pub(crate) fn own_signals(&self) {
        self.owns_signals.store(true, Ordering::Relaxed);
    }

    /// From now on, if there is a reason, no child is started by spawn.
    pub(crate) fn refuse_children(&self, why: Option<String>) {
        if let Some(why) = why {
            let _ = self.no_children.set(why);
        }
    }

    /// The program a spawned child runs; `None` is this one.
    ///
    /// # Errors
    /// When this program does not begin with [`crate::init`]: its children would run all of it instead. When they would not
    /// have the program's own functions.
    pub(crate) fn worker_program(&self) -> Result<Option<&Path>, Failure> {
        let setups = &self.furnishing.setups;
        let text = if let Some(why) = self.no_children.get() {
            why.clone()
        } else if self.furnishing.is_of_this_process {
            "functions that were given to Builder::register exist in this process only, and a child that is started by \
             spawn would not have them: move them into a procscript::Setup, and give it to Builder::setup and \
             procscript::init_with"
                .into()
        } else if let Some(program) = &self.worker {
            return Ok(Some(program));
        } else if !spawn::is_ready() && setups.is_empty() {
            "this program cannot start processes by spawn yet: \
             add `procscript::init();` as the first line of its main function \
             (or name a program that begins so: `Runtime::builder().worker(path)`)"
                .into()
        } else if !spawn::is_ready() {
            "this program cannot start processes by spawn yet: \
             add `procscript::init_with([…]);` with its setups as the first line of its main function"
                .into()
        } else if let Some(setup) = setups.iter().find(|setup| !spawn::has(setup)) {
            format!(
                "a child that is started by spawn would not have the setup '{setup}': \
                 give it to `procscript::init_with([…]);` in the first line of the program's main function"
            )
        } else {
            return Ok(None);
        };
        Err(raise("RuntimeError", text))
    }

    /// The session, made when it is first needed: a script that shares nothing pays for nothing.
    ///
    /// # Errors
    /// `OSError` when the kernel gives no memory for it.
    pub(crate) fn session(&self) -> Result<sync::Session, Failure> {
        let mut session = locked(&self.session);
        if let Some(session) = &*session {
            return Ok(session.clone());
        }
        let allowed = self.permissions().permissions();
        let options = sync::SessionOptions {
            memory_bytes: [self.session_memory, allowed.of_session_memory()]
                .into_iter()
                .flatten()
                .min(),
        };
        let new = sync::create_session(&options).map_err(session_failure)?;
        new.set_name(&self.family.name()).map_err(session_failure)?;
        self.output
            .share(sync::Mutex::create(&new).map_err(session_failure)?);
        self.furnish(&new);
        // Without descriptors for it, sockets cannot travel, and all the rest works.
        *locked(&self.depot) = sync::Depot::create(&new).ok().map(Arc::new);
        *session = Some(new.clone());
        // The script may have been told to stop before there was anything to wait on.
        self.requests.tell(&new);
        Ok(new)
    }

    /// Where descriptors wait on their way to other processes of the session.
    pub(crate) fn depot(&self) -> Option<Arc<sync::Depot>> {
        locked(&self.depot).clone()
    }

    /// Tells a new session of this process what it belongs to.
    fn furnish(&self, session: &sync::Session) {
        session.on_signal(self.signal_hook());
        if let Some(myself) = self.myself.get() {
            session.belongs_to(myself.clone());
        }
    }

    /// The host whose session this is, in this process; `None` once it is gone.
    pub(crate) fn of_session(session: &sync::Session) -> Option<Arc<Self>> {
        session.owner()?.downcast().ok()
    }

    fn signal_hook(&self) -> sync::SignalHook {
        let handlers = self.handlers.clone();
        Box::new(move || handlers.run())
    }

    /// The session if there is one.
    pub(crate) fn existing_session(&self) -> Option<sync::Session> {
        locked(&self.session).clone()
    }

    /// Waits on something outside the session, with the wait written down in it if there is one.
    pub(crate) fn waiting<T>(
        &self,
        what: (u16, Offset),
        deadline: Option<Instant>,
        wait: impl FnOnce() -> T,
    ) -> T {
        let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        let deadline = left.map_or(sync::Deadline::NEVER, sync::Deadline::after);
        match self.existing_session() {
            Some(session) => sync::noted(&session, what, deadline, wait),
            None => wait(),
        }
    }

    /// Takes the session a spawned child was given.
    pub(crate) fn adopt_session(&self, session: sync::Session, depot: Option<sync::Depot>) {
        *locked(&self.depot) = depot.map(Arc::new);
        self.furnish(&session);
        *locked(&self.session) = Some(session);
    }

    /// This process is a copy that goes on with the script.
    pub(crate) fn begin_copy(&self) {
        self.family.begin_copy();
        self.begin_process();
    }

    /// A fork may follow: the host's threads that it knows how to lay down are laid down until the result is dropped, and ours.
    pub(crate) fn prepare_fork(&self) -> (Prepared, Option<LaidDown<'_>>) {
        (self.fork_hooks.prepare(), self.output.prepare_fork())
    }

    /// A new process has no children made by hand, no other threads, and other random numbers than its parent; the
    /// terminal and what the embedding program does around a fork are its parent's business.
    pub(crate) fn begin_process(&self) {
        self.permissions().set_guest(false);
        self.threads.begin();
        self.forked.begin();
        self.fork_hooks.begin_child();
        self.output.begin_child();
        self.source.begin_child();
        self.end_interactive();
        self.spent.begin();
        self.reseed(None);
    }

    /// Draws from this process's stream of random numbers.
    pub(crate) fn draw<T>(&self, draw: impl FnOnce(&mut StdRng) -> T) -> T {
        draw(locked(&self.random).get_or_insert_with(fresh_random))
    }

    /// Begins the stream of random numbers anew: `None` where nobody can foretell it.
    ///
    /// A child does so first: two processes must not draw the same.
    pub(crate) fn reseed(&self, seed: Option<u64>) {
        *locked(&self.random) = seed.map(StdRng::seed_from_u64);
    }

    /// Notes that the script has to stop; what it is doing is ended at its next step.
    pub(crate) fn request_stop(&self, stop: Stop) {
        self.requests.note(stop);
        if let Some(session) = self.existing_session() {
            self.requests.tell(&session);
            session.count_stop();
        }
        sys::interrupt::alert();
    }

    /// Calls the functions of signals that have come. Whether the wait in which this is asked has to end: one of them
    /// threw, or the script has to stop. [`interrupted`](Self::interrupted) gives the error.
    pub(crate) fn attend(&self) -> bool {
        self.handlers.run() || self.stopping().is_some()
    }

    /// Why the script has to stop, if it has to.
    pub(crate) fn stopping(&self) -> Option<Stop> {
        if let Some(stop) = stop::of_this_thread(self) {
            return Some(stop);
        }
        if self.threads.is_left_over() {
            return Some(Stop::Host);
        }
        let request = self.requests.current();
        request.or_else(|| {
            self.owns_signals()
                .then(Stop::requested_by_signal)
                .flatten()
        })
    }

    /// The last thing a process does: what waits is written, the session has everything back.
    ///
    /// A process that SIGTERM has ended then dies by it, so that its parent sees that.
    pub(crate) fn leave(&self, code: i32, terminated: bool) {
        self.output.finish();
        // Threads that are left may use the session to the last moment; what they hold goes with the process then.
        let session = self.existing_session();
        // So may the embedding program: what it has of the session keeps that in being.
        let is_lent = |session: &sync::Session| session.is_lent() && self.family.parent().is_none();
        if let Some(session) = session.filter(|s| !self.threads.has_others() && !is_lent(s)) {
            let farewell = if code == 0 && !terminated {
                sync::Farewell::Finished
            } else {
                sync::Farewell::Failed
            };
            session.leave(farewell);
        }
        if terminated {
            sys::signal::die_by(sys::signal::Signal::SIGTERM);
        }
    }

    /// The runtime is gone: whatever still waits on its objects, in whichever thread, ends.
    pub(crate) fn close(&self) {
        self.over.store(true, Ordering::SeqCst);
        self.request_stop(Stop::Host);
    }

    /// Whether the runtime is gone.
    pub(crate) fn is_over(&self) -> bool {
        self.over.load(Ordering::SeqCst)
    }

    /// The script's own wish to end is carried out: waiting works again. What a signal, the host or a limit asks for still stands.
    pub(crate) fn forget_exit(&self) {
        self.forget(|stop| !matches!(stop, Stop::Host | Stop::Limit(_)));
    }

    /// What the parent's script was told is not for this process; a signal that has come here meanwhile is.
    pub(crate) fn forget_the_parents_stop(&self) {
        self.forget(|_| true);
    }

    /// Every request is carried out, a signal's too: waiting works again, for the end of the program.
    pub(crate) fn forget_stop(&self) {
        self.forget(|_| true);
        if self.owns_signals() {
            crate::process::signals::forget_request();
        }
    }

    fn forget(&self, is_meant: impl Fn(&Stop) -> bool) {
        if self.is_over() {
            return;
        }
        self.requests.forget(is_meant);
        if let Some(session) = self.existing_session() {
            self.requests.tell(&session);
        }
        stop::forget_exit();
    }
}

fn fresh_random() -> StdRng {
    // The kernel's own numbers: nothing in this process's memory decides them, so a fork cannot repeat them.
    StdRng::try_from_rng(&mut SysRng)
        .unwrap_or_else(|_| StdRng::seed_from_u64(sys::clock::now_ns()))
}

/// An error of the session as the exception a script sees.
pub(crate) fn session_failure(error: sync::ShmError) -> Failure {
    let kind = match error {
        sync::ShmError::OutOfMemory { .. } => "MemoryError",
        _ => "OSError",
    };
    raise(kind, error.to_string())
}
