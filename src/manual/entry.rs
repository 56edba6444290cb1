//! One thing that scripts can name, as the manual describes it.

use super::{Manual, display};

/// What an [`Entry`] is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EntryKind {
    /// A script module: `os`.
    Module,
    /// A page of the manual that is about no module: `exceptions`.
    Page,
    /// A type with members: `Queue`. Its signature is that of its constructor, where it has one.
    Class,
    /// A function, global or of a module: `print`, `os.getpid`.
    Function,
    /// A method of a class: `Queue.get`.
    Method,
    /// What is read as `x.name`: `Process.exitcode`.
    Property,
    /// A value that never changes: `os.sep`, `None`.
    Constant,
    /// An exception class: `ValueError`.
    Exception,
}

/// One thing that scripts can name, as the manual describes it.
///
/// # Example
/// ```
/// let get = procscript::Manual::find("Queue.get").unwrap();
/// assert_eq!(get.signature, "get([block, timeout])");
/// assert_eq!((get.owner, get.name, get.page), ("Queue", "get", "multiprocessing"));
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Entry {
    /// What it is.
    pub kind: EntryKind,
    /// The class or the module it belongs to: `Queue`, `os.path`; empty for what is global.
    pub owner: &'static str,
    /// Its name alone: `get`.
    pub name: &'static str,
    /// How it is called, optional arguments in brackets: `get([block, timeout])`. For what is not called, the name.
    pub signature: &'static str,
    /// What it is or does, as plain text; paragraphs are separated by an empty line.
    pub text: String,
    /// The page of the manual it is described on: `multiprocessing`, which is `docs/modules/multiprocessing.md`.
    pub page: &'static str,
    /// Under which heading of the page, counted from 0.
    pub(super) section: usize,
}

impl Entry {
    /// Its whole name: `Queue.get`, `os.getpid`, `print`.
    pub fn path(&self) -> String {
        match self.owner {
            "" => self.name.to_string(),
            owner => format!("{owner}.{}", self.name),
        }
    }

    /// What belongs to it, in the order of the manual: the members of a class, the functions, constants and
    /// classes of a module or a page. Nothing for all else.
    pub fn members(&self) -> Vec<&'static Self> {
        let path = self.path();
        let has_page = matches!(self.kind, EntryKind::Module | EntryKind::Page);
        let is_global_there =
            |entry: &Self| has_page && entry.owner.is_empty() && entry.page == path;
        Manual::entries()
            .iter()
            .filter(|entry| entry.owner == path || is_global_there(entry))
            .filter(|entry| entry.path() != path)
            .collect()
    }

    /// The description for a terminal of so many columns: signature, text, and an example or a list of members.
    ///
    /// Lines end with `\n`. Only a word that is longer than a line makes a line longer.
    pub fn to_text(&self, columns: usize) -> String {
        display::entry(self, columns)
    }
}
