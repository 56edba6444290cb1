//! No file imports, directly or by way of others, a file that imports it. The `mod.rs` of a folder may define what the files in it use.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::{code, files};

/// A module by its path in the crate: `["shm", "arena"]`.
type Module = Vec<String>;

/// One crate's modules, and what each imports.
struct Imports {
    files: BTreeMap<Module, String>,
    /// What each `mod.rs` re-exports: the name, and the path it stands for.
    exported: BTreeMap<Module, Vec<(String, Module)>>,
}

#[test]
fn no_files_import_each_other() {
    let mut circles = Vec::new();
    for root in ["src", "src/cli"] {
        circles.extend(Imports::of(root).circles());
    }
    let shown: Vec<_> = circles.iter().map(|circle| circle.join("\n  ")).collect();
    assert!(
        circles.is_empty(),
        "{} circles of imports:\n  {}",
        circles.len(),
        shown.join("\n\n  ")
    );
}

/// Script modules that may name each other: the first names the second.
const NEIGHBOURS: &[(&str, &str)] = &[
    ("argparse", "builtins"),
    // `FileType` gives a standard stream for `-`.
    ("argparse", "sys"),
    // A Namespace is an Object.
    ("argparse", "types"),
    ("collections", "builtins"),
    // Executors are pools of `multiprocessing`.
    ("concurrent", "builtins"),
    ("concurrent", "multiprocessing"),
    ("csv", "builtins"),
    // Dates as strings.
    ("datetime", "time"),
    ("faulthandler", "traceback"),
    ("getpass", "builtins"),
    ("functools", "builtins"),
    // The arguments of a function that remembers are keys.
    ("functools", "collections"),
    ("glob", "builtins"),
    ("glob", "os"),
    ("hashlib", "builtins"),
    ("itertools", "builtins"),
    ("json", "builtins"),
    // A record names its process and thread; handlers put records into any queue, and write files and streams.
    ("logging", "builtins"),
    ("logging", "multiprocessing"),
    ("logging", "os"),
    ("logging", "queue"),
    ("logging", "sys"),
    ("logging", "threading"),
    ("logging", "time"),
    ("math", "builtins"),
    // `multiprocessing` ends the threads of a process before its children, and names the thread that holds a lock; the locks of
    // `threading` are those of `multiprocessing`.
    ("multiprocessing", "builtins"),
    ("multiprocessing", "logging"),
    // `multiprocessing.dummy` has the queues between threads.
    ("multiprocessing", "queue"),
    ("multiprocessing", "signal"),
    ("multiprocessing", "socket"),
    ("multiprocessing", "threading"),
    ("operator", "builtins"),
    ("os", "builtins"),
    ("os", "multiprocessing"),
    ("os", "signal"),
    ("pprint", "builtins"),
    ("pprint", "collections"),
    ("pprint", "types"),
    ("queue", "builtins"),
    ("random", "builtins"),
    ("re", "builtins"),
    ("shutil", "builtins"),
    ("shutil", "os"),
    // A command has files, sockets and the streams of the script as its own.
    ("subprocess", "builtins"),
    ("subprocess", "os"),
    ("subprocess", "socket"),
    ("subprocess", "sys"),
    ("sys", "builtins"),
    ("tempfile", "builtins"),
    ("tempfile", "signal"),
    ("threading", "multiprocessing"),
    ("time", "builtins"),
    // `strptime` checks its fields.
    ("time", "datetime"),
    ("traceback", "builtins"),
    // `__iter__` may return whatever can be iterated over.
    ("types", "builtins"),
];

#[test]
fn script_modules_name_only_their_neighbours() {
    let imports = Imports::of("src");
    let script_module = |path: &Module| match path.as_slice() {
        [room, module, ..] if room == "stdlib" => Some(module.clone()),
        _ => None,
    };
    let mut named = BTreeSet::new();
    for module in imports.files.keys() {
        let Some(here) = script_module(module) else {
            continue;
        };
        let others = imports.named_by(module).filter_map(|path| {
            let is_module = path.len() > 1 && imports.files.contains_key(&path[..2]);
            script_module(&path).filter(|_| is_module)
        });
        named.extend(others.map(|other| (here.clone(), other)));
    }
    // The table lists them all.
    named.retain(|(here, other)| here != other && here != "table");
    let listed = NEIGHBOURS.iter();
    let listed: BTreeSet<_> = listed
        .map(|(a, b)| (a.to_string(), b.to_string()))
        .collect();
    assert_eq!(named, listed);
}

