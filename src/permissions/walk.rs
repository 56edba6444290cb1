//! Follows a path name by name, so that nothing outside the permissions influences the result.
//!
//! Each directory on the way is held by a descriptor and the next name is looked up in it; a link is read, and its names are
//! followed in the same way. If a name cannot be followed, the location where that happened is known and checked: a link to a
//! location outside is denied whether or not that exists.
//!
//! `..` would reveal that the directory that it leaves exists, so it works only in directories that the script may know of.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::policy::Permissions;
use super::tree::LINKS;
use crate::sys::place::Held;

/// "Too many levels of symbolic links".
const ELOOP: i32 = 40;

/// Whether a link that is the last name of a path is followed to its target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Last {
    Followed,
    Itself,
}

/// The location that a path leads to.
pub(super) struct Spot {
    pub(super) directory: Held,
    /// `None`: the directory itself.
    pub(super) name: Option<PathBuf>,
    pub(super) real: PathBuf,
}

/// A path that leads nowhere.
pub(super) struct Lost {
    /// The location that it would lead to if the directories existed; `None` if no path can be followed.
    pub(super) nearest: Option<PathBuf>,
    pub(super) error: io::Error,
}

impl Permissions {
    /// Returns the location that a path leads to.
    pub(super) fn walk(&self, path: &Path, last: Last) -> Result<Spot, Lost> {
        match last {
            Last::Followed => Walk::begin(self, path)?.run(last),
            Last::Itself => self.walk_to_itself(path),
        }
    }

    /// Returns the directory that a path leads to.
    pub(super) fn walk_to_directory(&self, path: &Path) -> Result<Spot, Lost> {
        let mut walk = Walk::begin(self, path)?;
        walk.rest.insert(0, ".".into());
        walk.run(Last::Followed)
    }

    /// Returns the location of the last name itself. A slash after the name requires a directory.
    fn walk_to_itself(&self, path: &Path) -> Result<Spot, Lost> {
        let plain = without_slashes(path);
        let spot = Walk::begin(self, &plain)?.run(Last::Itself)?;
        let is_directory = plain.as_os_str() != path.as_os_str();
        if let Some(name) = spot.name.as_deref().filter(|_| is_directory)
            && let Err(error) = spot.directory.directory_itself(name)
            && error.kind() == io::ErrorKind::NotADirectory
        {
            let nearest = Some(spot.real);
            return Err(Lost { nearest, error });
        }
        Ok(spot)
    }

    /// Returns whether a script may know that this directory exists: it may use it, or something that is in it, or works in it.
    fn shows(&self, real: &Path) -> bool {
        let grants = [&self.read, &self.write];
        let is_above = |tree: &super::tree::Tree| tree.lies_in(real);
        grants.iter().any(|grant| grant.judge(real).is_ok())
            || grants.iter().any(|grant| grant.listed.iter().any(is_above))
            || std::env::current_dir().is_ok_and(|current| current.starts_with(real))
    }
}

struct Walk<'a> {
    permissions: &'a Permissions,
    at: Held,
    /// The names that remain, the next one last. `.` stands for a directory that has been reached.
    rest: Vec<OsString>,
    links: usize,
}

impl<'a> Walk<'a> {
    fn begin(permissions: &'a Permissions, path: &Path) -> Result<Self, Lost> {
        let lost = |error| Lost {
            nearest: None,
            error,
        };
        let walk = Self {
            permissions,
            at: beginning(path).map_err(lost)?,
            rest: names(path),
            links: 0,
        };
        if path.as_os_str().is_empty() {
            return Err(walk.lost(io::ErrorKind::NotFound.into()));
        }
        Ok(walk)
    }

    fn run(mut self, last: Last) -> Result<Spot, Lost> {
        while let Some(name) = self.rest.pop() {
            match name.as_bytes() {
                b"." => (),
                b".." => self.leave()?,
                _ if self.rest.is_empty() => match (last, self.at.link(Path::new(&name))) {
                    (Last::Followed, Ok(Some(target))) => self.follow(name, &target)?,
                    (Last::Followed, Err(error)) => return Err(self.lost_at(name, error)),
                    _ => return self.arrive(Some(name.into())),
                },
                _ => self.enter(name)?,
            }
        }
        self.arrive(None)
    }

