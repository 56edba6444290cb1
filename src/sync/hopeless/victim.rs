//! Whom to raise in: one of the threads whose waits are hopeless, found from the facts alone.

use std::cmp::Reverse;

use super::facts::{Facts, Waiter, WaitsFor};
use super::rule::{Hopeless, hopeless};
use crate::shm::Role;

/// Returns the waiter in which the error is raised, and those that are stuck with it, itself the first. `rank` orders kinds of waits.
pub(super) fn choose(facts: &Facts, found: &Hopeless, rank: impl Fn(usize) -> u8) -> Vec<usize> {
    let stuck: Vec<usize> = (0..facts.waiters.len())
        .filter(|index| found.is_stuck[*index])
        .collect();
    let may_raise = |index: &&usize| {
        let role = facts.waiters[**index].role;
        let never = [Role::IDLE, Role::LEAVING, Role::LEFT];
        !never.into_iter().any(|it| role.is(it)) && !ends_in_order(facts, found, **index)
    };
    let candidates: Vec<usize> = stuck.iter().filter(may_raise).copied().collect();
    let left_by = |index: usize| match candidates.len() {
        1 => 0,
        _ => count(&hopeless(facts, Some(index))),
    };
    let waits_for = edges(facts, &stuck);
    let best = candidates.iter().copied().min_by_key(|index| {
        let waiter = &facts.waiters[*index];
        let is_daemon = facts.processes[waiter.process].daemon || waiter.role.is(Role::DAEMON);
        let is_aside = !is_in_sink(*index, &waits_for);
        let order = (rank(*index), is_daemon, Reverse(waiter.since_ns));
        (left_by(*index), is_aside, order)
    });
    let Some(best) = best else { return Vec::new() };
    let reached = reached_from(best, &waits_for);
    // Whoever waits at its exit for the one that raises belongs to the report too: it is why nobody else comes.
    let waits_at_exit = |index: &usize| {
        let role = facts.waiters[*index].role;
        let leaves = role.is(Role::LEAVING) || role.is(Role::LEFT);
        leaves && reached_from(*index, &waits_for).contains(&best)
    };
    let others = stuck.into_iter().filter(|it| *it != best);
    std::iter::once(best)
        .chain(others.filter(|it| reached.contains(it) || waits_at_exit(it)))
        .collect()
}

fn count(found: &Hopeless) -> usize {
    found.is_stuck.iter().filter(|stuck| **stuck).count()
}

/// Returns whether the process of the waiter, or its thread, can still be ended as its script means it to be.
fn ends_in_order(facts: &Facts, found: &Hopeless, index: usize) -> bool {
    let waiter = &facts.waiters[index];
    if waiter.role.is(Role::SERVES) {
        return false;
    }
    let process = &facts.processes[waiter.process];
    let by_parent = process.daemon && process.parent.is_none_or(|it| found.can_end[it]);
    let idles = waiter.role.is(Role::DAEMON) && found.is_active[waiter.process];
    found.killable[waiter.process] || by_parent || idles
}

/// Returns, for each waiter, the stuck waiters who could have ended its wait.
fn edges(facts: &Facts, stuck: &[usize]) -> Vec<Vec<usize>> {
    let waiter = |index: &usize| &facts.waiters[*index];
    let holds = |index: &usize, object: u64| {
        let process = waiter(index).process;
        facts.processes[process].holds.contains(&object)
    };
    let of = |index: usize| -> Vec<usize> {
        let me = waiter(&index).process;
        let those =
            |may: &dyn Fn(&usize) -> bool| stuck.iter().filter(|it| may(it)).copied().collect();
        match waiter(&index).waits_for {
            WaitsFor::Process(process) => those(&|it| waiter(it).process == process),
            WaitsFor::Thread(row) => those(&|it| waiter(it).process == me && waiter(it).row == row),
            WaitsFor::Local => those(&|it| *it != index && waiter(it).process == me),
            WaitsFor::Lock { holder, .. } | WaitsFor::ReentrantLock { holder, .. } => {
                let thread = |it: &usize| {
                    Some(waiter(it).process) == holder.process && waiter(it).row == holder.row
                };
                let found: Vec<usize> = those(&thread);
                match found.is_empty() {
                    true => those(&|it| Some(waiter(it).process) == holder.process),
                    false => found,
                }
            }
            other => match other.object() {
                Some(object) => those(&|it| *it != index && holds(it, object)),
                None => Vec::new(),
            },
        }
    };
    (0..facts.waiters.len())
        .map(|index| match stuck.contains(&index) {
            true => of(index),
            false => Vec::new(),
        })
        .collect()
}

fn reached_from(start: usize, edges: &[Vec<usize>]) -> Vec<usize> {
    let (mut reached, mut todo) = (Vec::new(), vec![start]);
    while let Some(next) = todo.pop() {
        for other in &edges[next] {
            if !reached.contains(other) {
                reached.push(*other);
                todo.push(*other);
            }
        }
    }
    reached
}

/// Returns whether all whom the waiter waits for wait for it as well: it does not merely wait for somebody who is stuck.
fn is_in_sink(index: usize, edges: &[Vec<usize>]) -> bool {
    reached_from(index, edges)
        .into_iter()
        .all(|other| reached_from(other, edges).contains(&index))
}

/// Returns the waiters of a circle of locks, beginning with the one of the lowest row: each waits for a lock that the next one holds.
/// Somebody else may still release one of them. Empty when there is none.
pub(super) fn circle_of_locks(facts: &Facts) -> Vec<usize> {
    let next = |index: usize| {
        let (WaitsFor::Lock { holder, .. } | WaitsFor::ReentrantLock { holder, .. }) =
            facts.waiters[index].waits_for
        else {
            return None;
        };
        let is_holder =
            |other: &Waiter| Some(other.process) == holder.process && other.row == holder.row;
        facts.waiters.iter().position(is_holder)
    };
    let circle_from = |start: usize| {
        let mut circle = vec![start];
        while let Some(another) = next(circle[circle.len() - 1]) {
            if another == start {
                return Some(circle);
            }
            if circle.contains(&another) {
                return None;
            }
            circle.push(another);
        }
        None
    };
    let circles = (0..facts.waiters.len()).filter_map(circle_from);
    circles
        .min_by_key(|circle| facts.waiters[circle[0]].row)
        .unwrap_or_default()
}
