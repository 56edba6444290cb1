//! Starting a program in a new process: `posix_spawn(3)`.

use std::ffi::{CString, OsString};
use std::io;
use std::os::fd::RawFd;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use nix::spawn::{PosixSpawnAttr, PosixSpawnFileActions, PosixSpawnFlags};
use nix::sys::signal::{SigSet, Signal};

/// A program to start.
#[derive(Debug)]
pub(crate) struct Launch {
    pub program: PathBuf,
    /// Its arguments; the first is its name for itself.
    pub args: Vec<OsString>,
    /// Descriptors of this process, and the number of each in the new one.
    pub descriptors: Vec<(RawFd, RawFd)>,
    /// Descriptors that it does not get.
    pub withheld: Vec<RawFd>,
    /// Whether it gets a process group of its own. SIGINT is held back in it then, and one that the terminal sent before it had its
    /// group waits there.
    pub own_group: bool,
}

/// Runs a program in a new process.
pub(crate) fn spawn(launch: &Launch) -> io::Result<i32> {
    let words = |list: &[OsString]| -> io::Result<Vec<CString>> {
        list.iter()
            .map(|word| Ok(CString::new(word.as_bytes())?))
            .collect()
    };
    let environment: Vec<CString> = std::env::vars_os()
        .filter_map(|(name, value)| {
            let mut entry = name.into_encoded_bytes();
            entry.push(b'=');
            entry.extend(value.into_encoded_bytes());
            CString::new(entry).ok()
        })
        .collect();
    let mut actions = PosixSpawnFileActions::init()?;
    // Duplicating a descriptor onto itself clears its close-on-exec flag in the new process only.
    for (fd, number) in &launch.descriptors {
        actions.add_dup2(*fd, *number)?;
    }
    for fd in &launch.withheld {
        actions.add_close(*fd)?;
    }
    let mut attributes = PosixSpawnAttr::init()?;
    // Whatever the calling thread holds back.
    let mut held = SigSet::empty();
    let mut flags = PosixSpawnFlags::POSIX_SPAWN_SETSIGMASK;
    if launch.own_group {
        held.add(Signal::SIGINT);
        flags |= PosixSpawnFlags::POSIX_SPAWN_SETPGROUP;
        attributes.set_pgroup(nix::unistd::Pid::from_raw(0))?;
    }
    attributes.set_sigmask(&held)?;
    attributes.set_flags(flags)?;
    let program = CString::new(launch.program.as_os_str().as_bytes())?;
    let pid = nix::spawn::posix_spawn(
        program.as_c_str(),
        &actions,
        &attributes,
        &words(&launch.args)?,
        &environment,
    )?;
    Ok(pid.as_raw())
}
