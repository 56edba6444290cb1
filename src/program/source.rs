//! The source of a running program: its inputs, the modules it loaded, its arguments.
//!
//! A script is one input; at a prompt each entry is another, and of two functions with one name the later counts.
//! The source is kept whole because a spawned child must compile exactly the same bytes: Rhai names closures
//! by a hash of their positions.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use rhai::{Dynamic, ImmutableString, Module, Position, ScriptFuncDef, Shared};
use serde::{Deserialize, Serialize};

use crate::text::to_path;

/// One file of a program.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Source {
    /// The name Rhai knows it by: an absolute path as scripts know it (`text::from_os`), or `<stdin>`, `<string>`.
    pub name: String,
    /// The name that reports show: as it was given.
    pub shown: String,
    pub text: Arc<str>,
    /// Variables there before that it may name. Every process compiles it with the same.
    #[serde(default)]
    pub variables: Vec<String>,
    /// Where its lines begin, found when it is first asked for: scripts ask at each access of some attributes.
    #[serde(skip)]
    starts: LineStarts,
}

/// The offsets of a text's lines.
#[derive(Debug, Clone, Default)]
struct LineStarts(Arc<OnceLock<Vec<usize>>>);

impl LineStarts {
    /// Returns where a line (from 1) of the text begins; its end, if it has fewer lines.
    fn of(&self, text: &str, line: usize) -> usize {
        let starts = self.0.get_or_init(|| {
            let ends = text.match_indices('\n').map(|(at, _)| at + 1);
            std::iter::once(0).chain(ends).collect()
        });
        starts.get(line - 1).copied().unwrap_or(text.len())
    }
}

impl Source {
    /// Creates a source that names no variables but its own.
    pub(crate) fn new(
        name: impl Into<String>,
        shown: impl Into<String>,
        text: impl Into<Arc<str>>,
    ) -> Self {
        Self {
            name: name.into(),
            shown: shown.into(),
            text: text.into(),
            variables: Vec::new(),
            starts: LineStarts::default(),
        }
    }

    /// Returns the source that begins with these variables.
    pub(crate) fn with_variables<'n>(&self, names: impl Iterator<Item = &'n str>) -> Self {
        let named = names.filter(|name| self.text.contains(name));
        Self {
            variables: named.map(String::from).collect(),
            ..self.clone()
        }
    }

    /// Its directory, if it is a file.
    pub(crate) fn directory(&self) -> Option<PathBuf> {
        let path = to_path(&self.name);
        let parent = path.parent().filter(|_| path.is_absolute());
        parent.map(Path::to_path_buf)
    }
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
    /// How often inputs or modules were added or removed. Changed under the lock, read without it at each call by the host.
    changes: AtomicUsize,
    /// The directory the program was started in; names are shown relative to it.
    pub start_dir: PathBuf,
}

#[derive(Debug, Default)]
pub(super) struct Parts {
    /// In the order they came.
    pub(super) inputs: Vec<Input>,
    /// The inputs are scripts that have nothing to do with each other.
    are_separate: bool,
    /// Where modules are looked up besides the importing file's directory: the directories of the main program's files.
    directories: Vec<PathBuf>,
    pub(super) modules: BTreeMap<String, LoadedModule>,
    /// The sources of all of them, for messages.
    pub(super) sources: Vec<Source>,
    argv: Vec<String>,
    /// The functions around positions that were asked for.
    pub(super) enclosing: Enclosing,
    /// It comes in pieces.
    grows: bool,
    /// How often functions or modules were added.
    edition: usize,
    /// The functions of the inputs by name, as of the last question after the last change.
    pub(super) index: Option<HashMap<ImmutableString, Shared<ScriptFuncDef>>>,
}

/// The line and column of a position.
pub(super) type Place = (usize, usize);

/// The names of the functions around positions, by file: logs ask for the same few again and again.
pub(super) type Enclosing = HashMap<String, HashMap<Place, String>>;

/// The source before all inputs of a program that grows. Rhai calls a closure that it finds in the first library without looking for later
/// definitions, and constants are not global in a program without functions.
pub(crate) const BASE_TEXT: &str = "private fn __base__() { 0 }";

/// The main script as it runs, or one entry at a prompt.
#[derive(Debug, Clone)]
pub(crate) struct Input {
    pub source: Source,
    pub functions: Shared<Module>,
}

