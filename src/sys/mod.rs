//! The kernel: every system call the crate makes, and nothing that knows what it is for.

pub(crate) mod clock;
pub(crate) mod cpu;
pub(crate) mod futex;
pub(crate) mod identity;
pub(crate) mod input;
pub(crate) mod interrupt;
pub(crate) mod limits;
pub(crate) mod lock;
pub(crate) mod memory;
pub(crate) mod passing;
pub(crate) mod pipe;
pub(crate) mod place;
pub(crate) mod process;
pub(crate) mod processor;
pub(crate) mod quota;
pub(crate) mod readiness;
pub(crate) mod robust;
pub(crate) mod signal;
pub(crate) mod socket;
pub(crate) mod stdio;
#[cfg(test)]
pub(crate) mod testing;
