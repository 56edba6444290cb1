//! The program that spawned children run, and the seed of which they are copies.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::process::seed::Seeds;
use crate::process::spawn;
use crate::script::{Failure, Interp, State, raise};

/// The program that spawned children run, and the seed of which they are copies.
#[derive(Debug, Default)]
pub(crate) struct Workers {
    program: OnceLock<PathBuf>,
    pub seeds: Seeds,
}

impl State for Workers {
    fn begin_process(&self) {
        self.seeds.forget();
    }

    fn end_process(&self) {
        self.seeds.forget();
    }
}

impl Workers {
    pub(crate) fn of(interp: &Interp) -> &Self {
        interp.state()
    }

    /// Sets the program, once; without one it is this program.
    pub(crate) fn set_program(&self, program: PathBuf) {
        let _ = self.program.set(program);
    }

    /// Returns the program a spawned child runs; `None` is this one.
    ///
    /// # Errors
    /// `RuntimeError` when this program does not begin with [`crate::init`], so that its children would run all of it instead, or when
    /// they would not have the program's own functions.
    pub(crate) fn program(&self, interp: &Interp) -> Result<Option<&Path>, Failure> {
        let settings = &interp.settings;
        let setups = &settings.setups;
        let text = if settings.is_of_this_process {
            "functions from Builder::configure_engine exist in this process only, and a spawned child would not have them: \
             move them into a procscript::Setup, and pass it to Builder::setup and procscript::init_with"
                .into()
        } else if let Some(program) = self.program.get() {
            return Ok(Some(program));
        } else if !spawn::is_ready() && setups.is_empty() {
            "this program cannot start processes by spawn yet: \
             add `procscript::init();` as the first line of its main function \
             (or name a program that begins so: `Runtime::builder().worker_program(path)`)"
                .into()
        } else if !spawn::is_ready() {
            "this program cannot start processes by spawn yet: \
             add `procscript::init_with([…]);` with its setups as the first line of its main function"
                .into()
        } else if let Some(setup) = setups.iter().find(|setup| !spawn::has(setup)) {
            format!(
                "a spawned child would not have the setup '{setup}': \
                 give it to `procscript::init_with([…]);` in the first line of the program's main function"
            )
        } else {
            return Ok(None);
        };
        Err(raise("RuntimeError", text))
    }
}
