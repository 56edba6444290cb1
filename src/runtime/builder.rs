//! How a host configures a runtime or a package.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::sync::Arc;

use rhai::Engine;

use super::engine;
use super::isolated::Isolated;
use super::{BuildError, ErrorFormat, ForkHooks, Runtime, Setup, StartMethod, State, build_error};
use crate::permissions::Permissions;
use crate::process::signals;
use crate::script::bind::Vocabulary;
use crate::script::interp::Interp;
use crate::script::limits::Limits;
use crate::script::report::Reports;
use crate::script::settings::Settings;
use crate::script::sinks::progress::ProgressSinks;
use crate::script::sinks::sink::Sink;
use crate::script::sinks::source::Answers;
use crate::script::sinks::streams::Sinks;
use crate::stdlib::multiprocessing::start_method::StartMethods;
use crate::stdlib::multiprocessing::workers::Workers;
use crate::text::from_os;
use crate::{stdlib, sys};

/// Configures a [`Runtime`] or a [`ProcessPackage`](super::ProcessPackage).
///
/// # Example
/// ```
/// use std::time::Duration;
/// use procscript::{Limits, Permissions, Runtime};
///
/// let mut runtime = Runtime::builder()
///     .permissions(Permissions::none().allow_processes(4, 1))
///     .limits(Limits::new().time(Duration::from_secs(5)))
///     .build()?;
/// assert_eq!(runtime.eval::<i64>("6 * 7")?, 42);
/// # Ok::<(), procscript::Error>(())
/// ```
#[derive(Debug, Default)]
#[must_use]
pub struct Builder {
    args: Vec<String>,
    start_method: Option<StartMethod>,
    pub(super) owns_process: bool,
    session_memory: Option<u64>,
    fork_hooks: Option<ForkHooks>,
    error_format: ErrorFormat,
    permissions: Option<Permissions>,
    pub(super) settings: Settings,
    worker_program: Option<PathBuf>,
    pub(super) setups: Vec<Setup>,
    stdout: Option<Sink>,
    stderr: Option<Sink>,
    stdin: Option<Answers>,
    pub(super) progress: ProgressSinks,
    /// The modules that scripts have; `None` for the default.
    pub(super) modules: Option<Vec<String>>,
    pub(super) without: Vec<String>,
}

impl Builder {
    /// Sets the script's arguments: `sys.argv`, the script's name first. They need not be UTF-8.
    pub fn args(mut self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        self.args = args.into_iter().map(from_os).collect();
        self
    }

    /// Sets how children are started, unless the script chooses. The default is spawn; for a runtime that
    /// [owns its process](Self::owns_process) it is fork as long as the process has one thread. A process with several threads is never forked.
    pub fn start_method(mut self, method: StartMethod) -> Self {
        self.start_method = Some(method);
        self
    }

    /// Declares that the process exists for this runtime alone: Ctrl-C and SIGTERM end the script and its children in order,
    /// and the stack may grow as deep as recursive scripts need. The `procscript` command does this; a host that does other work must not.
    pub fn owns_process(mut self) -> Self {
        self.owns_process = true;
        self
    }

    /// Limits the shared memory of the script's locks and queues, messages included, in bytes.
    /// Beyond that, scripts get a MemoryError. The default is half of the memory that the machine and the control group have free.
    pub fn session_memory(mut self, bytes: u64) -> Self {
        self.session_memory = Some(bytes);
        self
    }

    /// Sets functions to call around each fork that starts a child.
    pub fn around_fork(mut self, hooks: ForkHooks) -> Self {
        self.fork_hooks = Some(hooks);
        self
    }

    /// Sets the format in which uncaught errors are printed, those of children and threads too. The default is
    /// [`ErrorFormat::Human`].
    pub fn error_format(mut self, format: ErrorFormat) -> Self {
        self.error_format = format;
        self
    }

