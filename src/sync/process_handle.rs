//! Who can end a process: an object of the session stands for it, and those that may terminate the process refer to the object.
//!
//! The parent may always terminate its child, and a child its parent, so most processes have no such object. One is created when a script
//! sends a Process to another process, or asks for its parent. A process has at most one that anybody refers to, which its entry names.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use super::kind;
use crate::shm::{
    Handle, ObjectHeader, Offset, ProcessId, Segment, Session, ShmError, peek, poke, shared_struct,
};

shared_struct! {
    struct HandleObject {
        header: ObjectHeader,
        /// The process that it stands for, packed.
        process: AtomicU64,
    }
}

/// Returns the object that stands for a process, if there is one.
pub(super) fn handle_of(segment: &Segment, process: ProcessId) -> Option<Offset> {
    let object = segment.handle_of_process(process);
    is_for(segment, object, process).then_some(object)
}

/// Returns whether the object at an offset stands for the process. Another may lie there by now.
fn is_for(segment: &Segment, object: Offset, process: ProcessId) -> bool {
    let is_handle = segment.kind_at(object) == Some(kind::PROCESS);
    let found = is_handle.then(|| segment.get::<HandleObject>(object));
    found
        .flatten()
        .is_some_and(|found| peek(&found.process) == process.pack())
}

/// This process may terminate another, or has a value with which others may. Clones are the same handle.
#[derive(Clone, Debug)]
pub(crate) struct ProcessHandle(Arc<Handle>);

impl ProcessHandle {
    /// Returns the handle of a process of the session.
    pub(crate) fn of(session: &Session, process: ProcessId) -> Result<ProcessHandle, ShmError> {
        loop {
            let known = session.segment().handle_of_process(process);
            if is_for(session.segment(), known, process)
                && let Ok(handle) = ProcessHandle::open(session, known)
                // Until it was held, the object could go and another process's could come in its place.
                && is_for(session.segment(), known, process)
            {
                return Ok(handle);
            }
            let size = size_of::<HandleObject>() as u64;
            let handle = Handle::create(session, kind::PROCESS, size)?;
            let object: &HandleObject = session.segment().at(handle.offset());
            // Nobody else knows the object yet.
            poke(&object.process, process.pack());
            if session
                .segment()
                .name_handle(process, known, handle.offset())?
            {
                return Ok(ProcessHandle(Arc::new(handle)));
            }
            // Another process was faster: there is one now.
        }
    }

    /// Returns the handle at an offset received from another process. Any other offset is an error.
    pub(crate) fn open(session: &Session, offset: Offset) -> Result<ProcessHandle, ShmError> {
        let handle = Handle::open(session, offset, kind::PROCESS)?;
        Ok(ProcessHandle(Arc::new(handle)))
    }

    /// This process's hold on the object.
    pub(crate) fn handle(&self) -> &Handle {
        &self.0
    }
}
