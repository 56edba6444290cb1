//! What the kernel's process table says about the processes a test has started.

use std::fs;

use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;

/// Processes that belong together.
#[derive(Debug, Clone, Copy)]
pub(crate) enum ProcessSet {
    Group(i32),
    Session(i32),
}

impl ProcessSet {
    /// The processes that have not ended; zombies have.
    pub(crate) fn members(self) -> Vec<i32> {
        all_processes().filter(|pid| self.contains(*pid)).collect()
    }

    /// Whether this process is one of them.
    pub(crate) fn contains(self, pid: i32) -> bool {
        let belongs = |process: &Process| match self {
            Self::Group(group) => process.group == group,
            Self::Session(session) => process.session == session,
        };
        Process::read(pid).is_some_and(|process| process.lives() && belongs(&process))
    }

    /// What every process is doing, for the report of a test that hangs.
    pub(crate) fn describe(self) -> String {
        self.members().into_iter().map(describe).collect()
    }

    pub(crate) fn kill(self) {
        if let Self::Group(group) = self {
            let _ = killpg(Pid::from_raw(group), Signal::SIGKILL);
        }
        for pid in self.members() {
            let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
        }
    }
}

/// Whether `pid` exists and has not ended.
pub(crate) fn is_running(pid: i32) -> bool {
    Process::read(pid).is_some_and(|process| process.lives())
}

/// Whether `pid` is stopped, as Ctrl-Z does it.
pub(crate) fn is_stopped(pid: i32) -> bool {
    Process::read(pid).is_some_and(|process| process.state == 'T')
}

/// Whether the main thread of `pid`, or the thread with this number, waits for something.
pub(crate) fn is_asleep(pid: i32) -> bool {
    Process::read(pid).is_some_and(|process| process.state == 'S')
}

/// Whether `signal` was sent to `pid`, which has not taken it yet.
pub(crate) fn is_pending(pid: i32, signal: Signal) -> bool {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let sets = ["SigPnd:\t", "ShdPnd:\t"].map(|name| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|set| u64::from_str_radix(set, 16).ok())
            .unwrap_or(0)
    });
    sets.iter().any(|set| set >> (signal as i32 - 1) & 1 == 1)
}

/// Whether `pid` is a seed, of which children are copies, or a copy that is not needed yet.
pub(crate) fn is_seed(pid: i32) -> bool {
    let name = fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
    name.trim() == "procscript-seed"
}

/// Whether `pid` sleeps until another process changes a word of shared memory.
pub(crate) fn is_asleep_for_memory(pid: i32) -> bool {
    let place = fs::read_to_string(format!("/proc/{pid}/wchan")).unwrap_or_default();
    place.contains("futex")
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

/// What `/proc/PID/stat` says of a process.
struct Process {
    state: char,
    group: i32,
    session: i32,
    threads: usize,
}

impl Process {
    fn read(pid: i32) -> Option<Self> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The command's name is in parentheses and may contain anything.
        let mut fields = stat.rsplit_once(") ")?.1.split(' ');
        Some(Self {
            state: fields.next()?.chars().next()?,
            group: fields.nth(1)?.parse().ok()?,
            session: fields.next()?.parse().ok()?,
            threads: fields.nth(13)?.parse().ok()?,
        })
    }

    /// A killed process whose first thread has ended before the others still holds its descriptors.
    fn lives(&self) -> bool {
        !['Z', 'X'].contains(&self.state) || self.threads > 1
    }
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
