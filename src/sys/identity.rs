//! Process and thread IDs, and whether a process seen earlier is still the same one.
#![allow(unsafe_code)]

use std::fs::File;
use std::io::Read;
use std::os::fd::AsFd;
use std::path::Path;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, Ordering};
use std::time::Duration;

use rustix::mm::{Advice, MapFlags, ProtFlags, madvise, mmap_anonymous, munmap};

use super::process::{pidfd, thread_is_counted, wait_readable};

/// The ID of this process, in a page that the kernel clears in each copy of the process. Null before the first question.
static KNOWN: AtomicPtr<AtomicU32> = AtomicPtr::new(null_mut());

/// Returns the ID of this process, which is asked for often: each question to the kernel would take as long as many a native.
#[inline]
pub(crate) fn process_id() -> u32 {
    let page = KNOWN.load(Ordering::Acquire);
    // SAFETY: a page that is never unmapped, and of which nothing but this word is used.
    let known = unsafe { page.as_ref() }.map_or(0, |known| known.load(Ordering::Relaxed));
    match known {
        0 => ask_process_id(),
        known => known,
    }
}

#[cold]
fn ask_process_id() -> u32 {
    let id = rustix::process::getpid().as_raw_nonzero().get() as u32;
    if KNOWN.load(Ordering::Acquire).is_null()
        && !REFUSED.load(Ordering::Relaxed)
        && let Some(page) = cleared_in_copies()
        // Another thread may have been quicker; its page is as good.
        && let Err(_) = KNOWN.compare_exchange(null_mut(), page, Ordering::AcqRel, Ordering::Acquire)
    {
        // SAFETY: the page was just mapped here, and nobody else knows it.
        let _ = unsafe { munmap(page.cast(), PAGE) };
    }
    // SAFETY: as in `process_id`.
    if let Some(known) = unsafe { KNOWN.load(Ordering::Acquire).as_ref() } {
        known.store(id, Ordering::Relaxed);
    }
    id
}

/// Whether the kernel has no such pages.
static REFUSED: AtomicBool = AtomicBool::new(false);

/// An advice that no kernel knows.
const NO_ADVICE: i32 = -1;

/// The size that is asked for; the kernel makes a page of it.
const PAGE: usize = 4096;

/// Returns a page that reads as zeros in a copy of this process, if the kernel has such pages.
fn cleared_in_copies() -> Option<*mut AtomicU32> {
    let access = ProtFlags::READ | ProtFlags::WRITE;
    // SAFETY: the kernel chooses a fresh range, so no existing object is affected; the advice is about this range.
    unsafe {
        let page = mmap_anonymous(null_mut(), PAGE, access, MapFlags::PRIVATE).ok()?;
        // Some emulators agree to any advice and follow none.
        let agrees_to_all = libc::madvise(page, PAGE, NO_ADVICE) == 0;
        if agrees_to_all || madvise(page, PAGE, Advice::LinuxWipeOnFork).is_err() {
            REFUSED.store(true, Ordering::Relaxed);
            let _ = munmap(page, PAGE);
            return None;
        }
        Some(page.cast())
    }
}

/// Returns the id of this thread.
pub(crate) fn thread_id() -> u32 {
    rustix::thread::gettid().as_raw_nonzero().get() as u32
}

/// Returns the name of this machine.
pub(crate) fn host_name() -> String {
    rustix::system::uname()
        .nodename()
        .to_string_lossy()
        .into_owned()
}

/// Returns the number of the user whose rights this process has.
pub(crate) fn user() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// Returns the number of the network that this process sees. Names of sockets are unique in it.
///
/// # Errors
/// `/proc` is not there.
pub(crate) fn network_namespace() -> std::io::Result<String> {
    let link = std::fs::read_link("/proc/self/ns/net")?;
    let link = link.to_string_lossy();
    Ok(link.chars().filter(char::is_ascii_digit).collect())
}

/// Returns whether the process that had this id at a [moment](super::clock::since_boot) still runs; a zombie does not.
///
/// If another process has the id by now, it has started later.
pub(crate) fn process_is_alive(pid: u32, moment: Duration) -> bool {
    let path = format!("/proc/{pid}/stat");
    match Stat::read(&path) {
        Some(stat) => stat.started <= moment && stat.runs(),
        None => may_be_there(&path) && process_has_not_ended(pid),
    }
}

/// Returns whether a process with this id runs; a zombie does not.
pub(crate) fn process_runs(pid: u32) -> bool {
    let path = format!("/proc/{pid}/stat");
    match Stat::read(&path) {
        Some(stat) => stat.runs(),
        None => may_be_there(&path) && process_has_not_ended(pid),
    }
}

