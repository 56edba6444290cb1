//! Files: a path is resolved first, then checked, and what was checked is what is used.
//!
//! The directory that a path leads to is held by a descriptor ([`walk`](super::walk)). The kernel says where that is, without
//! links and detours; that and the last name are checked, and the file is used by that name in that directory. So changes to
//! the names in between have no effect. A link that replaces a file after the check is not followed.

use std::fs::{self, Metadata, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::denied::{Asked, Denied};
use super::grant::{Grant, Missing};
use super::guard::Guard;
use super::policy::Permissions;
use super::tree::Tree;
use super::walk::{Last, Lost, Spot};
use crate::sys::opening;
use crate::sys::place::{Held, NO_LINK};
use crate::text::{from_os, quoted, to_path};

/// The operation on a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    Read,
    Write,
    ReadAndWrite,
    /// Move it elsewhere, with everything in it.
    Move,
    /// Put there what may have something in it.
    MoveTo,
}

/// A location in the file system that may be used.
#[derive(Debug)]
pub(crate) struct Place {
    path: PathBuf,
    /// In the directory that is held, if it is not that itself.
    name: Option<PathBuf>,
    /// The file that was checked: held as long as `path` is used, and where it is.
    judged: Option<(Held, PathBuf)>,
}

impl Place {
    /// Returns the path by which it is to be used, as long as this lives.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the real path, if it was requested.
    pub(crate) fn real(&self) -> Option<&Path> {
        self.judged.as_ref().map(|(_, real)| real.as_path())
    }

    /// Creates a file that nobody needs to judge.
    pub(crate) fn unjudged(path: &Path) -> Self {
        Self {
            path: path.into(),
            name: None,
            judged: None,
        }
    }

    /// Returns the real path of the target.
    pub(crate) fn real_path(&self) -> Option<PathBuf> {
        match &self.judged {
            Some((_, real)) => Some(real.clone()),
            None => self.path.canonicalize().ok(),
        }
    }

    /// Returns the contents of the file.
    pub(crate) fn read(&self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.open(OpenOptions::new().read(true), 0)?
            .read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Opens the file. A FIFO is not waited for: see [`opening`].
    pub(crate) fn open_at_once(&self, options: &mut OpenOptions) -> io::Result<fs::File> {
        self.open(options, opening::AT_ONCE)
    }

    fn open(&self, options: &mut OpenOptions, flags: i32) -> io::Result<fs::File> {
        let no_link = self.judged.as_ref().map_or(0, |_| NO_LINK);
        options.custom_flags(no_link | flags).open(&self.path)
    }

    /// Returns the file's metadata.
    pub(crate) fn metadata(&self) -> io::Result<Metadata> {
        match self.judged {
            Some(_) => fs::symlink_metadata(&self.path),
            None => fs::metadata(&self.path),
        }
    }
}

impl Guard {
    /// Returns the location that a path leads to, if it may be used so.
    ///
    /// # Errors
    /// [`Denied`] outside; inside the system's error for a path that leads nowhere.
    pub(crate) fn place(
        &self,
        path: &str,
        use_: Use,
        last: Last,
    ) -> Result<io::Result<Place>, Denied> {
        if self.is_open() {
            return Ok(Ok(Place::unjudged(&to_path(path))));
        }
        let reached = self.permissions().walk(&to_path(path), last);
        self.judge(path, use_, &reached)?;
        Ok(reached.map(Spot::place).map_err(|lost| lost.error))
    }

    /// Returns the directory that a path leads to, if it may be read.
    ///
    /// # Errors
    /// As those of [`place`](Self::place).
    pub(crate) fn directory(&self, path: &str) -> Result<io::Result<Place>, Denied> {
        if self.is_open() {
            return Ok(Ok(Place::unjudged(&to_path(path))));
        }
        let reached = self.permissions().walk_to_directory(&to_path(path));
        self.judge(path, Use::Read, &reached)?;
        Ok(reached.map(Spot::place).map_err(|lost| lost.error))
    }

