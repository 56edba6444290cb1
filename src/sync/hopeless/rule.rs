//! The rule: which waits are hopeless, given the facts at one instant.

use super::facts::{Facts, Holder, WaitsFor};
use crate::shm::Role;

/// The waits that are left when everybody who has hope has been struck out.
pub(super) struct Hopeless {
    /// By index of the waiter: whether its wait is hopeless.
    pub(super) is_stuck: Vec<bool>,
    /// By index of the process: whether it can be ended by somebody who runs.
    pub(super) killable: Vec<bool>,
    /// By index of the process: whether it can end.
    pub(super) can_end: Vec<bool>,
    /// By index of the process: whether a thread that the end of the process waits for is not stuck.
    pub(super) is_active: Vec<bool>,
}

/// Applies the rule. The waiter `freed`, if any, counts as one whose script has ended.
pub(super) fn hopeless(facts: &Facts, freed: Option<usize>) -> Hopeless {
    let mut is_stuck = vec![true; facts.waiters.len()];
    if let Some(freed) = freed {
        is_stuck[freed] = false;
    }
    loop {
        let state = State::of(facts, &is_stuck, freed);
        let hopeful: Vec<usize> = (0..is_stuck.len())
            .filter(|waiter| is_stuck[*waiter] && state.has_hope(*waiter))
            .collect();
        if hopeful.is_empty() {
            let (killable, can_end, is_active) = (state.killable, state.can_end, state.is_active);
            return Hopeless {
                is_stuck,
                killable,
                can_end,
                is_active,
            };
        }
        for waiter in hopeful {
            is_stuck[waiter] = false;
        }
    }
}

/// What follows from a set of waiters that are taken for stuck.
struct State<'f> {
    facts: &'f Facts,
    is_stuck: &'f [bool],
    is_active: Vec<bool>,
    is_scripting: Vec<bool>,
    killable: Vec<bool>,
    can_end: Vec<bool>,
}

