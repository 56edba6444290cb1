//! The manual for script writers as data, for prompts, editors and `procscript doc`.

// The pages are `docs/modules/*.md`. A test compares them with the declared natives: each native has an entry, and
// each entry describes something that exists.
//
// - `reader`: which parts of a page are entries; `plain`: text without its Markdown.
// - `entry`: something that scripts can name.
// - `display`: an entry for a terminal; `definitions`: files for editors.

mod definitions;
mod display;
mod entry;
mod plain;
mod reader;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

pub use self::definitions::Definition;
pub use self::entry::{Entry, EntryKind};
use self::reader::{Example, Page};

macro_rules! pages {
    ($($name:literal)*) => {
        [$(($name, include_str!(concat!("../../docs/modules/", $name, ".md")))),*]
    };
}

/// The pages, in the order in which modules and classes are listed.
const PAGES: [(&str, &str); 43] = pages! {
    "builtins" "text" "values" "files" "exceptions"
    "multiprocessing" "concurrent" "threading" "queue" "os" "subprocess" "sys" "signal" "time" "random" "json" "logging" "argparse" "math" "re" "collections" "itertools"
    "functools" "operator" "string" "shutil" "glob" "tempfile" "hashlib"
    "datetime" "csv" "traceback" "faulthandler" "atexit" "timeit" "timeline" "platform" "getpass" "textwrap" "pprint" "socket" "types" "speed"
};

/// The manual, parsed on first use.
static READ: LazyLock<Page> = LazyLock::new(|| {
    let mut all = Page::default();
    for (name, text) in PAGES {
        let page = reader::read(name, text);
        all.entries.extend(page.entries);
        all.examples.extend(page.examples);
    }
    all
});

/// The manual for script writers: every function, class, method, property, constant and module that scripts can name.
///
/// It is compiled into the program and parsed on first use.
///
/// # Example
/// ```
/// use procscript::manual::Manual;
///
/// let entry = Manual::find("os.getpid").unwrap();
/// assert_eq!(entry.signature, "getpid()");
/// assert!(Manual::find("Queue").unwrap().members().iter().any(|entry| entry.name == "put"));
/// assert!(Manual::nearest("os.getpit").contains(&"os.getpid".to_string()));
/// ```
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Manual;

impl Manual {
    /// All entries, in the order of the pages.
    pub fn entries() -> &'static [Entry] {
        &READ.entries
    }

    /// Finds the entry of a name: `Queue.get`, `os.getpid`, `print`, `os` or `Queue`. `::` and a call's brackets are accepted too.
    ///
    /// The last part of a name (`getpid`) is enough if it is unique, and global names are also found under their module
    /// (`multiprocessing.Lock`). Returns `None` if there is no such entry; [`nearest`](Self::nearest) then suggests
    /// similar names.
    pub fn find(name: &str) -> Option<&'static Entry> {
        let name = normal(name);
        let exactly = |name: &str| Self::entries().iter().find(|entry| entry.path() == name);
        let in_module = || {
            let (module, rest) = name.split_once('.')?;
            let is_module = exactly(module).is_some_and(|e| e.kind == EntryKind::Module);
            is_module.then(|| exactly(rest)).flatten()
        };
        let by_its_end = || {
            let end = format!(".{name}");
            let mut ending_so = Self::entries()
                .iter()
                .filter(|entry| entry.path().ends_with(&end));
            let first = ending_so.next()?;
            ending_so
                .all(|other| other.text == first.text)
                .then_some(first)
        };
        if name.is_empty() {
            return None;
        }
        exactly(&name).or_else(in_module).or_else(by_its_end)
    }

    /// Returns the members of a class or a module, as [`Entry::members`] does; nothing for any other name.
    pub fn entries_of(owner: &str) -> Vec<&'static Entry> {
        Self::find(owner).map(Entry::members).unwrap_or_default()
    }

    /// Returns up to five full names that are similar to `name`, the most similar first.
    pub fn nearest(name: &str) -> Vec<String> {
        const MANY: usize = 5;
        const LEAST: f64 = 0.85;
        let name = normal(name).to_lowercase();
        let likeness = |entry: &Entry| {
            let whole = strsim::jaro_winkler(&name, &entry.path().to_lowercase());
            let alone = strsim::jaro_winkler(&name, &entry.name.to_lowercase());
            whole.max(alone)
        };
        let mut near: Vec<(f64, String)> = Self::entries()
            .iter()
            .map(|entry| (likeness(entry), entry.path()))
            .filter(|(likeness, _)| *likeness >= LEAST)
            .collect();
        near.sort_by(|a, b| b.0.total_cmp(&a.0));
        near.dedup_by(|a, b| a.1 == b.1);
        near.into_iter().map(|(_, path)| path).take(MANY).collect()
    }

    /// Returns the manual as definition files for editors, one per module, as `procscript definitions` writes them.
    pub fn definitions() -> Vec<Definition> {
        definitions::files()
    }

    /// Returns the scripts under the heading of an entry.
    #[cfg(test)]
    pub(crate) fn scripts_of(entry: &Entry) -> impl Iterator<Item = &'static str> {
        Self::examples_of(entry).map(|example| example.code)
    }

    /// Returns the examples under the heading of an entry.
    fn examples_of(entry: &Entry) -> impl Iterator<Item = &'static Example> {
        let place = (entry.page, entry.section);
        READ.examples
            .iter()
            .filter(move |example| (example.page, example.section) == place)
    }
}

/// Converts a name to the manual's spelling: `os::getpid()` to `os.getpid`.
fn normal(name: &str) -> String {
    let name = name.split('(').next().unwrap_or(name);
    name.trim().replace("::", ".")
}
