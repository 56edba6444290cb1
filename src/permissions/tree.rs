//! A file, or a directory with everything in it, as a thing to be allowed or denied.

use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::grant::Rule;

/// A file, or a directory with everything in it. The path is a real one: absolute, without links and detours.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "OsString", into = "OsString")]
pub(super) struct Tree(pub(super) PathBuf);

// Names of files are bytes, which the form that `PathBuf` has in serde does not allow.
impl From<OsString> for Tree {
    fn from(path: OsString) -> Self {
        Self(path.into())
    }
}

impl From<Tree> for OsString {
    fn from(tree: Tree) -> Self {
        tree.0.into()
    }
}

/// Directories of the kernel's own files, some of which give access to more: `/proc/self/mem` is the memory of the process,
/// `/proc/self/environ` its environment. Permission for them has to name them.
const KERNELS_OWN: [&str; 3] = ["/proc", "/sys", "/dev"];

/// Harmless files in these directories.
const HARMLESS: [&str; 6] = [
    "/dev/null",
    "/dev/zero",
    "/dev/full",
    "/dev/random",
    "/dev/urandom",
    "/dev/shm",
];

/// As many links as the kernel follows.
pub(super) const LINKS: usize = 40;

impl Tree {
    /// Returns what is behind a path now, seen from the current directory. Of a path that leads nowhere yet, the
    /// directories and links that exist are looked behind. The path is not empty.
    pub(super) fn behind(path: &Path) -> Self {
        let mut path = std::path::absolute(path).unwrap_or_else(|_| Path::new("/").join(path));
        for _ in 0..LINKS {
            let parent = path
                .ancestors()
                .find_map(|above| Some((above, above.canonicalize().ok()?)));
            let Some((above, real)) = parent else {
                break;
            };
            let rest = path.strip_prefix(above).unwrap_or(Path::new(""));
            let mut names = rest.components();
            let link = names.next().map(|name| real.join(name).read_link());
            let Some(Ok(target)) = link else {
                return Self(without_detours(&real.join(rest)));
            };
            path = real.join(target).join(names.as_path());
        }
        Self(without_detours(&path))
    }

    /// Returns the location of the name itself, which may be a link.
    pub(super) fn of_name(path: &Path) -> Self {
        let absolute = std::path::absolute(path).unwrap_or_else(|_| Path::new("/").join(path));
        match (absolute.parent(), absolute.file_name()) {
            (Some(parent), Some(name)) => Self(Self::behind(parent).0.join(name)),
            _ => Self::behind(path),
        }
    }

    /// Returns whether this lies in what has that path.
    pub(super) fn lies_in(&self, directory: &Path) -> bool {
        self.0.starts_with(directory)
    }
}

impl Rule for Tree {
    type Asked = Path;

    fn covers(&self, asked: &Path) -> bool {
        asked.starts_with(&self.0)
            && (Self::goes_without_saying(asked) || is_the_kernels_own(&self.0))
    }

    fn contains(&self, other: &Self) -> bool {
        self.covers(&other.0)
    }

    fn has_to_be_named(&self) -> bool {
        !Self::goes_without_saying(&self.0)
    }

    /// Denying applies to files that have to be named, too.
    fn takes(&self, asked: &Path) -> bool {
        asked.starts_with(&self.0)
    }

    fn named(&self) -> String {
        self.0.display().to_string()
    }

    fn goes_without_saying(asked: &Path) -> bool {
        !is_the_kernels_own(asked) || HARMLESS.iter().any(|path| asked.starts_with(path))
    }
}

fn is_the_kernels_own(path: &Path) -> bool {
    KERNELS_OWN.iter().any(|own| path.starts_with(own))
}

fn without_detours(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => (),
            Component::ParentDir => drop(plain.pop()),
            part => plain.push(part),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers(tree: &str, path: &str) -> bool {
        Tree(tree.into()).covers(Path::new(path))
    }

    #[test]
    fn a_directory_covers_what_lies_in_it() {
        assert!(covers("/data", "/data/a/b") && covers("/data", "/data"));
        assert!(!covers("/data", "/data2/a") && !covers("/data/a", "/data"));
    }

    #[test]
    fn the_kernels_own_files_have_to_be_named() {
        assert!(!covers("/", "/proc/self/mem") && !covers("/", "/dev/sda"));
        assert!(covers("/proc", "/proc/self/mem") && covers("/dev/sda", "/dev/sda"));
        assert!(covers("/", "/dev/null") && covers("/", "/dev/shm/x"));
        assert!(!covers("/", "/dev"));
    }

    #[test]
    fn what_is_denied_needs_not_be_named() {
        let denied = Tree("/".into());
        assert!(denied.takes(Path::new("/proc/self/mem")) && denied.takes(Path::new("/etc")));
    }

    #[test]
    fn links_that_lead_nowhere_yet_are_followed_to_where_they_lead() {
        use std::os::unix::fs::symlink;
        let directory = tempfile::tempdir().expect("a directory");
        let real = directory.path().canonicalize().expect("a path");
        symlink("second", real.join("first")).expect("a link");
        symlink("new/", real.join("second")).expect("a link");
        symlink("round", real.join("round")).expect("a link");
        assert_eq!(Tree::behind(&real.join("first")).0, real.join("new"));
        assert_eq!(
            Tree::behind(&real.join("first/a/../b")).0,
            real.join("new/b")
        );
        assert_eq!(Tree::behind(&real.join("round/x")).0, real.join("round/x"));
    }

    #[test]
    fn paths_that_lead_nowhere_yet_have_no_detours() {
        let tree = Tree::behind(Path::new("/nowhere/../nothing/./x"));
        assert_eq!(tree, Tree("/nothing/x".into()));
    }
}
