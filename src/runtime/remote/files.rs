//! The files of a worker: without a key, it runs programs that are made of them and no others.
//!
//! They are the script, what it imports by names that are written in it, what that imports, and the modules beside the script. What others
//! have put there, as into a directory where everybody may write, is not the worker's.

use std::collections::HashSet;
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use rhai::{ASTNode, Engine, Expr, Stmt};

use crate::program::compiling;
use crate::runtime::Script;
use crate::stdlib::multiprocessing::remote::pool::{Own, hash_of};
use crate::sys::deep_stack::on_deep_stack;
use crate::sys::identity;
use crate::sys::lock::locked;
use crate::text::to_path;

/// How many files are looked at.
const FILES_MAX: usize = 10_000;

/// The longest file that can be a module: a message has no longer ones.
const BYTES_MAX: u64 = 16 << 20;

/// The user who may have put anything anywhere.
const ROOT: u32 = 0;

/// The script of a worker, and its modules.
pub(super) struct Files {
    script: String,
    text: Arc<str>,
    directory: Option<PathBuf>,
    /// The users whose files are the worker's own.
    owners: Vec<u32>,
    engine: Arc<Engine>,
    /// The hashes of modules that were there when they were last looked for.
    modules: Mutex<HashSet<String>>,
}

impl Files {
    pub(super) fn of(script: &Script, engine: &Arc<Engine>) -> Self {
        let source = script.source();
        let about = std::fs::metadata(to_path(&source.name));
        let mut owners = vec![ROOT, identity::user()];
        owners.extend(about.ok().map(|about| about.uid()));
        Self {
            script: hash_of(script.text()),
            text: script.text().into(),
            directory: source.directory(),
            owners,
            engine: engine.clone(),
            modules: Mutex::default(),
        }
    }

    /// Returns the hashes of the modules that are there now.
    fn found(&self) -> HashSet<String> {
        let mut search = Search {
            files: self,
            seen: HashSet::new(),
            hashes: HashSet::new(),
            waiting: Vec::new(),
        };
        if let Some(directory) = &self.directory {
            search.imports(&self.text, directory);
            search.beside(directory);
        }
        while let Some(path) = search.waiting.pop() {
            search.look_at(&path);
        }
        search.hashes
    }

    /// Returns the text of a file that is the worker's own.
    fn text_of(&self, path: &Path) -> Option<String> {
        // A pipe would keep whoever opens it waiting.
        let is_file = |about: &std::fs::Metadata| about.is_file() && about.len() <= BYTES_MAX;
        std::fs::metadata(path).ok().filter(is_file)?;
        let file = std::fs::File::open(path).ok()?;
        let about = file.metadata().ok().filter(is_file)?;
        if !self.owners.contains(&about.uid()) {
            return None;
        }
        let mut text = String::new();
        file.take(BYTES_MAX).read_to_string(&mut text).ok()?;
        Some(text)
    }
}

impl Own for Files {
    fn has(&self, text: &str) -> bool {
        let hash = hash_of(text);
        if hash == self.script || locked(&self.modules).contains(&hash) {
            return true;
        }
        // It may have been added since.
        let found = self.found();
        let is_there = found.contains(&hash);
        *locked(&self.modules) = found;
        is_there
    }
}

/// A search for modules.
struct Search<'f> {
    files: &'f Files,
    seen: HashSet<PathBuf>,
    hashes: HashSet<String>,
    waiting: Vec<PathBuf>,
}

impl Search<'_> {
    fn add(&mut self, path: &Path) {
        let real = path.canonicalize().unwrap_or_else(|_| path.into());
        if self.seen.len() < FILES_MAX && self.seen.insert(real.clone()) {
            self.waiting.push(real);
        }
    }

    /// Adds the modules in a directory itself.
    fn beside(&mut self, directory: &Path) {
        let owners = &self.files.owners;
        let entries = std::fs::read_dir(directory).into_iter().flatten();
        let paths = entries.flatten().map(|entry| entry.path());
        let paths = paths.filter(|path| path.extension().is_some_and(|end| end == "rhai"));
        // Anybody's link may lead to a file of ours.
        let is_ours = |path: &PathBuf| {
            let about = path.symlink_metadata();
            about.is_ok_and(|about| owners.contains(&about.uid()))
        };
        for path in paths.filter(is_ours).collect::<Vec<_>>() {
            self.add(&path);
        }
    }

    /// Adds what a text in `directory` imports by names that are written in it. It is looked for as an import does.
    fn imports(&mut self, text: &Arc<str>, directory: &Path) {
        let own = self.files.directory.clone();
        for path in imports_of(&self.files.engine, text) {
            let places = [Some(directory), own.as_deref()].into_iter().flatten();
            let mut candidates = places
                .map(|place| place.join(to_path(&path)))
                .flat_map(|file| [file.with_added_extension("rhai"), file]);
            if let Some(found) = candidates.find(|file| file.is_file()) {
                self.add(&found);
            }
        }
    }

    fn look_at(&mut self, path: &Path) {
        let Some(text) = self.files.text_of(path) else {
            return;
        };
        self.hashes.insert(hash_of(&text));
        if let Some(directory) = path.parent() {
            self.imports(&text.into(), directory);
        }
    }
}

/// Returns the names of modules that are written in a text.
fn imports_of(engine: &Engine, text: &Arc<str>) -> Vec<String> {
    let mut names = Vec::new();
    let Ok(ast) = on_deep_stack(|| compiling::parse(engine, text)) else {
        return names;
    };
    ast.walk(&mut |path: &[ASTNode]| {
        if let Some(ASTNode::Stmt(Stmt::Import(import, _))) = path.last()
            && let Expr::StringConstant(name, _) = &import.0
        {
            names.push(name.to_string());
        }
        true
    });
    names
}