impl Imports {
    fn of(root: &str) -> Self {
        let mut imports = Self {
            files: BTreeMap::new(),
            exported: BTreeMap::new(),
        };
        for path in files(root, "rs") {
            let below = path.strip_prefix(root).unwrap();
            let is_test = below
                .iter()
                .any(|part| part == "tests" || part == "tests.rs");
            let is_other_crate = root == "src" && below.starts_with("cli");
            if is_test || is_other_crate {
                continue;
            }
            let text = without_tests(&code(&fs::read_to_string(&path).unwrap()));
            imports.files.insert(module_of(below), text);
        }
        let mut all_exported = BTreeMap::new();
        for (module, text) in &imports.files {
            let exported = uses(text, "pub");
            let exported = exported
                .into_iter()
                .filter_map(|(name, path)| Some((name, imports.absolute(module, &path)?)));
            let exported = exported.collect();
            all_exported.insert(module.clone(), exported);
        }
        imports.exported = all_exported;
        imports
    }

    /// The modules that form circles, each circle as a list of files.
    fn circles(&self) -> Vec<Vec<String>> {
        let modules = self.files.keys();
        let imported: BTreeMap<_, _> = modules.map(|m| (m, self.imported_by(m))).collect();
        let modules = self.files.keys();
        let reached: BTreeMap<_, _> = modules.map(|m| (m, reached_from(m, &imported))).collect();
        let mut seen = BTreeSet::new();
        let mut circles = Vec::new();
        for (module, below) in &reached {
            if !below.contains(*module) || !seen.insert((*module).clone()) {
                continue;
            }
            let circle: Vec<_> = below
                .iter()
                .filter(|other| reached[other].contains(*module))
                .cloned()
                .collect();
            seen.extend(circle.iter().cloned());
            circles.push(circle.iter().map(|module| module.join("/")).collect());
        }
        circles
    }

    fn imported_by(&self, module: &Module) -> Vec<Module> {
        self.named_by(module)
            .filter_map(|path| self.defining(&path, 0))
            .filter(|found| !module.starts_with(found))
            .collect()
    }

    /// The paths in this crate that a module names, from the crate's root.
    fn named_by<'a>(&'a self, module: &'a Module) -> impl Iterator<Item = Module> + 'a {
        let text = &self.files[module];
        let used = uses(text, "").into_iter().map(|(_, path)| path);
        used.chain(paths(text))
            .filter_map(|path| self.absolute(module, &path))
    }

    /// A path as it is written in `module`, from the crate's root; `None` if it leads to another crate.
    fn absolute(&self, module: &Module, path: &[String]) -> Option<Module> {
        let first = path.first()?;
        let child: Module = module.iter().chain([first]).cloned().collect();
        let is_local = ["crate", "super", "self"].contains(&first.as_str());
        (is_local || self.files.contains_key(&child)).then(|| absolute(module, path))
    }

    /// The module whose file defines what a path names. A `mod.rs` counts only if it defines something itself.
    fn defining(&self, path: &[String], depth: usize) -> Option<Module> {
        let known = (0..=path.len())
            .rev()
            .find(|end| self.files.contains_key(&path[..*end]))?;
        let module = path[..known].to_vec();
        let named = path.get(known);
        let exported = &self.exported[&module];
        let way = exported.iter().find(|(name, _)| Some(name) == named);
        match way {
            Some((_, target)) if depth < 8 => self.defining(target, depth + 1),
            // A folder as such is not what it defines.
            None if named.is_none() && self.is_folder(&module) => None,
            _ => (!self.is_folder(&module) || defines(&self.files[&module])).then_some(module),
        }
    }

    fn is_folder(&self, module: &Module) -> bool {
        let inside = |other: &Module| other.len() > module.len() && other.starts_with(module);
        self.files.keys().any(inside)
    }
}

/// Every module that `module` imports, directly or by way of others.
fn reached_from(module: &Module, imported: &BTreeMap<&Module, Vec<Module>>) -> BTreeSet<Module> {
    let mut reached = BTreeSet::new();
    let mut open = vec![module];
    while let Some(next) = open.pop() {
        for other in &imported[next] {
            if reached.insert(other.clone()) {
                open.push(other);
            }
        }
    }
    reached
}