    fn arrive(self, name: Option<PathBuf>) -> Result<Spot, Lost> {
        match self.at.real_path() {
            Ok(real) => Ok(Spot {
                real: name
                    .as_ref()
                    .map_or_else(|| real.clone(), |name| real.join(name)),
                directory: self.at,
                name,
            }),
            Err(error) => Err(self.lost(error)),
        }
    }

    /// Goes up.
    fn leave(&mut self) -> Result<(), Lost> {
        let real = self.at.real_path().map_err(|error| self.lost(error))?;
        if !self.permissions.shows(&real) {
            let error = io::ErrorKind::PermissionDenied.into();
            return Err(Lost {
                nearest: Some(real),
                error,
            });
        }
        self.at = self
            .at
            .directory_itself(Path::new(".."))
            .map_err(|error| self.lost(error))?;
        Ok(())
    }

    /// Goes into the directory with that name, or to where a link leads.
    fn enter(&mut self, name: OsString) -> Result<(), Lost> {
        let path = Path::new(&name);
        let error = match self.at.directory_itself(path) {
            Ok(directory) => {
                self.at = directory;
                return Ok(());
            }
            Err(error) => error,
        };
        match self.at.link(path) {
            Ok(Some(target)) => match self.at.refuses_magic_link(path) {
                Ok(()) => self.follow(name, &target),
                Err(error) => Err(self.lost_at(name, error)),
            },
            _ => Err(self.lost_at(name, error)),
        }
    }

    /// Continues where a link leads.
    fn follow(&mut self, name: OsString, target: &Path) -> Result<(), Lost> {
        self.links += 1;
        if self.links > LINKS {
            let error = io::Error::from_raw_os_error(ELOOP);
            return Err(self.lost_at(name, error));
        }
        if target.is_absolute() {
            self.at = beginning(target).map_err(|error| self.lost(error))?;
        }
        self.rest.extend(names(target));
        Ok(())
    }

    /// Returns the failure at a name in the directory that has been reached.
    fn lost_at(&mut self, name: OsString, error: io::Error) -> Lost {
        self.rest.push(name);
        self.lost(error)
    }

    /// Returns the failure: where the rest of the path would lead, up to a detour.
    fn lost(&self, error: io::Error) -> Lost {
        let real = match self.at.real_path() {
            Ok(real) => real,
            Err(error) => {
                let nearest = None;
                return Lost { nearest, error };
            }
        };
        let rest = self.rest.iter().rev();
        let plain = rest
            .take_while(|name| *name != "..")
            .filter(|name| *name != ".");
        Lost {
            nearest: Some(plain.fold(real, |real, name| real.join(name))),
            error,
        }
    }
}

/// Returns the directory that the first name of a path is in.
fn beginning(path: &Path) -> io::Result<Held> {
    Held::directory(Path::new(if path.is_absolute() { "/" } else { "." }))
}

/// Returns the names in a path, the first one last. A slash at the end is a `.`: it requires a directory.
fn names(path: &Path) -> Vec<OsString> {
    let bytes = path.as_os_str().as_bytes();
    let mut names: Vec<OsString> = bytes
        .split(|byte| *byte == b'/')
        .filter(|name| !name.is_empty())
        .map(|name| OsStr::from_bytes(name).into())
        .collect();
    if bytes.ends_with(b"/") {
        names.push(".".into());
    }
    names.reverse();
    names
}

fn without_slashes(path: &Path) -> PathBuf {
    let bytes = path.as_os_str().as_bytes();
    let end = bytes
        .iter()
        .rposition(|byte| *byte != b'/')
        .map_or(1, |at| at + 1);
    let bytes = &bytes[..end.min(bytes.len())];
    PathBuf::from(OsStr::from_bytes(bytes))
}
