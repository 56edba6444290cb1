//! The state that the natives of one runtime share: program, output, session, permissions, and the state of its modules.

use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex, OnceLock, Weak};

use rhai::{Dynamic, Engine, Map};

use crate::permissions::Guard;
use crate::process::countdown::Countdown;
use crate::process::timer;
use crate::program::Program;
use crate::script::codecs::Codecs;
use crate::script::exceptions::Failure;
use crate::script::fork_hooks::{AroundFork, Prepared};
use crate::script::given::Given;
use crate::script::hands::Hands;
use crate::script::held::Held;
use crate::script::host_engines::HostEngines;
use crate::script::limits::{Exceeded, Limits, Spent};
use crate::script::output::Output;
use crate::script::requests::Requests;
use crate::script::settings::Settings;
use crate::script::sinks::progress::ProgressSinks;
use crate::script::sinks::source::Source;
use crate::script::sinks::streams::PausedRelay;
use crate::script::state::{State, States};
use crate::script::stop::Stop;
use crate::script::turns::Turns;
use crate::{sync, sys};

/// Made when the first value is sent: most programs send none.
type LazyCodecs = LazyLock<Codecs, Box<dyn FnOnce() -> Codecs + Send>>;

type End = dyn Fn(&Arc<Interp>) + Send + Sync;

/// Ends the threads and children of a script that a child runs, but not that child.
struct EndOthers(Box<End>);

impl fmt::Debug for EndOthers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EndOthers")
    }
}

/// The state that the natives of one runtime share.
#[derive(Debug)]
pub(crate) struct Interp {
    pub program: Program,
    pub output: Output,
    /// Who is shown how far long work has come.
    pub progress: OnceLock<ProgressSinks>,
    /// The source of what scripts read.
    pub source: Source,
    /// The settings that children inherit.
    pub settings: Settings,
    /// How much of its limits the script has used.
    pub spent: Spent,
    /// The time limit of its evaluations.
    pub countdown: Option<Countdown>,
    /// The memory that the script holds.
    pub held: Held,
    /// The host's hooks around a fork.
    pub fork_hooks: AroundFork,
    /// The values that the host has given its scripts.
    pub given: Given,
    /// The engines that the host has created.
    pub host_engines: HostEngines,
    /// The states of the script modules.
    states: States,
    /// How values of each type are sent to other processes.
    codecs: OnceLock<LazyCodecs>,
    /// Why the script must stop, whatever it is doing.
    pub(super) requests: Requests,
    /// How many threads scripts have started.
    pub(super) hands: Hands,
    /// The turns in which evaluations and stops run.
    pub(super) turns: Turns,
    /// The maximum size of the session in bytes; by default half of the free memory.
    session_memory: OnceLock<u64>,
    pub(super) session: Mutex<Option<sync::Session>>,
    /// Where descriptors wait on their way to other processes of the session.
    pub(super) depot: Mutex<Option<Arc<sync::Depot>>>,
    /// The engine that runs the script; it owns the natives, which own this.
    engine: OnceLock<Weak<Engine>>,
    /// Ends threads and children where a child of this process runs the script.
    end_others: OnceLock<EndOthers>,
    myself: Weak<Interp>,
    owns_signals: AtomicBool,
    under_host: AtomicBool,
    interactive: AtomicBool,
    is_child: AtomicBool,
    /// The runtime has ended: nothing waits on its objects any more.
    over: AtomicBool,
}

impl Interp {
    pub(crate) fn new(start_dir: PathBuf, settings: Settings, states: States) -> Arc<Self> {
        Arc::new_cyclic(|myself| Self {
            program: Program::new(start_dir),
            output: Output::default(),
            progress: OnceLock::new(),
            source: Source::default(),
            countdown: countdown(&settings.limits, myself),
            held: Held::new(settings.limits.of_memory()),
            settings,
            spent: Spent::default(),
            fork_hooks: AroundFork::default(),
            given: Given::default(),
            host_engines: HostEngines::default(),
            states,
            codecs: OnceLock::new(),
            requests: Requests::default(),
            hands: Hands::default(),
            turns: Turns::default(),
            session_memory: OnceLock::new(),
            session: Mutex::default(),
            depot: Mutex::default(),
            engine: OnceLock::new(),
            end_others: OnceLock::new(),
            myself: myself.clone(),
            owns_signals: AtomicBool::default(),
            under_host: AtomicBool::default(),
            interactive: AtomicBool::default(),
            is_child: AtomicBool::default(),
            over: AtomicBool::default(),
        })
    }

    /// Returns the state that a script module keeps in this runtime.
    pub(crate) fn state<T: State>(&self) -> &T {
        self.states
            .get()
            .expect("the module of this state is in the list of script modules")
    }

    /// Returns the states of all script modules.
    pub(super) fn states(&self) -> &States {
        &self.states
    }

    /// Limits the memory of the session, in bytes.
    pub(crate) fn limit_session_memory(&self, bytes: u64) {
        let _ = self.session_memory.set(bytes);
    }

    pub(super) fn session_memory(&self) -> Option<u64> {
        self.session_memory.get().copied()
    }

    /// Returns the permissions of the script of this process.
    pub(crate) fn permissions(&self) -> &Guard {
        &self.settings.permissions
    }

    pub(super) fn weak(&self) -> Weak<Self> {
        self.myself.clone()
    }

    /// Returns the engine that runs the script; `None` once it is gone.
    pub(crate) fn engine(&self) -> Option<Arc<Engine>> {
        self.engine.get()?.upgrade()
    }

    /// Sets the engine that runs the script, once.
    pub(crate) fn run_by(&self, engine: &Arc<Engine>) {
        let _ = self.engine.set(Arc::downgrade(engine));
    }

