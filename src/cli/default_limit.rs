//! The memory that a script may hold where the process itself is limited: a failed allocation would end it.

use std::fs;

use rustix::process::{Resource, getrlimit};

/// The part of the free space that a script may hold. One step, as `l = [l, l]`, needs two copies of a value besides the value, and the
/// allocator takes up to twice as much for small values as is counted.
const PART: u64 = 8;

/// The part of a limit that the stack of a script takes, and the least size of such a stack.
const STACK_PART: u64 = 16;
const LEAST_STACK: u64 = 64 << 20;

/// Returns the memory limit of a script for which none was given; `None` where `ulimit -v` and `ulimit -d` limit nothing.
pub(crate) fn of_process() -> Option<usize> {
    let limit_of = |resource| getrlimit(resource).current;
    let (space, data) = (limit_of(Resource::As), limit_of(Resource::Data));
    if space.is_none() && data.is_none() {
        return None;
    }
    let text = fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let used = |index: usize| {
        let pages = text.split_ascii_whitespace().nth(index);
        let pages = pages.and_then(|word| word.parse::<u64>().ok());
        pages
            .unwrap_or(0)
            .saturating_mul(rustix::param::page_size() as u64)
    };
    // In the order of proc(5): the size is the first number, data and stack are the sixth.
    let spaces = [(space, used(0)), (data, used(5))];
    let spaces = spaces
        .into_iter()
        .filter_map(|(limit, used)| Some(share(limit?, used)));
    let least = spaces.min()?;
    Some(usize::try_from(least).unwrap_or(usize::MAX))
}

/// The bytes that a script may hold of a limit of which some is used.
fn share(limit: u64, used: u64) -> u64 {
    let stack = (limit / STACK_PART).max(LEAST_STACK);
    limit.saturating_sub(used).saturating_sub(stack) / PART
}
