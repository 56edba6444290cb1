//! `import`: the built-in modules, those of the host, and files beside the script.
//!
//! A file is searched for beside the importing file, then beside the main script. Its absolute path identifies it, so a
//! module that is imported from two places is one module, and tracebacks name it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, Weak};

use rhai::{AST, Engine, EvalAltResult, Map, Module, ModuleResolver, Position, Scope, Shared};

use super::host_modules::OfHost;
use super::loading::{Loading, NoTurn};
use super::module_code::{CARRIED, compile_module, prelude, run};
use crate::permissions::Place;
use crate::program::Source;
use crate::program::call::CarriedModule;
use crate::program::source::LoadedModule;
use crate::script::exceptions::raise;
use crate::script::interp::Interp;
use crate::sys::lock::locked;
use crate::text::{from_os, to_path};

type Failure = Box<EvalAltResult>;

/// Finds and loads modules.
#[derive(Debug)]
pub(super) struct Modules {
    interp: Weak<Interp>,
    built_in: HashMap<&'static str, Shared<Module>>,
    /// The sources of modules that the host has.
    of_host: OfHost,
    loaded: Mutex<HashMap<PathBuf, Shared<Module>>>,
    loading: Loading,
    /// Names of files that importers have say nothing: they are those of another machine.
    only_own: AtomicBool,
    /// Decides by its text whether a file may be loaded, besides the permissions.
    judge: OnceLock<Judge>,
}

/// Decides by the text of a file, and what reports call it, whether it may be loaded.
type Decide = dyn Fn(&str, &str) -> Result<(), Failure> + Send + Sync;

/// Whoever decides that.
#[cfg_attr(
    not(feature = "redis"),
    allow(dead_code, reason = "only workers have one")
)]
pub(super) struct Judge(pub Box<Decide>);

impl std::fmt::Debug for Judge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Judge")
    }
}

