//! What the kernel's process table says about the processes a test has started.

use std::fs;
use std::time::{Duration, Instant};

/// The processes of group `group` that have not ended; zombies have.
pub(crate) fn group_members(group: i32) -> Vec<i32> {
    all_processes()
        .filter(|pid| {
            state_and_group(*pid)
                .is_some_and(|(state, g)| g == group && state != 'Z' && state != 'X')
        })
        .collect()
}

/// The processes of session `session` that have not ended; zombies have.
pub(crate) fn session_members(session: i32) -> Vec<i32> {
    let lives = |pid: &i32| {
        let fields = stat(*pid);
        let found = fields
            .as_ref()
            .and_then(|fields| fields.get(3)?.parse().ok());
        let state = fields.as_ref().map(|fields| fields[0].as_str());
        found == Some(session) && state != Some("Z") && state != Some("X")
    };
    all_processes().filter(lives).collect()
}

/// What every process of `session` is doing, for the report of a test that hangs.
pub(crate) fn describe_session(session: i32) -> String {
    session_members(session).into_iter().map(describe).collect()
}

/// Waits until no process of `group` is left; gives those that still are at the deadline.
pub(crate) fn wait_for_empty_group(group: i32, patience: Duration) -> Vec<i32> {
    let deadline = Instant::now() + patience;
    loop {
        let members = group_members(group);
        if members.is_empty() || Instant::now() >= deadline {
            return members;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Whether `pid` exists and has not ended.
pub(crate) fn is_running(pid: i32) -> bool {
    state_and_group(pid).is_some_and(|(state, _)| state != 'Z' && state != 'X')
}

/// Whether `pid` is stopped, as Ctrl-Z does it.
pub(crate) fn is_stopped(pid: i32) -> bool {
    state_and_group(pid).is_some_and(|(state, _)| state == 'T')
}

/// Whether `pid` sleeps until another process changes a word of shared memory.
pub(crate) fn is_asleep_for_memory(pid: i32) -> bool {
    let place = fs::read_to_string(format!("/proc/{pid}/wchan")).unwrap_or_default();
    place.contains("futex")
}

/// What every process of `group` is doing, for the report of a test that hangs.
pub(crate) fn describe_group(group: i32) -> String {
    group_members(group).into_iter().map(describe).collect()
}

fn describe(pid: i32) -> String {
    let read = |file: &str| fs::read_to_string(format!("/proc/{pid}/{file}")).unwrap_or_default();
    let status: String = read("status")
        .lines()
        .filter(|line| {
            [
                "Name:", "State:", "PPid:", "Threads:", "SigQ:", "SigPnd:", "SigCgt:",
            ]
            .iter()
            .any(|k| line.starts_with(k))
        })
        .map(|line| format!("    {line}\n"))
        .collect();
    let command = read("cmdline").replace('\0', " ");
    format!(
        "  process {pid}: {command}\n    waits in {}\n    system call {}\n{status}",
        read("wchan"),
        read("syscall").trim()
    )
}

/// The number the kernel gave away last.
pub(crate) fn last_pid() -> i32 {
    let text = fs::read_to_string("/proc/loadavg").unwrap();
    text.split_whitespace().last().unwrap().parse().unwrap()
}

/// The largest number a process can have.
fn largest_pid() -> i64 {
    let text = fs::read_to_string("/proc/sys/kernel/pid_max").unwrap();
    text.trim().parse().unwrap()
}

/// The numbers of all processes.
fn all_processes() -> impl Iterator<Item = i32> {
    fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
}

/// The state letter and the process group of a process.
fn state_and_group(pid: i32) -> Option<(char, i32)> {
    let fields = stat(pid)?;
    let state = fields.first()?.chars().next()?;
    Some((state, fields.get(2)?.parse().ok()?))
}

/// What `/proc/PID/stat` says from the state letter on.
fn stat(pid: i32) -> Option<Vec<String>> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The command's name stands in parentheses and may contain anything.
    let fields = stat.rsplit_once(") ")?.1.split(' ');
    Some(fields.map(str::to_string).collect())
}

/// The processes whose numbers may stand in the output of one run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PidRange {
    main: i32,
    last: i32,
}

/// Who a number in an output stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Known {
    /// The process that runs the tests: the parent of every main process.
    Tests,
    Main,
    /// Started during the run.
    Later,
}

impl PidRange {
    /// Every process started since `main` was, `main` included.
    pub(crate) fn since(main: i32) -> Self {
        Self {
            main,
            last: last_pid(),
        }
    }

    /// Whose number this is, if a process of the run may have it.
    pub(crate) fn whose(self, number: i64) -> Option<Known> {
        let (main, last) = (i64::from(self.main), i64::from(self.last));
        if number == i64::from(std::process::id()) {
            return Some(Known::Tests);
        }
        if number == main {
            return Some(Known::Main);
        }
        // The kernel begins anew at 300 when it has reached the largest number.
        let later = if main <= last {
            number > main && number <= last
        } else {
            (number > main && number <= largest_pid()) || (300..=last).contains(&number)
        };
        later.then_some(Known::Later)
    }
}
