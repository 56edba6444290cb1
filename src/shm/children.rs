//! The family of processes: reserving a slot for a child, giving it objects and bytes, entering as it, and what it reports.

use std::sync::atomic::{AtomicU64, Ordering};

use super::error::ShmError;
use super::object::Kind;
use super::offset::{Offset, peek, poke};
use super::process_entry::{Birth, ProcessEntry, ProcessInfo, RESERVED};
use super::process_id::ProcessId;
use super::session::Session;
use super::thread_slot::Thread;

/// How a child that is a copy of its parent gets an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Grant {
    /// Its script can use the object.
    Given,
    /// It has the object because its parent had it, until its script gets it.
    Inherited,
}

impl Session {
    /// Takes an entry in the process table for a child about to be started, unless `most` processes live beside the first.
    pub(crate) fn reserve_child(
        &self,
        birth: &Birth<'_>,
        most: Option<u64>,
    ) -> Result<ProcessId, ShmError> {
        let thread = self.thread()?;
        let reserve = || self.with_memory(thread, || thread.reserve_entry(self.me(), birth, most));
        match reserve() {
            Err(ShmError::Crowded { .. }) => {
                // Some may have died without anybody's noticing.
                self.sweep()?;
                reserve()
            }
            reserved => reserved,
        }
    }

    /// Notes the process ID of a started child, so that its end is noticed even before it has entered.
    pub(crate) fn child_started(&self, child: ProcessId, pid: i32) {
        if let Some(entry) = self.segment().entry_of(child) {
            poke(&entry.pid, u64::from(pid.unsigned_abs()));
        }
    }

    /// Takes references on behalf of a child that does not run yet, so that the objects sent to it still exist when
    /// it does.
    pub(crate) fn grant(&self, child: ProcessId, objects: &[Offset]) -> Result<(), ShmError> {
        let (thread, entry) = (self.thread()?, self.entry(child)?);
        for (index, object) in objects.iter().enumerate() {
            // One reference each, however often it is named: a stake lies in it.
            if objects[..index].contains(object) {
                continue;
            }
            self.grant_one(thread, (child, entry), *object)?;
        }
        Ok(())
    }

    /// Takes a reference on behalf of a child, and returns its node.
    fn grant_one(
        &self,
        thread: Thread<'_>,
        (child, entry): (ProcessId, &ProcessEntry),
        object: Offset,
    ) -> Result<Offset, ShmError> {
        let is_reserved = || {
            peek(&entry.state) == RESERVED && peek(&entry.generation) == u64::from(child.generation)
        };
        self.with_memory(thread, || thread.retain(entry, object, is_reserved))
    }

    /// Grants everything that this process holds to a child that will be a copy of it.
    pub(crate) fn grant_all(&self, child: ProcessId) -> Result<(), ShmError> {
        self.grant_those(child, |_, _| Some(Grant::Given))
    }

    /// Grants objects of this process to a child that will be a copy of it, as `how` says of each; `None` for not at all.
    ///
    /// The child inherits handles of those too, and must not use them: see [`super::Handle::is_held`].
    pub(crate) fn grant_those(
        &self,
        child: ProcessId,
        how: impl Fn(Kind, Offset) -> Option<Grant>,
    ) -> Result<(), ShmError> {
        let (thread, entry) = (self.thread()?, self.entry(child)?);
        let held = thread.references(self.my_entry()?);
        for (_, object) in held {
            let kind = self.segment().kind_at(object);
            let Some(grant) = kind.and_then(|kind| how(kind, object)) else {
                continue;
            };
            match self.grant_one(thread, (child, entry), object) {
                Ok(node) => self.set_inherited(node, grant == Grant::Inherited),
                // Another thread may have given it up meanwhile.
                Err(ShmError::NoSuchObject(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Stores bytes for a child that was reserved; it takes them with [`Session::take_payload`].
    pub(crate) fn set_payload(&self, child: ProcessId, bytes: &[u8]) -> Result<(), ShmError> {
        let (thread, entry) = (self.thread()?, self.entry(child)?);
        self.with_memory(thread, || thread.store_bytes(&entry.payload, bytes))
    }

    /// Takes the bytes that the parent stored for this process; empty when it stored nothing. Frees their memory.
    pub(crate) fn take_payload(&self) -> Result<Vec<u8>, ShmError> {
        let word = &self.my_entry()?.payload;
        Ok(self.thread()?.take_bytes(word).unwrap_or_default())
    }

    /// Leaves bytes for the parent, which reads them after this process has ended.
    pub(crate) fn set_report(&self, bytes: &[u8]) -> Result<(), ShmError> {
        let (thread, entry) = (self.thread()?, self.my_entry()?);
        self.with_memory(thread, || thread.store_bytes(&entry.report, bytes))
    }

    /// Returns the bytes that a child left for its parent. Must be called before [`Session::child_ended`].
    pub(crate) fn take_report(&self, child: ProcessId) -> Result<Option<Vec<u8>>, ShmError> {
        Ok(self.thread()?.take_bytes(&self.entry(child)?.report))
    }

    /// Returns a process of the session (tests).
    #[cfg(test)]
    pub(crate) fn process(&self, process: ProcessId) -> Option<ProcessInfo> {
        self.segment().process(process)
    }

    /// Returns all processes of the session.
    pub(crate) fn processes(&self) -> Vec<ProcessInfo> {
        self.segment().processes()
    }

    /// Changes the name this process is known by.
    pub(crate) fn set_name(&self, name: &str) -> Result<(), ShmError> {
        self.my_entry()?.set_name(name);
        Ok(())
    }

    /// This process is `child` from now on: called first thing in a forked child, or after [`Session::attach`] in a spawned one.
    ///
    /// Handles that a forked child inherited stay valid for what the parent granted by [`Session::grant_those`].
    pub(crate) fn enter_child(&self, child: ProcessId) -> Result<(), ShmError> {
        self.become_process(child);
        let thread = self.thread()?;
        thread.enter_entry(child)?;
        self.handles().rebuild(&thread.references(self.my_entry()?));
        self.trace_process();
        Ok(())
    }
}

impl Thread<'_> {
    /// Replaces the bytes that a word of a process entry owns.
    fn store_bytes(self, word: &AtomicU64, bytes: &[u8]) -> Result<(), ShmError> {
        self.free_from(word);
        let block = self.allocate_into(word, 8 + bytes.len() as u64, &[0])?;
        self.segment.write(block.plus(8), bytes);
        self.segment
            .word(block)
            .store(bytes.len() as u64, Ordering::Release);
        Ok(())
    }

    /// Returns the bytes that a word of a process entry owns, freeing them.
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
