//! Processes that put, get, lock, wait, notify, meet and take permits are killed at random and replaced, thousands of times.
//!
//! Every message has a producer, a number and a checksum. What may be missing at the end is what killed consumers had taken, at most
//! one message each; nothing may be doubled, out of order, mixed up or leaked, and nobody may hang.
//! Every permit that a killed process held is there again.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::{audit, message, session, soon};
use crate::shm::{Birth, ProcessId, Session, points};
use crate::sync::{
    Acquired, Barrier, BarrierError, Cause, Condition, ConditionLock, Deadline, ExitKind, Message,
    Mutex, PutError, Queue, ReentrantMutex, Semaphore,
};
use crate::sys::clock::now_ns;
use crate::sys::testing::{Ended, fork_child, kill_and_reap, shared_words, sleep_us, try_reap};

/// Messages a producer puts before it retires.
const PER_PRODUCER: usize = 4096;
/// Nobody getting anything done for that long is a hang.
const HANG_NS: u64 = 10_000_000_000;
const HEADER: usize = 16;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Producer,
    Consumer,
    Locker,
    Waiter,
    Visitor,
    Meeter,
}

/// What the children write down, in memory of the test's own.
struct Ledger {
    producers: usize,
    /// Per producer: messages put.
    acknowledged: &'static [AtomicU64],
    /// Per message: times received.
    received: &'static [AtomicU64],
    tally: &'static [AtomicU64],
}

const MIXED_UP: usize = 0;
const OUT_OF_ORDER: usize = 1;
const RECORDED: usize = 2;
const FIRST_HALF: usize = 3;
const SECOND_HALF: usize = 4;
const BROKEN: usize = 5;
const TAKEN_OVER: usize = 6;
const NOTIFIED: usize = 7;
const VISITS: usize = 8;
/// The words a visitor changes under the reentrant lock.
const VISITED_FIRST: usize = 9;
const VISITED_SECOND: usize = 10;
const MET: usize = 11;

/// What the semaphore begins with.
const PERMITS: u64 = 2;

impl Ledger {
    fn new(producers: usize) -> Ledger {
        Ledger {
            producers,
            acknowledged: shared_words(producers),
            received: shared_words(producers * PER_PRODUCER),
            tally: shared_words(16),
        }
    }

    fn count(&self, what: usize) {
        self.tally[what].fetch_add(1, Ordering::SeqCst);
    }

    fn tally(&self, what: usize) -> u64 {
        self.tally[what].load(Ordering::SeqCst)
    }

    /// Record a received message; which producer's, and which of them.
    fn receive(&self, bytes: &[u8]) -> (usize, usize) {
        let word = |at: usize| {
            bytes
                .get(at..at + 8)
                .map_or(0, |word| u64::from_le_bytes(word.try_into().unwrap()))
        };
        let (producer, number) = (word(0) as usize, word(8) as usize);
        let id = (producer * PER_PRODUCER + number) as u64;
        if bytes.len() < HEADER || bytes[HEADER..] != message(id, bytes.len() - HEADER) {
            self.count(MIXED_UP);
            return (0, 0);
        }
        self.received[producer * PER_PRODUCER + number].fetch_add(1, Ordering::SeqCst);
        self.count(RECORDED);
        (producer, number)
    }
}

struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }

    /// Mostly small, some large, a few huge.
    fn size(&mut self) -> usize {
        let kind = self.below(1000);
        (match kind {
            0..800 => self.below(240),
            800..960 => 256 + self.below(7900),
            960..997 => 8192 + self.below(100_000),
            _ => 1 << 20,
        }) as usize
    }
}

fn produce(ledger: &Ledger, queue: &Queue, lock: &Mutex, producer: usize) {
    let mut random = Random(producer as u64 * 77_777 + 12_345);
    for number in 0..PER_PRODUCER {
        let id = (producer * PER_PRODUCER + number) as u64;
        let mut bytes = Vec::new();
        bytes.extend_from_slice(&(producer as u64).to_le_bytes());
        bytes.extend_from_slice(&(number as u64).to_le_bytes());
        bytes.extend_from_slice(&message(id, random.size()));
        let offset = [lock.handle().offset()];
        let handles = if random.below(10) == 0 {
            &offset[..]
        } else {
            &[]
        };
        loop {
            match queue.put(&bytes, handles, Deadline::NEVER) {
                Ok(()) => break,
                Err(PutError::OutOfMemory { .. }) => sleep_us(500),
                Err(error) => panic!("{error:?}"),
            }
        }
        ledger.acknowledged[producer].store(number as u64 + 1, Ordering::SeqCst);
    }
}