impl Input {
    pub(crate) fn has_functions(&self) -> bool {
        self.functions.iter_script_fn_info().next().is_some()
    }

    /// Returns the keys of its functions: name, number of parameters, and type of `this`.
    fn keys(&self) -> impl Iterator<Item = Key> {
        let functions = self.functions.iter_script_fn_info();
        functions.map(|(.., f)| (f.name.clone(), f.params.len(), f.this_type.clone()))
    }
}

type Key = (ImmutableString, usize, Option<ImmutableString>);

impl Parts {
    pub(super) fn input(&self, name: &str) -> Option<&Input> {
        self.inputs.iter().find(|input| input.source.name == name)
    }
}

impl Program {
    pub(crate) fn new(start_dir: PathBuf) -> Self {
        Self {
            parts: Mutex::default(),
            changes: AtomicUsize::new(0),
            start_dir,
        }
    }

    /// Notes that inputs or modules were added or removed.
    fn change(&self, parts: &mut Parts) {
        self.changes.fetch_add(1, Ordering::Release);
        parts.index = None;
    }

    pub(super) fn parts(&self) -> MutexGuard<'_, Parts> {
        self.parts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds an input. A script has only one.
    pub(crate) fn add_input(&self, source: Source, functions: Shared<Module>) {
        self.note_source(&source);
        let mut parts = self.parts();
        let input = Input { source, functions };
        parts.edition += usize::from(input.has_functions());
        parts.inputs.push(input);
        self.change(&mut parts);
    }

    /// Adds one of several unrelated scripts; of two with the same name, the later counts.
    pub(crate) fn add_script(&self, source: Source, functions: Shared<Module>) {
        self.note_source(&source);
        let mut parts = self.parts();
        parts.are_separate = true;
        parts
            .inputs
            .retain(|other| other.source.name != source.name);
        parts.edition += 1;
        parts.inputs.push(Input { source, functions });
        self.change(&mut parts);
    }

    /// Forgets the inputs, of every version, or the module with this name. Returns whether there was one.
    pub(crate) fn forget(&self, name: &str) -> bool {
        let is_it = |source: &Source| {
            let version = source.name.strip_prefix(name);
            version.is_some_and(|version| version.is_empty() || version.starts_with('#'))
        };
        let mut parts = self.parts();
        let (inputs, modules) = (parts.inputs.len(), parts.modules.len());
        parts.inputs.retain(|input| !is_it(&input.source));
        parts.modules.remove(name);
        parts.sources.retain(|source| !is_it(source));
        parts.enclosing.remove(name);
        parts.edition += 1;
        self.change(&mut parts);
        parts.inputs.len() < inputs || parts.modules.len() < modules
    }

    /// Returns a number that changes whenever functions are added: a process that was started before does not have them.
    pub(crate) fn edition(&self) -> usize {
        self.parts().edition
    }

    /// Returns the inputs that a call has in reach which sees these libraries.
    pub(crate) fn inputs_for(&self, libraries: &[String]) -> Vec<Input> {
        let parts = self.parts();
        let with_functions = |input: &&Input| input.has_functions();
        if parts.are_separate {
            let inputs = libraries.iter().filter_map(|name| parts.input(name));
            return inputs.filter(with_functions).cloned().collect();
        }
        parts
            .inputs
            .iter()
            .filter(with_functions)
            .cloned()
            .collect()
    }

    /// Adds an input that comes before every other.
    pub(crate) fn begin_with(&self, source: Source, functions: Shared<Module>) {
        let mut parts = self.parts();
        parts.inputs.insert(0, Input { source, functions });
        parts.grows = true;
        self.change(&mut parts);
    }

    /// Returns whether more inputs may come, so that functions may be redefined.
    pub(crate) fn grows(&self) -> bool {
        self.parts().grows
    }

    /// Returns a script as an input of a program that grows: its directory is where modules are found, and functions of
    /// an earlier version, which may still be called, keep their own text.
    pub(crate) fn as_input(&self, mut source: Source) -> Source {
        if let Some(directory) = source.directory() {
            self.add_directory(directory);
        }
        let name = source.name.clone();
        let mut version = 1;
        while self.has_input(&source.name) {
            version += 1;
            source.name = format!("{name}#{version}");
        }
        source
    }

