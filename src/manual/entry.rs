//! An entry of the manual: something that scripts can name.

use super::Manual;

/// What an [`Entry`] describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EntryKind {
    /// A script module: `os`.
    Module,
    /// A page of the manual that does not belong to a module: `exceptions`.
    Page,
    /// A type with members: `Queue`. Its signature is that of its constructor, if it has one.
    Class,
    /// A function, either global or in a module: `print`, `os.getpid`.
    Function,
    /// A method of a class: `Queue.get`.
    Method,
    /// A property, read as `x.name`: `Process.exitcode`.
    Property,
    /// A value that never changes: `os.sep`, `None`.
    Constant,
    /// An exception class: `ValueError`.
    Exception,
}

/// An entry of the manual: something that scripts can name.
///
/// # Example
/// ```
/// let get = procscript::manual::Manual::find("Queue.get").unwrap();
/// assert_eq!(get.signature, "get([block, timeout])");
/// assert_eq!((get.owner, get.name, get.page), ("Queue", "get", "multiprocessing"));
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Entry {
    /// The kind of the thing.
    pub kind: EntryKind,
    /// The class or the module it belongs to: `Queue`, `os.path`; empty for global names.
    pub owner: &'static str,
    /// The name without its owner: `get`.
    pub name: &'static str,
    /// The signature, with optional arguments in brackets: `get([block, timeout])`. The name alone if it is not called.
    pub signature: &'static str,
    /// The description as plain text; paragraphs are separated by an empty line.
    pub text: String,
    /// The page of the manual that describes it: `multiprocessing` for `docs/modules/multiprocessing.md`.
    pub page: &'static str,
    /// The index of the heading on the page, counted from 0.
    pub(super) section: usize,
}

impl Entry {
    /// Returns the full name: `Queue.get`, `os.getpid`, `print`.
    pub fn path(&self) -> String {
        match self.owner {
            "" => self.name.to_string(),
            owner => format!("{owner}.{}", self.name),
        }
    }

    /// Returns what belongs to it, in the order of the manual: the members of a class, or the functions, constants and
    /// classes of a module or a page. Empty for other kinds.
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
}