impl<'f> State<'f> {
    fn of(facts: &'f Facts, is_stuck: &'f [bool], freed: Option<usize>) -> State<'f> {
        let count = facts.processes.len();
        let mut outside: Vec<u64> = facts.processes.iter().map(|one| one.hands).collect();
        let mut left: Vec<u64> = facts.processes.iter().map(|one| one.left).collect();
        for (index, waiter) in facts.waiters.iter().enumerate() {
            let has_left = waiter.role.is(Role::LEFT);
            if is_stuck[index] {
                outside[waiter.process] = outside[waiter.process].saturating_sub(1);
                if has_left {
                    left[waiter.process] = left[waiter.process].saturating_sub(1);
                }
            } else if freed == Some(index) && !has_left {
                left[waiter.process] += 1;
            }
        }
        let unsettled = |process: usize| facts.processes[process].is_unsettled;
        let is_active: Vec<bool> = (0..count).map(|p| unsettled(p) || outside[p] > 0).collect();
        let is_scripting: Vec<bool> = (0..count)
            .map(|p| unsettled(p) || outside[p] > left[p])
            .collect();
        let mut state = State {
            facts,
            is_stuck,
            is_active,
            is_scripting,
            killable: vec![false; count],
            can_end: vec![false; count],
        };
        state.find_ends();
        state
    }

    /// Finds who can be ended, and who can end.
    fn find_ends(&mut self) {
        let has_handle = |handle| self.is_in_reach(handle);
        let processes = self.facts.processes.iter();
        let mut handed: Vec<bool> = processes
            .map(|process| process.handle.is_some_and(has_handle))
            .collect();
        // A child needs nothing to end its parent: it asks for it when it likes.
        for (child, process) in self.facts.processes.iter().enumerate() {
            if let Some(parent) = process.parent {
                handed[parent] |= self.is_scripting[child];
            }
        }
        // As often as there may be generations.
        loop {
            let mut has_changed = false;
            for (index, process) in self.facts.processes.iter().enumerate() {
                let parent = process.parent;
                let killable = handed[index]
                    || parent.is_some_and(|it| self.is_scripting[it] || self.killable[it]);
                let can_end = killable
                    || self.is_active[index]
                    || process.daemon && parent.is_none_or(|it| self.can_end[it]);
                has_changed |= killable != self.killable[index] || can_end != self.can_end[index];
                self.killable[index] = killable;
                self.can_end[index] = can_end;
            }
            if !has_changed {
                return;
            }
        }
    }

    fn somebody_scripts(&self) -> bool {
        self.is_scripting.contains(&true)
    }

    /// Returns whether somebody who still runs script code may have the object or get it.
    fn is_in_reach(&self, object: u64) -> bool {
        if !self.somebody_scripts() {
            return false;
        }
        let count = self.facts.counts.get(&object).copied().unwrap_or_default();
        let holders = self.holders(object);
        let processes = self.facts.processes.iter();
        let idle = processes.filter(|process| process.inherits.contains(&object));
        let found = (holders.len() + idle.count()) as u64;
        // What no process holds travels in a message.
        count.has_lost
            || found != count.references
            || holders.iter().any(|it| self.is_scripting[*it])
    }

    /// Returns the processes that hold the object.
    fn holders(&self, object: u64) -> Vec<usize> {
        let processes = self.facts.processes.iter().enumerate();
        let holds = processes.filter(|(_, process)| process.holds.contains(&object));
        holds.map(|(index, _)| index).collect()
    }

    /// Returns whether a process can end that is not this one.
    fn another_can_end(&self, me: usize) -> bool {
        (0..self.can_end.len()).any(|it| it != me && self.can_end[it])
    }

    /// Returns whether the end of the holder, in a process that is not this one, can free the lock.
    fn can_end_holding(&self, me: usize, holder: Holder) -> bool {
        match holder.process {
            None => true,
            Some(process) => process != me && self.can_end[process],
        }
    }

    /// Returns whether the thread of that row is among the stuck.
    fn is_stuck_thread(&self, process: usize, row: u64) -> bool {
        let waiters = self.facts.waiters.iter().enumerate();
        let mut of_row = waiters.filter(|(_, one)| one.process == process && one.row == row);
        of_row.any(|(index, _)| self.is_stuck[index])
    }

    /// Returns whether somebody could end the wait.
    fn has_hope(&self, index: usize) -> bool {
        let waiter = &self.facts.waiters[index];
        let me = waiter.process;
        match waiter.waits_for {
            WaitsFor::Lock { lock, holder } => {
                self.is_in_reach(lock) || self.can_end_holding(me, holder)
            }
            WaitsFor::ReentrantLock { lock, holder } => {
                let runs = |process| holder.lives && !self.is_stuck_thread(process, holder.row);
                self.is_in_reach(lock) && holder.process.is_none_or(runs)
                    || self.can_end_holding(me, holder)
            }
            WaitsFor::Permit {
                semaphore,
                has_owners,
            } => self.is_in_reach(semaphore) || has_owners && self.another_can_end(me),
            WaitsFor::Object(object) => self.is_in_reach(object),
            WaitsFor::Barrier(barrier) => self.is_in_reach(barrier) || self.another_can_end(me),
            WaitsFor::Peer(peer) => self.is_in_reach(peer) || self.can_close(me, peer),
            WaitsFor::Several => self.somebody_scripts() || self.another_can_end(me),
            WaitsFor::Process(process) => self.can_end[process],
            WaitsFor::Thread(row) => !self.is_stuck_thread(me, row),
            WaitsFor::Local => self.is_scripting[me],
        }
    }

    /// Returns whether everybody who holds the other end of a pipe can end, and the waiter's own process does not hold it.
    fn can_close(&self, me: usize, peer: u64) -> bool {
        let holders = self.holders(peer);
        match holders.is_empty() {
            // It lies in messages.
            true => self.another_can_end(me),
            false => !holders.contains(&me) && holders.iter().all(|it| self.can_end[*it]),
        }
    }
}
