//! Which children are copies of a seed: those that begin as the child before them did.
//!
//! The first child of a process is started in the usual way, and so is one for which something has changed that the seed could not make
//! up for. So a program that starts one child has no seed, and one that changes its conditions before each start loses nothing.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use super::asker::{Lost, Seed};
use crate::process::spawn::{self, SpawnOptions};
use crate::process::{Child, starter};
use crate::sys::conditions::{Conditions, may_as_much_as};
use crate::sys::lock::locked;
use crate::sys::process;

/// A child to start.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    /// The program of the child; `None` for this program.
    pub program: Option<&'a Path>,
    /// What is the same for each child of a script.
    pub blueprint: &'a [u8],
}

/// The seed of a runtime, if it has one.
#[derive(Debug, Default)]
pub(crate) struct Seeds(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// The process whose seed this is: a host may fork by itself.
    process: i32,
    /// How the last child began.
    last: Option<Beginning>,
    seed: Option<(Beginning, Seed)>,
    /// Seeds do not work in this process.
    hopeless: bool,
}

/// How a child begins. A copy begins as its seed did.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Beginning {
    blueprint: Vec<u8>,
    conditions: Conditions,
    own_group: bool,
    program: Option<(PathBuf, Version)>,
}

/// Distinguishes a file from one that has replaced it: device, inode and time.
type Version = (u64, u64, i64, i64);

impl Seeds {
    /// Starts a child: as a copy of a seed, or else as [`spawn::spawn`].
    ///
    /// # Errors
    /// Those of `posix_spawn(3)`.
    pub(crate) fn spawn(
        &self,
        wanted: Wanted<'_>,
        given: &SpawnOptions<'_>,
        place: u64,
    ) -> io::Result<Child> {
        match locked(&self.0).copy(wanted, given, place) {
            Some(child) => Ok(child),
            None => spawn::spawn(wanted.program, given, place),
        }
    }

    /// Ends the seed; one of the process that this one is a copy of is only forgotten.
    pub(crate) fn forget(&self) {
        *locked(&self.0) = State::default();
    }
}

impl State {
    /// Starts a child as a copy of a seed.
    fn copy(&mut self, wanted: Wanted<'_>, given: &SpawnOptions<'_>, place: u64) -> Option<Child> {
        let me = process::pid();
        if self.process != me {
            *self = Self {
                process: me,
                ..Self::default()
            };
        }
        if self.hopeless {
            return None;
        }
        let (beginning, minds_ends) = Beginning::of(wanted, given).ok()?;
        let fits = |(of_seed, _): &(Beginning, Seed)| *of_seed == beginning;
        if !self.seed.as_ref().is_some_and(fits) {
            let is_repeated = self.last.replace(beginning.clone()).as_ref() == Some(&beginning);
            // The end of a seed is the end of a child, for which a script may have a function.
            if !is_repeated || (minds_ends && self.seed.is_some()) {
                return None;
            }
            self.seed = None;
            match Seed::start(wanted.program, wanted.blueprint, given) {
                Ok(seed) => self.seed = Some((beginning, seed)),
                Err(_) => {
                    self.hopeless = true;
                    return None;
                }
            }
        }
        let (_, seed) = self.seed.as_mut()?;
        let copied = match may_as_much_as(seed.pid()) {
            true => seed.copy(given, place),
            false => Err(Lost),
        };
        match copied {
            Ok(child) => child,
            Err(Lost) => {
                // One that was never of use will not be.
                self.hopeless = !seed.was_of_use;
                self.seed = None;
                None
            }
        }
    }
}

impl Beginning {
    /// Returns how a child begins, and whether this process has a function for the ends of its children.
    fn of(wanted: Wanted<'_>, given: &SpawnOptions<'_>) -> io::Result<(Self, bool)> {
        let (conditions, minds_ends) = Conditions::of(starter::thread()?)?;
        let program = match wanted.program {
            None => None,
            Some(path) => {
                let about = fs::metadata(path)?;
                let version = (about.dev(), about.ino(), about.mtime(), about.mtime_nsec());
                Some((path.into(), version))
            }
        };
        let beginning = Self {
            blueprint: wanted.blueprint.into(),
            conditions,
            own_group: given.own_group,
            program,
        };
        Ok((beginning, minds_ends))
    }
}
