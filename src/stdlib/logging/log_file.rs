//! A file to which several processes append lines, each in one piece, and which may be replaced when it is full.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::sync::{Arc, Mutex, MutexGuard, TryLockError as MutexTryLockError};
use std::time::Duration;

use rhai::Dynamic;

use crate::permissions::{Last, Use};
use crate::process::fork;
use crate::script::{Failure, Interp, raise_os};
use crate::stdlib::os::files::renamed;
use crate::sync::wait_kind;
use crate::sys::lock::locked;
use crate::text::as_string;

/// The time between two attempts to get the turn to replace a file.
const INTERVAL: Duration = Duration::from_millis(1);

/// The sizes at which a file is replaced.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Rotation {
    /// The most bytes of a file.
    pub max_bytes: u64,
    /// How many older files are kept.
    pub backups: u64,
}

/// A file of a log.
#[derive(Debug)]
pub(super) struct LogFile {
    /// The absolute path.
    path: String,
    rotation: Rotation,
    /// The file, and the process that has opened it.
    opened: Mutex<Option<(u32, Arc<File>)>>,
    /// Held by the thread that may replace the file.
    threads: Mutex<()>,
}

/// The turn to write a file that may be replaced.
struct Turn<'a> {
    file: Arc<File>,
    _threads: MutexGuard<'a, ()>,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let _ = self.file.unlock();
    }
}

impl LogFile {
    pub(super) fn new(path: String, rotation: Rotation) -> Self {
        Self {
            path,
            rotation,
            opened: Mutex::default(),
            threads: Mutex::default(),
        }
    }

    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// Returns whether the file is replaced when it is full: as in Python that takes a size, and an older file that is kept.
    pub(super) fn rotates(&self) -> bool {
        self.rotation.max_bytes > 0 && self.rotation.backups > 0
    }

    pub(super) fn parts(&self) -> [Dynamic; 3] {
        let Rotation { max_bytes, backups } = self.rotation;
        [
            self.path.clone().into(),
            (max_bytes as i64).into(),
            (backups as i64).into(),
        ]
    }

    pub(super) fn of_parts(parts: &[Dynamic]) -> Option<Self> {
        let [path, max_bytes, backups] = parts else {
            return None;
        };
        let rotation = Rotation {
            max_bytes: max_bytes.as_int().ok()?.try_into().ok()?,
            backups: backups.as_int().ok()?.try_into().ok()?,
        };
        Some(Self::new(as_string(path)?.into(), rotation))
    }

    /// Opens the file, and removes what is in it if `anew`. Each process opens it by itself, with the permissions that it has.
    ///
    /// # Errors
    /// The file may not be written, or cannot be.
    pub(super) fn open(&self, interp: &Interp, anew: bool) -> Result<Arc<File>, Failure> {
        let at_path = |error: std::io::Error| raise_os(&error, Some(&self.path));
        let place = interp
            .permissions()
            .place(&self.path, Use::Write, Last::Followed)?
            .map_err(at_path)?;
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        let file = place.open_at_once(&mut options).map_err(at_path)?;
        if anew && file.metadata().is_ok_and(|about| about.is_file()) {
            file.set_len(0).map_err(at_path)?;
        }
        let file = Arc::new(file);
        *locked(&self.opened) = Some((fork::generation(), file.clone()));
        Ok(file)
    }

    pub(super) fn close(&self) {
        *locked(&self.opened) = None;
    }

    fn opened(&self, interp: &Interp) -> Result<Arc<File>, Failure> {
        let known = locked(&self.opened).clone();
        match known.filter(|(generation, _)| *generation == fork::generation()) {
            Some((_, file)) => Ok(file),
            None => self.open(interp, false),
        }
    }

    /// Appends a line, in one piece.
    ///
    /// # Errors
    /// It cannot be written, or the script has to stop.
    pub(super) fn write(&self, interp: &Interp, line: &str) -> Result<(), Failure> {
        if self.rotates() {
            return self.write_in_turn(interp, line);
        }
        let file = self.opened(interp)?;
        self.append(&file, line)
    }

    fn append(&self, mut file: &File, line: &str) -> Result<(), Failure> {
        let written = file.write_all(line.as_bytes());
        written.map_err(|error| raise_os(&error, Some(&self.path)))
    }

    /// Appends a line while no other process replaces the file.
    fn write_in_turn(&self, interp: &Interp, line: &str) -> Result<(), Failure> {
        let mut turn = self.turn(interp)?;
        let size = turn.file.metadata().map_or(0, |about| about.len());
        if size > 0 && size + line.len() as u64 >= self.rotation.max_bytes {
            self.replace(interp)?;
            drop(turn);
            turn = self.turn(interp)?;
        }
        self.append(&turn.file, line)
    }

    /// Returns the file that has the path now, locked against other threads and processes. Both locks are taken at once: a function for a
    /// signal that runs during the wait may log too.
    fn turn(&self, interp: &Interp) -> Result<Turn<'_>, Failure> {
        loop {
            let file = self.opened(interp)?;
            let threads = interp.wait_for(wait_kind::FILE, None, |most| {
                if let Some(threads) = self.try_threads() {
                    match file.try_lock() {
                        Ok(()) => return Ok(Some(threads)),
                        Err(TryLockError::WouldBlock) => drop(threads),
                        Err(TryLockError::Error(error)) => {
                            return Err(raise_os(&error, Some(&self.path)));
                        }
                    }
                }
                std::thread::sleep(most.min(INTERVAL));
                Ok(None)
            })?;
            let is_current = self.is_current(interp, &file);
            let turn = Turn {
                file,
                _threads: threads,
            };
            if is_current? {
                return Ok(turn);
            }
            self.close();
        }
    }

    fn try_threads(&self) -> Option<MutexGuard<'_, ()>> {
        match self.threads.try_lock() {
            Ok(guard) => Some(guard),
            Err(MutexTryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(MutexTryLockError::WouldBlock) => None,
        }
    }

    /// Returns whether no other process has replaced the file.
    fn is_current(&self, interp: &Interp, file: &File) -> Result<bool, Failure> {
        let place = interp
            .permissions()
            .place(&self.path, Use::Write, Last::Followed)?;
        let there = place.and_then(|place| place.metadata());
        let same =
            |a: &std::fs::Metadata, b: &std::fs::Metadata| (a.dev(), a.ino()) == (b.dev(), b.ino());
        let (Ok(there), Ok(mine)) = (there, file.metadata()) else {
            return Ok(false);
        };
        Ok(same(&there, &mine))
    }

    /// Moves the file aside: `x.log` becomes `x.log.1`, that `x.log.2`, as many as are kept.
    fn replace(&self, interp: &Interp) -> Result<(), Failure> {
        let name = |number: u64| match number {
            0 => self.path.clone(),
            number => format!("{}.{number}", self.path),
        };
        for number in (0..self.rotation.backups).rev() {
            let (from, to) = (name(number), name(number + 1));
            match renamed(interp, &from, &to)? {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(raise_os(&error, Some(&from)));
                }
                _ => (),
            }
        }
        self.close();
        Ok(())
    }
}