/// The module that a file below a crate's root is.
fn module_of(file: &Path) -> Module {
    let path = file.with_extension("");
    let parts = path.iter().map(|part| part.to_string_lossy().into_owned());
    parts
        .filter(|part| !["lib", "main", "mod"].contains(&part.as_str()))
        .collect()
}

/// A path as it is written in `module`, from the crate's root.
fn absolute(module: &Module, path: &[String]) -> Module {
    let mut base = module.clone();
    let mut rest = path;
    while let [first, others @ ..] = rest {
        match first.as_str() {
            "crate" => base.clear(),
            "self" => (),
            "super" => drop(base.pop()),
            _ => break,
        }
        rest = others;
    }
    base.extend(rest.iter().cloned());
    base
}

/// The names that `use` declarations with this visibility bring in, and the paths they stand for.
fn uses(text: &str, visibility: &str) -> Vec<(String, Module)> {
    let mut found = Vec::new();
    for statement in text.split(';') {
        let line = statement.rsplit("\n\n").next().unwrap_or_default();
        let Some((before, tree)) = line.split_once("use ") else {
            continue;
        };
        let before = before
            .rsplit(['}', '\n', ']'])
            .next()
            .unwrap_or_default()
            .trim();
        let is_use = before.is_empty() || before.starts_with("pub");
        if is_use && before.starts_with(visibility) {
            branches(tree.trim(), &[], &mut found);
        }
    }
    found
}

/// The single paths of a `use` tree, each with the name it brings in.
fn branches(tree: &str, before: &[String], found: &mut Vec<(String, Module)>) {
    let (head, group) = match tree.split_once('{') {
        Some((head, group)) => (head, Some(group.trim_end().trim_end_matches('}'))),
        None => (tree, None),
    };
    let (head, name) = head.split_once(" as ").unwrap_or((head, ""));
    let parts = head.split("::").map(|part| part.trim().to_string());
    // `self` inside a group is the path before it.
    let parts = parts.filter(|part| !part.is_empty() && (part != "self" || before.is_empty()));
    let path: Module = before.iter().cloned().chain(parts).collect();
    match group {
        Some(group) => commas(group)
            .iter()
            .for_each(|part| branches(part, &path, found)),
        None if path.is_empty() => (),
        None => {
            let last = path.last().cloned().unwrap_or_default();
            let name = if name.is_empty() {
                last
            } else {
                name.trim().into()
            };
            found.push((name, path));
        }
    }
}

/// The parts of a group, cut at its own commas.
fn commas(group: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut depth = 0;
    for letter in group.chars() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(String::new());
                continue;
            }
            _ => (),
        }
        parts.last_mut().unwrap().push(letter);
    }
    let parts = parts.into_iter().map(|part| part.trim().to_string());
    parts.filter(|part| !part.is_empty()).collect()
}

/// Whether a file has more than declarations of modules and imports.
fn defines(text: &str) -> bool {
    let kinds = [
        "const", "enum", "fn", "impl", "static", "struct", "trait", "type",
    ];
    let is_qualifier = |word: &str| {
        word.starts_with("pub") || word.contains("::") || ["", "async", "unsafe"].contains(&word)
    };
    text.lines().any(|line| {
        let mut words = line.split([' ', '<']).filter(|word| !is_qualifier(word));
        words.next().is_some_and(|word| kinds.contains(&word))
    })
}

/// The paths that code names in place: `crate::shm::Offset`, `super::convert::read`, `node::run`.
fn paths(text: &str) -> Vec<Module> {
    let is_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let words = text.split(|c: char| !is_path(c));
    let paths = words.filter(|word| word.contains("::"));
    let split = |path: &str| {
        let parts = path.split("::").filter(|part| !part.is_empty());
        parts.map(ToString::to_string).collect()
    };
    paths.map(split).collect()
}

/// The text up to its unit tests, which may import whatever they test with.
fn without_tests(text: &str) -> String {
    let mut tests = text.match_indices("#[cfg(test)]\nmod ");
    let is_inside = |at: usize| {
        text[at..]
            .lines()
            .nth(1)
            .is_some_and(|line| line.ends_with('{'))
    };
    let end = tests.find(|(at, _)| is_inside(*at));
    text[..end.map_or(text.len(), |(at, _)| at)].to_string()
}
