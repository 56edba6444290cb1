//! The memory through which a program and the supervisor of a command talk, and the stacks of new processes.
#![allow(unsafe_code)]

use std::cell::UnsafeCell;
use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU32};

use super::program::{Prepared, Program};
use super::raw;

/// The size of a stack in bytes. The deepest use is a list of what the supervisor has left to end.
const STACK: usize = 48 << 10;

/// A stack for a process that shares this one's memory.
#[repr(align(16))]
pub(super) struct Stack(UnsafeCell<[MaybeUninit<u8>; STACK]>);

impl Stack {
    pub(super) fn new() -> Box<Self> {
        // SAFETY: bytes that need not be initialized always are.
        unsafe { Box::<Self>::new_uninit().assume_init() }
    }

    /// Returns its end, where its use begins.
    pub(super) fn top(&self) -> *mut c_void {
        self.0.get().wrapping_add(1).cast()
    }
}

/// The stages of a start.
pub(super) mod stage {
    pub(crate) const BEGINS: u32 = 0;
    /// The program runs, or cannot be run.
    pub(crate) const OVER: u32 = 1;
}

/// The status of a command that has not ended, or whose supervisor was killed.
pub(super) const NO_STATUS: i32 = -1;

/// What a program and the supervisor of a command share.
pub(super) struct Block {
    pub prepared: Prepared,
    /// The process of the program.
    pub program: i32,
    /// Whether the supervisor gets a process group of its own, and the command with it.
    pub own_group: bool,
    /// One of [`stage`].
    pub stage: AtomicU32,
    /// The process ID of the command.
    pub command: AtomicI32,
    /// Whether the supervisor begins with the descriptors of the program in common with it.
    pub shares_descriptors: bool,
    /// The pidfd of the command among these descriptors; -1 if there is none.
    pub pidfd: AtomicI32,
    /// Whether the program has a pidfd of the command, so that the supervisor may reap it.
    pub is_watched: AtomicBool,
    /// Whether SIGTERM means to kill everything rather than to ask it to end.
    pub at_once: AtomicBool,
    /// The command's wait status.
    pub status: AtomicI32,
    pub stack: Box<Stack>,
    pub command_stack: Box<Stack>,
}

impl Block {
    pub(super) fn new(program: Program, starter: i32, own_group: bool) -> Self {
        let shares_descriptors = raw::can_leave_descriptors();
        Self {
            prepared: Prepared::new(program),
            program: starter,
            own_group,
            stage: AtomicU32::new(stage::BEGINS),
            command: AtomicI32::new(0),
            shares_descriptors,
            pidfd: AtomicI32::new(-1),
            is_watched: AtomicBool::new(shares_descriptors),
            at_once: AtomicBool::new(false),
            status: AtomicI32::new(NO_STATUS),
            stack: Stack::new(),
            command_stack: Stack::new(),
        }
    }
}
