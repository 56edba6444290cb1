//! How many messages wait in each queue, from when they were put and taken.

use super::flows::{Messages, Passed, Which};
use super::model::{Counter, Texts};

/// Into how many steps many messages that passed one after the other are divided.
const STEPS: u64 = 32;

/// The most points of a counter; of more, those are left out that are between the others.
const POINTS_MAX: usize = 4000;

/// Returns the counters of the queues that scripts know, sorted by name.
pub(super) fn counters(messages: &Messages, texts: &Texts) -> Vec<Counter> {
    let queues = messages.put.keys();
    let mut queues: Vec<(&str, Which, usize)> = queues
        .filter_map(|queue| {
            let name = *messages.names.get(queue)?;
            Some((texts.get(name), *queue, name))
        })
        .filter(|(name, ..)| !name.starts_with("an internal"))
        .collect();
    queues.sort_unstable();
    let counter = |(_, queue, text): (&str, Which, usize)| {
        let side = |all: Option<&Vec<Passed>>, by: i64| -> Vec<(u64, i64)> {
            let all = all.into_iter().flatten();
            all.flat_map(|passed| changes(passed, by)).collect()
        };
        let mut all = side(messages.put.get(&queue), 1);
        all.extend(side(messages.got.get(&queue), -1));
        // At the same moment, what is put comes first.
        all.sort_unstable_by_key(|(at, by)| (*at, -by));
        let points = points(all);
        Counter { text, points }
    };
    queues.into_iter().map(counter).collect()
}

/// Returns when and by how much the number changed, as if the messages had passed evenly.
fn changes(passed: &Passed, sign: i64) -> Vec<(u64, i64)> {
    let (start, count) = (passed.place.2, passed.count);
    let (length, steps) = (passed.end.saturating_sub(start), count.clamp(1, STEPS));
    let upto = |step: u64| count * step / steps;
    let change = |step: u64| {
        let at = start + (u128::from(length) * u128::from(step) / u128::from(steps)) as u64;
        (at, sign * (upto(step + 1) - upto(step)) as i64)
    };
    (0..steps).map(change).collect()
}

fn points(changes: Vec<(u64, i64)>) -> Vec<(u64, u64)> {
    let mut points: Vec<(u64, u64)> = Vec::new();
    let mut number = 0_i64;
    for (at, by) in changes {
        number += by;
        // Both clocks are read a little beside the queue.
        let shown = number.max(0).unsigned_abs();
        match points.last_mut() {
            Some(last) if last.0 == at => last.1 = shown,
            Some(last) if last.1 == shown => {}
            _ => points.push((at, shown)),
        }
    }
    thinned(points)
}

/// Leaves out points where there are too many: of each group, the highest and the last stay.
fn thinned(points: Vec<(u64, u64)>) -> Vec<(u64, u64)> {
    if points.len() <= POINTS_MAX {
        return points;
    }
    let group = points.len().div_ceil(POINTS_MAX / 2);
    let mut left = Vec::with_capacity(POINTS_MAX);
    for group in points.chunks(group) {
        let highest = group.iter().enumerate().max_by_key(|(_, point)| point.1);
        let last = group.len() - 1;
        left.extend(highest.map(|(_, point)| *point));
        if highest.is_some_and(|(place, _)| place != last) {
            left.push(group[last]);
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_rise_and_fall_and_are_never_below_zero() {
        let changes = vec![(5, 1), (5, 1), (7, -1), (8, -1), (9, -1), (10, 1), (12, 1)];
        let found = points(changes);
        assert_eq!(found, [(5, 2), (7, 1), (8, 0), (12, 1)]);
    }

    #[test]
    fn too_many_points_are_thinned_and_keep_the_highest() {
        let many: Vec<(u64, u64)> = (0..100_000)
            .map(|at| (at, at % 7 + u64::from(at == 5000) * 900))
            .collect();
        let left = thinned(many);
        assert!(left.len() <= POINTS_MAX && left.is_sorted_by_key(|point| point.0));
        assert!(left.iter().any(|point| point.1 > 900));
    }
}