fn consume(ledger: &Ledger, queue: &Queue) {
    let mut newest = HashMap::new();
    loop {
        let (producer, number) = queue
            .get_with(Deadline::NEVER, |Message { bytes, .. }| {
                ledger.receive(bytes)
            })
            .unwrap();
        if newest
            .insert(producer, number)
            .is_some_and(|before| before >= number)
        {
            ledger.count(OUT_OF_ORDER);
        }
    }
}

/// Two words that are equal whenever nobody holds their lock, unless its owner died.
type Halves = (usize, usize);

const HALVES: Halves = (FIRST_HALF, SECOND_HALF);
const VISITED: Halves = (VISITED_FIRST, VISITED_SECOND);

/// The lock has been acquired: check what it protects, or repair it for a dead owner.
fn check_or_repair(ledger: &Ledger, acquired: Acquired, (first, second): Halves) {
    let (first, second) = (&ledger.tally[first], &ledger.tally[second]);
    match acquired {
        Acquired::Free => {
            if first.load(Ordering::Relaxed) != second.load(Ordering::Relaxed) {
                ledger.count(BROKEN);
            }
        }
        Acquired::Abandoned { .. } => {
            second.store(first.load(Ordering::Relaxed), Ordering::Relaxed);
            ledger.count(TAKEN_OVER);
        }
    }
}

fn change(ledger: &Ledger, (first, second): Halves) {
    let value = ledger.tally[first].load(Ordering::Relaxed) + 1;
    ledger.tally[first].store(value, Ordering::Relaxed);
    for _ in 0..50 {
        std::hint::spin_loop();
    }
    ledger.tally[second].store(value, Ordering::Relaxed);
}

/// Takes a permit and, within, a reentrant lock twice.
fn visit(ledger: &Ledger, semaphore: &Semaphore, lock: &ReentrantMutex) {
    loop {
        semaphore.acquire(Deadline::NEVER).unwrap();
        check_or_repair(ledger, lock.acquire(Deadline::NEVER).unwrap(), VISITED);
        lock.acquire(Deadline::NOW).unwrap();
        change(ledger, VISITED);
        lock.release().unwrap();
        lock.release().unwrap();
        semaphore.release(1).unwrap();
        ledger.count(VISITS);
    }
}

fn lock_notify_and_unlock(ledger: &Ledger, lock: &Mutex, condition: &Condition) {
    let any_lock = ConditionLock::Plain(lock.clone());
    loop {
        check_or_repair(ledger, lock.acquire(Deadline::NEVER).unwrap(), HALVES);
        change(ledger, HALVES);
        condition.notify(&any_lock, 1).unwrap();
        lock.release().unwrap();
    }
}

/// Whoever notifies does so all the time: nobody waits long.
fn wait_again_and_again(ledger: &Ledger, lock: &Mutex, condition: &Condition) {
    let any_lock = ConditionLock::Plain(lock.clone());
    check_or_repair(ledger, lock.acquire(Deadline::NEVER).unwrap(), HALVES);
    loop {
        let waited = condition.wait(&any_lock, soon()).unwrap();
        check_or_repair(ledger, waited.acquired, HALVES);
        assert!(waited.notified);
        ledger.count(NOTIFIED);
    }
}

/// Two meet again and again; when one has died, the other begins anew.
fn meet_again_and_again(ledger: &Ledger, barrier: &Barrier) {
    loop {
        match barrier.arrive(Some(Duration::from_secs(20)), false, &|| ()) {
            Ok(_) => ledger.count(MET),
            Err(BarrierError::Broken(broken)) => {
                assert!(broken.cause != Cause::TimedOut);
                barrier.reset().unwrap();
            }
            Err(error) => panic!("{error:?}"),
        }
    }
}

struct Child {
    role: Role,
    pid: u32,
    id: ProcessId,
}