/// Returns whether a thread with this id exists in the process.
pub(crate) fn thread_exists(pid: u32, tid: u32) -> bool {
    let path = format!("/proc/{pid}/task/{tid}/stat");
    match Stat::read(&path) {
        Some(stat) => !stat.ended,
        None => may_be_there(&path) && thread_is_counted(pid, tid),
    }
}

/// Returns whether a process with one thread runs or sleeps and no signal is pending for it. False if that cannot be found out.
pub(crate) fn is_undisturbed(pid: u32) -> bool {
    let mut buffer = [0; STATUS_BYTES];
    let read =
        File::open(format!("/proc/{pid}/status")).and_then(|mut file| file.read(&mut buffer));
    let Some(text) = read
        .ok()
        .and_then(|length| str::from_utf8(&buffer[..length]).ok())
    else {
        return false;
    };
    let value = |name: &str| text.lines().find_map(|line| line.strip_prefix(name));
    let none_in = |name| value(name).is_some_and(|mask| mask.trim_matches(['\t', '0']).is_empty());
    // Neither suspended nor ended.
    let state = value("State:").map(str::trim_start);
    let runs = state.is_some_and(|state| state.starts_with(['R', 'S', 'D']));
    runs && none_in("SigPnd:") && none_in("ShdPnd:")
}

/// Returns whether what this file describes may exist although the file could not be read: `/proc` is not mounted, or this process has
/// no descriptor left.
fn may_be_there(path: &str) -> bool {
    Path::new(path).exists() || !Path::new("/proc/self/stat").exists()
}

/// Asks the kernel without `/proc`, which takes a descriptor; a process for which there is none counts as running.
fn process_has_not_ended(pid: u32) -> bool {
    match pidfd(pid.cast_signed()) {
        Ok(pidfd) => wait_readable(&[pidfd.as_fd()], Some(Duration::ZERO))
            .is_ok_and(|ready| !ready.contains(&true)),
        Err(error) => error.raw_os_error() != Some(libc::ESRCH),
    }
}

/// More than the kernel writes: about fifty numbers and a name of at most 64 bytes.
const STAT_BYTES: usize = 1536;

/// More than the kernel writes about the state and the signals of a process.
const STATUS_BYTES: usize = 4096;

/// The fields of `/proc/<pid>/stat` that tell whether a process is alive, `proc_pid_stat(5)`.
struct Stat {
    ended: bool,
    threads: u32,
    /// Since boot.
    started: Duration,
}

impl Stat {
    fn read(path: &str) -> Option<Stat> {
        let mut buffer = [0; STAT_BYTES];
        let length = File::open(path).ok()?.read(&mut buffer).ok()?;
        let text = String::from_utf8_lossy(&buffer[..length]);
        // The command name may contain anything; the fields that matter follow its last parenthesis.
        let (_, fields) = text.rsplit_once(')')?;
        let fields: Vec<&str> = fields.split_ascii_whitespace().collect();
        let ticks: u64 = fields.get(19)?.parse().ok()?;
        let each_second = rustix::param::clock_ticks_per_second();
        Some(Stat {
            ended: matches!(*fields.first()?, "Z" | "X" | "x"),
            threads: fields.get(17)?.parse().ok()?,
            started: Duration::from_secs(ticks) / u32::try_from(each_second).ok()?,
        })
    }

    /// Returns a zombie main thread with other threads is a process that still runs.
    fn runs(&self) -> bool {
        !self.ended || self.threads > 1
    }
}

#[cfg(test)]
mod tests {
    use super::super::clock::since_boot;
    use super::*;

    #[test]
    fn a_copy_of_a_process_knows_its_own_id() {
        let mine = process_id();
        assert_eq!((process_id(), mine), (mine, std::process::id()));
        // SAFETY: the copy only asks the kernel and reads a word, and ends.
        let copy = unsafe { libc::fork() };
        if copy == 0 {
            let is_right = process_id() == std::process::id() && process_id() != mine;
            // SAFETY: ends the copy at once.
            unsafe { libc::_exit(i32::from(!is_right)) };
        }
        let mut status = 0;
        // SAFETY: the status is a live value.
        assert_eq!(unsafe { libc::waitpid(copy, &raw mut status, 0) }, copy);
        assert_eq!(status, 0);
    }

    #[test]
    fn a_process_is_known_by_a_moment_of_its_life() {
        let pid = process_id();
        assert!(process_is_alive(pid, since_boot()));
        assert!(!process_is_alive(pid, Duration::from_millis(1)));
    }
}