    /// Makes this the first directory in which modules are looked for.
    pub(crate) fn add_directory(&self, directory: PathBuf) {
        let directories = &mut self.parts().directories;
        directories.retain(|other| *other != directory);
        directories.insert(0, directory);
    }

    pub(crate) fn directories(&self) -> Vec<PathBuf> {
        self.parts().directories.clone()
    }

    pub(crate) fn inputs(&self) -> Vec<Input> {
        self.parts().inputs.clone()
    }

    /// Returns the functions of the inputs: of two with one name Rhai finds the last.
    pub(crate) fn libraries(&self) -> Vec<Shared<Module>> {
        let parts = self.parts();
        let with_functions = parts.inputs.iter().filter(|input| input.has_functions());
        with_functions
            .map(|input| input.functions.clone())
            .collect()
    }

    /// Those of `libraries` that are modules of this program, behind the inputs as they are now: what a call made later
    /// has in reach.
    pub(crate) fn libraries_now(&self, libraries: &[Shared<Module>]) -> Vec<Shared<Module>> {
        let mut all = self.libraries();
        let parts = self.parts();
        let is_module = |library: &&Shared<Module>| {
            let id = library.id().unwrap_or_default();
            parts.modules.contains_key(id)
        };
        all.extend(libraries.iter().filter(is_module).cloned());
        all
    }

    /// Returns whether there is an input of this name.
    pub(crate) fn has_input(&self, name: &str) -> bool {
        self.parts().input(name).is_some()
    }

    /// Drops inputs that have run and have left no function that could still be called: those without functions, and those whose
    /// functions a later input has redefined.
    pub(crate) fn forget_spent_inputs(&self) {
        let mut defined = HashSet::new();
        let mut parts = self.parts();
        parts.inputs.reverse();
        // `|`, not `||`: every function is noted.
        let mut has_new = |input: &Input| {
            input
                .keys()
                .fold(false, |any, key| any | defined.insert(key))
        };
        let Parts {
            inputs, sources, ..
        } = &mut *parts;
        inputs.retain(|input| {
            let stays = has_new(input);
            if !stays {
                sources.retain(|source| source.name != input.source.name);
            }
            stays
        });
        inputs.reverse();
        self.change(&mut parts);
    }

    /// Drops every input.
    pub(crate) fn forget_inputs(&self) {
        let mut parts = self.parts();
        parts.inputs.clear();
        self.change(&mut parts);
    }

    pub(crate) fn set_argv(&self, argv: Vec<String>) {
        self.parts().argv = argv;
    }

    pub(crate) fn argv(&self) -> Vec<String> {
        self.parts().argv.clone()
    }

    pub(crate) fn add_module(&self, module: LoadedModule) {
        self.note_source(&module.source);
        let mut parts = self.parts();
        parts.edition += 1;
        parts.modules.insert(module.source.name.clone(), module);
        self.change(&mut parts);
    }

    pub(crate) fn module(&self, name: &str) -> Option<LoadedModule> {
        self.parts().modules.get(name).cloned()
    }

    /// Returns a number that changes whenever inputs or modules are added or removed.
    pub(crate) fn changes(&self) -> usize {
        self.changes.load(Ordering::Acquire)
    }

    /// Keeps the source of a file before it is parsed, so that reports can show what cannot be parsed.
    pub(crate) fn note_source(&self, source: &Source) {
        let mut parts = self.parts();
        parts.sources.retain(|known| known.name != source.name);
        parts.enclosing.remove(&source.name);
        parts.sources.push(source.clone());
    }
}

impl Source {
    /// Line `line` (from 1) of the source.
    pub(crate) fn line(&self, line: usize) -> Option<&str> {
        self.text.lines().nth(line.checked_sub(1)?)
    }

    /// Returns the source up to a position.
    pub(super) fn before(&self, position: Position) -> Option<&str> {
        let line = position.line()?;
        let above = self.starts.of(&self.text, line);
        let rest = &self.text[above..];
        let column = position.position().unwrap_or(1).saturating_sub(1);
        let inside = rest.char_indices().nth(column).map_or(rest.len(), |c| c.0);
        Some(&self.text[..above + inside])
    }
}
