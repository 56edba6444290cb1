//! Hopeless waits: waits that nothing that can still run could ever end.
//!
//! # The rule
//!
//! A *waiter* is a thread of a script in a wait without a time-out whose wait is unmet. Every other thread is *outside* the set of
//! waiters, whatever it does: it runs, sleeps, waits with a time-out, or waits for a socket or for input. From all waiters, those are
//! struck out whom somebody outside could wake, or the end of a process that can end, until nothing changes ([`rule`]). Those that
//! are left are hopeless.
//!
//! - A process is *active* if one of its threads is outside, and *scripting* if one of those may still run script code.
//! - *Reach* is what scripting processes refer to. A reference that is found in no process counts as in reach: it travels in a message.
//! - A process *can end* if it is active, if a scripting process may terminate it, or if it is a daemon whose parent can end. Its parent
//!   and its children may terminate it, and whoever has an object that stands for it (`sync/process_handle.rs`), which is in reach like
//!   any other.
//!
//! # Why there are no false alarms
//!
//! The set of the waiters that are left is judged for one instant. In it, every thread of the set waits unmet; nothing of what the
//! set waits for is in the hands of a scripting process; no process that could wake a thread by its end can end. Threads of the set
//! take no step. A thread outside can copy references only among those that its process holds, take them from containers in reach, or
//! give them to those that it starts: all of that stays in reach. To end a process it must be in it, be allowed to terminate it, or
//! end the parent of a daemon: such a process could end. To meet a wait it must use its object, which is not in reach, or end a process
//! whose end meets the wait, and none such can end. So no step of a thread outside wakes a thread of the set, and every state that
//! follows is like the first: a hopeless wait stays hopeless. Not counted are signals from outside the family, and hosts that stop
//! their scripts: they may always come.
//!
//! # How one instant is seen
//!
//! Nobody reads what others wait for. Each waiter looks itself, at every heartbeat, whether its wait is met, and writes down when it
//! found that it was not ([`mod@beat`]). A thread that is stopped, traced, or fed and not run yet writes nothing, and so is outside.
//! Whoever judges chooses an instant W in the past, some heartbeats ago, and admits only waiters that have waited since before W and
//! have looked after W ([`read`]). From W on these have taken no step. What a thread outside may have done between W and now shows
//! in what it still holds, or in what was lost: an object that lost a reference after W counts as in reach, a process that lost a
//! thread after W as scripting. Losses are numbered: if one happens while the facts are read, nothing is concluded.
//!
//! Whoever waits for a result of a pool looks every few milliseconds at its outcomes and its workers, and acts on what has come. Such looks are one wait
//! as long as nothing has come, and a look counts from before all that was looked at. A time limit of a task is hope: the waiting thread itself
//! ends the worker.
//!
//! # Who raises
//!
//! One thread at a time, itself, chosen from the facts alone ([`victim`]); never one whose process can still be ended in order: an
//! idle daemon, or a child that a parent that runs may terminate.

mod beat;
mod facts;
mod read;
mod rule;
#[cfg(test)]
mod tests;
mod victim;

pub(super) use beat::beat;
pub(crate) use beat::{
    Raised, beat_outside, beat_since, begin_task, report_circles_by, take_raised,
};
pub(crate) use facts::Stuck;
