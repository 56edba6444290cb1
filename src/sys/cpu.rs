//! The CPUs that this process may use, and the time it has used of them.

use std::time::Duration;

use rustix::thread::sched_getaffinity;
use rustix::time::{ClockId, clock_gettime};

/// Returns whether another CPU could change memory while this thread spins.
///
/// `sched_getaffinity(2)`. If the kernel refuses to answer, assume no: sleeping is always correct.
pub(crate) fn another_cpu_may_answer() -> bool {
    sched_getaffinity(None).is_ok_and(|set| set.count() > 1)
}

/// Processor time of all threads of this process, in user and kernel mode: `CLOCK_PROCESS_CPUTIME_ID`.
pub(crate) fn used_time() -> Duration {
    let used = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(used.tv_sec.unsigned_abs(), used.tv_nsec as u32)
}
