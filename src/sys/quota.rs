//! How much memory may be taken before the kernel would start to kill: the control group's limit and what the machine has left.
//!
//! `fallocate` does not report that memory runs out, it lets the out-of-memory killer decide; so a limit has to be known before.

use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Used when the machine reports nothing at all.
const UNKNOWN: u64 = 1 << 30;

/// Sizes below this are not asked for: any line of a script allocates some.
pub(crate) const SMALL: usize = 1 << 20;

thread_local! {
    /// Bytes that were free at the last look, less what was asked for since.
    static LEFT: Cell<usize> = const { Cell::new(0) };
    /// What the last look found, and when it was.
    static FOUND: Cell<Option<(usize, Instant)>> = const { Cell::new(None) };
}

/// No thread takes a part of the memory worth mentioning in so short a time after a look.
const FRESH: Duration = Duration::from_millis(1);

/// Returns whether that many bytes are free, and as many again: a value that is passed on may be moved.
pub(crate) fn is_free(bytes: usize) -> bool {
    if bytes < SMALL {
        return true;
    }
    let needed = bytes.saturating_mul(2);
    let left = LEFT.get();
    // Looking takes longer than most of what a script does between two such questions.
    let found = if needed <= left {
        Some(left)
    } else if let Some((found, then)) = FOUND.get()
        && needed <= found / 4
        && then.elapsed() < FRESH
    {
        // Most who ask take nothing: they only use a large value.
        return true;
    } else {
        let found = look(needed);
        FOUND.set(found.map(|found| (found, Instant::now())));
        found
    };
    if let Some(found) = found {
        LEFT.set(found - needed);
    }
    found.is_some()
}

/// Returns how many bytes can be allocated, at least `needed`; `None` when that is too much.
fn look(needed: usize) -> Option<usize> {
    let available = usize::try_from(memory_available()).unwrap_or(usize::MAX);
    if needed > available {
        return None;
    }
    // A quarter: other threads and processes look too.
    let mut size = needed.max(available / 4);
    // The kernel may refuse what is free: a process can have a limit of its own.
    while Vec::<u8>::new().try_reserve_exact(size).is_err() {
        if size == needed {
            return None;
        }
        size = needed.max(size / 2);
    }
    Some(size)
}

/// Bytes that could be allocated now without touching the control group's limit or the machine's reserves.
pub(crate) fn memory_available() -> u64 {
    let machine = meminfo("MemAvailable:").unwrap_or(UNKNOWN);
    control_group_headroom().map_or(machine, |group| group.min(machine))
}

/// Where the control groups of version 2 are, and those of version 1 that limit memory.
const GROUPS: &str = "/sys/fs/cgroup";
const MEMORY_GROUPS: &str = "/sys/fs/cgroup/memory";

/// Returns how many processes of this process's control group the kernel has killed because memory ran out; 0 where it does not say.
pub(crate) fn killed_for_memory() -> u64 {
    let memberships = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let groups = memory_groups(&memberships);
    let counts = groups.map(|(version, path)| {
        let (root, file) = match version {
            Version::Two => (GROUPS, "memory.events"),
            Version::One => (MEMORY_GROUPS, "memory.oom_control"),
        };
        let file = folder_below(root, path).join(file);
        killed_in(&fs::read_to_string(file).unwrap_or_default())
    });
    counts.max().unwrap_or(0)
}

/// Returns the count in a control group's `memory.events` or `memory.oom_control`.
fn killed_in(text: &str) -> u64 {
    let mut lines = text.lines();
    let count = lines.find_map(|line| line.strip_prefix("oom_kill "));
    count
        .and_then(|count| count.trim().parse().ok())
        .unwrap_or(0)
}

/// The version of a control group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Version {
    One,
    Two,
}

/// Returns the control groups that may limit memory, from the text of `/proc/self/cgroup`. A machine may have both versions at once.
fn memory_groups(memberships: &str) -> impl Iterator<Item = (Version, &str)> {
    memberships.lines().filter_map(|line| {
        let mut fields = line.splitn(3, ':');
        let (_, controllers, path) = (fields.next()?, fields.next()?, fields.next()?);
        if controllers.is_empty() {
            Some((Version::Two, path))
        } else {
            let mut names = controllers.split(',');
            names
                .any(|name| name == "memory")
                .then_some((Version::One, path))
        }
    })
}

fn folder_below(root: &str, path: &str) -> PathBuf {
    Path::new(root).join(path.trim_start_matches('/'))
}

/// Returns a line of `/proc/meminfo`, in bytes.
fn meminfo(key: &str) -> Option<u64> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find(|line| line.starts_with(key))?;
    let kibibytes: u64 = line.split_ascii_whitespace().nth(1)?.parse().ok()?;
    Some(kibibytes * 1024)
}

/// Returns the least headroom of this process's memory control group and its ancestors; `None` when nothing limits it.
fn control_group_headroom() -> Option<u64> {
    let memberships = fs::read_to_string("/proc/self/cgroup").ok()?;
    let rooms = memory_groups(&memberships).filter_map(|(version, path)| match version {
        Version::Two => headroom_below(GROUPS, path, "memory.max", "memory.current"),
        Version::One => headroom_below(
            MEMORY_GROUPS,
            path,
            "memory.limit_in_bytes",
            "memory.usage_in_bytes",
        ),
    });
    rooms.min()
}

fn headroom_below(root: &str, path: &str, limit: &str, usage: &str) -> Option<u64> {
    let mut folder = folder_below(root, path);
    let mut least = None;
    while folder.starts_with(root) {
        if let Some(room) = headroom(&folder, limit, usage) {
            least = Some(least.map_or(room, |least: u64| least.min(room)));
        }
        if !folder.pop() {
            break;
        }
    }
    least
}

/// "max" (no limit) does not parse as a number, which is just right.
fn headroom(folder: &Path, limit: &str, usage: &str) -> Option<u64> {
    let number = |name: &str| -> Option<u64> {
        fs::read_to_string(folder.join(name))
            .ok()?
            .trim()
            .parse()
            .ok()
    };
    Some(number(limit)?.saturating_sub(number(usage)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_groups_that_limit_memory_are_found_in_both_versions() {
        let of = |text: &'static str| memory_groups(text).collect::<Vec<_>>();
        assert_eq!(of("0::/user/a:b\n"), [(Version::Two, "/user/a:b")]);
        let both = "5:cpu,memory:/one\n4:memory_like:/x\n1:name=systemd:/\n0::/two\n";
        assert_eq!(of(both), [(Version::One, "/one"), (Version::Two, "/two")]);
        assert_eq!(of("nonsense\n"), []);
    }

    #[test]
    fn the_count_of_killed_processes_is_read() {
        let events = "low 0\nhigh 0\nmax 12\noom 2\noom_kill 3\noom_group_kill 0\n";
        assert_eq!(killed_in(events), 3);
        let control = "oom_kill_disable 0\nunder_oom 0\noom_kill 4\n";
        assert_eq!(killed_in(control), 4);
        assert_eq!((killed_in(""), killed_in("oom_kill many\n")), (0, 0));
    }
}
