//! How many CPUs this process may use, which decides whether spinning can help anybody.

use rustix::thread::sched_getaffinity;

/// Returns whether another CPU could change memory while this thread spins.
///
/// `sched_getaffinity(2)`. If the kernel refuses to answer, assume no: sleeping is always correct.
pub(crate) fn another_cpu_may_answer() -> bool {
    sched_getaffinity(None).is_ok_and(|set| set.count() > 1)
}