    /// Returns how values are sent to other processes.
    ///
    /// # Errors
    /// Nothing has been registered yet.
    pub(crate) fn codecs(&self) -> Result<&Codecs, String> {
        let codecs = self.codecs.get().map(|codecs| &**codecs);
        codecs.ok_or_else(|| "this process knows no types yet".into())
    }

    /// Sets how values are sent to other processes, once. `make` is called when the first is sent.
    pub(crate) fn set_codecs(&self, make: impl FnOnce() -> Codecs + Send + 'static) {
        let _ = self.codecs.set(LazyLock::new(Box::new(make)));
    }

    /// Returns whether the runtime decides what signals of the process do.
    pub(crate) fn owns_signals(&self) -> bool {
        self.owns_signals.load(Ordering::Relaxed)
    }

    /// Lets the runtime decide what signals of the process do.
    pub(crate) fn own_signals(&self) {
        self.owns_signals.store(true, Ordering::Relaxed);
        sys::interrupt::alert();
    }

    /// Returns whether the family's main process is a host: its children must not outlive it, however it ends.
    pub(crate) fn is_under_host(&self) -> bool {
        self.under_host.load(Ordering::Relaxed)
    }

    /// Notes that the family's main process is a host.
    pub(crate) fn set_under_host(&self) {
        self.under_host.store(true, Ordering::Relaxed);
    }

    /// Returns whether this process has a prompt, where Ctrl-C stops what was typed and not the children.
    pub(crate) fn is_interactive(&self) -> bool {
        self.interactive.load(Ordering::Relaxed)
    }

    /// Begins a prompt: Ctrl-C interrupts only the calling thread, which runs what is typed.
    pub(crate) fn begin_interactive(&self) {
        self.interactive.store(true, Ordering::Relaxed);
        if self.owns_signals() {
            sys::signal::address_requests(true);
        }
    }

    /// Ends the prompt, if there is one.
    pub(crate) fn end_interactive(&self) {
        if self.interactive.swap(false, Ordering::Relaxed) && self.owns_signals() {
            sys::signal::address_requests(false);
        }
    }

    /// Sets how the threads and children of a script end that a child of this process runs, once.
    pub(crate) fn end_others_by(&self, end: impl Fn(&Arc<Self>) + Send + Sync + 'static) {
        let _ = self.end_others.set(EndOthers(Box::new(end)));
    }

    /// Ends the threads and children of a script that a child runs. Returns false if this process runs it.
    pub(crate) fn end_others(self: &Arc<Self>) -> bool {
        let end = self.end_others.get();
        end.map(|EndOthers(end)| end(self)).is_some()
    }

    /// Returns whether other threads run the script's functions.
    pub(crate) fn has_threads(&self) -> bool {
        self.states.all().any(|state| state.has_threads())
    }

    /// Stops the host's threads that must not exist during a fork, the relay of output, and the timer, until the result is dropped.
    pub(crate) fn prepare_fork(&self) -> (Prepared, Option<PausedRelay<'_>>, timer::Paused) {
        let (hooks, relay) = (self.fork_hooks.prepare(), self.output.prepare_fork());
        (hooks, relay, timer::pause())
    }

    /// Prepares a copy made by `os.fork`, which continues with the script.
    pub(crate) fn begin_copy(&self) {
        self.states.all().for_each(|state| state.begin_copy());
        self.begin_process();
    }

    /// Forgets what belongs to the parent, in a forked or spawned child.
    pub(crate) fn begin_process(&self) {
        self.is_child.store(true, Ordering::Relaxed);
        self.begin_hands();
        self.permissions().set_in_host(false);
        self.states.all().for_each(|state| state.begin_process());
        self.fork_hooks.begin_child();
        self.output.begin_child();
        self.source.begin_child();
        self.end_interactive();
        self.spent.begin();
        self.publish_answers();
    }

    /// Returns what the states of modules give to a spawned child.
    pub(crate) fn inheritance(&self) -> Vec<(String, Dynamic)> {
        let states = self.states.all();
        states.flat_map(|state| state.inheritance()).collect()
    }

    /// Passes what the parent's modules gave to the states of this process's.
    pub(crate) fn inherit(&self, values: &Map) {
        self.states.all().for_each(|state| state.inherit(values));
    }

    /// Calls the functions that the script wants to be called at the end of this process.
    pub(crate) fn at_exit(&self) {
        self.states.all().for_each(|state| state.at_exit());
    }

    /// Returns whether another process of the family has started this one.
    pub(crate) fn is_child(&self) -> bool {
        self.is_child.load(Ordering::Relaxed)
    }

    /// Waits for the work of modules that the end of the program waits for.
    ///
    /// # Errors
    /// The error of an interrupted wait.
    pub(crate) fn complete(&self) -> Result<(), Failure> {
        self.states.all().try_for_each(|state| state.complete())
    }

    /// Forgets what scripts have set in the state of modules.
    pub(crate) fn reset_states(&self) {
        self.states.all().for_each(|state| state.reset());
    }

    /// Ends every wait on the runtime's objects, in all threads, because the runtime has ended.
    pub(crate) fn close(&self) {
        self.over.store(true, Ordering::SeqCst);
        self.request_stop(Stop::Host);
    }

    /// Returns whether the runtime has ended.
    pub(crate) fn is_over(&self) -> bool {
        self.over.load(Ordering::SeqCst)
    }
}

/// Returns the time limit of evaluations, which ends them when it is over.
fn countdown(limits: &Limits, interp: &Weak<Interp>) -> Option<Countdown> {
    let limit = limits.of_time()?;
    let interp = interp.clone();
    Some(Countdown::new(limit, move || {
        // The evaluation holds it.
        if let Some(interp) = interp.upgrade() {
            interp.request_stop(Stop::Limit(Exceeded::Time(limit)));
        }
    }))
}
