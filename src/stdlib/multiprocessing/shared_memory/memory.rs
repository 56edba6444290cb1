//! `SharedMemory`: a piece of named memory as one process holds it.

use std::fs::OpenOptions;
use std::io;
use std::sync::{Arc, Mutex};

use rhai::Dynamic;

use crate::permissions::{Last, Place, Use};
use crate::script::{Failure, Interp, os_failure, raise, raise_os};
use crate::stdlib::signal::handlers::signals_of;
use crate::sync::{self, FamilyDirectory, NamedMemory};
use crate::sys::lock::locked;
use crate::sys::random;
use crate::text::{as_int, as_string, from_os, quoted};

/// A piece of named memory. Clones are the same: closed together.
#[derive(Debug, Clone)]
pub(super) struct SharedMemory(Arc<State>);

#[derive(Debug)]
struct State {
    name: String,
    size: u64,
    inode: u64,
    /// `None` once this process has closed it.
    memory: Mutex<Option<Arc<NamedMemory>>>,
}

impl SharedMemory {
    /// Creates memory of `size` bytes. With `track` it disappears with the family.
    ///
    /// # Errors
    /// `FileExistsError`, `PermissionError`, or what else the system says.
    pub(super) fn create(
        interp: &Interp,
        name: Option<String>,
        size: u64,
        track: bool,
    ) -> Result<Self, Failure> {
        let is_named = name.is_some();
        loop {
            let name = name.clone().map_or_else(random_name, Ok);
            let name = name.map_err(|error| raise_os(&error, None))?;
            let place = place(interp, &name, Use::ReadAndWrite)?;
            let owner = track.then(|| owner(interp)).transpose()?;
            match NamedMemory::create(place.path(), size, owner.as_ref()) {
                Ok(memory) => return Ok(Self::new(name, memory)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && !is_named => (),
                Err(error) => return Err(raise_os(&error, Some(&shown(&name)))),
            }
        }
    }

    /// Opens the memory of that name.
    ///
    /// # Errors
    /// `FileNotFoundError`, `PermissionError`, or what else the system says.
    pub(super) fn attach(interp: &Interp, name: String) -> Result<Self, Failure> {
        let place = place(interp, &name, Use::ReadAndWrite)?;
        let memory = open(&place).map_err(|error| match error.kind() {
            io::ErrorKind::InvalidInput => raise("ValueError", "cannot mmap an empty file"),
            _ => raise_os(&error, Some(&shown(&name))),
        })?;
        Ok(Self::new(name, memory))
    }

    /// The number of its file.
    pub(super) fn inode(&self) -> u64 {
        self.0.inode
    }

    fn new(name: String, memory: NamedMemory) -> Self {
        Self(Arc::new(State {
            name,
            size: memory.size(),
            inode: memory.inode(),
            memory: Mutex::new(Some(Arc::new(memory))),
        }))
    }

    pub(super) fn name(&self) -> &str {
        &self.0.name
    }

    pub(super) fn size(&self) -> u64 {
        self.0.size
    }

    /// Returns the memory, unless this process has closed it.
    pub(super) fn open(&self) -> Option<Arc<NamedMemory>> {
        locked(&self.0.memory).clone()
    }

    pub(super) fn close(&self) {
        *locked(&self.0.memory) = None;
    }

    /// Removes the name. Whoever has opened the memory keeps it.
    ///
    /// # Errors
    /// `FileNotFoundError` when the name is gone, `PermissionError`.
    pub(super) fn unlink(&self, interp: &Interp) -> Result<(), Failure> {
        let place = place(interp, self.name(), Use::Write)?;
        let removed = std::fs::remove_file(place.path());
        removed.map_err(|error| raise_os(&error, Some(&shown(self.name()))))?;
        if let Ok(directory) = interp.family_directory() {
            directory.forget(
                self.0.inode,
                &sync::path_of(self.name()).unwrap_or_default(),
            );
        }
        Ok(())
    }

    /// Returns what it is sent as: its name, and the number of the file that has to have it.
    pub(super) fn parts(&self) -> Dynamic {
        let inode = Dynamic::from_int(self.0.inode as i64);
        vec![self.name().to_string().into(), inode].into()
    }

    /// Opens the memory that another process of the family has sent. Its sender was allowed to use it.
    pub(super) fn of_parts(parts: Dynamic) -> Result<Self, String> {
        let parts = parts
            .into_array()
            .map_err(|_| "shared memory without its parts")?;
        let [name, inode] = parts.as_slice() else {
            return Err("shared memory without its parts".into());
        };
        let name = as_string(name).ok_or("shared memory without its name")?;
        let path = sync::path_of(&name).map_err(|error| error.to_string())?;
        let gone = |why: String| format!("the shared memory {} is gone: {why}", quoted(&name));
        let memory = open(&Place::unjudged(&path)).map_err(|error| gone(error.to_string()))?;
        if as_int(inode) != Some(memory.inode() as i64) {
            return Err(gone("another has its name now".into()));
        }
        Ok(Self::new(name.to_string(), memory))
    }
}

/// Returns the directory that notes what disappears with the family. From now on SIGTERM ends this process in order.
fn owner(interp: &Interp) -> Result<FamilyDirectory, Failure> {
    let directory = interp.family_directory()?;
    signals_of(interp).begin_parent().map_err(os_failure)?;
    Ok(directory)
}

/// Returns the file of the memory, if the script may use it so.
fn place(interp: &Interp, name: &str, use_: Use) -> Result<Place, Failure> {
    let failed = |error: io::Error| raise_os(&error, Some(&shown(name)));
    let path = sync::path_of(name).map_err(failed)?;
    let place = interp
        .permissions()
        .place(&from_os(path.as_os_str()), use_, Last::Itself)?;
    place.map_err(failed)
}

fn open(place: &Place) -> io::Result<NamedMemory> {
    NamedMemory::over(place.open_at_once(OpenOptions::new().read(true).write(true))?)
}

/// Returns the name as the errors of the system show it.
fn shown(name: &str) -> String {
    format!("/{name}")
}

/// Returns a name that nothing should have, as Python makes them.
fn random_name() -> io::Result<String> {
    let mut bytes = [0; 4];
    random::fill(&mut bytes)?;
    Ok(format!("psm_{:08x}", u32::from_ne_bytes(bytes)))
}
