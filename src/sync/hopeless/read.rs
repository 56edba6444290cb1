//! Reading the facts about a family out of its session, as they are at one instant.

use std::collections::HashMap;

use super::facts::{Count, Facts, Holder, Process, Stuck, Verdict, Waiter, WaitsFor};
use super::rule::hopeless;
use super::victim::{choose, circle_of_locks};
use crate::shm::{Member, Offset, ProcessId, Role, Segment, Session, Thread, ThreadInfo, Wait};
use crate::sync::mutex_object::{Owner, is_hidden_at, owner_at};
use crate::sync::process_handle::handle_of;
use crate::sync::ready::IN_SESSION;
use crate::sync::wait::wait_kind;
use crate::sync::{kind, pipe, semaphore};

/// How often the facts are read again when something was lost meanwhile.
const TRIES: usize = 4;

/// Clocks of different processors agree to within this.
const MARGIN_NS: u64 = 1_000_000;

/// The instant from which on waiters have taken no step.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Since {
    /// In nanoseconds of the monotonic clock.
    pub(super) time_ns: u64,
    /// The number of the last loss then.
    pub(super) loss: u64,
}

/// What was found about the waits of a family.
pub(super) enum Judgement {
    /// Nothing that anybody has to do something about.
    Nothing,
    /// An error is to be raised in the first of these threads. The number is that of the errors raised before the facts were read.
    Raise(Verdict, u64),
    /// These threads wait for each other's locks, and somebody who runs can still end that.
    Circle(Verdict),
}

/// Judges the waits of a family.
pub(super) fn judge(session: &Session, thread: Thread<'_>, since: Since) -> Judgement {
    let judged = (0..TRIES).find_map(|_| {
        let raised = session.raised();
        let loss = session.segment().losses();
        let (facts, threads) = Reader { session, since }.facts(thread)?;
        if session.segment().losses() != loss {
            return None;
        }
        // Who has ended may have ended others, which have not obeyed yet.
        if session.segment().has_ended_since(since.loss) || facts.waiters.is_empty() {
            return Some(Judgement::Nothing);
        }
        Some(judgement(&facts, &threads, raised))
    });
    judged.unwrap_or(Judgement::Nothing)
}

fn judgement(facts: &Facts, threads: &[Stuck], raised: u64) -> Judgement {
    let found = hopeless(facts, None);
    if facts.somebody_has_just_left && found.is_stuck.contains(&true) {
        // Soon it is clear whether that wait is hopeless too, which the report and the exit code say.
        return Judgement::Nothing;
    }
    let verdict = |indices: Vec<usize>| Verdict {
        stuck: indices.into_iter().map(|it| threads[it].clone()).collect(),
    };
    let chosen = choose(facts, &found, |index| rank(threads[index].kind));
    if !chosen.is_empty() {
        return Judgement::Raise(verdict(chosen), raised);
    }
    match circle_of_locks(facts) {
        circle if circle.is_empty() => Judgement::Nothing,
        circle => Judgement::Circle(verdict(circle)),
    }
}

/// Returns the place of a kind of wait in the order in which one of them is chosen.
fn rank(kind: u16) -> u8 {
    match kind {
        wait_kind::ACQUIRE | wait_kind::PERMIT => 0,
        wait_kind::JOIN => 1,
        wait_kind::BARRIER | wait_kind::NOTIFICATION | wait_kind::EVENT => 2,
        wait_kind::THREAD | wait_kind::PROCESS => 4,
        _ => 3,
    }
}

struct Reader<'s> {
    session: &'s Session,
    since: Since,
}

