//! What a runtime is given before it runs anything.

use std::path::PathBuf;
use std::sync::Arc;

use rhai::Engine;

use super::{
    BuildError, ErrorFormat, ProcessPackage, Runtime, Setup, StartMethod, State, build_error,
    engine,
};
use crate::permissions::Permissions;
use crate::process::signals;
use crate::script::fork_hooks::ForkHooks;
use crate::script::furnishing::Furnishing;
use crate::script::interp::Interp;
use crate::script::limits::Limits;
use crate::script::report::Reports;
use crate::script::sinks::sink::Sink;
use crate::script::sinks::source::Answers;
use crate::script::sinks::streams::Sinks;
use crate::stdlib::multiprocessing::start_method::StartMethods;
use crate::stdlib::multiprocessing::workers::Workers;
use crate::{stdlib, sys};

/// Furnishes a [`Runtime`].
#[derive(Debug, Default)]
pub struct Builder {
    args: Vec<String>,
    start_method: Option<StartMethod>,
    owns_process: bool,
    session_memory: Option<u64>,
    fork_hooks: Option<ForkHooks>,
    error_format: ErrorFormat,
    permissions: Option<Permissions>,
    furnishing: Furnishing,
    worker: Option<PathBuf>,
    setups: Vec<Setup>,
    output: Option<Sink>,
    errors: Option<Sink>,
    input: Option<Answers>,
    /// The modules that scripts have; `None` for those that are usual.
    modules: Option<Vec<String>>,
    without: Vec<String>,
}

impl Builder {
    /// The script's arguments: `sys.argv`, the script's name first.
    #[must_use]
    pub fn args(mut self, args: impl IntoIterator<Item = String>) -> Self {
        self.args = args.into_iter().collect();
        self
    }

    /// How children are started unless the script chooses itself. By default by spawn in a host's process; by fork while there is
    /// one thread where the runtime [owns the process](Self::owns_process). A process with several threads is never forked.
    #[must_use]
    pub fn start_method(mut self, method: StartMethod) -> Self {
        self.start_method = Some(method);
        self
    }

    /// The process exists for this runtime alone: Ctrl-C and SIGTERM end the script and its family in order,
    /// and the stack may grow as deep as recursive scripts need. The command does this; a host does not.
    #[must_use]
    pub fn owns_process(mut self) -> Self {
        self.owns_process = true;
        self
    }

    /// How many bytes of shared memory the script's locks and queues may take in all, messages included.
    /// More is a MemoryError in the script. By default half of what the machine and the control group have free.
    #[must_use]
    pub fn session_memory(mut self, bytes: u64) -> Self {
        self.session_memory = Some(bytes);
        self
    }

    /// Has `before` called where a child is about to be started by fork, in the starting process and before it
    /// counts its threads, and when that is done `in_parent` in the starting process, also when the fork fails, and
    /// `in_child` in the child before it does anything.
    ///
    /// A process with several threads does not fork: a host lays threads of its own down in `before` and takes them up
    /// again in `in_parent`, as with `pthread_atfork(3)`. A child is a copy with all descriptors: `in_child` may close
    /// those that only the host should have. None is called for a start by spawn, nor in a child for its own children.
    #[must_use]
    pub fn around_fork(
        mut self,
        before: impl Fn() + Send + Sync + 'static,
        in_parent: impl Fn() + Send + Sync + 'static,
        in_child: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        self.fork_hooks = Some(ForkHooks::new(before, in_parent, in_child));
        self
    }

    /// How errors that nobody caught are printed to standard error, those of children and threads too. By default
    /// for people.
    #[must_use]
    pub fn error_format(mut self, format: ErrorFormat) -> Self {
        self.error_format = format;
        self
    }