struct Storm<'a> {
    session: &'a Session,
    queue: &'a Queue,
    lock: &'a Mutex,
    condition: &'a Condition,
    semaphore: &'a Semaphore,
    reentrant: &'a ReentrantMutex,
    barrier: &'a Barrier,
    ledger: &'a Ledger,
    next_producer: usize,
    /// Children kill themselves at a random step up to this one; 0 for never.
    steps: u64,
    random: Random,
    consumers_killed: u64,
}

impl Storm<'_> {
    fn start(&mut self, role: Role) -> Child {
        let id = self
            .session
            .reserve_child(
                &Birth {
                    name: "storm",
                    daemon: false,
                },
                None,
            )
            .unwrap();
        self.session.grant_all(id).unwrap();
        let producer = self.next_producer;
        if role == Role::Producer {
            assert!(
                producer < self.ledger.producers,
                "enough room in the ledger"
            );
            self.next_producer += 1;
        }
        let fatal = if self.steps == 0 {
            0
        } else {
            1 + self.random.below(self.steps)
        };
        let pid = fork_child(|| {
            self.session.enter_child(id).unwrap();
            points::arm(fatal);
            match role {
                Role::Producer => produce(self.ledger, self.queue, self.lock, producer),
                Role::Consumer => consume(self.ledger, self.queue),
                Role::Locker => lock_notify_and_unlock(self.ledger, self.lock, self.condition),
                Role::Waiter => wait_again_and_again(self.ledger, self.lock, self.condition),
                Role::Visitor => visit(self.ledger, self.semaphore, self.reentrant),
                Role::Meeter => meet_again_and_again(self.ledger, self.barrier),
            }
            points::disarm();
            self.session.leave(ExitKind::Finished);
        });
        Child { role, pid, id }
    }

    fn reaped(&mut self, child: &Child) {
        if child.role == Role::Consumer {
            self.consumers_killed += 1;
        }
        self.session.child_ended(child.id).unwrap();
    }

    fn kill(&mut self, child: &Child) {
        kill_and_reap(child.pid);
        self.reaped(child);
    }

    /// Replace children that ended by themselves; how many of those were killed by one of their own steps.
    fn replace_ended(&mut self, children: &mut [Child]) -> u64 {
        let mut killed = 0;
        for child in children {
            match try_reap(child.pid) {
                None => continue,
                Some(Ended::Killed(9)) if self.steps > 0 => killed += 1,
                Some(Ended::Exited(0)) if child.role == Role::Producer => {}
                Some(ended) => panic!("{:?} ended by itself: {ended:?}", child.role),
            }
            self.reaped(child);
            *child = self.start(child.role);
        }
        killed
    }
}

/// Panics when nothing has changed for long.
struct Watchdog {
    seen: [u64; 4],
    since: u64,
}

impl Watchdog {
    fn look(&mut self, storm: &Storm<'_>) {
        let (put, got) = storm.queue.counts();
        let (held, visits) = (storm.ledger.tally(FIRST_HALF), storm.ledger.tally(VISITS));
        let (now, seen) = ([put, got, held, visits], self.seen);
        if now[..2] == seen[..2] || now[2] == seen[2] || now[3] == seen[3] {
            assert!(
                now_ns() - self.since < HANG_NS,
                "nothing happens any more: {now:?}"
            );
        } else {
            *self = Watchdog {
                seen: now,
                since: now_ns(),
            };
        }
    }
}

