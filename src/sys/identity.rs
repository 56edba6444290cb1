//! Process and thread IDs, and whether a process seen earlier is still the same one.

use std::fs::File;
use std::io::Read;
use std::os::fd::AsFd;
use std::path::Path;
use std::time::Duration;

pub(crate) use super::own_id::{process_id, thread_id};
use super::process::{pidfd, thread_is_counted, wait_readable};

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
    fn a_process_is_known_by_a_moment_of_its_life() {
        let pid = process_id();
        assert!(process_is_alive(pid, since_boot()));
        assert!(!process_is_alive(pid, Duration::from_millis(1)));
    }
}
