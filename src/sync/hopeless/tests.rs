//! The rule, applied to states of small families of which it is known what can still happen.
//!
//! `cases.txt` has them. For each, every continuation of a random program was tried: a waiter that some continuation wakes is marked
//! `wakes`, any other `lost`. The rule knows no programs, so it may have hope for a waiter that is lost; the reverse is a false alarm.
//!
//! ```text
//! case HANDLES_TRAVEL (1: messages carry the handles of all processes)
//! process PARENT DAEMON HANDS LEFT OBJECT…
//! waiter PROCESS ROW ROLE wakes|lost WHAT…
//! count OBJECT REFERENCES
//! ```

use super::facts::{Count, Facts, Holder, Process, Waiter, WaitsFor};
use super::rule::hopeless;
use super::victim::choose;
use crate::shm::Role;

const CASES: &str = include_str!("cases.txt");

/// The number of the first process's handle.
const HANDLES: u64 = 1000;

/// A state, and which of its waiters some continuation wakes.
#[derive(Default)]
struct Case {
    facts: Facts,
    wakes: Vec<bool>,
    handles_travel: bool,
    text: String,
}

fn cases(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        if words[0] == "case" {
            cases.push(Case::default());
        }
        let case = cases.last_mut().expect("a file of cases begins with one");
        case.text.push_str(line);
        case.text.push('\n');
        case.read(&words);
    }
    cases
}

fn number(word: &str) -> u64 {
    word.parse().unwrap()
}

fn index(word: &str) -> Option<usize> {
    word.parse().ok()
}

impl Case {
    fn read(&mut self, words: &[&str]) {
        match words {
            ["case", travel] => self.handles_travel = *travel == "1",
            ["process", parent, daemon, hands, left, holds @ ..] => {
                let handle = HANDLES + self.facts.processes.len() as u64;
                let in_a_message = Count {
                    references: 1,
                    has_lost: false,
                };
                self.facts.counts.insert(handle, in_a_message);
                self.facts.processes.push(Process {
                    parent: index(parent),
                    handle: self.handles_travel.then_some(handle),
                    daemon: *daemon == "1",
                    hands: number(hands),
                    is_unsettled: false,
                    left: number(left),
                    holds: holds.iter().map(|word| number(word)).collect(),
                    inherits: Vec::new(),
                });
            }
            ["waiter", process, row, role, wakes, what @ ..] => {
                self.wakes.push(*wakes == "wakes");
                self.facts.waiters.push(Waiter {
                    process: index(process).unwrap(),
                    row: number(row),
                    role: role_of(role),
                    since_ns: number(row),
                    waits_for: waits_for(what),
                });
            }
            ["count", object, references] => {
                let count = Count {
                    references: number(references),
                    has_lost: false,
                };
                self.facts.counts.insert(number(object), count);
            }
            other => panic!("no line of a case: {other:?}"),
        }
    }
}

fn role_of(word: &str) -> Role {
    match word {
        "main" => Role::MAIN,
        "thread" => Role::THREAD,
        "daemon" => Role::DAEMON,
        "leaving" => Role::MAIN.with(Role::LEAVING),
        "left" => Role::MAIN.with(Role::LEFT),
        other => panic!("no role: {other}"),
    }
}

fn waits_for(words: &[&str]) -> WaitsFor {
    let holder = |process: &str, row: &str, lives: &str| Holder {
        process: index(process),
        row: number(row),
        lives: lives == "1",
    };
    match words {
        ["lock", lock, process, row, lives] => WaitsFor::Lock {
            lock: number(lock),
            holder: holder(process, row, lives),
        },
        ["rlock", lock, process, row, lives] => WaitsFor::ReentrantLock {
            lock: number(lock),
            holder: holder(process, row, lives),
        },
        ["permit", semaphore, has_owners] => WaitsFor::Permit {
            semaphore: number(semaphore),
            has_owners: *has_owners == "1",
        },
        ["object", object] => WaitsFor::Object(number(object)),
        ["barrier", barrier] => WaitsFor::Barrier(number(barrier)),
        ["peer", peer] => WaitsFor::Peer(number(peer)),
        ["process", process] => WaitsFor::Process(index(process).unwrap()),
        ["thread", row] => WaitsFor::Thread(number(row)),
        ["local"] => WaitsFor::Local,
        other => panic!("no wait: {other:?}"),
    }
}

#[test]
fn no_waiter_is_hopeless_that_some_continuation_wakes() {
    for case in cases(CASES) {
        let found = hopeless(&case.facts, None);
        for (index, stuck) in found.is_stuck.iter().enumerate() {
            assert!(
                !(*stuck && case.wakes[index]),
                "waiter {index} of\n{}",
                case.text
            );
        }
    }
}

#[test]
fn where_everybody_waits_everybody_is_hopeless_and_one_of_them_raises() {
    let mut dead_ends = 0;
    for case in cases(CASES) {
        let hands: u64 = case.facts.processes.iter().map(|one| one.hands).sum();
        if hands != case.facts.waiters.len() as u64 || case.wakes.contains(&true) {
            continue;
        }
        dead_ends += 1;
        let found = hopeless(&case.facts, None);
        assert!(found.is_stuck.iter().all(|stuck| *stuck), "{}", case.text);
        let exits = |role: Role| role.is(Role::LEFT) || role.is(Role::LEAVING);
        let chosen = choose(&case.facts, &found, |_| 0);
        let victim = chosen.first().expect("somebody raises");
        assert!(!exits(case.facts.waiters[*victim].role), "{}", case.text);
    }
    assert!(dead_ends > 10, "{dead_ends} dead ends");
}

