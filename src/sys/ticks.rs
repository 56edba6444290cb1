//! The processor's time stamp counter: a clock that takes a quarter of the time to read.
//!
//! The kernel says whether the counters of all processors agree and run at a constant rate, by using them for its own clock. Elsewhere ticks
//! are the nanoseconds of the clock.
#![allow(unsafe_code)]

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};

use super::clock::now_ns;

/// Whether ticks are counted by the processor. Every process of a family has to agree.
static COUNTED: AtomicBool = AtomicBool::new(false);

const SOURCE: &str = "/sys/devices/system/clocksource/clocksource0/current_clocksource";

/// Returns whether the counter of the processor can be used on this machine.
pub(crate) fn are_counted_here() -> bool {
    cfg!(target_arch = "x86_64")
        && fs::read_to_string(SOURCE).is_ok_and(|name| name.trim() == "tsc")
}

/// Chooses between the counter and the clock.
pub(crate) fn count(counted: bool) {
    COUNTED.store(counted, Ordering::Relaxed);
}

/// Returns how many ticks have passed since a point in the past that is the same for every process on this machine.
#[inline]
pub(crate) fn now_ticks() -> u64 {
    match COUNTED.load(Ordering::Relaxed) {
        true => counter(),
        false => now_ns(),
    }
}

#[cfg(target_arch = "x86_64")]
#[inline]
fn counter() -> u64 {
    // SAFETY: every processor of this architecture has the instruction, which touches no memory.
    unsafe { std::arch::x86_64::_rdtsc() }
}

#[cfg(not(target_arch = "x86_64"))]
fn counter() -> u64 {
    now_ns()
}