impl Modules {
    pub(super) fn new(
        interp: &Arc<Interp>,
        built_in: Vec<(&'static str, Shared<Module>)>,
        of_host: OfHost,
    ) -> Self {
        Self {
            interp: Arc::downgrade(interp),
            built_in: built_in.into_iter().collect(),
            of_host,
            loaded: Mutex::default(),
            loading: Loading::default(),
            only_own: AtomicBool::default(),
            judge: OnceLock::new(),
        }
    }

    /// From now on, modules are looked for in the directories of the program only, and not beside whatever imports them, and their files
    /// are loaded only if this judge, if there is one, lets them.
    #[cfg(feature = "redis")]
    pub(super) fn keep_to_own(&self, judge: Option<Judge>) {
        self.only_own.store(true, Ordering::Relaxed);
        if let Some(judge) = judge {
            let _ = self.judge.set(judge);
        }
    }

    /// Returns whether a name that a program from elsewhere imports is that of a module of ours or of the host, which is no file.
    #[cfg(feature = "redis")]
    pub(super) fn is_no_file(&self, name: &str) -> bool {
        let inner = name.strip_prefix('<').and_then(|n| n.strip_suffix('>'));
        self.built_in(name).is_some()
            || self.of_host.text(inner.unwrap_or(name)).is_some()
            || !self.of_host.resolvers.is_empty()
    }

    /// Returns the module of a program from elsewhere that has exactly this name there: a file of this machine is another one.
    fn of_elsewhere(&self, name: &str) -> Option<Shared<Module>> {
        let only_own = self.only_own.load(Ordering::Relaxed);
        let loaded = only_own.then(|| locked(&self.loaded))?;
        loaded.get(&*to_path(name)).cloned()
    }

    /// Returns the built-in module of this name, which may be inside another: `multiprocessing.connection`.
    fn built_in(&self, name: &str) -> Option<Shared<Module>> {
        // A child is sent the module's own name, `os::path`.
        let name = name.replace("::", ".");
        let mut parts = name.split('.');
        let outer = self.built_in.get(parts.next()?)?.clone();
        parts.try_fold(outer, |outer, inner| {
            let mut inside = outer.iter_sub_modules();
            inside
                .find(|(found, _)| *found == inner)
                .map(|(_, module)| module.clone())
        })
    }

    /// Finds the file of a module, and its path without symbolic links; `own` are the directories of the program.
    ///
    /// # Errors
    /// `PermissionError`. Where a plain name could only be found in a directory that the script may not read, the module is not found.
    pub(super) fn find(
        &self,
        interp: &Interp,
        importer: Option<&str>,
        path: &str,
        own: &[PathBuf],
    ) -> Result<Option<(Place, PathBuf)>, Failure> {
        let beside = importer.and_then(|file| Some(to_path(file).parent()?.to_path_buf()));
        let is_near =
            |directory: &PathBuf| !self.only_own.load(Ordering::Relaxed) || own.contains(directory);
        let candidates = beside
            .filter(is_near)
            .into_iter()
            .chain(own.iter().cloned())
            .chain([interp.program.start_dir.clone()])
            .map(|directory| directory.join(to_path(path)))
            .flat_map(|file| [file.with_added_extension("rhai"), file]);
        let is_plain = !Path::new(path).is_absolute() && !path.split('/').any(|part| part == "..");
        let mut refused = None;
        for file in candidates {
            // A file that is loaded already is part of the program.
            let real = file.canonicalize().unwrap_or_else(|_| file.clone());
            if locked(&self.loaded).contains_key(&real) {
                return Ok(Some((Place::unjudged(&real), real)));
            }
            let found = match interp.permissions().module(&file, own) {
                Ok(found) => found,
                Err(error) => {
                    let is_own = own.iter().any(|own| file.starts_with(own));
                    if !is_plain || is_own && file.extension().is_some_and(|e| e == "rhai") {
                        refused.get_or_insert(error);
                    }
                    continue;
                }
            };
            let place = match found {
                Ok(place) => place,
                Err(error) if error.kind() == std::io::ErrorKind::Other => {
                    return Err(raise("ImportError", format!("{}: {error}", file.display())));
                }
                Err(_) => continue,
            };
            if place.metadata().is_ok_and(|about| about.is_file())
                && let Some(real) = place.real_path()
            {
                return Ok(Some((place, real)));
            }
        }
        refused.map_or(Ok(None), |denied| Err(denied.into()))
    }

    fn load(
        &self,
        engine: &Engine,
        interp: &Interp,
        (place, file): (&Place, &Path),
    ) -> Result<Shared<Module>, Failure> {
        let name = from_os(file);
        let text = read(place, &name)?;
        let source = Source::new(name.clone(), interp.program.shown(&name), text);
        if let Some(Judge(judge)) = self.judge.get() {
            judge(&source.text, &source.shown)?;
        }
        self.load_source(engine, interp, source)
    }

    fn load_source(
        &self,
        engine: &Engine,
        interp: &Interp,
        source: Source,
    ) -> Result<Shared<Module>, Failure> {
        interp.program.note_source(&source);
        let ast = compile_module(engine, interp, &source)?;
        run(engine, interp, source, &ast, Scope::new())
    }

    /// Returns the module that `load` loads, in one thread at a time.
    fn once(
        &self,
        (interp, path, position): (&Interp, &str, Position),
        file: PathBuf,
        load: impl FnOnce() -> Result<Shared<Module>, Failure>,
    ) -> Result<Shared<Module>, Failure> {
        if let Some(module) = locked(&self.loaded).get(&file) {
            return Ok(module.clone());
        }
        let turn = self.loading.begin(&file, || interp.check_interrupts());
        let _turn = turn.map_err(|why| match why {
            NoTurn::Stopped => interp.interrupted(),
            NoTurn::Circular => raise("ImportError", format!("circular import of '{path}'")),
        })?;
        // Another thread may have loaded it meanwhile.
        if let Some(module) = locked(&self.loaded).get(&file) {
            return Ok(module.clone());
        }
        let name = from_os(&file);
        let module =
            load().map_err(|e| Box::new(EvalAltResult::ErrorInModule(name, e, position)))?;
        locked(&self.loaded).insert(file, module.clone());
        Ok(module)
    }

    /// Returns the module that the host has under this name.
    fn of_host(
        &self,
        engine: &Engine,
        import: (&Interp, &str, Position),
        importer: Option<&str>,
    ) -> Result<Option<Shared<Module>>, Failure> {
        let (interp, path, position) = import;
        // A child is sent the name with its brackets.
        let path = path
            .strip_prefix('<')
            .map_or(path, |inner| inner.trim_end_matches('>'));
        let name = format!("<{path}>");
        let file = PathBuf::from(&name);
        if let Some(module) = locked(&self.loaded).get(&file) {
            return Ok(Some(module.clone()));
        }
        if let Some(text) = self.of_host.text(path) {
            let source = Source::new(name.clone(), name, text);
            let load = || self.load_source(engine, interp, source);
            return self.once(import, file, load).map(Some);
        }
        for resolver in &self.of_host.resolvers {
            let found = resolver.resolve(engine, importer, path, position);
            if !found.as_ref().is_err_and(|error| is_missing(error, path)) {
                return found.map(Some);
            }
        }
        Ok(None)
    }

    /// Returns the text that the host has for a module.
    pub(super) fn text_of_host(&self, name: &str) -> Option<String> {
        self.of_host.text(name)
    }

    /// Forgets a module by its name or the path of its file. Returns whether it had been imported.
    pub(super) fn forget_one(&self, name: &str) -> Option<String> {
        let real = to_path(name).canonicalize().ok();
        let keys = [Some(PathBuf::from(format!("<{name}>"))), real];
        let mut loaded = locked(&self.loaded);
        let mut keys = keys.into_iter().flatten();
        keys.find(|key| loaded.remove(key).is_some())
            .map(|key| from_os(&key))
    }

    /// Compiles a module for [`adopt`](Self::adopt), and adds its functions to the program.
    pub(super) fn compile(
        &self,
        engine: &Engine,
        interp: &Interp,
        source: &Source,
    ) -> Result<AST, Failure> {
        let ast = compile_module(engine, interp, source)?;
        interp.program.add_module(LoadedModule {
            source: source.clone(),
            functions: ast.shared_lib().clone(),
            constants: Vec::new(),
            exports: Vec::new(),
            imports: Vec::new(),
        });
        Ok(ast)
    }

    /// Recreates a module of the parent with the parent's values. Its top level does not run again.
    pub(super) fn adopt(
        &self,
        engine: &Engine,
        interp: &Interp,
        source: Source,
        compiled: &AST,
        carried: CarriedModule,
    ) -> Result<(), Failure> {
        let prelude = engine.compile(prelude(&carried))?;
        let mut ast = compiled.clone_functions_only().merge(&prelude);
        ast.set_source(source.name.clone());
        let mut scope = Scope::new();
        let mut top: Map = carried.constants;
        top.extend(carried.exports);
        scope.push(CARRIED, top);
        let file = to_path(&source.name).into_owned();
        let module = run(engine, interp, source, &ast, scope)?;
        locked(&self.loaded).insert(file, module);
        Ok(())
    }

    /// Forgets the modules that have been imported; the next import reads them again.
    pub(super) fn forget(&self) {
        locked(&self.loaded).clear();
    }
}

/// Whether the module of this name is not there, rather than wrong.
fn is_missing(error: &EvalAltResult, path: &str) -> bool {
    matches!(error, EvalAltResult::ErrorModuleNotFound(missing, _) if missing == path)
}

/// Returns the text of the file `name`.
pub(super) fn read(place: &Place, name: &str) -> Result<Arc<str>, Failure> {
    let bytes = place
        .read()
        .map_err(|e| raise("ImportError", format!("{name}: {e}")))?;
    let text = String::from_utf8(bytes)
        .map_err(|_| raise("ImportError", format!("{name} is not UTF-8 text")))?;
    Ok(text.into())
}

/// The modules as Rhai asks for them.
pub(super) struct Resolver(pub Arc<Modules>);

impl ModuleResolver for Resolver {
    fn resolve(
        &self,
        engine: &Engine,
        importer: Option<&str>,
        path: &str,
        position: Position,
    ) -> Result<Shared<Module>, Failure> {
        let modules = &*self.0;
        if let Some(module) = modules.built_in(path) {
            return Ok(module);
        }
        let interp = modules.interp.upgrade();
        let interp = interp.ok_or_else(|| raise("ImportError", "the runtime has ended"))?;
        let import = (&*interp, path, position);
        if let Some(module) = modules.of_host(engine, import, importer)? {
            return Ok(module);
        }
        if let Some(module) = modules.of_elsewhere(path) {
            return Ok(module);
        }
        let not_found = || Box::new(EvalAltResult::ErrorModuleNotFound(path.into(), position));
        let own = interp.program.directories();
        let found = modules.find(&interp, importer, path, &own)?;
        let (place, file) = found.ok_or_else(not_found)?;
        modules.once(import, file.clone(), || {
            modules.load(engine, &interp, (&place, &file))
        })
    }
}
