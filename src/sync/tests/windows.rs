//! The rules by which a thread decides how long to look before it sleeps, by themselves: no clock, no kernel.

use std::cell::Cell;

use crate::sync::window::{
    CREDIT_MAX_NS, CROWD_MAX_NS, CROWD_MIN_NS, LONG_NS, ROOM_NS, SHORT_NS, SOON_NS, USELESS_SHARE,
    Window,
};

/// A second, in which everything happens here.
const SECOND_NS: u64 = 1_000_000_000;

/// A thread on a made-up machine.
struct Waiter {
    window: Window,
    now_ns: u64,
    has_room: bool,
    surveys: Cell<u32>,
    /// Time spent looking.
    looked_ns: u64,
}

impl Waiter {
    /// A thread in the middle of its life.
    fn new() -> Waiter {
        Waiter {
            window: Window::NEW,
            now_ns: SECOND_NS,
            has_room: true,
            surveys: Cell::new(0),
            looked_ns: 0,
        }
    }

    fn survey(&self) -> bool {
        self.surveys.set(self.surveys.get() + 1);
        self.has_room
    }

    /// How long it would look now if nothing came.
    fn window_ns(&self) -> u64 {
        let (short_ns, mut window) = (self.window.short_ns(true), self.window);
        short_ns.max(window.long_ns(self.now_ns + short_ns, || self.has_room))
    }

    /// Waits for something that comes after this time, which is known only `wake_ns` later to a sleeper. Returns whether it slept.
    fn wait(&mut self, comes_ns: u64, wake_ns: u64) -> bool {
        let mut window = self.window;
        let mut looks_ns = window.short_ns(true);
        if comes_ns > looks_ns {
            let long_ns = window.long_ns(self.now_ns + looks_ns, || self.survey());
            looks_ns = looks_ns.max(long_ns);
        }
        let slept = comes_ns > looks_ns;
        let (waited_ns, looked_ns) = match slept {
            true => (comes_ns + wake_ns, looks_ns),
            false => (comes_ns, comes_ns),
        };
        match slept {
            true => window.slept(waited_ns, looked_ns),
            false => window.seen(waited_ns),
        }
        self.window = window;
        self.looked_ns += looked_ns;
        self.now_ns += waited_ns;
        slept
    }

    /// Waits in this way for a second, and returns the part of it that was spent looking.
    fn share(&mut self, mut waits: impl FnMut(&mut Waiter)) -> f64 {
        let (start_ns, before_ns) = (self.now_ns, self.looked_ns);
        while self.now_ns - start_ns < SECOND_NS {
            waits(self);
        }
        (self.looked_ns - before_ns) as f64 / (self.now_ns - start_ns) as f64
    }
}

#[test]
fn a_wait_that_was_over_soon_widens_the_window_and_a_long_one_narrows_it() {
    let mut waiter = Waiter::new();
    assert_eq!(waiter.window_ns(), SHORT_NS);
    for _ in 0..3 {
        assert!(waiter.wait(SOON_NS / 2, 40_000));
        assert_eq!(waiter.window_ns(), LONG_NS);
        assert!(!waiter.wait(2_000, 40_000));
        assert_eq!(waiter.window_ns(), LONG_NS);
        assert!(waiter.wait(SOON_NS, 0));
        assert_eq!(waiter.window_ns(), SHORT_NS);
    }
}

#[test]
fn partners_who_answer_at_once_sleep_once() {
    let mut waiter = Waiter::new();
    // A sleeping partner, and then one that is awake.
    assert!(waiter.wait(60_000, 40_000));
    assert!(!waiter.wait(60_000, 40_000));
    assert_eq!(
        (0..10_000).filter(|_| waiter.wait(1_500, 40_000)).count(),
        0
    );
    // One long pause costs one wide window and one sleep more.
    assert!(waiter.wait(10_000_000, 40_000));
    assert!(waiter.wait(60_000, 40_000));
    assert_eq!(
        (0..10_000).filter(|_| waiter.wait(1_500, 40_000)).count(),
        0
    );
}

#[test]
fn who_waits_long_looks_hardly_at_all() {
    for (comes_ns, most) in [(1_000_000, 0.006), (10_000_000, 0.0006)] {
        let share = Waiter::new().share(|waiter| {
            waiter.wait(comes_ns, 40_000);
        });
        assert!(share < most, "{share} of the time for {comes_ns} ns");
    }
}

#[test]
fn whatever_the_answers_are_useless_looking_is_a_small_share() {
    // Beside what short looks cost in any case.
    let most = 1.0 / USELESS_SHARE as f64 + CREDIT_MAX_NS as f64 / SECOND_NS as f64;
    for (name, answers_ns) in [
        ("always just too late", &[LONG_NS + 1][..]),
        ("late enough to sleep", &[LONG_NS - 1]),
        ("now soon, now late", &[1_000, 1_000_000]),
        ("soon, and then very late", &[1_000, 1_000, 1_000, 250_000]),
    ] {
        let useless = Cell::new(0);
        let mut waiter = Waiter::new();
        waiter.share(|waiter| {
            for answer_ns in answers_ns {
                let before_ns = waiter.looked_ns;
                waiter.wait(*answer_ns, 40_000);
                let looked_ns = waiter.looked_ns - before_ns;
                if looked_ns > 25_000 {
                    useless.set(useless.get() + looked_ns);
                }
            }
        });
        let share = useless.get() as f64 / SECOND_NS as f64;
        // A wide window that is seen to be useless includes the short one.
        let most = most * LONG_NS as f64 / (LONG_NS - SHORT_NS) as f64 + 0.001;
        assert!(share > 0.0 && share < most, "{name}: {share}");
    }
}

#[test]
fn nobody_looks_where_others_want_the_processors() {
    let mut waiter = Waiter::new();
    waiter.has_room = false;
    let share = waiter.share(|waiter| {
        waiter.wait(30_000, 10_000);
    });
    assert!(share < 0.001, "{share}");
    // It asked less and less often.
    let doublings = (CROWD_MAX_NS / CROWD_MIN_NS).ilog2();
    let most = doublings + (SECOND_NS / CROWD_MAX_NS) as u32 + 2;
    let surveys = waiter.surveys.get();
    assert!((doublings..=most).contains(&surveys), "{surveys} surveys");
    // When they have gone, it looks again, and then asks as rarely as anybody.
    waiter.has_room = true;
    waiter.surveys.set(0);
    while waiter.wait(30_000, 10_000) {}
    assert!(waiter.now_ns < 3 * SECOND_NS + CROWD_MAX_NS);
    waiter.share(|waiter| {
        waiter.wait(10_000, 10_000);
    });
    let surveys = u64::from(waiter.surveys.get());
    assert!(surveys <= SECOND_NS / ROOM_NS + 2, "{surveys} surveys");
}

#[test]
fn who_loses_the_processor_asks_again_at_once() {
    let mut waiter = Waiter::new();
    waiter.wait(30_000, 10_000);
    waiter.wait(30_000, 10_000);
    assert_eq!(waiter.surveys.get(), 1);
    waiter.has_room = false;
    waiter.wait(30_000, 10_000);
    assert_eq!(waiter.window_ns(), LONG_NS);
    waiter.window.lost_the_processor();
    assert!(waiter.wait(30_000, 10_000));
    assert_eq!(waiter.window_ns(), 0);
}

#[test]
fn with_one_processor_there_is_no_first_look_either() {
    assert_eq!(Window::NEW.short_ns(false), 0);
    assert_eq!(Window::NEW.short_ns(true), SHORT_NS);
}
