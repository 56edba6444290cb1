//! A copy of this process that is a child of its parent: `clone(2)` with `CLONE_PARENT`.
//!
//! The C library has no function for it, so the kernel is asked directly. Its `fork` does three things besides, for a process with one
//! thread: the C library's note of the thread's ID is renewed, the list of robust locks is registered again, and functions are called
//! that the program has registered by `pthread_atfork`. The first two are done here, the last is not.
#![allow(unsafe_code)]

use std::io;
use std::ptr::{null_mut, without_provenance_mut};

use super::process::{Forked, has_one_thread};
use super::{identity, robust};

/// Copies this process. The copy has the parent of this process, and sends that SIGCHLD when it ends.
///
/// # Errors
/// Those of `clone(2)`. `Unsupported` when this process has several threads, or its C library is not known well enough.
pub(crate) fn copy_for_parent() -> io::Result<Forked> {
    let unsupported = || io::Error::from(io::ErrorKind::Unsupported);
    let note = note_of_thread_id().ok_or_else(unsupported)?;
    if !has_one_thread() {
        return Err(unsupported());
    }
    let locks = robust::registered();
    let flags =
        libc::CLONE_PARENT | libc::CLONE_CHILD_SETTID | libc::CLONE_CHILD_CLEARTID | libc::SIGCHLD;
    // SAFETY: without CLONE_VM and without a stack of its own, the copy continues here as after a fork. There is one thread, so that
    // the copy misses none that would hold a lock. The kernel writes the copy's ID to `note`, in the copy, which is an aligned word of
    // the C library that is meant for this.
    match unsafe { clone(flags, note) } {
        -1 => Err(io::Error::last_os_error()),
        0 => {
            locks.renew();
            Ok(Forked::Child)
        }
        pid => Ok(Forked::Parent {
            pid: i32::try_from(pid).map_err(|_| io::ErrorKind::InvalidData)?,
        }),
    }
}

/// Returns where the C library notes the ID of this thread: the word that the kernel clears when the thread ends. `None` if it is not the
/// library's note.
fn note_of_thread_id() -> Option<*mut libc::pid_t> {
    let mut address = 0_usize;
    // SAFETY: the kernel writes a pointer to `address`, which has the size of one.
    let asked = unsafe { libc::prctl(libc::PR_GET_TID_ADDRESS, &raw mut address) };
    let note: *mut libc::pid_t = without_provenance_mut(address);
    if asked != 0 || note.is_null() || !note.is_aligned() {
        return None;
    }
    // SAFETY: the C library has registered the address for its thread, so the word exists as long as this thread does. Only the C library
    // writes it, and not while this thread runs.
    let noted =
        unsafe { std::ptr::with_exposed_provenance::<libc::pid_t>(address).read_volatile() };
    // Other libraries register a word for another purpose.
    (u32::try_from(noted) == Ok(identity::thread_id())).then_some(note)
}

/// `clone(2)`, which takes its arguments in another order on x86-64.
///
/// # Safety
/// As for a fork. The kernel writes to `note` in the copy.
unsafe fn clone(flags: libc::c_int, note: *mut libc::pid_t) -> libc::c_long {
    let (none, flags) = (null_mut::<libc::c_void>(), libc::c_long::from(flags));
    // SAFETY: the caller keeps the rule. The stack, the parent's note and the thread-local storage are null, so that they stay.
    unsafe {
        if cfg!(target_arch = "x86_64") {
            libc::syscall(libc::SYS_clone, flags, none, none, note, none)
        } else {
            libc::syscall(libc::SYS_clone, flags, none, none, none, note)
        }
    }
}
