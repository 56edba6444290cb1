//! The API on an Engine that the host owns.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use rhai::{AST, Engine, EvalAltResult, Module};

use super::check::compile;
use super::ending::end;
use super::module_code::register_note;
use super::{
    BuildError, Builder, Diagnostic, Error, Script, Setup, Stopper, build_error, engine, methods,
    natives, setup, with_statement,
};
use crate::program::frame::TOP_LEVEL;
use crate::program::traceback;
use crate::script::bind::{Classes, Registered, Vocabulary};
use crate::script::exceptions::Exception;
use crate::script::interp::Interp;
use crate::script::names::Names;
use crate::script::panics::note_host_functions;
use crate::script::report::{diagnostic_of, too_deep};
use crate::script::stop::Stop;
use crate::stdlib;
use crate::sys::deep_stack::on_deep_stack;

/// Processes, threads and what they share, for an [`Engine`] that the host owns. It is not one of Rhai's [`Package`](rhai::packages::Package)s,
/// because those have no options and share one module between all engines.
///
/// This package has options ([`Builder::package`](crate::Builder::package)), sets callbacks of the engine, and owns the child processes.
///
/// # Functions and modules
/// The engine gets all [modules](crate::Builder::modules) but `builtins`: Rhai's own `print`, `len`, and methods of strings and lists stay, unless
/// `modules` names `builtins`. A function that the host has registered with the same name and types has precedence. Of two packages on
/// one engine, the later has precedence.
///
/// # Settings and callbacks
/// The package does not touch `on_print`, `on_debug`, the module resolver, or other settings. An engine has one of each of the
/// following callbacks. The package sets those that the host has not set before, and the host may replace them later:
///
/// | callback | effect if the host sets its own |
/// | --- | --- |
/// | `on_var` | a handle that a closure has captured is busy while one of its methods waits; Rhai's own errors are plain maps in `catch` |
/// | `on_parse_token` | words that Rhai reserves cannot be names of methods: `lock.with(…)` does not parse |
/// | `on_progress` | a [`Stopper`] ends waits, but not loops: the host's callback has to end those; limits of time, operations and memory are refused |
///
/// # Limits
/// The package's [limits](crate::Builder::limits) of sizes and call depth hold for every evaluation of its engines, besides those that the host has set
/// on the engine. Limits of time, operations and memory hold in [`limited`](Self::limited); a script outside of it is refused.
/// [`compile`](Self::compile) and `limited` return [`BuildError::NotLimited`] if an `on_progress` (time,
/// operations, memory) or `on_var` (sizes) that was set before keeps limits from being applied.
///
/// # Processes
/// A child is a fresh run of the host's program ([`init`](crate::init)), never a copy of it. It compiles the script again: see
/// [`compile`](Self::compile); scripts may be merged (`AST::merge`). It has the package's [setups](crate::Builder::setup), but no other functions of
/// the host. From the engine it has the limits and the disabled symbols; an operator or syntax of the engine that is in no setup is an error
/// where a process is started. Modules come from the setups' [resolvers](crate::Setup::module_resolver).
///
/// # Values and errors
/// [`eval`](Self::eval) and [`call_fn`](Self::call_fn) return values and errors as a [`Runtime`](crate::Runtime) does. The engine's own functions return
/// Rhai's errors, which print an exception of this crate as the name of its Rust type: [`error`](Self::error) and [`diagnose`](Self::diagnose) have the text.
///
/// # Ending
/// When the package and its engines are dropped, the children that are left are ended, and their shared memory is freed.
///
/// # Example
/// ```no_run
/// use procscript::rhai::Engine;
/// use procscript::{Permissions, Runtime};
///
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     procscript::init();
///     let mut engine = Engine::new();
///     let permissions = Permissions::none().allow_processes(4, 1);
///     let package = Runtime::builder().permissions(permissions).package()?;
///     package.register_into_engine(&mut engine);
///     let script = "
///         fn work(q) { q.put(os.getpid()); }
///         let q = Queue();
///         let p = Process(work, [q]);
///         p.start();
///         let pid = q.get();
///         p.join();
///         pid == p.pid
///     ";
///     let ast = package.compile(&engine, "main", script)?;
///     assert!(engine.eval_ast::<bool>(&ast)?);
///     Ok(())
/// }
/// ```
#[derive(Clone)]
#[must_use]
pub struct ProcessPackage {
    registered: Arc<Registered>,
    setups: Arc<Vec<Setup>>,
    family: Arc<Family>,
}