impl Reader<'_> {
    fn segment(&self) -> &Segment {
        self.session.segment()
    }

    /// Reads the facts, and for each waiter what a report says of it. `None` when they do not fit together.
    fn facts(&self, thread: Thread<'_>) -> Option<(Facts, Vec<Stuck>)> {
        let threads = self.segment().threads();
        let members = self.session.members(thread)?;
        let index_of: HashMap<ProcessId, usize> = members
            .iter()
            .enumerate()
            .map(|(index, member)| (member.id, index))
            .collect();
        let mut facts = Facts {
            processes: members
                .iter()
                .map(|it| self.process(it, &index_of))
                .collect(),
            ..Facts::default()
        };
        let handles = facts.processes.iter().filter_map(|process| process.handle);
        facts.counts = handles.map(|handle| (handle, self.count(handle))).collect();
        let mut reported = Vec::new();
        for info in &threads {
            let (Some(process), Some(wait)) = (index_of.get(&info.process), info.wait) else {
                continue;
            };
            // One that does not look may still be called away by a signal.
            if info.role.is(Role::LEFT) && info.looked_ns != 0 {
                facts.processes[*process].left += 1;
            }
            let leaves = info.role.is(Role::LEFT) || info.role.is(Role::LEAVING);
            let may_be_stuck = self.is_young(&wait) || info.looked_ns != 0;
            let is_unsure = may_be_stuck && !self.is_unmet(info, &wait);
            facts.somebody_has_just_left |= leaves && wait.deadline.is_never() && is_unsure;
            let waits_for = self
                .is_unmet(info, &wait)
                .then(|| self.waits_for(info, &wait, &threads, &index_of));
            let Some(waits_for) = waits_for.flatten() else {
                continue;
            };
            facts.waiters.push(Waiter {
                process: *process,
                row: info.row,
                role: info.role,
                since_ns: wait.since_ns,
                waits_for,
            });
            reported.push(self.stuck(info, &wait, waits_for, &members));
            if let Some(object) = waits_for.object() {
                facts.counts.insert(object, self.count(object));
            }
        }
        let fits = |(index, process): (usize, &Process)| {
            let waiters = facts.waiters.iter().filter(|it| it.process == index);
            waiters.count() as u64 <= process.hands
        };
        let fit = facts.processes.iter().enumerate().all(fits);
        fit.then_some((facts, reported))
    }

    fn process(&self, member: &Member, index_of: &HashMap<ProcessId, usize>) -> Process {
        Process {
            parent: index_of.get(&member.parent).copied(),
            daemon: member.daemon,
            hands: member.hands,
            is_unsettled: member.is_starting || member.hands_lost > self.since.loss,
            left: 0,
            handle: handle_of(self.segment(), member.id).map(|handle| handle.0),
            holds: member.holds.iter().map(|object| object.0).collect(),
            inherits: member.inherits.iter().map(|object| object.0).collect(),
        }
    }

    /// Returns whether the wait began after the instant that is judged.
    fn is_young(&self, wait: &Wait) -> bool {
        wait.since_ns + MARGIN_NS > self.since.time_ns
    }

    /// Returns whether the thread has been in this wait all the while, without an end in sight.
    fn is_unmet(&self, info: &ThreadInfo, wait: &Wait) -> bool {
        info.role.runs_script()
            && wait.deadline.is_never()
            && !self.is_young(wait)
            && info.looked_ns >= self.since.time_ns
    }

    /// Returns what the thread waits for; `None` where that is not known or has come.
    fn waits_for(
        &self,
        info: &ThreadInfo,
        wait: &Wait,
        threads: &[ThreadInfo],
        index_of: &HashMap<ProcessId, usize>,
    ) -> Option<WaitsFor> {
        let (segment, object) = (self.segment(), wait.object);
        Some(match (wait.kind, segment.kind_at(object)) {
            // One that no script has created is never held for long.
            (wait_kind::ACQUIRE, Some(kind::MUTEX)) if is_hidden_at(segment, object) => {
                return None;
            }
            (wait_kind::ACQUIRE, Some(kind::MUTEX)) => WaitsFor::Lock {
                lock: object.0,
                holder: self.holder(object, index_of)?,
            },
            (wait_kind::ACQUIRE, Some(kind::REENTRANT_MUTEX)) => WaitsFor::ReentrantLock {
                lock: object.0,
                holder: self.holder(object, index_of)?,
            },
            (wait_kind::PERMIT, Some(kind::SEMAPHORE)) => WaitsFor::Permit {
                semaphore: object.0,
                has_owners: semaphore::has_owners_at(segment, object),
            },
            // The end of a worker is noticed by who waits, and replaced.
            (wait_kind::BARRIER, Some(kind::BARRIER)) | (wait_kind::RESULT, Some(kind::QUEUE)) => {
                WaitsFor::Barrier(object.0)
            }
            (wait_kind::EVENT, Some(kind::EVENT))
            | (wait_kind::NOTIFICATION, Some(kind::CONDITION))
            | (wait_kind::GET | wait_kind::PUT | wait_kind::JOIN, Some(kind::QUEUE)) => {
                WaitsFor::Object(object.0)
            }
            (wait_kind::RECEIVE | wait_kind::SEND, Some(kind::PIPE_END)) => {
                let peer = pipe::peer_of(segment, object);
                let lives = segment.kind_at(peer) == Some(kind::PIPE_END);
                lives.then_some(WaitsFor::Peer(peer.0))?
            }
            (wait_kind::PROCESS, _) => {
                WaitsFor::Process(*index_of.get(&ProcessId::unpack(object.0))?)
            }
            (wait_kind::THREAD, _) => {
                let is_it = |other: &&ThreadInfo| {
                    other.process == info.process && u64::from(other.tid) == object.0
                };
                WaitsFor::Thread(threads.iter().find(is_it)?.row)
            }
            (wait_kind::READY, _) if object == IN_SESSION => WaitsFor::Several,
            (wait_kind::CHANNEL, _) => WaitsFor::Local,
            _ => return None,
        })
    }

    /// Returns the holder of a lock; `None` when it is free.
    fn holder(&self, lock: Offset, index_of: &HashMap<ProcessId, usize>) -> Option<Holder> {
        let Owner {
            process,
            thread: row,
            ..
        } = owner_at(self.segment(), lock)?;
        Some(Holder {
            process: index_of.get(&process).copied(),
            row,
            lives: self.session.thread_is_of(row, process),
        })
    }

    fn count(&self, object: u64) -> Count {
        Count {
            references: self.segment().reference_count(Offset(object)),
            has_lost: self
                .segment()
                .has_lost_since(Offset(object), self.since.loss),
        }
    }

    fn stuck(
        &self,
        info: &ThreadInfo,
        wait: &Wait,
        waits_for: WaitsFor,
        members: &[Member],
    ) -> Stuck {
        let holder = match waits_for {
            WaitsFor::Lock { holder, .. } | WaitsFor::ReentrantLock { holder, .. } => {
                holder.process.map(|it| (members[it].id, holder.row))
            }
            _ => None,
        };
        Stuck {
            process: info.process,
            row: info.row,
            role: info.role,
            kind: wait.kind,
            object: wait.object,
            since_ns: wait.since_ns,
            site: info.wait_site,
            holder,
        }
    }
}
