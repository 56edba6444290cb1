//! Handles: how this process holds shared objects, one reference per object however many handles there are.

use std::sync::atomic::{AtomicU64, Ordering};

use super::error::ShmError;
use super::handle_table::Held;
use super::object::Kind;
use super::offset::{Offset, peek};
use super::session::Session;

/// Where a shared object is: in which session, as this process knows it, and where there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    session: u64,
    offset: Offset,
}

impl Place {
    pub(crate) fn offset(self) -> Offset {
        self.offset
    }

    /// Returns whether it is in this session.
    pub(crate) fn is_in(self, session: &Session) -> bool {
        self.session == session.key()
    }
}

/// This process's hold on a shared object; it keeps the object in existence.
#[derive(Debug)]
pub(crate) struct Handle {
    session: Session,
    object: Offset,
    /// [`super::ProcessId::pack`] of the last process that was found to hold the object: this one, or its parent before a fork.
    holder: AtomicU64,
}

impl Handle {
    /// Creates a new object of `size` bytes, all zero except for its header.
    pub(crate) fn create(session: &Session, kind: Kind, size: u64) -> Result<Handle, ShmError> {
        let thread = session.thread()?;
        let entry = session.my_entry()?;
        let object = session.with_memory(thread, || {
            let mut table = session.handles().lock();
            let (object, node) = thread.create_object(entry, kind, size)?;
            table.insert(object, Held { node, handles: 1 });
            Ok(object)
        })?;
        thread.trace_created(object, kind);
        Ok(Handle {
            session: session.clone(),
            object,
            holder: AtomicU64::new(session.me().pack()),
        })
    }

    /// Returns a hold on the object at an offset that may have come from anywhere.
    pub(crate) fn open(session: &Session, object: Offset, kind: Kind) -> Result<Handle, ShmError> {
        let expected = session
            .operations(kind)
            .map_or("known object", |known| known.name);
        match session.segment().kind_at(object) {
            Some(found) if found == kind => {}
            Some(_) => {
                return Err(ShmError::WrongKind {
                    offset: object,
                    expected,
                });
            }
            None => return Err(ShmError::NoSuchObject(object)),
        }
        let thread = session.thread()?;
        let entry = session.my_entry()?;
        session.with_memory(thread, || {
            let mut table = session.handles().lock();
            if let Some(held) = table.get_mut(&object) {
                held.handles += 1;
                session.set_inherited(held.node, false);
            } else {
                let node = thread.retain(entry, object, || true)?;
                table.insert(object, Held { node, handles: 1 });
            }
            Ok(())
        })?;
        Ok(Handle {
            session: session.clone(),
            object,
            holder: AtomicU64::new(session.me().pack()),
        })
    }

    #[inline(always)]
    pub(crate) fn session(&self) -> &Session {
        &self.session
    }

    pub(crate) fn place(&self) -> Place {
        Place {
            session: self.session.key(),
            offset: self.object,
        }
    }

    /// Returns the offset of the object, which a message carries.
    #[inline(always)]
    pub(crate) fn offset(&self) -> Offset {
        self.object
    }

    /// This process's stake in the object, which outlives its handles and is forfeited at its end; `None` when the process has left
    /// the session, or is a forked child that was not granted the object.
    ///
    /// It is a word of the process the caller runs in: a forked child has one of its own.
    pub(crate) fn stake(&self) -> Option<&AtomicU64> {
        let table = self.session.handles().lock();
        let held = table.get(&self.object)?;
        Some(self.session.stake_at(held.node))
    }

    /// Returns whether this process holds the object. A forked child that was not given it has inherited the handle all the same,
    /// and must not use it: the object may be gone.
    #[inline]
    pub(crate) fn is_held(&self) -> bool {
        let me = self.session.me().pack();
        self.holder.load(Ordering::Relaxed) == me || self.became_mine(me)
    }

    #[cold]
    fn became_mine(&self, me: u64) -> bool {
        let held = self.session.handles().lock().contains_key(&self.object);
        if held {
            self.holder.store(me, Ordering::Relaxed);
        }
        held
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.session.drop_handle(self.object);
    }
}

impl Session {
    /// Returns whether this process has a handle of the object, and nobody else refers to it: no process, no message, no other
    /// object.
    ///
    /// The answer means something only while the object exists.
    pub(crate) fn holds_alone(&self, object: Offset) -> bool {
        self.segment().reference_count(object) == 1
            && self
                .handles()
                .lock()
                .get(&object)
                .is_some_and(|held| held.handles > 0)
    }

    /// Registering a thread may sweep, which takes latches; who holds one of those may want the table. So the thread comes first.
    fn drop_handle(&self, object: Offset) {
        let Some(node) = self.handles().count_down(object) else {
            return;
        };
        // A stake stays until the process ends or opens the object again, unless nobody is left whom it could matter to.
        if peek(self.stake_at(node)) != 0 && self.segment().reference_count(object) > 1 {
            return;
        }
        // Without a thread slot nothing can be given back now; the node goes with the process.
        let (Ok(thread), Ok(entry)) = (self.thread(), self.my_entry()) else {
            return;
        };
        let mut table = self.handles().lock();
        // Unless another thread has opened it again meanwhile.
        let unused = |held: &Held| held.node == node && held.handles == 0;
        if table.get(&object).is_some_and(unused) {
            table.remove(&object);
            let kind = self.segment().kind_at(object);
            if let Some(known) = kind.and_then(|kind| self.operations(kind)) {
                (known.note_owner)(self, object, self.me());
            }
            thread.release(entry, node);
        }
        drop(table);
        self.destroy_unreferenced(thread);
    }

    /// Gives back references granted to this process at its birth for which it has opened no handle, once it has taken its call.
    pub(crate) fn release_unopened(&self) -> Result<(), ShmError> {
        let thread = self.thread()?;
        let entry = self.my_entry()?;
        let mut table = self.handles().lock();
        let unopened = |held: &Held| held.handles == 0 && peek(self.stake_at(held.node)) == 0;
        for (_, held) in table.extract_if(|_, held| unopened(held)) {
            thread.release(entry, held.node);
        }
        drop(table);
        self.destroy_unreferenced(thread);
        Ok(())
    }
}