/// The processes of a package, and the names for the advice in their reports. The engines hold it too.
struct Family {
    interp: Arc<Interp>,
    names: Arc<Names>,
}

impl Drop for Family {
    fn drop(&mut self) {
        end(&self.interp, || ());
    }
}

/// The family, as an engine holds it.
struct HeldByEngine(Arc<Family>);

impl Drop for HeldByEngine {
    fn drop(&mut self) {
        // Another engine may get the address of this one.
        self.0.interp.host_engines.forget_known();
    }
}

impl Builder {
    /// Builds a package for an engine that the host owns. [`ProcessPackage::limited`] applies its limits.
    ///
    /// # Errors
    /// See [`BuildError`].
    pub fn package(mut self) -> Result<ProcessPackage, BuildError> {
        build_error::check_memory(&self.settings.limits)?;
        self.settings.without = self.modules_off(|name| name != "builtins")?;
        if self.settings.isolated {
            return Err(BuildError::NotIsolated("package".into()));
        }
        self.owns_process = false;
        let setups = std::mem::take(&mut self.setups);
        let interp = self.interp(&setups);
        interp.host_engines.begin();
        let registered = stdlib::natives(&interp, Vocabulary::Any);
        let names = engine::set_names(&interp, Vec::new(), &setups);
        let mut of_children = Engine::new_raw();
        setup::register(&mut of_children, &setups);
        with_statement::register(&mut of_children, &interp);
        interp.host_engines.set_keywords(&of_children);
        build_error::check(&setups, &names)?;
        Ok(ProcessPackage::of(interp, registered, names, setups))
    }
}

impl ProcessPackage {
    fn of(
        interp: Arc<Interp>,
        registered: Arc<Registered>,
        names: Arc<Names>,
        setups: Vec<Setup>,
    ) -> Self {
        Self {
            registered,
            setups: setups.into(),
            family: Family { interp, names }.into(),
        }
    }

    /// Registers everything under the names that it has in a [`Runtime`](crate::Runtime): `Process(…)`, `os.getpid()`, `os::getpid()`.
    pub fn register_into_engine(&self, engine: &mut Engine) -> &Self {
        self.register(engine, "")
    }

    /// Registers everything inside a module: `mp::Process(…)`, `mp::os::getpid()`. Methods and operators of this crate's types are
    /// registered globally.
    pub fn register_into_engine_as(&self, engine: &mut Engine, name: &str) -> &Self {
        self.register(engine, name)
    }

    fn register(&self, engine: &mut Engine, name: &str) -> &Self {
        let (interp, registered) = (self.interp(), &*self.registered);
        note_host_functions();
        natives::add_members(engine, interp, registered);
        natives::mount(engine, registered, name);
        let foreign = setup::register(engine, &self.setups);
        let callbacks = callbacks(engine);
        let is_free = |callback: &str| callbacks.contains(&format!("{callback}: false"));
        register_note(engine);
        let held = HeldByEngine(self.family.clone());
        engine.register_fn("__procscript__", move || drop(Arc::clone(&held.0)));
        if is_free("resolve_var") {
            let globals = match name {
                "" => registered.globals.clone(),
                _ => Module::new().into(),
            };
            let levels = interp.settings.limits.of_call_levels();
            engine::find_variables(
                engine,
                interp,
                levels.unwrap_or(usize::MAX),
                (globals, foreign.into()),
                registered.table.clone(),
            );
        }
        methods::register(engine, interp);
        if is_free("token_mapper") {
            engine::read_reserved_words(engine);
            with_statement::register(engine, interp);
            Classes::note(interp, &registered.table);
        }
        if is_free("progress") {
            engine::check_each_step(engine, interp);
        } else if interp.settings.limits.need_a_stretch() {
            interp.host_engines.note_unchecked();
        }
        apply_limits(interp, engine, is_free("resolve_var"));
        interp.host_engines.add_mount(name);
        self
    }

    /// Compiles a script whose functions may run in child processes. Messages call it `name`. Of two scripts with one name
    /// the later counts.
    ///
    /// A script that was not compiled by this function runs too, but cannot start processes; the error mentions this function.
    ///
    /// # Errors
    /// [`Error::Syntax`]; [`Error::Build`] if the package cannot apply its limits.
    pub fn compile(&self, engine: &Engine, name: &str, text: &str) -> Result<AST, Error> {
        self.compile_script(engine, &Script::from_text(name, text))
    }