/// A process with two threads that hold what they wait for, and its child, which the rule looks at.
fn couple(parent_hands: u64, child_waits_for: WaitsFor, holds: [&[u64]; 2]) -> Facts {
    let process = |parent, hands, holds: &[u64]| Process {
        parent,
        hands,
        holds: holds.to_vec(),
        ..Process::default()
    };
    let mut facts = Facts {
        processes: vec![
            process(None, parent_hands, holds[0]),
            process(Some(0), 1, holds[1]),
        ],
        waiters: vec![Waiter {
            process: 1,
            row: 1,
            role: Role::MAIN,
            since_ns: 1,
            waits_for: child_waits_for,
        }],
        ..Facts::default()
    };
    let references = holds.iter().filter(|held| held.contains(&7)).count() as u64;
    let count = Count {
        references,
        has_lost: false,
    };
    facts.counts.insert(7, count);
    facts
}

fn is_stuck(facts: &Facts) -> bool {
    hopeless(facts, None).is_stuck[0]
}

#[test]
fn a_queue_is_hopeless_only_when_nobody_who_runs_may_have_it() {
    let of = |holds| couple(1, WaitsFor::Object(7), holds);
    assert!(!is_stuck(&of([&[7], &[7]])));
    assert!(is_stuck(&of([&[], &[7]])));
    let mut in_a_message = of([&[], &[7]]);
    in_a_message.counts.get_mut(&7).unwrap().references = 2;
    assert!(!is_stuck(&in_a_message));
    let mut just_lost = of([&[], &[7]]);
    just_lost.counts.get_mut(&7).unwrap().has_lost = true;
    assert!(!is_stuck(&just_lost));
}

#[test]
fn a_child_that_its_parent_may_terminate_does_not_raise() {
    let facts = couple(1, WaitsFor::Object(7), [&[], &[7]]);
    let found = hopeless(&facts, None);
    assert!(found.is_stuck[0] && found.killable[1]);
    assert!(choose(&facts, &found, |_| 0).is_empty());
}

#[test]
fn a_parent_that_a_child_may_terminate_does_not_raise() {
    let of = |child: Process| {
        let mut facts = couple(1, WaitsFor::Object(7), [&[], &[]]);
        facts.processes[1] = child;
        facts.waiters[0].process = 0;
        let found = hopeless(&facts, None);
        assert!(found.is_stuck[0]);
        choose(&facts, &found, |_| 0).is_empty()
    };
    let child = Process {
        parent: Some(0),
        hands: 1,
        ..Process::default()
    };
    // It may ask for its parent at any time; not when it has finished its script.
    assert!(of(child.clone()));
    assert!(!of(Process { left: 1, ..child }));
}

#[test]
fn a_child_that_waits_hopelessly_itself_does_not_terminate_its_parent() {
    let mut facts = couple(1, WaitsFor::Object(7), [&[7], &[7]]);
    let waiter = &facts.waiters[0];
    facts.waiters.push(Waiter {
        process: 0,
        row: 2,
        waits_for: WaitsFor::Process(1),
        ..waiter.clone()
    });
    let found = hopeless(&facts, None);
    assert_eq!(found.is_stuck, [true, true]);
    assert_eq!(found.killable, [false, false]);
}

/// The parent has finished its script, and a grandchild runs on. The child waits for what nobody else has.
fn orphan(handles: [&[u64]; 3], references: u64) -> bool {
    let mut facts = couple(1, WaitsFor::Object(7), [handles[0], &[7]]);
    facts.processes[0].left = 1;
    facts.processes[1].handle = Some(9);
    facts.processes[1].holds.extend(handles[1]);
    facts.processes.push(Process {
        parent: Some(3),
        hands: 1,
        holds: handles[2].to_vec(),
        ..Process::default()
    });
    // Its parent, a brother of the one that waits, has finished its script, too.
    facts.processes.push(Process {
        parent: Some(0),
        hands: 1,
        left: 1,
        ..Process::default()
    });
    let count = Count {
        references,
        has_lost: false,
    };
    facts.counts.insert(9, count);
    let found = hopeless(&facts, None);
    assert!(found.is_stuck[0]);
    choose(&facts, &found, |_| 0).is_empty()
}

#[test]
fn a_child_does_not_raise_as_long_as_somebody_who_runs_may_have_its_handle() {
    assert!(orphan([&[9], &[], &[9]], 2));
    // In a message.
    assert!(orphan([&[9], &[], &[]], 2));
    assert!(!orphan([&[9], &[], &[]], 1));
    assert!(!orphan([&[9], &[9], &[]], 2));
}

#[test]
fn a_process_that_is_being_started_or_has_lost_a_thread_counts_as_running() {
    let mut facts = couple(1, WaitsFor::Object(7), [&[], &[7]]);
    facts.processes[1].is_unsettled = true;
    assert!(!is_stuck(&facts));
}
