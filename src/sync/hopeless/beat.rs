//! The heartbeat of a wait: it notes that the wait is unmet, and asks now and then whether it is hopeless.
//!
//! However many threads wait, the family is judged at most once in a while. The judge notes the thread that should raise, and that
//! thread judges for itself before it does.

use std::cell::{Cell, RefCell};
use std::sync::OnceLock;

use super::facts::{Stuck, Verdict};
use super::read::{Judgement, Since, judge};
use crate::shm::{ProcessId, Role, Session, Thread};
use crate::sys::clock::{HEARTBEAT_NS, now_ns};

/// How many looks back the instant lies from which on waiters must have taken no step.
const LOOKS: usize = 3;

/// The family is judged no more often than that while waits are young, and less often when they are old.
const PAUSE_NS: u64 = HEARTBEAT_NS;
const LONGEST_PAUSE_NS: u64 = 8 * HEARTBEAT_NS;

/// How old a wait in a circle of locks is before it is reported.
const WARNING_NS: u64 = 5_000_000_000;

/// Reports a circle of locks in which nobody raises.
static REPORT: OnceLock<fn(&Session, &[Stuck])> = OnceLock::new();

/// How often the error can be caught while nobody else takes a step.
const CATCHABLE: u32 = 2;

/// A wait that has been found hopeless, in the calling thread.
#[derive(Clone, Debug)]
pub(crate) struct Raised {
    pub(crate) verdict: Verdict,
    /// It was raised again and again while none of the others took a step.
    pub(crate) is_final: bool,
}

/// The looks of the present wait of a thread, the last one first.
#[derive(Clone, Copy, Default)]
struct Looks {
    /// When the wait began.
    wait_ns: u64,
    looks: [Since; LOOKS],
    count: usize,
}

thread_local! {
    static LOOKED: Cell<Looks> = const { Cell::new(Looks {
        wait_ns: 0,
        looks: [Since { time_ns: 0, loss: 0 }; LOOKS],
        count: 0,
    }) };
    /// The beginning of the wait that this thread has reported last.
    static WARNED: Cell<u64> = const { Cell::new(0) };
    static RAISED: RefCell<Option<Raised>> = const { RefCell::new(None) };
    /// The others that were stuck when this thread last raised, by row and the beginning of their waits, and how often in a row.
    static BEFORE: RefCell<(Vec<(u64, u64)>, u32)> = const { RefCell::new((Vec::new(), 0)) };
}

/// Takes the verdict because of which a wait of the calling thread was interrupted.
pub(crate) fn take_raised() -> Option<Raised> {
    RAISED.take()
}

/// The calling thread begins a piece of work that somebody has given it: errors of those before do not count for it.
pub(crate) fn begin_task() {
    BEFORE.with_borrow_mut(|(_, count)| *count = 0);
}

/// As [`beat`], for a wait outside the session that the thread has noted in it.
pub(crate) fn beat_outside(session: &Session) -> bool {
    beat_since(session, now_ns())
}

/// As [`beat_outside`], where the wait was found unmet not before `looked_ns`.
pub(crate) fn beat_since(session: &Session, looked_ns: u64) -> bool {
    session
        .thread()
        .is_ok_and(|thread| beat(session, thread, looked_ns))
}

/// Called in a wait that has been noted, when it was found unmet not before `looked_ns`. Returns whether the wait is hopeless and
/// the calling thread has to raise: [`take_raised`] says why.
pub(in crate::sync) fn beat(session: &Session, thread: Thread<'_>, looked_ns: u64) -> bool {
    let wait_ns = thread.waits_since();
    let mut looks = LOOKED.get();
    if looks.wait_ns != wait_ns {
        looks = Looks {
            wait_ns,
            ..Looks::default()
        };
        LOOKED.set(looks);
        // Of a wait whose end nobody asked about.
        RAISED.take();
    }
    let is_early = |last: u64| looked_ns < last + HEARTBEAT_NS * 4 / 5;
    let last = match looks.count {
        0 => wait_ns,
        _ => looks.looks[0].time_ns,
    };
    if is_early(last) || !Role::current().runs_script() || !session.may_be_hopeless() {
        return false;
    }
    thread.note_look(looked_ns);
    let since = looks.looks[LOOKS - 1];
    let loss = session.segment().losses();
    looks.looks.rotate_right(1);
    looks.looks[0] = Since {
        time_ns: looked_ns,
        loss,
    };
    looks.count += 1;
    LOOKED.set(looks);
    looks.count > LOOKS && asks(session, thread, since, looked_ns - wait_ns)
}

/// Judges the family, if it is time to. Returns whether the calling thread has to raise.
fn asks(session: &Session, thread: Thread<'_>, since: Since, age_ns: u64) -> bool {
    let is_suspect = session.is_suspect(thread);
    let pause = (age_ns / 16).clamp(PAUSE_NS, LONGEST_PAUSE_NS);
    if !is_suspect && !session.may_judge(now_ns(), pause) {
        return false;
    }
    // Where only others than those who look for deaths wait, nobody else does.
    session.sweep_the_dead(thread);
    let (row, judgement) = match judge(session, thread, since) {
        Judgement::Nothing => (None, Judgement::Nothing),
        Judgement::Circle(_) if age_ns < WARNING_NS => (None, Judgement::Nothing),
        Judgement::Raise(verdict, raised) => (
            Some(verdict.stuck[0].row),
            Judgement::Raise(verdict, raised),
        ),
        Judgement::Circle(verdict) => (Some(verdict.stuck[0].row), Judgement::Circle(verdict)),
    };
    if row != Some(thread.row()) {
        if is_suspect || row.is_some() {
            session.set_suspect(row);
        }
        return false;
    }
    match judgement {
        Judgement::Raise(verdict, raised) => session.may_raise(raised) && raise(session, verdict),
        Judgement::Circle(verdict) => {
            warn(session, thread, &verdict);
            false
        }
        Judgement::Nothing => false,
    }
}

fn raise(session: &Session, verdict: Verdict) -> bool {
    session.set_suspect(None);
    note_exits(session, &verdict);
    let is_final = is_final(&verdict);
    RAISED.set(Some(Raised { verdict, is_final }));
    true
}

/// Reports a circle of locks in which nobody raises, once.
fn warn(session: &Session, thread: Thread<'_>, verdict: &Verdict) {
    session.set_suspect(None);
    let wait_ns = thread.waits_since();
    if WARNED.replace(wait_ns) != wait_ns
        && let Some(report) = REPORT.get()
    {
        report(session, &verdict.stuck);
    }
}

/// Sets how circles of locks are reported in which nobody raises, once.
pub(crate) fn report_circles_by(report: fn(&Session, &[Stuck])) {
    let _ = REPORT.set(report);
}

/// Notes it when the first process of the family waits at its exit, and that was hopeless.
fn note_exits(session: &Session, verdict: &Verdict) {
    let first = ProcessId {
        row: 0,
        generation: 1,
    };
    let at_exit = |role: Role| role.is(Role::LEFT) || role.is(Role::LEAVING);
    let mut stuck = verdict.stuck.iter();
    if stuck.any(|it| it.process == first && at_exit(it.role)) {
        session.note_stuck_at_exit();
    }
}

/// Counts how often this thread has raised while the others took no step.
fn is_final(verdict: &Verdict) -> bool {
    let others = verdict.stuck[1..].iter();
    let others: Vec<(u64, u64)> = others.map(|it| (it.row, it.since_ns)).collect();
    BEFORE.with_borrow_mut(|(before, count)| {
        if *before != others {
            *before = others;
            *count = 0;
        }
        *count += 1;
        *count > CATCHABLE
    })
}
