//! The directory of a family: notes about what has to disappear with it.
//!
//! It is made when it is first needed, beside the family's named memory. Whoever ends last removes it and what it names. The family lives as
//! long as a process has the ends of its [depot](super::super::depot), and these get a name that only a living socket can have. So anybody can
//! ask whether a family lives, however its processes ended. If all of them were killed, the next session of the same user removes what they left.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, symlink};
use std::path::{Path, PathBuf};

use super::place::PLACE;
use crate::sync::depot::Depot;
use crate::sys::{identity, passing, random};

/// The beginning of a family's name.
const PREFIX: &str = "procscript-";

/// The directory of one family.
#[derive(Debug, Clone)]
pub(crate) struct FamilyDirectory {
    path: PathBuf,
    /// The name of the family's socket.
    name: String,
}

/// The note about one piece of named memory.
#[derive(Debug)]
pub(super) struct Note(PathBuf);

impl Note {
    pub(super) fn forget(self) {
        let _ = fs::remove_file(self.0);
    }
}

impl FamilyDirectory {
    /// Returns the directory of the family that has this depot, made now if there was none.
    ///
    /// # Errors
    /// The system does not say which network this process sees, or refuses the directory.
    pub(crate) fn of(depot: &Depot) -> io::Result<Self> {
        let directory = match Self::existing(depot)? {
            Some(directory) => directory,
            None => {
                let mut nonce = [0; 8];
                random::fill(&mut nonce)?;
                depot.set_name(&format!("{PREFIX}{:016x}", u64::from_ne_bytes(nonce)))?;
                // Another process of the family may have been first.
                Self::existing(depot)?.ok_or(io::ErrorKind::NotFound)?
            }
        };
        match DirBuilder::new().mode(0o700).create(&directory.path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
            _ => Ok(directory),
        }
    }

    /// Returns the directory of the family that has this depot, if it has needed one.
    pub(crate) fn existing(depot: &Depot) -> io::Result<Option<Self>> {
        let Some(name) = depot.name()? else {
            return Ok(None);
        };
        let network = identity::network_namespace()?;
        let nonce = name.strip_prefix(PREFIX).unwrap_or(&name);
        let path = Path::new(PLACE).join(format!("{PREFIX}{network}-{nonce}"));
        Ok(Some(Self { path, name }))
    }

    /// Where the family may have sockets.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Notes that the file at this path, with this number, is to disappear with the family.
    pub(super) fn note(&self, inode: u64, path: &Path) -> io::Result<Note> {
        let note = self.path.join(note_name(inode, path));
        symlink("memory", &note)?;
        Ok(Note(note))
    }

    /// Forgets a file that has been removed.
    pub(crate) fn forget(&self, inode: u64, path: &Path) {
        Note(self.path.join(note_name(inode, path))).forget();
    }

    /// Removes everything if no process has the family's depot any more. This process has closed its own.
    pub(crate) fn remove_if_last(&self) {
        if matches!(passing::is_name_taken(&self.name), Ok(false)) {
            self.remove();
        }
    }

    fn remove(&self) {
        let entries = fs::read_dir(&self.path).into_iter().flatten().flatten();
        for entry in entries {
            if let Some((inode, file)) = entry.file_name().to_str().and_then(noted) {
                let path = Path::new(PLACE).join(file);
                let found = fs::symlink_metadata(&path);
                // The name may have been given to something else since.
                if found.is_ok_and(|found| found.ino() == inode) {
                    let _ = fs::remove_file(path);
                }
            }
            let _ = fs::remove_file(entry.path());
        }
        let _ = fs::remove_dir(&self.path);
    }
}

fn note_name(inode: u64, path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    format!("{inode}@{name}")
}

/// Returns the number and the name of the file that a note is about.
fn noted(note: &str) -> Option<(u64, &str)> {
    let (inode, name) = note.split_once('@')?;
    Some((inode.parse().ok()?, name))
}

/// Removes what families of this user have left of which no process lives.
pub(crate) fn remove_leftovers() {
    let Ok(entries) = fs::read_dir(PLACE) else {
        return;
    };
    let entries = entries.flatten();
    let found: Vec<_> = entries
        .filter_map(|entry| Some((entry.path(), entry.file_name().into_string().ok()?)))
        .filter(|(_, name)| name.starts_with(PREFIX))
        .collect();
    if found.is_empty() {
        return;
    }
    // Names of sockets are those of a network: in another one a family may live.
    let Ok(network) = identity::network_namespace() else {
        return;
    };
    for (path, name) in found {
        let rest = name.strip_prefix(PREFIX).unwrap_or_default();
        let Some((there, nonce)) = rest.split_once('-') else {
            continue;
        };
        let is_ours = fs::symlink_metadata(&path)
            .is_ok_and(|found| found.is_dir() && found.uid() == identity::user());
        if there == network && is_ours {
            let name = format!("{PREFIX}{nonce}");
            FamilyDirectory { path, name }.remove_if_last();
        }
    }
}
