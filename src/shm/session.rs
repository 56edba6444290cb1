//! The session handle: one family's shared memory, as this process uses it.

use std::any::Any;
use std::fmt;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::os::fd::{BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, Weak};

use super::error::ShmError;
use super::handle_table::HandleTable;
use super::layout::{ROW, THREADS_START};
use super::object::Kind;
use super::offset::{Offset, peek};
use super::part::is_part;
use super::process_entry::{Birth, ProcessEntry};
use super::process_id::{ExitKind, Leaver, ProcessId};
use super::segment::Segment;
use super::thread_slot::Thread;
use super::thread_table::{self, Registrar};
use crate::sys::{cpu, identity, interrupt, quota};

/// The callbacks for objects of one kind.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KindOperations {
    pub(crate) kind: Kind,
    /// For error messages.
    pub(crate) name: &'static str,
    /// Give back everything the object owns but its own block. Nobody refers to it any more; after a crash it is called again.
    pub(crate) destroy: fn(&Session, Thread<'_>, Offset),
    /// Finish what a dead thread may have left half done in the object, and wake those that may wait for it.
    pub(crate) settle: fn(&Session, Thread<'_>, Offset),
    /// Take back the stake of a process that ends, and zero it, in one transaction; after a crash it is called again if the stake
    /// is not zero. See [`Handle::stake`](super::Handle::stake).
    pub(crate) forfeit: fn(&Session, Thread<'_>, Offset, &AtomicU64, Leaver),
    /// Note who the process is if it owns the object, because from now on it may end and its entry may be used again.
    pub(crate) note_owner: fn(&Session, Offset, ProcessId),
}

/// The kinds of objects a session knows.
pub(crate) type Kinds = &'static [KindOperations];

/// How a session is to be made.
#[derive(Clone, Debug, Default)]
pub(crate) struct SessionOptions {
    /// Bytes of shared memory it may use; by default half of what the control group and the machine have to spare.
    pub(crate) memory_bytes: Option<u64>,
}

/// Handles signals during a wait, while no latch is held; returns true when the wait has to end.
type SignalHook = Box<dyn Fn() -> bool + Send + Sync>;

/// Returns whether the calling thread, which waits, may be called hopeless.
type LookHook = Box<dyn Fn() -> bool + Send + Sync>;

/// Called at the heartbeat of a wait, which was found unmet not before that time; returns true when the wait has to end.
pub(crate) type BeatHook = fn(&Session, Thread<'_>, u64) -> bool;

/// The owner of a session in one process.
pub(crate) type Owner = Weak<dyn Any + Send + Sync>;

/// The state of a session that is used by a host too.
#[derive(Default)]
pub(super) struct Outside {
    pub(super) owner: OnceLock<Owner>,
    pub(super) outlives_owner: AtomicBool,
    /// How often this process was asked to stop what it does.
    pub(super) stops: AtomicU64,
}

/// A family's shared memory, mapped into this process. Clones share everything.
#[derive(Clone)]
pub(crate) struct Session(pub(super) Arc<Inner>);

pub(super) struct Inner {
    /// Distinguishes the sessions of this process.
    key: u64,
    /// Lets threads notice that no handle is left.
    alive: Arc<()>,
    segment: Arc<Segment>,
    kinds: Kinds,
    /// [`ProcessId::pack`] of this process.
    me: AtomicU64,
    stop: Arc<AtomicBool>,
    on_signal: OnceLock<SignalHook>,
    on_look: OnceLock<LookHook>,
    on_beat: OnceLock<BeatHook>,
    pub(super) outside: Outside,
    spins: bool,
    handles: HandleTable,
}

static NEXT_KEY: AtomicU64 = AtomicU64::new(1);

impl Session {
    /// Creates a new session with this process as its first.
    pub(crate) fn create(options: &SessionOptions, kinds: Kinds) -> Result<Session, ShmError> {
        let quota = options
            .memory_bytes
            .unwrap_or_else(|| quota::memory_available() / 2);
        let name = format!("procscript-session-{}", identity::process_id());
        let nonce = RandomState::new().build_hasher().finish();
        let session = Session::over(Segment::create(&name, quota, nonce)?, kinds);
        let me = session.thread()?.reserve_entry(
            ProcessId::NONE,
            &Birth {
                name: "MainProcess",
                daemon: false,
            },
            None,
        )?;
        session.enter_child(me)?;
        Ok(session)
    }

    /// Returns the session that another process made, from its descriptor. Nothing of it may be used before
    /// [`Session::enter_child`], except reading its tables.
    pub(crate) fn attach(fd: OwnedFd, kinds: Kinds) -> Result<Session, ShmError> {
        Ok(Session::over(Segment::attach(fd)?, kinds))
    }

    fn over(segment: Segment, kinds: Kinds) -> Session {
        Session(Arc::new(Inner {
            key: NEXT_KEY.fetch_add(1, Ordering::Relaxed),
            alive: Arc::new(()),
            segment: Arc::new(segment),
            kinds,
            me: AtomicU64::new(ProcessId::NONE.pack()),
            stop: Arc::default(),
            on_signal: OnceLock::new(),
            on_look: OnceLock::new(),
            on_beat: OnceLock::new(),
            outside: Outside::default(),
            spins: cpu::another_cpu_may_answer(),
            handles: HandleTable::new(),
        }))
    }

    /// Returns the memory file, to be inherited by a spawned process (which needs its close-on-exec flag cleared).
    pub(crate) fn fd(&self) -> BorrowedFd<'_> {
        self.0.segment.fd()
    }

    /// Setting it makes every wait of this process on this session end as interrupted.
    pub(crate) fn stop_flag(&self) -> &Arc<AtomicBool> {
        &self.0.stop
    }

    /// Returns whether waits are to end. Where a signal has come that the host handles, it is handled here.
    #[inline]
    pub(crate) fn stop_requested(&self) -> bool {
        self.0.stop.load(Ordering::Relaxed)
            || self.was_stopped_since()
            || interrupt::pending()
            || (interrupt::caught_any() && self.0.on_signal.get().is_some_and(|hook| hook()))
    }

    /// The hook that a wait calls after a signal that the host handles; the wait continues unless the hook returns true. Set once.
    pub(crate) fn on_signal(&self, hook: SignalHook) {
        let _ = self.0.on_signal.set(hook);
    }

    /// Sets the hook that says whether the calling thread may be called hopeless. Set once; without it no thread is.
    pub(crate) fn on_look(&self, hook: LookHook) {
        let _ = self.0.on_look.set(hook);
    }

    /// Sets what is done at each heartbeat of a wait. Set once.
    pub(crate) fn on_beat(&self, hook: BeatHook) {
        let _ = self.0.on_beat.set(hook);
    }

    /// Called in a wait that has been noted, when it was found unmet not before `looked_ns`. Returns whether it has to end.
    pub(crate) fn beat(&self, thread: Thread<'_>, looked_ns: u64) -> bool {
        // Whoever has noted the whole wait looks for all of it.
        let hook = self.0.on_beat.get().filter(|_| !is_part());
        hook.is_some_and(|hook| hook(self, thread, looked_ns))
    }

    /// Returns whether the calling thread, which waits, may be called hopeless.
    pub(crate) fn may_be_hopeless(&self) -> bool {
        self.0.on_look.get().is_some_and(|hook| hook())
    }

    #[inline(always)]
    pub(crate) fn segment(&self) -> &Segment {
        &self.0.segment
    }

    pub(super) fn operations(&self, kind: Kind) -> Option<&'static KindOperations> {
        self.0
            .kinds
            .iter()
            .find(|operations| operations.kind == kind)
    }

    pub(super) fn handles(&self) -> &HandleTable {
        &self.0.handles
    }

    /// Returns a number that distinguishes this session from the others of this process.
    pub(super) fn key(&self) -> u64 {
        self.0.key
    }

    /// Returns whether two handles are of the same session in the same process.
    pub(crate) fn is_same(&self, other: &Session) -> bool {
        self.0.key == other.0.key
    }

    /// Returns the calling thread, registered now if it was not.
    #[inline(always)]
    pub(crate) fn thread(&self) -> Result<Thread<'_>, ShmError> {
        match thread_table::cached(self.0.key, &self.0.segment, self.0.spins) {
            Some(thread) => Ok(thread),
            None => self.register_thread(),
        }
    }

    #[cold]
    fn register_thread(&self) -> Result<Thread<'_>, ShmError> {
        let (thread, nearly_full) = thread_table::find_or_register(&Registrar {
            session: self.0.key,
            alive: &self.0.alive,
            segment: &self.0.segment,
            process: self.me(),
            spins: self.0.spins,
        })?;
        if nearly_full {
            self.sweep_as(thread);
            if thread.segment.thread_table_is_nearly_full() {
                let header = thread.segment.header();
                // If there is no memory, the rows that are left have to do.
                let _ = thread
                    .arena()
                    .grow_table(&header.thread_rows, THREADS_START, ROW);
            }
        }
        Ok(thread)
    }

    /// This process.
    pub(crate) fn me(&self) -> ProcessId {
        ProcessId::unpack(self.0.me.load(Ordering::Relaxed))
    }

    pub(super) fn my_entry(&self) -> Result<&ProcessEntry, ShmError> {
        self.entry(self.me())
    }

    pub(super) fn entry(&self, process: ProcessId) -> Result<&ProcessEntry, ShmError> {
        self.segment().used_entry_of(process)
    }

    /// From now on the calling thread belongs to this process of the session.
    pub(super) fn become_process(&self, process: ProcessId) {
        thread_table::leave(self.0.key);
        self.0.me.store(process.pack(), Ordering::Relaxed);
    }

    /// Leaves the session cleanly: releases everything that this process holds, and notifies the others of how it
    /// ended. No other thread of the process, nor this one, may use the session any more.
    pub(crate) fn leave(&self, exit: ExitKind) {
        let Ok(entry) = self.my_entry() else { return };
        if peek(&entry.pid) != u64::from(identity::process_id()) {
            // A forked child that never entered: the entry is its parent's.
            return;
        }
        self.handles().clear();
        if let Ok(thread) = self.thread() {
            let process = self.me();
            self.end_entry(thread, entry, Leaver { process, exit });
            self.destroy_unreferenced(thread);
        }
        self.0.me.store(ProcessId::NONE.pack(), Ordering::Relaxed);
        thread_table::leave(self.0.key);
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        // The last handle: leave as `Session::leave` would, with a handle made for the purpose.
        let me = *self.me.get_mut();
        if me == ProcessId::NONE.pack() {
            return;
        }
        let last = Session(Arc::new(Inner {
            key: self.key,
            alive: Arc::clone(&self.alive),
            segment: Arc::clone(&self.segment),
            kinds: self.kinds,
            me: AtomicU64::new(me),
            stop: Arc::clone(&self.stop),
            on_signal: OnceLock::new(),
            on_look: OnceLock::new(),
            on_beat: OnceLock::new(),
            outside: Outside::default(),
            spins: self.spins,
            handles: HandleTable::new(),
        }));
        last.leave(ExitKind::Finished);
        // Whatever `leave` did, this handle must not leave once more.
        last.0.me.store(ProcessId::NONE.pack(), Ordering::Relaxed);
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("me", &self.me())
            .finish_non_exhaustive()
    }
}
