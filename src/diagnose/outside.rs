//! The programs of this user, found through `/proc` and read without changing anything in them.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::{fmt, io};

use super::family::Family;
use super::reading::read;
use crate::sync::{Segment, ShmError};
use crate::sys::identity;

/// What a descriptor of a session's memory links to begins with this.
const SESSION: &str = "/memfd:procscript-session-";

/// Why the program of a process cannot be shown.
#[derive(Debug)]
#[non_exhaustive]
pub enum FindError {
    /// There is no process with this identifier.
    NoProcess(u32),
    /// The process belongs to another user.
    NotYours(u32),
    /// The process has no session: it runs something else, or a script that has started and shared nothing yet.
    NoSession(u32),
    /// The process runs a version of procscript whose sessions this one cannot read.
    OtherVersion(u32),
    /// The system refuses to show the session of the process.
    Refused(u32, io::Error),
}

impl fmt::Display for FindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoProcess(pid) => write!(f, "there is no process {pid}"),
            Self::NotYours(pid) => write!(f, "process {pid} belongs to another user"),
            Self::NoSession(pid) => write!(
                f,
                "process {pid} does not run a procscript program, or one that has started and shared nothing yet"
            ),
            Self::OtherVersion(pid) => write!(
                f,
                "process {pid} runs another version of procscript, whose memory this one cannot read; use the procscript that runs it"
            ),
            Self::Refused(pid, error) => write!(f, "cannot read process {pid}: {error}"),
        }
    }
}

impl std::error::Error for FindError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Refused(_, error) => Some(error),
            _ => None,
        }
    }
}

/// Returns the running programs of this user that have a session, sorted by the process identifier of whoever was found first.
///
/// A program has a session once it has started a process or a thread, or created something to share. Errors are of programs that cannot
/// be shown.
pub fn families() -> Vec<Result<Family, FindError>> {
    let mut known = BTreeSet::new();
    let mut found = Vec::new();
    for pid in all_pids() {
        if is_ours(pid) {
            // It may have ended meanwhile.
            found.extend(sessions_of(pid, &mut known).unwrap_or_default());
        }
    }
    found.retain(|family| {
        family
            .as_ref()
            .map_or(true, |family| !family.processes.is_empty())
    });
    found
}

/// Returns the program, or programs, that a process takes part in. Only a host that embeds the crate can have several.
///
/// # Errors
/// Those of [`FindError`].
pub fn family_of(pid: u32) -> Result<Vec<Family>, FindError> {
    if !Path::new(&format!("/proc/{pid}")).exists() {
        return Err(FindError::NoProcess(pid));
    }
    if !is_ours(pid) {
        return Err(FindError::NotYours(pid));
    }
    let sessions = sessions_of(pid, &mut BTreeSet::new());
    let sessions = sessions.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => FindError::NoProcess(pid),
        _ => FindError::Refused(pid, error),
    })?;
    let families: Vec<Family> = sessions.into_iter().collect::<Result<_, _>>()?;
    match families.is_empty() {
        true => Err(FindError::NoSession(pid)),
        false => Ok(families),
    }
}

fn all_pids() -> Vec<u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let mut pids: Vec<u32> = names.filter_map(|name| name.parse().ok()).collect();
    pids.sort_unstable();
    pids
}

/// Returns whether the process belongs to this user. The administrator can read every process, and is shown no more than others.
fn is_ours(pid: u32) -> bool {
    fs::metadata(format!("/proc/{pid}")).is_ok_and(|found| found.uid() == identity::user())
}

/// Reads the sessions that a process has open, except those that are known already.
fn sessions_of(
    pid: u32,
    known: &mut BTreeSet<(u64, u64)>,
) -> io::Result<Vec<Result<Family, FindError>>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(format!("/proc/{pid}/fd"))? {
        let Some(path) = entry.ok().map(|entry| entry.path()).filter(is_session) else {
            continue;
        };
        // Closed meanwhile.
        let (Ok(status), Ok(file)) = (fs::metadata(&path), File::open(&path)) else {
            continue;
        };
        if !known.insert((status.dev(), status.ino())) {
            continue;
        }
        match Segment::look(file.into()) {
            Ok(segment) => found.push(Ok(read(&segment, None))),
            Err(ShmError::OtherVersion) => found.push(Err(FindError::OtherVersion(pid))),
            // Somebody else's file of this name, or a session that is being created.
            Err(_) => (),
        }
    }
    Ok(found)
}

fn is_session(path: &PathBuf) -> bool {
    let target = fs::read_link(path).unwrap_or_default();
    target.to_string_lossy().starts_with(SESSION)
}
