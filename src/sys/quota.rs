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

/// Returns how many processes of this process's control group the kernel has killed because memory ran out; 0 where it does not say.
pub(crate) fn killed_for_memory() -> u64 {
    let memberships = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let unified = memberships
        .lines()
        .find_map(|line| line.strip_prefix("0::/"));
    let Some(group) = unified else { return 0 };
    let events = Path::new("/sys/fs/cgroup")
        .join(group)
        .join("memory.events");
    let events = fs::read_to_string(events).unwrap_or_default();
    let count = events
        .lines()
        .find_map(|line| line.strip_prefix("oom_kill "));
    count
        .and_then(|count| count.trim().parse().ok())
        .unwrap_or(0)
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
    memberships
        .lines()
        .filter_map(|line| {
            let mut fields = line.splitn(3, ':');
            let (_, controllers, path) = (fields.next()?, fields.next()?, fields.next()?);
            if controllers.is_empty() {
                headroom_below("/sys/fs/cgroup", path, "memory.max", "memory.current")
            } else if controllers.split(',').any(|name| name == "memory") {
                let root = "/sys/fs/cgroup/memory";
                headroom_below(root, path, "memory.limit_in_bytes", "memory.usage_in_bytes")
            } else {
                None
            }
        })
        .min()
}

fn headroom_below(root: &str, path: &str, limit: &str, usage: &str) -> Option<u64> {
    let mut folder = PathBuf::from(root);
    folder.push(path.trim_start_matches('/'));
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