fn rage(kills: u64, capacity: usize, steps: u64) {
    let session = session(96);
    let before = session.memory().live_blocks;
    let queue = Queue::create(&session, capacity).unwrap();
    let lock = Mutex::create(&session).unwrap();
    let condition = Condition::create(&session).unwrap();
    let semaphore = Semaphore::create_bounded(&session, PERMITS).unwrap();
    let reentrant = ReentrantMutex::create(&session).unwrap();
    let barrier = Barrier::create(&session, 2).unwrap();
    let ledger = Ledger::new(kills as usize * 2 + 1000);
    let mut storm = Storm {
        session: &session,
        queue: &queue,
        lock: &lock,
        condition: &condition,
        semaphore: &semaphore,
        reentrant: &reentrant,
        barrier: &barrier,
        ledger: &ledger,
        next_producer: 1,
        steps,
        random: Random(now_ns() | 1),
        consumers_killed: 0,
    };
    use Role::{Consumer, Locker, Meeter, Producer, Visitor, Waiter};
    let roles = [
        Producer, Producer, Producer, Consumer, Consumer, Consumer, Locker, Locker, Waiter, Waiter,
        Visitor, Visitor, Visitor, Meeter, Meeter,
    ];
    let mut children: Vec<Child> = roles.iter().map(|role| storm.start(*role)).collect();
    let mut watchdog = Watchdog {
        seen: [0; 4],
        since: now_ns(),
    };
    let mut killed = 0;
    while killed < kills {
        sleep_us(storm.random.below(1200));
        watchdog.look(&storm);
        killed += storm.replace_ended(&mut children);
        if steps > 0 && storm.random.below(8) != 0 {
            continue;
        }
        let victim = storm.random.below(children.len() as u64) as usize;
        storm.kill(&children[victim]);
        children[victim] = storm.start(children[victim].role);
        killed += 1;
    }
    for child in &children {
        storm.kill(child);
    }
    while queue
        .get_with(Deadline::NOW, |Message { bytes, .. }| ledger.receive(bytes))
        .is_ok()
    {}
    check(&storm, killed);
    lock.acquire(Deadline::after(Duration::from_secs(5)))
        .unwrap();
    assert_eq!(semaphore.value(), PERMITS, "permits lost or doubled");
    assert!(semaphore.has_owners());
    reentrant
        .acquire(Deadline::after(Duration::from_secs(5)))
        .unwrap();
    audit(&session);
    assert_eq!(condition.waiters().unwrap(), 0);
    assert_eq!(barrier.waiting().unwrap(), 0);
    drop((queue, lock, condition, semaphore, reentrant, barrier));
    audit(&session);
    assert_eq!(session.memory().live_blocks, before, "blocks leaked");
}

#[allow(clippy::print_stdout)]
fn check(storm: &Storm<'_>, killed: u64) {
    let ledger = storm.ledger;
    let (put, got) = storm.queue.counts();
    let (mut missing, mut doubled) = (0, 0);
    for producer in 1..storm.next_producer {
        let acknowledged = ledger.acknowledged[producer].load(Ordering::SeqCst) as usize;
        for number in 0..PER_PRODUCER {
            let received = &ledger.received[producer * PER_PRODUCER + number];
            match received.load(Ordering::SeqCst) {
                0 if number < acknowledged => missing += 1,
                0 | 1 => {}
                _ => doubled += 1,
            }
        }
    }
    let unrecorded = got - ledger.tally(RECORDED);
    println!(
        "{killed} kills: {put} messages, {missing} gone with {} killed consumers, {} recoveries, \
         {} heals, {} locks taken over in {} holds, {} notifications, {} visits, {} met",
        storm.consumers_killed,
        storm.session.recoveries(),
        storm.session.heals(),
        ledger.tally(TAKEN_OVER),
        ledger.tally(FIRST_HALF),
        ledger.tally(NOTIFIED),
        ledger.tally(VISITS),
        ledger.tally(MET),
    );
    assert_eq!(put, got);
    assert!(ledger.tally(NOTIFIED) > 0, "nobody was notified");
    assert!(ledger.tally(MET) > 0, "nobody met");
    assert_eq!(ledger.tally(MIXED_UP), 0, "messages mixed up");
    assert_eq!(ledger.tally(OUT_OF_ORDER), 0, "messages out of order");
    assert_eq!(doubled, 0, "messages doubled");
    assert!(
        unrecorded <= storm.consumers_killed,
        "a consumer took more than one message away"
    );
    assert!(
        missing <= unrecorded,
        "{missing} messages are gone, {unrecorded} were taken away"
    );
    assert_eq!(ledger.tally(BROKEN), 0, "a lock did not exclude");
}

fn kills(default: u64) -> u64 {
    let wanted = std::env::var("PROCSCRIPT_STORM_KILLS").ok();
    wanted
        .and_then(|kills| kills.parse().ok())
        .unwrap_or(default)
}

#[test]
fn a_storm_of_kills_loses_and_doubles_nothing() {
    rage(kills(1000), 0, 0);
}

#[test]
fn a_storm_of_kills_over_a_bounded_queue_loses_and_doubles_nothing() {
    rage(kills(1000), 64, 0);
}

#[test]
fn a_storm_of_kills_inside_critical_sections_loses_and_doubles_nothing() {
    rage(kills(1500), 16, 6000);
}