    /// Returns the Unix socket that a path leads to, if one may talk to it: that takes reading and writing. It is held
    /// itself, since connecting would follow a link.
    ///
    /// # Errors
    /// As those of [`place`](Self::place).
    pub(crate) fn socket(&self, path: &str) -> Result<io::Result<Place>, Denied> {
        let place = self.place(path, Use::ReadAndWrite, Last::Followed)?;
        Ok(place.and_then(|place| {
            let Some((directory, real)) = place.judged else {
                return Ok(place);
            };
            // A directory is not a socket.
            let refused = || io::Error::from_raw_os_error(ECONNREFUSED);
            let name = place.name.ok_or_else(refused)?;
            let entry = directory.entry(&name)?;
            Ok(Place {
                path: entry.path(),
                name: Some(name),
                judged: Some((entry, real)),
            })
        }))
    }

    /// Returns the file of a module: one of the program's own needs no permission, unless somebody has denied this very file.
    ///
    /// # Errors
    /// As those of [`place`](Self::place).
    pub(crate) fn module(
        &self,
        path: &Path,
        program: &[PathBuf],
    ) -> Result<io::Result<Place>, Denied> {
        if self.is_open() {
            return Ok(Ok(Place::unjudged(path)));
        }
        let permissions = self.permissions();
        let reached = permissions.walk(path, Last::Followed);
        let is_own = reached.as_ref().is_ok_and(|spot| {
            let is_script = spot.real.extension().is_some_and(|ending| ending == "rhai");
            is_script && program.iter().any(|own| spot.real.starts_with(own))
        });
        let denied = |spot: &Spot| permissions.read.denies(&spot.real);
        if !is_own || reached.as_ref().is_ok_and(denied) {
            self.judge(&from_os(path), Use::Read, &reached)?;
        }
        Ok(reached.map(Spot::place).map_err(|lost| lost.error))
    }

    fn judge(&self, path: &str, use_: Use, reached: &Result<Spot, Lost>) -> Result<(), Denied> {
        let permissions = self.permissions();
        let real = match reached {
            Ok(spot) => &spot.real,
            Err(lost) => match &lost.nearest {
                Some(nearest) => nearest,
                None => return Ok(()),
            },
        };
        let (doing, kind, why) = match judge(&permissions, use_, real) {
            Ok(()) => return Ok(()),
            Err(refused) => refused,
        };
        let directory = worth_allowing(real).display().to_string();
        let asked = Asked {
            kind,
            doing: format!("{doing} {}", quoted(path)),
            arguments: Some(format!("{directory:?}")),
            option: Some(directory),
            note: None,
        };
        Err(asked.denied(&permissions, why))
    }
}

type Refused = (&'static str, &'static str, Missing);

fn judge(permissions: &Permissions, use_: Use, real: &Path) -> Result<(), Refused> {
    let read = |doing| {
        permissions
            .read
            .judge(real)
            .map_err(|why| (doing, "read", why))
    };
    let write = |doing| {
        let judged = permissions.write.judge(real);
        judged.map_err(|why| (doing, "write", why))
    };
    match use_ {
        Use::Read => read("reading"),
        Use::Write => write("writing"),
        Use::ReadAndWrite => read("reading").and_then(|()| write("writing")),
        Use::Move => {
            read("moving")?;
            write("moving")?;
            // What is denied would be somewhere else afterwards.
            let inside = |grant: &Grant<Tree>| grant.not_denied(|tree| tree.lies_in(real));
            inside(&permissions.read).map_err(|why| ("moving", "read", why))?;
            inside(&permissions.write).map_err(|why| ("moving", "write", why))
        }
        Use::MoveTo => {
            write("writing")?;
            // What is denied would be made by what comes there.
            let inside = permissions.write.not_denied(|tree| tree.lies_in(real));
            inside.map_err(|why| ("writing", "write", why))
        }
    }
}

/// Returns the directory that one would allow for a location: of a process, which has another number the next time, all of them.
fn worth_allowing(real: &Path) -> &Path {
    let process = real.strip_prefix("/proc").ok();
    let process = process.and_then(|rest| rest.iter().next()?.to_str());
    if process.is_some_and(|name| name.parse::<u32>().is_ok()) {
        return Path::new("/proc");
    }
    match real.is_dir() {
        true => real,
        false => real.parent().unwrap_or(real),
    }
}

impl Spot {
    fn place(self) -> Place {
        // A last name, if it is only a dot: the path of a descriptor is itself a link.
        let last = self.name.as_deref().unwrap_or(Path::new("."));
        Place {
            path: self.directory.path().join(last),
            name: self.name,
            judged: Some((self.directory, self.real)),
        }
    }
}

/// "Connection refused".
const ECONNREFUSED: i32 = 111;
