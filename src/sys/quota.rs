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
        killed_below(Path::new(root), path, file)
    });
    counts.max().unwrap_or(0)
}

/// Returns the count of the nearest group that has one: a container may see its own group as the root, and its path not at all.
fn killed_below(root: &Path, path: &str, file: &str) -> u64 {
    let count = groups_above(root, path).find_map(|folder| {
        let text = fs::read_to_string(folder.join(file)).ok()?;
        killed_in(&text)
    });
    count.unwrap_or(0)
}

/// Returns the count in a control group's `memory.events` or `memory.oom_control`.
fn killed_in(text: &str) -> Option<u64> {
    let mut lines = text.lines();
    let count = lines.find_map(|line| line.strip_prefix("oom_kill "));
    count?.trim().parse().ok()
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

/// Returns the folders of a control group and its ancestors up to the root, whether they are there or not.
fn groups_above(root: &Path, path: &str) -> impl Iterator<Item = PathBuf> {
    let folder = root.join(path.trim_start_matches('/'));
    std::iter::successors(Some(folder), |folder| folder.parent().map(PathBuf::from))
        .take_while(move |folder| folder.starts_with(root))
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
    let groups = groups_above(Path::new(root), path);
    let rooms = groups.filter_map(|folder| headroom(&folder, limit, usage));
    rooms.min()
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
    use std::process;

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
        assert_eq!(killed_in(events), Some(3));
        let control = "oom_kill_disable 0\nunder_oom 0\noom_kill 4\n";
        assert_eq!(killed_in(control), Some(4));
        assert_eq!((killed_in(""), killed_in("oom_kill many\n")), (None, None));
    }

    #[test]
    fn the_count_is_that_of_the_nearest_group_that_can_be_seen() {
        let root = std::env::temp_dir().join(format!("procscript-groups-{}", process::id()));
        let inner = root.join("inner");
        fs::create_dir_all(&inner).unwrap();
        fs::write(root.join("events"), "oom_kill 5\n").unwrap();
        fs::write(inner.join("events"), "oom_kill 2\n").unwrap();
        let of = |path| killed_below(&root, path, "events");
        assert_eq!(
            (of("/inner"), of("/inner/unseen"), of("/unseen/id")),
            (2, 2, 5)
        );
        assert_eq!(killed_below(&root, "/inner", "nothing"), 0);
        fs::remove_dir_all(&root).unwrap();
    }
}
