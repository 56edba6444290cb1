//! The CPUs that this process may use, and the time it has used of them.

#![allow(unsafe_code)]

use std::fs::File;
use std::io::Read;
use std::sync::OnceLock;
use std::thread::available_parallelism;
use std::time::Duration;

use rustix::thread::sched_getaffinity;
use rustix::time::{ClockId, clock_gettime};

/// Returns whether another CPU could change memory while this thread spins.
///
/// `sched_getaffinity(2)`. If the kernel refuses to answer, assume no: sleeping is always correct.
pub(crate) fn another_cpu_may_answer() -> bool {
    sched_getaffinity(None).is_ok_and(|set| set.count() > 1)
}

/// Returns whether this thread may keep a CPU busy at the moment without taking it from another that wants to run, in this program or
/// in others. It takes some microseconds.
pub(crate) fn has_room() -> bool {
    another_cpu_may_answer() && is_given_several() && !is_crowded()
}

/// Finds out what does not change while the program runs, so that processes that are forked from now on know it.
pub(crate) fn survey() {
    is_given_several();
    online();
}

/// Returns whether the control group allows this process more than the time of one CPU (`cpu.max`).
fn is_given_several() -> bool {
    static SEVERAL: OnceLock<bool> = OnceLock::new();
    *SEVERAL.get_or_init(|| count() > 1)
}

/// Returns how many CPUs this process may use, as far as the system says; at least one.
pub(crate) fn count() -> usize {
    available_parallelism().map_or(1, |count| count.get())
}

/// Returns whether more threads want to run than the machine has CPUs. Where the kernel does not say: no.
fn is_crowded() -> bool {
    running().is_some_and(|running| running > online())
}

/// Returns how many CPUs the machine has, as far as they are switched on.
fn online() -> usize {
    static ONLINE: OnceLock<usize> = OnceLock::new();
    *ONLINE.get_or_init(|| {
        // SAFETY: the call takes a number and returns one.
        let count = unsafe { libc::sysconf(libc::_SC_NPROCESSORS_ONLN) };
        usize::try_from(count).unwrap_or(usize::MAX)
    })
}

/// Returns how many threads of the machine run or want to: the fourth field of `/proc/loadavg` (`proc(5)`), "2/150".
fn running() -> Option<usize> {
    let mut buffer = [0; 64];
    let length = File::open("/proc/loadavg").ok()?.read(&mut buffer).ok()?;
    let text = str::from_utf8(&buffer[..length]).ok()?;
    let (running, _) = text.split(' ').nth(3)?.split_once('/')?;
    running.parse().ok()
}

/// Processor time of all threads of this process, in user and kernel mode: `CLOCK_PROCESS_CPUTIME_ID`.
pub(crate) fn used_time() -> Duration {
    let used = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(used.tv_sec.unsigned_abs(), used.tv_nsec as u32)
}

#[cfg(test)]
mod tests {
    use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

    use super::*;
    use crate::sys::clock::now_ns;
    use crate::sys::testing::{fork_child, kill_and_reap, sleep_us};

    #[test]
    fn a_thread_that_may_use_one_cpu_has_no_room() {
        let all = sched_getaffinity(None).unwrap();
        let first = (0..CpuSet::MAX_CPU).find(|cpu| all.is_set(*cpu)).unwrap();
        let mut one = CpuSet::new();
        one.set(first);
        sched_setaffinity(None, &one).unwrap();
        let had_room = has_room();
        sched_setaffinity(None, &all).unwrap();
        assert!(!had_room);
    }

    #[test]
    fn a_machine_is_crowded_when_more_threads_want_to_run_than_it_has_cpus() {
        if running().is_none() {
            return;
        }
        let busy: Vec<u32> = (0..=online())
            .map(|_| {
                fork_child(|| {
                    loop {
                        std::hint::spin_loop();
                    }
                })
            })
            .collect();
        let start = now_ns();
        while !is_crowded() {
            assert!(now_ns() - start < 10_000_000_000, "never crowded");
            sleep_us(100);
        }
        busy.into_iter().map(kill_and_reap).for_each(drop);
    }
}
