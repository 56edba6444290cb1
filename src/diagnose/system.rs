//! What the kernel knows about a process and its threads, in `/proc`.

use std::fs;

/// Returns the command line of a process as people type it; empty if it has ended.
pub(super) fn command_line(pid: u32) -> String {
    let words = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let words = String::from_utf8_lossy(&words);
    let words: Vec<&str> = words.trim_end_matches('\0').split('\0').collect();
    words.join(" ")
}

/// Returns whether a signal has stopped the process.
pub(crate) fn is_stopped(pid: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The name before it, in brackets, may be anything.
    let state = stat
        .rsplit_once(')')
        .and_then(|(_, rest)| rest.trim_start().chars().next());
    matches!(state, Some('T' | 't'))
}

/// The most bytes that the kernel keeps of a thread's name.
const NAME_MAX: usize = 15;

/// Returns the name of a thread, as far as the kernel has kept it.
pub(super) fn thread_name(pid: u32, tid: u32) -> String {
    if pid == tid {
        return "MainThread".into();
    }
    let name = fs::read(format!("/proc/{pid}/task/{tid}/comm")).unwrap_or_default();
    let name = String::from_utf8_lossy(&name).trim_end().to_string();
    match name.len() {
        0 => format!("thread {tid}"),
        NAME_MAX.. => name + "…",
        _ => name,
    }
}