    /// Sets how much a script may use. By default only the depth of calls is limited.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.settings.limits = limits;
        self
    }

    /// Sets the program that spawned children run. The default is this program.
    ///
    /// The program must begin with [`init`](crate::init), as the `procscript` command does. A host that is a library inside a program it
    /// does not control names such a program here.
    pub fn worker_program(mut self, program: impl Into<PathBuf>) -> Self {
        self.worker_program = Some(program.into());
        self
    }

    /// Gives scripts the functions and types of a setup, in this process and in children. A spawned child has only
    /// the setups that [`init_with`](crate::init_with) was given, so pass the setup there too.
    pub fn setup(mut self, setup: Setup) -> Self {
        self.setups.push(setup);
        self
    }

    /// Calls `configure` with the engine that scripts run on in this process: for functions that no child needs, or that refer
    /// to something in this process.
    ///
    /// A child that is started by fork has these functions too. A child that is started by spawn cannot have them, so starting one is
    /// an error; for functions that children need see [`Setup::register`].
    pub fn configure_engine(
        mut self,
        configure: impl Fn(&mut Engine) + Send + Sync + 'static,
    ) -> Self {
        self.setups.push(Setup::of_this_process(configure));
        self
    }

    /// Redirects what scripts print, including their threads, all their children, and commands run by `os.system` and `subprocess`. The default is
    /// this process's standard output.
    ///
    /// Lines arrive whole and are never mixed. What a child prints before it puts an item into a queue, or signals another process in any
    /// other way, arrives before anything the receiver prints afterwards. Everything a child has printed has arrived
    /// when its `join()` returns, and when the runtime returns control to the host.
    ///
    /// Children write to a pipe. The first child starts a thread of the runtime that reads this pipe. When children
    /// are started by fork, the thread is stopped during each fork.
    ///
    /// # Example
    /// ```
    /// let printed = procscript::Capture::new();
    /// let runtime = procscript::Runtime::builder().stdout(printed.clone()).build()?;
    /// runtime.run_main(procscript::Script::from_text("hello", r#"print("hello")"#));
    /// assert_eq!(printed.text(), "hello\n");
    /// # Ok::<(), procscript::Error>(())
    /// ```
    pub fn stdout(mut self, sink: impl Into<Sink>) -> Self {
        self.stdout = Some(sink.into());
        self
    }

    /// Redirects reports of uncaught errors, warnings, and what scripts and their children write to `sys.stderr`. The default is
    /// this process's standard error.
    ///
    /// The rules of [`stdout`](Self::stdout) apply. Clones of one [`Capture`](crate::Capture) may take both streams.
    ///
    /// # Example
    /// ```
    /// let errors = procscript::Capture::new();
    /// let runtime = procscript::Runtime::builder().stderr(errors.clone()).build()?;
    /// let code = runtime.run_main(procscript::Script::from_text("job", r#"throw ValueError("no such day")"#));
    /// assert_eq!(code, 1);
    /// assert!(errors.text().starts_with("ValueError: no such day\n"));
    /// # Ok::<(), procscript::Error>(())
    /// ```
    pub fn stderr(mut self, sink: impl Into<Sink>) -> Self {
        self.stderr = Some(sink.into());
        self
    }

    /// Supplies what `input()` and `sys.stdin` read in the script's own process.
    ///
    /// `source` is called for each line. It receives the prompt of `input(prompt)`, which is printed nowhere else and is empty for
    /// `sys.stdin`. It returns the line, or `None` at the end of the input, for which `input()` throws an `EOFError`.
    ///
    /// By default scripts have no input, `input()` throws an `EOFError`, and the host's standard input is not touched. A runtime that
    /// [owns its process](Self::owns_process) reads standard input. In children, input is always at its end. A script
    /// cannot be stopped while a source blocks.
    ///
    /// # Example
    /// ```
    /// let mut answers = ["Ada"].into_iter();
    /// let printed = procscript::Capture::new();
    /// let runtime = procscript::Runtime::builder()
    ///     .stdin(move |_prompt| answers.next().map(String::from))
    ///     .stdout(printed.clone())
    ///     .build()?;
    /// runtime.run_main(procscript::Script::from_text("hello", r#"print("hello,", input("Your name? "))"#));
    /// assert_eq!(printed.text(), "hello, Ada\n");
    /// # Ok::<(), procscript::Error>(())
    /// ```
    pub fn stdin(mut self, source: impl FnMut(&str) -> Option<String> + Send + 'static) -> Self {
        self.stdin = Some(Answers::new(source));
        self
    }

    /// Sets what the script may do outside itself. The default is [`Permissions::none`], or [`Permissions::all`] for a runtime that
    /// [owns its process](Self::owns_process). Children have at most the permissions of their parent.
    pub fn permissions(mut self, permissions: Permissions) -> Self {
        self.permissions = Some(permissions);
        self
    }

    /// Turns on only these script modules: `builtins` (names that need no import: `print`, `len`, Python's methods of
    /// strings and lists), `multiprocessing`, `threading`, `queue`, `os`, `signal`, `socket`, `sys`, `time`, `random`, `json`, `math`, …: each module of
    /// [`Manual`](crate::manual::Manual).
    ///
    /// Neither the name of a disabled module nor its global functions exist, in this process and in children. By default a runtime has all modules, and a
    /// [package](Self::package) all but `builtins`.
    pub fn modules(mut self, modules: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.modules = Some(modules.into_iter().map(Into::into).collect());
        self
    }

    /// Turns one of the script modules off: see [`modules`](Self::modules).
    pub fn without_module(mut self, module: &str) -> Self {
        self.without.push(module.into());
        self
    }

    /// Runs the scripts in a child process, so that this process survives whatever they do.
    ///
    /// See the section on untrusted scripts in the guide. The operations and their results are the same, except that those that
    /// need the script's functions in this process are errors: [`call`](Runtime::call), [`start`](Runtime::start), a prompt, and
    /// evaluations whose value is a function. Scripts share queues, locks and events with the host as children do. If the child is
    /// killed, or ends itself, the operation returns [`Error::Died`](crate::Error::Died). Everything that the script has defined is lost
    /// then, and the next operation starts a new child. The child is also killed, and replaced, if it does not end an evaluation within
    /// two seconds of a stop or of the end of its time.
    ///
    /// The [`permissions`](Self::permissions) decide what scripts may do outside their process: one that may send signals can end this
    /// process too.
    ///
    /// The program must begin with [`init`](crate::init). The child has the [setups](Self::setup) that
    /// [`init_with`](crate::init_with) was given. It writes no core dump, cannot gain privileges through programs that it runs, and ends with
    /// this process.
    ///
    /// # Example
    /// ```no_run
    /// use std::time::Duration;
    /// use procscript::{Error, Limits, Permissions, Runtime};
    ///
    /// procscript::init();
    /// let mut runtime = Runtime::builder()
    ///     .isolated()
    ///     .permissions(Permissions::none().allow_signals())
    ///     .limits(Limits::new().time(Duration::from_secs(5)))
    ///     .build()?;
    /// assert_eq!(runtime.eval::<i64>("6 * 7")?, 42);
    /// let result = runtime.eval::<()>("os.kill(os.getpid(), 9)");
    /// assert!(matches!(result, Err(Error::Died(death)) if death.signal == Some(9)));
    /// assert_eq!(runtime.eval::<i64>("6 * 7")?, 42);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn isolated(mut self) -> Self {
        self.settings.isolated = true;
        self
    }

    /// Builds the runtime.
    ///
    /// # Errors
    /// See [`BuildError`].
    pub fn build(self) -> Result<Runtime, BuildError> {
        self.build_with(Vocabulary::Any)
    }

    /// Builds a runtime whose engine has only the natives with these names.
    pub(super) fn build_with(mut self, vocabulary: Vocabulary) -> Result<Runtime, BuildError> {
        build_error::check_memory(&self.settings.limits)?;
        self.settings.without = self.modules_off(|_| true)?;
        self.check_isolated()?;
        let setups = std::mem::take(&mut self.setups);
        let owns_process = self.owns_process;
        let is_isolated = self.settings.isolated;
        let interp = self.interp(&setups);
        if owns_process {
            sys::limits::keep_freed_memory();
            sys::limits::raise_stack(engine::STACK_WANTED);
        }
        let (engine, modules, names) = engine::build(&interp, &setups, vocabulary);
        build_error::check(&setups, &names)?;
        if owns_process {
            // A process without its own handlers still runs scripts; Ctrl-C then ends it at once.
            let _ = signals::install();
        }
        let isolated = is_isolated.then(|| Isolated::begin(&interp));
        Ok(Runtime {
            state: State::new(&engine),
            evaluations: 0,
            engine,
            interp,
            modules,
            names,
            isolated,
        })
    }

    /// Checks that an isolated runtime is not given what its child cannot have.
    fn check_isolated(&self) -> Result<(), BuildError> {
        if !self.settings.isolated {
            return Ok(());
        }
        let refused = if self.owns_process {
            "owns_process"
        } else if self.stdin.is_some() {
            "stdin"
        } else if self.setups.iter().any(|setup| setup.name().is_none()) {
            "configure_engine"
        } else {
            return Ok(());
        };
        Err(BuildError::NotIsolated(refused.into()))
    }

    /// The modules that are off. Those that are on by `default` are on unless `modules` named others.
    pub(super) fn modules_off(
        &self,
        default: impl Fn(&str) -> bool,
    ) -> Result<Vec<String>, BuildError> {
        let all: Vec<&str> = stdlib::modules().collect();
        let mut named = self.modules.iter().flatten().chain(&self.without);
        if let Some(unknown) = named.find(|name| !all.contains(&name.as_str())) {
            return Err(BuildError::NoModule(unknown.clone()));
        }
        let is_in = |list: &[String], name: &str| list.iter().any(|other| other == name);
        let is_on = |name: &str| {
            let is_named = self.modules.as_ref().map(|on| is_in(on, name));
            is_named.unwrap_or_else(|| default(name)) && !is_in(&self.without, name)
        };
        let off = all.into_iter().filter(|name| !is_on(name));
        Ok(off.map(ToString::to_string).collect())
    }

    /// The state that natives share.
    pub(super) fn interp(mut self, setups: &[Setup]) -> Arc<Interp> {
        let start_dir = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("/"));
        let names = setups.iter().filter_map(Setup::name);
        self.settings.setups = names.map(ToString::to_string).collect();
        self.settings.is_of_this_process = setups.iter().any(|s| s.name().is_none());
        let permissions = self.permissions.unwrap_or_else(|| match self.owns_process {
            true => Permissions::all(),
            false => Permissions::none(),
        });
        let interp = Interp::new(
            start_dir,
            self.settings.with_permissions(permissions),
            stdlib::states(),
        );
        let _ = interp.progress.set(self.progress);
        interp.permissions().set_in_host(!self.owns_process);
        if let Some(bytes) = self.session_memory {
            interp.limit_session_memory(bytes);
        }
        if let Some(program) = self.worker_program {
            Workers::of(&interp).set_program(program);
        }
        if self.owns_process {
            interp.own_signals();
        } else {
            interp.set_under_host();
        }
        interp.program.set_argv(self.args);
        Reports::of(&interp).set_format(self.error_format);
        StartMethods::of(&interp).prefer(self.start_method);
        // A fork would copy all that the host has open, and the locks its threads hold.
        if !self.owns_process && self.start_method != Some(StartMethod::Fork) {
            StartMethods::of(&interp).spawn_only();
        }
        interp.fork_hooks.set(self.fork_hooks);
        if let Some(sinks) = Sinks::new(self.stdout, self.stderr) {
            interp.output.send_to(sinks);
        }
        if self.stdin.is_some() || !self.owns_process {
            interp.source.ask(self.stdin);
        }
        interp
    }
}
