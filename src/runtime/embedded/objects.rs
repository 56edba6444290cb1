//! Queues, locks, events, processes and pools for scripts on an engine that the host owns.

use std::sync::Arc;

use rhai::{AST, Engine, FnPtr, GlobalRuntimeState, NativeCallContext, Position};

use crate::runtime::objects::{
    Arguments, Event, Lock, Pool, PoolOptions, Process, ProcessOptions, Queue, arguments,
    no_function,
};
use crate::runtime::state::HOST;
use crate::runtime::{Error, ProcessPackage};

impl ProcessPackage {
    /// Creates a queue for at most `maxsize` items that this program and the package's scripts share; 0 means no limit but memory.
    ///
    /// # Errors
    /// The session has no memory for it.
    ///
    /// # Example
    /// ```
    /// use procscript::rhai::{Engine, Scope};
    /// use procscript::{Error, Runtime};
    ///
    /// let mut engine = Engine::new();
    /// let package = Runtime::builder().package()?;
    /// package.register_into_engine(&mut engine);
    /// let numbers = package.queue::<u32>(0)?;
    /// let ast = package.compile(&engine, "main", "fn fill(q) { q.put(42) }")?;
    /// package.call_fn::<()>(&engine, &mut Scope::new(), &ast, "fill", (&numbers,))?;
    /// assert_eq!(numbers.get()?, 42);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn queue<T>(&self, maxsize: usize) -> Result<Queue<T>, Error> {
        Queue::create(self.interp(), maxsize, false)
    }

    /// Creates a queue that is a `JoinableQueue` in scripts; see [`Runtime::joinable_queue`](crate::Runtime::joinable_queue).
    ///
    /// # Errors
    /// The session has no memory for it.
    pub fn joinable_queue<T>(&self, maxsize: usize) -> Result<Queue<T>, Error> {
        Queue::create(self.interp(), maxsize, true)
    }

    /// Creates a lock that is free.
    ///
    /// # Errors
    /// The session has no memory for it.
    pub fn lock(&self) -> Result<Lock, Error> {
        Lock::create(self.interp())
    }

    /// Creates an event that is not set.
    ///
    /// # Errors
    /// The session has no memory for it.
    pub fn event(&self) -> Result<Event, Error> {
        Event::create(self.interp())
    }

    /// Starts a process that calls a function of a script, which [`compile`](Self::compile) has compiled.
    ///
    /// # Errors
    /// There is no such function, it or an argument cannot be sent to another process, the process would lack something that the engine has, or
    /// it cannot be started; [`Error::Stopped`] while a [`Stopper`](crate::Stopper) keeps the package stopped.
    pub fn start(
        &self,
        engine: &Engine,
        ast: &AST,
        function: &str,
        args: impl Arguments,
        options: ProcessOptions,
    ) -> Result<Process, Error> {
        let interp = self.interp();
        if interp.stopping().is_some() {
            return Err(Error::Stopped);
        }
        let target = self.function(ast, function)?;
        let args = arguments(interp, &args)?;
        let state = state(engine, ast);
        Process::begin((interp, &context(engine, &state)), target, args, options)
    }

    /// Starts a pool of processes that call functions of a script, which [`compile`](Self::compile) has compiled. It [shares](Self::share) the engine.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn pool(
        &self,
        engine: &Arc<Engine>,
        ast: &AST,
        options: PoolOptions,
    ) -> Result<Pool, Error> {
        let interp = self.interp();
        if interp.stopping().is_some() {
            return Err(Error::Stopped);
        }
        self.share(engine);
        let state = state(engine, ast);
        Pool::create((interp, &context(engine, &state)), options)
    }

    fn function(&self, ast: &AST, name: &str) -> Result<FnPtr, Error> {
        let is_known = ast.iter_functions().any(|function| function.name == name);
        let function = FnPtr::new(name).ok().filter(|_| is_known);
        function.ok_or_else(|| no_function(self.interp(), name))
    }

    /// Forgets a script that was compiled under this name: its text and its functions. Processes can no longer be started in it, and its errors are
    /// reported without source lines. Returns whether there was one.
    ///
    /// A host that compiles many scripts forgets those that it no longer runs; compiling another under the same name does the same.
    pub fn forget(&self, name: &str) -> bool {
        self.interp().program.forget(name)
    }
}

/// The state in which the host calls functions of a script.
fn state(engine: &Engine, ast: &AST) -> GlobalRuntimeState {
    let mut state = engine.new_global_runtime_state();
    state.lib.push(ast.shared_lib().clone());
    state.source = ast.source().map(Into::into);
    state
}

fn context<'a>(engine: &'a Engine, state: &'a GlobalRuntimeState) -> NativeCallContext<'a> {
    NativeCallContext::new_with_all_fields(engine, HOST, None, state, Position::NONE)
}
