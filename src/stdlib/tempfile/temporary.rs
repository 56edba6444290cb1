//! What is to be removed: when it is dropped, or else when the process ends.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, Weak};

use crate::script::{Interp, State};
use crate::stdlib::signal::handlers::signals_of;
use crate::sys;
use crate::sys::lock::locked;
use crate::text::to_path;

/// The paths that this process has to remove.
#[derive(Debug, Default)]
pub(super) struct Temporaries(Mutex<HashSet<PathBuf>>);

impl Drop for Temporaries {
    fn drop(&mut self) {
        self.end_process();
    }
}

impl State for Temporaries {
    fn begin_process(&self) {
        // They belong to the parent.
        locked(&self.0).clear();
    }

    fn end_process(&self) {
        let paths = std::mem::take(&mut *locked(&self.0));
        paths.iter().for_each(|path| remove(path));
    }

    fn reset(&self) {
        self.end_process();
    }
}

/// A file or a directory that is removed when this is dropped by the process that has made it.
#[derive(Debug)]
pub(super) struct Temporary {
    interp: Weak<Interp>,
    path: PathBuf,
    pid: i32,
}

impl Temporary {
    /// `path` is absolute.
    pub(super) fn new(interp: &Arc<Interp>, path: &str) -> Self {
        // Otherwise SIGTERM would end the process at once.
        let _ = signals_of(interp).begin_parent();
        let path = to_path(path).into_owned();
        locked(&interp.state::<Temporaries>().0).insert(path.clone());
        Self {
            interp: Arc::downgrade(interp),
            path,
            pid: sys::process::pid(),
        }
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if self.pid != sys::process::pid() {
            return;
        }
        let is_mine = match self.interp.upgrade() {
            Some(interp) => locked(&interp.state::<Temporaries>().0).remove(&self.path),
            // The end of the runtime has removed it.
            None => false,
        };
        if is_mine {
            remove(&self.path);
        }
    }
}

/// Removes what has the path. It may be gone, or not be removable any more, about which nobody can do anything.
fn remove(path: &Path) {
    let is_directory = fs::symlink_metadata(path).is_ok_and(|about| about.is_dir());
    let _ = match is_directory {
        true => fs::remove_dir_all(path),
        false => fs::remove_file(path),
    };
}
