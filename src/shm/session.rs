//! The session handle: one family's shared memory, as this process uses it.

use std::fmt;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::os::fd::{BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use super::ShmError;
use super::handle::HandleTable;
use super::layout::{Offset, ProcessEntry, ROW, THREADS_START, peek, poke};
use super::object::Kind;
use super::outside::Outside;
use super::process_table::{Birth, ProcessId, ProcessInfo, RESERVED};
use super::reference::{Farewell, Leaver};
use super::segment::Segment;
use super::thread_slot::{self, Registrar, Thread};
use crate::sys::{cpu, identity, interrupt, quota};

/// What the room above does with objects of one kind.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KindOperations {
    pub(crate) kind: Kind,
    /// For messages to people.
    pub(crate) name: &'static str,
    /// Give back everything the object owns but its own block. Nobody refers to it any more; after a crash it is called again.
    pub(crate) destroy: fn(&Session, Thread<'_>, Offset),
    /// Finish what a dead thread may have left half done in the object, and wake whoever may wait for that.
    pub(crate) settle: fn(&Session, Thread<'_>, Offset),
    /// Take back the stake of a process that ends, and zero it, in one transaction; after a crash it is called again if the stake
    /// is not zero. See [`Handle::stake`](super::Handle::stake).
    pub(crate) forfeit: fn(&Session, Thread<'_>, Offset, &AtomicU64, Leaver),
}

/// The kinds of objects a session knows.
pub(crate) type Kinds = &'static [KindOperations];

/// How a session is to be made.
#[derive(Clone, Debug, Default)]
pub(crate) struct SessionOptions {
    /// Bytes of shared memory it may use; by default half of what the control group and the machine have to spare.
    pub(crate) memory_bytes: Option<u64>,
}

/// How much memory a session uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MemoryUse {
    /// Bytes it may use.
    pub(crate) quota: u64,
    /// Bytes it has taken from the system.
    pub(crate) committed: u64,
    /// Bytes in blocks that are in use.
    pub(crate) live_bytes: u64,
    /// Number of blocks in use.
    pub(crate) live_blocks: u64,
}

/// Handles signals in the middle of a wait, where no latch is held; true when the wait has to end.
pub(crate) type SignalHook = Box<dyn Fn() -> bool + Send + Sync>;

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
    pub(super) outside: Outside,
    spins: bool,
    handles: HandleTable,
}

static NEXT_KEY: AtomicU64 = AtomicU64::new(1);

impl Session {
    /// A new session with this process as its first.
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

    /// The session that another process made, from its descriptor. Nothing of it may be used before
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
            outside: Outside::default(),
            spins: cpu::another_cpu_may_answer(),
            handles: HandleTable::new(),
        }))
    }

    /// The memory file, to be inherited by a spawned process (which needs its close-on-exec flag cleared).
    pub(crate) fn fd(&self) -> BorrowedFd<'_> {
        self.0.segment.fd()
    }

    /// Setting it makes every wait of this process on this session end as interrupted.
    pub(crate) fn stop_flag(&self) -> &Arc<AtomicBool> {
        &self.0.stop
    }

    /// Whether waits are to end. Where a signal has come that the host handles, it is handled here.
    #[inline]
    pub(crate) fn stop_requested(&self) -> bool {
        self.0.stop.load(Ordering::Relaxed)
            || self.was_stopped_since()
            || interrupt::pending()
            || (interrupt::caught_any() && self.0.on_signal.get().is_some_and(|hook| hook()))
    }

    /// What a wait does when a signal has come that the host handles; the wait goes on unless the hook says true. Set once.
    pub(crate) fn on_signal(&self, hook: SignalHook) {
        let _ = self.0.on_signal.set(hook);
    }

    /// How much memory the session uses now.
    pub(crate) fn memory(&self) -> MemoryUse {
        let header = self.segment().header();
        MemoryUse {
            quota: peek(&header.quota),
            committed: peek(&header.arena.committed),
            live_bytes: peek(&header.arena.live_bytes),
            live_blocks: peek(&header.arena.live_blocks),
        }
    }

    /// How often a wait found by its heartbeat alone what it should have been woken for: a wake-up was lost, with a process that
    /// was killed. Zero where nobody was.
    pub(crate) fn heals(&self) -> u64 {
        peek(&self.segment().header().heals)
    }

    /// How many critical sections were taken over from a dead owner.
    pub(crate) fn recoveries(&self) -> u64 {
        peek(&self.segment().header().recoveries)
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

    /// What distinguishes it from the other sessions of this process.
    pub(super) fn key(&self) -> u64 {
        self.0.key
    }

    /// Whether two handles are of the same session in the same process.
    pub(crate) fn is_same(&self, other: &Session) -> bool {
        self.0.key == other.0.key
    }

    /// The calling thread, registered now if it was not.
    #[inline(always)]
    pub(crate) fn thread(&self) -> Result<Thread<'_>, ShmError> {
        match thread_slot::cached(self.0.key, &self.0.segment, self.0.spins) {
            Some(thread) => Ok(thread),
            None => self.register_thread(),
        }
    }

    #[cold]
    fn register_thread(&self) -> Result<Thread<'_>, ShmError> {
        let (thread, nearly_full) = thread_slot::find_or_register(&Registrar {
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

    fn entry(&self, process: ProcessId) -> Result<&ProcessEntry, ShmError> {
        self.segment().used_entry_of(process)
    }

    /// Take an entry in the process table for a child about to be started, unless `most` processes live beside the first.
    pub(crate) fn reserve_child(
        &self,
        birth: &Birth<'_>,
        most: Option<u64>,
    ) -> Result<ProcessId, ShmError> {
        let reserve = || self.thread()?.reserve_entry(self.me(), birth, most);
        match reserve() {
            Err(ShmError::Crowded { .. }) => {
                // Some may have died without anybody's noticing.
                self.sweep()?;
                reserve()
            }
            reserved => reserved,
        }
    }

    /// The child has been started under this number: should it end before it has entered, that can be noticed.
    pub(crate) fn child_started(&self, child: ProcessId, pid: i32) {
        if let Some(entry) = self.segment().entry_of(child) {
            poke(&entry.pid, u64::from(pid.unsigned_abs()));
        }
    }

    /// Take references on behalf of a child that does not run yet, so that the objects it is told about still exist when it does.
    pub(crate) fn grant(&self, child: ProcessId, objects: &[Offset]) -> Result<(), ShmError> {
        let thread = self.thread()?;
        let entry = self.entry(child)?;
        for (index, object) in objects.iter().enumerate() {
            // One reference each, however often it is named: a stake lies in it.
            if objects[..index].contains(object) {
                continue;
            }
            thread.retain(entry, *object, || {
                peek(&entry.state) == RESERVED
                    && peek(&entry.generation) == u64::from(child.generation)
            })?;
        }
        Ok(())
    }

    /// Everything this process holds, for a child that will be a copy of it.
    pub(crate) fn grant_all(&self, child: ProcessId) -> Result<(), ShmError> {
        self.grant_those(child, |_, _| true)
    }

    /// What this process holds and `passes`, for a child that will be a copy of it.
    ///
    /// The child inherits handles of the rest too, and must not use them: see [`super::Handle::is_held`].
    pub(crate) fn grant_those(
        &self,
        child: ProcessId,
        passes: impl Fn(Kind, Offset) -> bool,
    ) -> Result<(), ShmError> {
        let held = self.thread()?.references(self.my_entry()?);
        for (_, object) in held {
            let kind = self.segment().kind_at(object);
            if !kind.is_some_and(|kind| passes(kind, object)) {
                continue;
            }
            match self.grant(child, &[object]) {
                // Another thread may have given it up meanwhile.
                Ok(()) | Err(ShmError::NoSuchObject(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Store bytes for a child that was reserved; it takes them with [`Session::take_payload`].
    pub(crate) fn set_payload(&self, child: ProcessId, bytes: &[u8]) -> Result<(), ShmError> {
        self.thread()?
            .store_bytes(&self.entry(child)?.payload, bytes)
    }

    /// What the parent stored for this process; empty when it stored nothing. The memory is given back.
    pub(crate) fn take_payload(&self) -> Result<Vec<u8>, ShmError> {
        let word = &self.my_entry()?.payload;
        Ok(self.thread()?.take_bytes(word).unwrap_or_default())
    }

    /// Leave bytes for the parent, which reads them after this process has ended.
    pub(crate) fn set_report(&self, bytes: &[u8]) -> Result<(), ShmError> {
        self.thread()?.store_bytes(&self.my_entry()?.report, bytes)
    }

    /// What a child left for its parent; to be asked before [`Session::child_ended`].
    pub(crate) fn take_report(&self, child: ProcessId) -> Result<Option<Vec<u8>>, ShmError> {
        Ok(self.thread()?.take_bytes(&self.entry(child)?.report))
    }

    /// A process of the session, also one that has ended but not been taken note of.
    pub(crate) fn process(&self, process: ProcessId) -> Option<ProcessInfo> {
        self.segment().entry_of(process)?;
        self.segment().info(process.row)
    }

    /// All processes of the session.
    pub(crate) fn processes(&self) -> Vec<ProcessInfo> {
        let rows = self.segment().process_rows() as u32;
        (0..rows)
            .filter_map(|row| self.segment().info(row))
            .collect()
    }

    /// Change the name this process is known by.
    pub(crate) fn set_name(&self, name: &str) -> Result<(), ShmError> {
        self.my_entry()?.set_name(name);
        Ok(())
    }

    /// This process is `child` from now on: called first thing in a forked child, or after [`Session::attach`] in a spawned one.
    ///
    /// Handles that a forked child inherited stay valid for what the parent granted by [`Session::grant_those`].
    pub(crate) fn enter_child(&self, child: ProcessId) -> Result<(), ShmError> {
        thread_slot::leave(self.0.key);
        self.0.me.store(child.pack(), Ordering::Relaxed);
        let thread = self.thread()?;
        thread.enter_entry(child)?;
        self.handles().rebuild(&thread.references(self.my_entry()?));
        Ok(())
    }

    /// Leave the session in order: everything this process holds is given back, and whoever it matters to is told how it ended. No
    /// other thread of the process may use the session any more, and neither may this one.
    pub(crate) fn leave(&self, farewell: Farewell) {
        let Ok(entry) = self.my_entry() else { return };
        if peek(&entry.pid) != u64::from(identity::process_id()) {
            // A forked child that never entered: the entry is its parent's.
            return;
        }
        self.handles().clear();
        if let Ok(thread) = self.thread() {
            let process = self.me();
            self.end_entry(thread, entry, Leaver { process, farewell });
            self.destroy_doomed(thread);
        }
        self.0.me.store(ProcessId::NONE.pack(), Ordering::Relaxed);
        thread_slot::leave(self.0.key);
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
            outside: Outside::default(),
            spins: self.spins,
            handles: HandleTable::new(),
        }));
        last.leave(Farewell::Finished);
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

impl Thread<'_> {
    /// Replace the bytes that a word of a process entry owns.
    fn store_bytes(self, word: &AtomicU64, bytes: &[u8]) -> Result<(), ShmError> {
        self.free_from(word);
        let block = self.allocate_into(word, 8 + bytes.len() as u64, &[0])?;
        self.segment.write(block.plus(8), bytes);
        self.segment
            .word(block)
            .store(bytes.len() as u64, Ordering::Release);
        Ok(())
    }

    /// The bytes that a word of a process entry owns, freeing them.
    fn take_bytes(self, word: &AtomicU64) -> Option<Vec<u8>> {
        let block = Offset(word.load(Ordering::Acquire));
        if block.is_none() {
            return None;
        }
        let length = self.segment.word(block).load(Ordering::Acquire);
        let bytes = self.segment.bytes(block.plus(8), length).to_vec();
        self.free_from(word);
        Some(bytes)
    }
}