    /// Like [`compile`](Self::compile), for a file.
    ///
    /// # Errors
    /// [`Error::Read`], and those of [`compile`](Self::compile).
    pub fn compile_file(&self, engine: &Engine, path: impl AsRef<Path>) -> Result<AST, Error> {
        self.compile_script(engine, &Script::read(path.as_ref())?)
    }

    fn compile_script(&self, engine: &Engine, script: &Script) -> Result<AST, Error> {
        self.check_limits()?;
        let source = script.source();
        let (interp, names) = (self.interp(), &self.family.names);
        let compiled = on_deep_stack(|| compile(engine, interp, names, &source));
        let ast = compiled.map_err(Error::Syntax)?;
        let program = &interp.program;
        program.add_script(source, ast.shared_lib().clone());
        Ok(ast)
    }

    /// Shares the engine with the threads that scripts start. Without this call, starting a thread is an error that mentions this function.
    ///
    /// A running thread keeps the engine alive.
    pub fn share(&self, engine: &Arc<Engine>) -> &Self {
        self.interp().host_engines.share(engine);
        self
    }

    /// Returns a handle that stops this package's scripts from other threads, in all its engines, and ends the threads and children
    /// that they have started. Scripts cannot run again before [`resume`](Self::resume), even after [`Stopper::stop`].
    pub fn stopper(&self) -> Stopper {
        Stopper::of(self.interp())
    }

    /// Lets scripts run again after a stop.
    pub fn resume(&self) {
        self.interp().resume();
    }

    /// Returns the report on an error that has ended a script of this package: Python's name of its kind, message, position,
    /// calls, and help. `script` is the name it was compiled with.
    ///
    /// # Example
    /// ```
    /// use procscript::Runtime;
    /// use procscript::rhai::Engine;
    ///
    /// let mut engine = Engine::new();
    /// let package = Runtime::builder().package().unwrap();
    /// package.register_into_engine(&mut engine);
    /// let ast = package.compile(&engine, "main", "let q = Queue();\nq.get(false)").unwrap();
    /// let error = engine.eval_ast::<()>(&ast).unwrap_err();
    /// let told = package.diagnose("main", &error);
    /// assert_eq!((told.kind.as_str(), told.line), ("Empty", 2));
    /// ```
    pub fn diagnose(&self, script: &str, error: &EvalAltResult) -> Diagnostic {
        let interp = self.interp();
        let frames = traceback::frames(error, &interp.program, script, TOP_LEVEL);
        let exception = match Stop::of(error) {
            Some(Stop::Exit(code)) => Exception::new("SystemExit", vec![code]),
            Some(Stop::Limit(exceeded)) => {
                Exception::new("RuntimeError", vec![exceeded.to_string().into()])
            }
            Some(Stop::Recursion) => Exception::from_error(&too_deep()),
            Some(Stop::Deadlock(exception)) => exception,
            _ => Exception::from_error(error),
        };
        diagnostic_of(interp, &exception.with_frames(frames))
    }

    pub(super) fn interp(&self) -> &Arc<Interp> {
        &self.family.interp
    }
}

impl fmt::Debug for ProcessPackage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProcessPackage")
            .field("setups", &self.setups)
            .finish_non_exhaustive()
    }
}

/// Applies the limits that hold for every evaluation of a host's engine. `is_on_var_free` tells whether the package is asked for each
/// variable; if not, sizes cannot be limited.
fn apply_limits(interp: &Interp, of_host: &mut Engine, is_on_var_free: bool) {
    let limits = &interp.settings.limits;
    if let Some(levels) = limits.of_call_levels() {
        let spare = if is_on_var_free {
            engine::SPARE_LEVELS
        } else {
            0
        };
        let most = levels.saturating_add(spare);
        of_host.set_max_call_levels(most.min(of_host.max_call_levels()));
    }
    if limits.have_sizes() && !is_on_var_free {
        interp.host_engines.note_unchecked();
    }
    limits.apply_to_host(of_host);
}

/// The callbacks of an engine, as `name: false` where the host has not set them. Only the debug form of an engine shows this; a
/// test checks that it does.
fn callbacks(engine: &Engine) -> String {
    let text = format!("{engine:?}");
    // The names of the host's modules, which come first, may contain these words.
    let start = text.rfind("resolve_var: ").unwrap_or(0);
    text[start..].into()
}
