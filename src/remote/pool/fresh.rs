//! Which tasks a worker with a key does: those that were sealed a short time ago, each once.
//!
//! Whoever may write to the server can put a task there again that was there before. A task that is refused here is not lost: whoever has
//! submitted it seals it again, which nobody else can.

use std::collections::BTreeSet;
use std::time::{SystemTime, UNIX_EPOCH};

use super::task::Task;

/// How many microseconds may lie between the sealing of a task and its beginning, as the clocks of the two machines tell the time: ten
/// minutes.
pub(super) const AGE: u64 = 600_000_000;

/// The tasks that this process has begun and that are not too old yet.
#[derive(Default)]
pub(super) struct Fresh(BTreeSet<(u64, u128)>);

impl Fresh {
    /// Returns whether a task may be begun now, and notes that it is.
    pub(super) fn admit(&mut self, task: &Task, now: u64) -> bool {
        while let Some((time, _)) = self.0.first()
            && time.saturating_add(AGE) < now
        {
            self.0.pop_first();
        }
        now.abs_diff(task.time) <= AGE && self.0.insert((task.time, task.mark))
    }
}

/// Returns the time of the system's clock, in microseconds since 1970.
pub(super) fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |time| {
        u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(time: u64, mark: u128) -> Task {
        Task {
            id: "s1-0".into(),
            client: "c".into(),
            number: 1,
            program: String::new(),
            time,
            mark,
            bytes: Vec::new(),
        }
    }

    #[test]
    fn a_task_is_begun_once_and_not_too_late() {
        let mut fresh = Fresh::default();
        assert!(fresh.admit(&task(1000, 1), 1000));
        assert!(!fresh.admit(&task(1000, 1), 1001));
        assert!(fresh.admit(&task(1000, 2), 1000 + AGE));
        assert!(!fresh.admit(&task(1000, 3), 1001 + AGE));
        assert!(!fresh.admit(&task(3000 + AGE, 4), 2999));
    }

    #[test]
    fn what_is_too_old_is_not_remembered() {
        let mut fresh = Fresh::default();
        for step in 0..30 {
            let time = step * AGE / 10;
            assert!(fresh.admit(&task(time, 7), time));
        }
        assert_eq!(fresh.0.len(), 11);
    }
}
