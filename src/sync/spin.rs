//! Looking for what a thread waits for before it sleeps, as long as its [`Window`] says.

use std::cell::Cell;

use super::window::{SHORT_NS, Window};
use crate::shm::Thread;
use crate::sys::clock::{Deadline, now_ns};
use crate::sys::cpu;

/// Looks between two readings of the clock.
const LOOKS: u32 = 16;

/// Between two readings of the clock passes less time, unless the thread is off its processor.
const OFF_NS: u64 = 50_000;

thread_local! {
    static WINDOW: Cell<Window> = const { Cell::new(Window::NEW) };
}

/// A wait that was not over while the thread looked. The thread learns from it when this is dropped, at the end of the wait.
#[must_use]
#[derive(Debug)]
pub(super) struct Unseen {
    since_ns: u64,
    looked_ns: u64,
}

impl Drop for Unseen {
    fn drop(&mut self) {
        let mut window = WINDOW.get();
        window.slept(now_ns() - self.since_ns, self.looked_ns);
        WINDOW.set(window);
    }
}

/// How a look ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Look {
    Ready,
    /// The time was up.
    Over,
    /// The thread was off its processor.
    Off,
}

/// Looks until `ready`, but not longer than is worth it and not beyond the deadline; `None` when it is ready.
///
/// The caller holds nothing that others wait for.
pub(super) fn spin(
    thread: Thread<'_>,
    deadline: Deadline,
    ready: impl Fn() -> bool,
) -> Option<Unseen> {
    if ready() {
        return None;
    }
    let since_ns = now_ns();
    let mut window = WINDOW.get();
    let within = |ns| deadline.within(since_ns, ns).as_ns();
    let short_ns = window.short_ns(thread.spins);
    let (mut look, mut now) = look_until(within(short_ns), since_ns, &ready);
    if look == Look::Over {
        let long_ns = window.long_ns(now, cpu::has_room);
        (look, now) = look_politely(within(long_ns), now, &ready);
    }
    let looked_ns = now - since_ns;
    match look {
        Look::Ready => window.seen(looked_ns),
        Look::Over => {}
        Look::Off => window.lost_the_processor(),
    }
    WINDOW.set(window);
    (look != Look::Ready).then_some(Unseen {
        since_ns,
        looked_ns,
    })
}

/// As [`look_until`], letting others run now and then: the thread that brings the answer may wait for this processor.
fn look_politely(end: u64, mut now: u64, ready: impl Fn() -> bool) -> (Look, u64) {
    while now < end {
        std::thread::yield_now();
        match look_until(end.min(now + SHORT_NS), now, &ready) {
            (Look::Over, then) => now = then,
            ended => return ended,
        }
    }
    (Look::Over, now)
}

/// Looks until `ready` or until the clock, which was read as `now`, reads `end`; returns the last reading too.
fn look_until(end: u64, mut now: u64, ready: impl Fn() -> bool) -> (Look, u64) {
    while now < end {
        for _ in 0..LOOKS {
            std::hint::spin_loop();
            if ready() {
                return (Look::Ready, now);
            }
        }
        let before = std::mem::replace(&mut now, now_ns());
        if now - before > OFF_NS {
            return (Look::Off, now);
        }
    }
    (Look::Over, now)
}
