//! The process that looks after the workers of a pool on a server: `procscript worker`.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rhai::{NativeCallContext, Position};

use super::files::Files;
use super::ground::Ground;
use crate::permissions::Permissions;
use crate::program::diagnostic::Diagnostic;
use crate::remote::endpoint::Endpoint;
use crate::remote::pool::Terms;
use crate::remote::seal::{KEY_MIN, Key};
use crate::runtime::modules::Judge;
use crate::runtime::{BuildError, Builder, Script};
use crate::script::exceptions::Exception;
use crate::script::report::{self, FAILED, diagnostic_of};
use crate::stdlib::multiprocessing::remote::pool::{Own, Service, hash_of, serve};
use crate::stdlib::multiprocessing::remote::resolved;
use crate::sync::Role;

/// How long a machine may be silent if nothing else is said.
const LEASE: Duration = Duration::from_secs(10);

/// How long tasks in hand may take at the end if nothing else is said.
const GRACE: Duration = Duration::from_secs(30);

/// Worker processes for a `Pool` that is on a Redis or Valkey server: what `procscript worker` starts.
///
/// Each worker takes tasks from the server and calls the functions of the script with them; the script's top level does not run. A worker
/// that dies is replaced, and its task goes to another one.
///
/// # Example
/// ```no_run
/// use procscript::{RemoteWorker, Runtime, Script};
///
/// procscript::init();
/// let script = Script::from_file("images.rhai".as_ref())?;
/// let worker = RemoteWorker::new("redis://10.0.0.5/0", "images").processes(4);
/// let code = worker.run(Runtime::builder().owns_process(), Some(script))?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct RemoteWorker {
    url: String,
    pool: String,
    processes: usize,
    grace: Duration,
    lease: Duration,
    key_file: Option<PathBuf>,
    permissions: Permissions,
}

/// Why workers cannot be started.
#[derive(Debug)]
#[non_exhaustive]
pub enum WorkerError {
    /// The runtime cannot be built.
    Build(BuildError),
    /// The URL, the name of the pool or the key is none; the text says which, and what it has to be.
    Argument(String),
    /// The script does not parse.
    Syntax(Box<Diagnostic>),
}

impl fmt::Display for WorkerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Build(error) => error.fmt(f),
            Self::Argument(text) => f.write_str(text),
            Self::Syntax(diagnostic) => diagnostic.fmt(f),
        }
    }
}

impl std::error::Error for WorkerError {}

impl RemoteWorker {
    /// Workers for the pool of this name: `url` is the address of the server, or a short name as scripts write it.
    pub fn new(url: &str, pool: &str) -> Self {
        Self {
            url: url.into(),
            pool: pool.into(),
            processes: std::thread::available_parallelism().map_or(1, Into::into),
            grace: GRACE,
            lease: LEASE,
            key_file: None,
            permissions: Permissions::all(),
        }
    }

    /// Sets the number of worker processes; without this, that of the processors.
    pub fn processes(mut self, count: usize) -> Self {
        self.processes = count.max(1);
        self
    }

    /// Sets how long tasks in hand may take when SIGTERM comes; what is not done then goes back to the server. Without this, 30 seconds.
    pub fn grace(mut self, time: Duration) -> Self {
        self.grace = time;
        self
    }

    /// Sets how long this machine may be silent before its workers count as dead, 1 second to an hour. Without this, 10 seconds.
    pub fn lease(mut self, time: Duration) -> Self {
        self.lease = time.clamp(Duration::from_secs(1), Duration::from_secs(3600));
        self
    }

    /// Runs tasks of any program that is sealed with the key in this file, and none without.
    pub fn key_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.key_file = Some(path.into());
        self
    }

    /// Sets what tasks may do. Whatever a task says, it may do no more.
    pub fn permissions(mut self, permissions: Permissions) -> Self {
        self.permissions = permissions;
        self
    }

    /// Starts the workers, and looks after them until SIGTERM or Ctrl-C comes. Returns the exit code of the program: 0 after SIGTERM, 130 after
    /// Ctrl-C, 1 if the server cannot be reached or used, which is reported on standard error.
    ///
    /// The process has to be the workers' own ([`Builder::owns_process`]). Without a key, `script` is needed: only its functions, and
    /// those of modules that it imports or that are in its directory, are called.
    ///
    /// # Errors
    /// See [`WorkerError`].
    pub fn run(self, builder: Builder, script: Option<Script>) -> Result<i32, WorkerError> {
        let argument = |text: String| WorkerError::Argument(text);
        let key = match &self.key_file {
            None => None,
            Some(path) => Some(read_key(path).map_err(argument)?),
        };
        if key.is_none() && script.is_none() {
            let text = "a worker needs a script whose functions it calls, or a key for programs that it does not know";
            return Err(argument(text.into()));
        }
        let terms = Terms {
            name: self.pool.clone(),
            lease: self.lease,
            key,
        };
        let url = resolved(self.url.clone())
            .map_err(|failure| argument(Exception::from_error(&failure).message()))?;
        let program = script
            .as_ref()
            .map_or_else(String::new, |s| hash_of(s.text()));
        let place = Endpoint::read(&url)
            .and_then(|endpoint| terms.place(&Arc::new(endpoint), &program))
            .map_err(|fault| argument(fault.to_string()))?;
        let runtime = builder.build().map_err(WorkerError::Build)?;
        let interp = runtime.interp.clone();
        if let Some(script) = &script {
            // Its mistakes are seen before there is a task.
            let source = script.source();
            runtime.compile(&source).map_err(WorkerError::Syntax)?;
            if let Some(directory) = source.directory() {
                interp.program.add_directory(directory);
            }
        }
        let own = script.filter(|_| terms.key.is_none());
        let own = own.map(|script| {
            Arc::new(Files::of(&script, &runtime.engine)) as Arc<dyn Own + Send + Sync>
        });
        let judge = own
            .clone()
            .map(|own| Judge(Box::new(move |text, shown| own.check(text, shown))));
        runtime.modules.keep_to_own(judge);
        let service = Service {
            place,
            terms,
            processes: self.processes,
            grace: self.grace,
            permissions: self.permissions,
            programs: Arc::new(Ground {
                interp: interp.clone(),
                engine: runtime.engine.clone(),
                modules: runtime.modules.clone(),
            }),
            own,
        };
        let global = runtime.engine.new_global_runtime_state();
        let engine = &*runtime.engine;
        let context =
            NativeCallContext::new_with_all_fields(engine, "worker", None, &global, Position::NONE);
        let served = Role::MAIN.during(|| interp.held.run(|| serve(&interp, &context, service)));
        let code = served.unwrap_or_else(|failure| {
            let exception = Exception::from_error(&failure);
            report::print(&interp, &diagnostic_of(&interp, &exception));
            FAILED
        });
        // The process ends with its workers.
        std::mem::forget(runtime);
        Ok(code)
    }
}

pub(super) fn read_key(path: &std::path::Path) -> Result<Key, String> {
    let shown = path.display();
    let bytes = std::fs::read(path).map_err(|error| format!("the key in {shown}: {error}"))?;
    let key = Key::new(&bytes);
    key.ok_or_else(|| format!("the key in {shown} is too short: it needs {KEY_MIN} bytes or more"))
}