    /// How much a script may use. By default as much as it likes, but for the depth of calls.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.furnishing.limits = limits;
        self
    }

    /// The program that spawned children run; by default this one. It begins with [`init`](crate::init), as the command
    /// `procscript` does. For a host that is a library in somebody else's program.
    #[must_use]
    pub fn worker(mut self, program: impl Into<PathBuf>) -> Self {
        self.worker = Some(program.into());
        self
    }

    /// Gives scripts the functions and types of a setup, in this process and in children. Those that are started by spawn have
    /// only what [`init_with`](crate::init_with) was given: name it there too.
    #[must_use]
    pub fn setup(mut self, setup: Setup) -> Self {
        self.setups.push(setup);
        self
    }

    /// Has `register` called with the engine that scripts run on: for functions of a host that no child needs, or that hold
    /// on to something of this process.
    ///
    /// A child that is started by fork has them too. One that is started by spawn cannot, and such a start is an error: see
    /// [`Setup::register`].
    #[must_use]
    pub fn register(mut self, register: impl Fn(&mut Engine) + Send + Sync + 'static) -> Self {
        self.setups.push(Setup::of_this_process(register));
        self
    }

    /// Where goes what scripts print, their threads and all their children, and commands of `os.system`. By default to
    /// this process's standard output.
    ///
    /// It comes in whole lines, which are never mixed, and in this order: what a child printed before it put an
    /// item into a queue, or told anybody else, stands before what is printed by whoever has heard of it; all that a child printed is
    /// there when `join()` of it returns, and when the runtime gives control back to the host.
    ///
    /// Children write to a pipe, and with the first of them the runtime has a thread of its own that reads it. Where children
    /// are started by fork it is laid down meanwhile.
    ///
    /// # Example
    /// ```
    /// let printed = procscript::Capture::new();
    /// let runtime = procscript::Runtime::builder().output(printed.clone()).build();
    /// runtime.run(procscript::Script::from_text("hello", r#"print("hello")"#));
    /// assert_eq!(printed.text(), "hello\n");
    /// ```
    #[must_use]
    pub fn output(mut self, sink: impl Into<Sink>) -> Self {
        self.output = Some(sink.into());
        self
    }

    /// Where goes what is told about errors that nobody caught, what scripts and their children write to `sys.stderr`, and
    /// what this crate itself has to tell about them. By default to this process's standard error. Otherwise as
    /// [`output`](Self::output); the same sink may take both (a clone of a [`Capture`](crate::Capture)).
    ///
    /// # Example
    /// ```
    /// let errors = procscript::Capture::new();
    /// let runtime = procscript::Runtime::builder().errors(errors.clone()).build();
    /// let code = runtime.run(procscript::Script::from_text("job", r#"throw ValueError("no such day")"#));
    /// assert_eq!(code, 1);
    /// assert!(errors.text().starts_with("ValueError: no such day\n"));
    /// ```
    #[must_use]
    pub fn errors(mut self, sink: impl Into<Sink>) -> Self {
        self.errors = Some(sink.into());
        self
    }

    /// What `input()` and `sys.stdin` read in the script's own process: `source` is called for each line, with the text that
    /// `input(prompt)` was given (printed nowhere else; empty for `sys.stdin`), and gives the line, or
    /// `None` when there are no more, which is an `EOFError` in `input()`.
    ///
    /// By default scripts have no input, and `input()` says so by an `EOFError`: a host's standard input is not touched. With
    /// [`owns_process`](Self::owns_process) it is read. In children input is always at its end. A source that blocks keeps
    /// its script from being stopped meanwhile.
    ///
    /// # Example
    /// ```
    /// let mut answers = ["Ada"].into_iter();
    /// let printed = procscript::Capture::new();
    /// let runtime = procscript::Runtime::builder()
    ///     .input(move |_prompt| answers.next().map(String::from))
    ///     .output(printed.clone())
    ///     .build();
    /// runtime.run(procscript::Script::from_text("hello", r#"print("hello,", input("Your name? "))"#));
    /// assert_eq!(printed.text(), "hello, Ada\n");
    /// ```
    #[must_use]
    pub fn input(mut self, source: impl FnMut(&str) -> Option<String> + Send + 'static) -> Self {
        self.input = Some(Answers::new(source));
        self
    }

    /// What the script may do outside itself. By default [`Permissions::none`]; [`Permissions::all`] for one that
    /// [owns its process](Self::owns_process). Its children have at most the same.
    #[must_use]
    pub fn permissions(mut self, permissions: Permissions) -> Self {
        self.permissions = Some(permissions);
        self
    }

    /// Turns on these of the script modules and no other: `builtins` (what needs no import: `print`, `len`, Python's methods of
    /// texts and lists), `multiprocessing`, `threading`, `queue`, `os`, `signal`, `socket`, `sys`, `time`, `random`, `json`.
    ///
    /// Of one that is off neither its name nor its global functions exist, in children either. A runtime has all of them, a
    /// [package](Self::package) all but `builtins`.
    #[must_use]
    pub fn modules(mut self, modules: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.modules = Some(modules.into_iter().map(Into::into).collect());
        self
    }

    /// Turns one of the script modules off: see [`modules`](Self::modules).
    #[must_use]
    pub fn without_module(mut self, module: &str) -> Self {
        self.without.push(module.into());
        self
    }

    /// Makes the runtime.
    ///
    /// One that is furnished wrongly runs nothing and says why: see [`try_build`](Self::try_build).
    pub fn build(self) -> Runtime {
        self.make()
    }

    /// Makes the runtime.
    ///
    /// # Errors
    /// What it was furnished with does not go together.
    pub fn try_build(self) -> Result<Runtime, BuildError> {
        let runtime = self.make();
        match &runtime.unfit {
            Some(error) => Err(error.clone()),
            None => Ok(runtime),
        }
    }

    /// The modules that are off, `usual` being on unless others were asked for.
    fn modules_off(&self, usual: impl Fn(&str) -> bool) -> Vec<String> {
        let is_on = |name: &str| {
            let asked = self.modules.as_ref();
            let is_on =
                asked.map_or_else(|| usual(name), |on| on.iter().any(|other| other == name));
            is_on && !self.without.iter().any(|off| off == name)
        };
        let off = stdlib::modules().filter(|name| !is_on(name));
        off.map(ToString::to_string).collect()
    }

    /// Makes a package, for an engine that the host owns. Limits hold in its children only.
    ///
    /// One that is furnished wrongly starts no processes and says why.
    pub fn package(mut self) -> ProcessPackage {
        self.furnishing.without = self.modules_off(|name| name != "builtins");
        self.owns_process = false;
        let (setups, asked) = (std::mem::take(&mut self.setups), self.names_of_modules());
        let interp = self.interp(&setups);
        interp.host_engines.begin();
        let mut registered = stdlib::everything(&interp);
        let taken = registered.of_types().into_iter().map(ToString::to_string);
        let unfit = build_error::check(&setups, &taken.collect(), &asked).err();
        if let Some(error) = unfit {
            Workers::of(&interp).refuse(error.to_string());
        }
        let codecs = std::mem::take(&mut registered.codecs);
        engine::set_codecs(&interp, codecs, &setups);
        engine::advise(&interp, &registered);
        let _ = interp.modules.set(registered.receivers.clone());
        ProcessPackage::of(interp, registered, setups)
    }

    fn names_of_modules(&self) -> Vec<String> {
        let asked = self.modules.iter().flatten();
        asked.chain(&self.without).cloned().collect()
    }

    /// What the natives share.
    fn interp(mut self, setups: &[Setup]) -> Arc<Interp> {
        let start_dir = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("/"));
        let names = setups.iter().filter_map(Setup::name);
        self.furnishing.setups = names.map(ToString::to_string).collect();
        self.furnishing.is_of_this_process = setups.iter().any(|s| s.name().is_none());
        let permissions = self.permissions.unwrap_or_else(|| match self.owns_process {
            true => Permissions::all(),
            false => Permissions::none(),
        });
        let interp = Interp::new(
            start_dir,
            self.furnishing.with_permissions(permissions),
            stdlib::states(),
        );
        interp.permissions().set_guest(!self.owns_process);
        if let Some(bytes) = self.session_memory {
            interp.limit_session_memory(bytes);
        }
        if let Some(program) = self.worker {
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
        if let Some(sinks) = Sinks::new(self.output, self.errors) {
            interp.output.send_to(sinks);
        }
        if self.input.is_some() || !self.owns_process {
            interp.source.ask(self.input);
        }
        interp
    }

    fn make(mut self) -> Runtime {
        self.furnishing.without = self.modules_off(|_| true);
        let (setups, asked) = (std::mem::take(&mut self.setups), self.names_of_modules());
        let owns_process = self.owns_process;
        let interp = self.interp(&setups);
        let mut depth = engine::CallDepth::Host;
        if owns_process {
            // A process without its own handlers still runs scripts; Ctrl-C then ends it at once.
            let _ = signals::install();
            sys::limits::keep_freed_memory();
            let stack = sys::limits::raise_stack(engine::STACK_WANTED);
            if sys::identity::thread_id() == sys::identity::process_id() {
                depth = engine::CallDepth::Stack(stack);
            }
        }
        let (engine, modules, names) = engine::build(&interp, depth, &setups);
        let unfit = build_error::check(&setups, &names.types, &asked).err();
        Runtime {
            state: State::new(&engine),
            evaluations: 0,
            engine,
            interp,
            modules,
            names,
            unfit,
        }
    }
}
