//! The text of a running program: its main script, the modules it loaded, its arguments.
//!
//! Text is kept whole because a spawned child must compile exactly the same bytes: Rhai names closures
//! by a hash of their positions.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rhai::{Dynamic, Module, ScriptFuncDef, Shared};

/// One file of a program.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    /// The name Rhai knows it by: an absolute path, or `<stdin>`, `<string>`.
    pub name: String,
    /// The name people are shown: as it was given.
    pub shown: String,
    pub text: Arc<str>,
}

/// A module that was imported, and what its top level left behind.
#[derive(Debug, Clone)]
pub(crate) struct LoadedModule {
    pub source: Source,
    /// Its functions.
    pub functions: Shared<Module>,
    /// Its top-level constants, private ones included, by name.
    pub constants: Vec<(String, Dynamic)>,
    /// Its exported variables by name.
    pub exports: Vec<(String, Dynamic)>,
    /// Its own imports: alias and the module's name.
    pub imports: Vec<(String, String)>,
}

/// The program of one runtime.
#[derive(Debug)]
pub(crate) struct Program {
    parts: Mutex<Parts>,
    /// The directory the program was started in; names are shown relative to it.
    pub start_dir: PathBuf,
}

#[derive(Debug, Default)]
struct Parts {
    main: Option<Main>,
    modules: BTreeMap<String, LoadedModule>,
    argv: Vec<String>,
}

/// The main script as it runs.
#[derive(Debug, Clone)]
pub(crate) struct Main {
    pub source: Source,
    pub functions: Shared<Module>,
}

impl Program {
    pub(crate) fn new(start_dir: PathBuf) -> Self {
        Self {
            parts: Mutex::default(),
            start_dir,
        }
    }

    fn parts(&self) -> MutexGuard<'_, Parts> {
        self.parts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set_main(&self, source: Source, functions: Shared<Module>) {
        self.parts().main = Some(Main { source, functions });
    }

    pub(crate) fn main(&self) -> Option<Main> {
        self.parts().main.clone()
    }

    pub(crate) fn set_argv(&self, argv: Vec<String>) {
        self.parts().argv = argv;
    }

    pub(crate) fn argv(&self) -> Vec<String> {
        self.parts().argv.clone()
    }

    pub(crate) fn add_module(&self, module: LoadedModule) {
        self.parts()
            .modules
            .insert(module.source.name.clone(), module);
    }

    pub(crate) fn module(&self, name: &str) -> Option<LoadedModule> {
        self.parts().modules.get(name).cloned()
    }

    /// The definition of a function, closures included: the main script's, else a module's.
    pub(crate) fn function(&self, name: &str) -> Option<Shared<ScriptFuncDef>> {
        let parts = self.parts();
        let main = parts.main.iter().map(|main| &main.functions);
        let libraries = main.chain(parts.modules.values().map(|module| &module.functions));
        libraries
            .flat_map(|functions| functions.iter_script_fn_info())
            .find(|(_, _, found, ..)| *found == name)
            .map(|(.., definition)| definition.clone())
    }

    /// How people are shown the file Rhai calls `name`.
    pub(crate) fn shown(&self, name: &str) -> String {
        let parts = self.parts();
        if let Some(main) = parts.main.as_ref().filter(|m| m.source.name == name) {
            return main.source.shown.clone();
        }
        match Path::new(name).strip_prefix(&self.start_dir) {
            Ok(relative) => relative.display().to_string(),
            Err(_) => name.to_string(),
        }
    }

    /// Line `line` (from 1) of the file Rhai calls `name`, without its indentation.
    pub(crate) fn line(&self, name: &str, line: usize) -> Option<String> {
        let parts = self.parts();
        let text = match parts.main.as_ref().filter(|m| m.source.name == name) {
            Some(main) => &main.source.text,
            None => &parts.modules.get(name)?.source.text,
        };
        text.lines()
            .nth(line.checked_sub(1)?)
            .map(|l| l.trim().to_string())
    }

    /// One frame of a traceback as Python prints it: file, line, function, and the source line.
    pub(crate) fn frame_text(&self, name: &str, line: usize, function: Option<&str>) -> String {
        let mut text = format!("  File \"{}\", line {line}", self.shown(name));
        if let Some(function) = function {
            text.push_str(&format!(", in {function}"));
        }
        text.push('\n');
        if let Some(code) = self.line(name, line).filter(|code| !code.is_empty()) {
            text.push_str(&format!("    {code}\n"));
        }
        text
    }
}
