//! The kernel: every system call the crate makes, and nothing that knows what it is for.
//!
//! Three crates reach the kernel, and the first that has a call is used:
//!
//! 1. rustix, whose calls are safe;
//! 2. nix for what rustix lacks: names of signals, `sigaction`, signal masks, `signalfd`, timers, `posix_spawn`;
//! 3. libc for what neither has in a form that fits: `fork`, `clone`, `_exit`, robust lists, `kill`, `alarm`, `sigaction` as a query,
//!    `sigtimedwait`, `ppoll`, socket options and descriptors that scripts name by number, the stack of a thread, the C library's
//!    allocator, whether a descriptor is a terminal, a question to `unshare` and `tgkill`. These calls
//!    are `unsafe`, and each says why it is sound.
//!
//! The supervisor of a command makes its calls [itself](command), because it shares the memory of this process.
//!
//! Sockets are socket2's, which has the addresses.

pub(crate) mod alloc;
pub(crate) mod clock;
pub(crate) mod command;
pub(crate) mod conditions;
pub(crate) mod copying;
pub(crate) mod cpu;
pub(crate) mod deep_stack;
pub(crate) mod descriptors;
pub(crate) mod environment;
pub(crate) mod executable;
pub(crate) mod futex;
pub(crate) mod identity;
pub(crate) mod input;
pub(crate) mod interrupt;
pub(crate) mod limits;
pub(crate) mod lock;
pub(crate) mod memory;
pub(crate) mod named;
pub(crate) mod opening;
mod own_id;
pub(crate) mod passing;
pub(crate) mod pipe;
pub(crate) mod place;
pub(crate) mod process;
pub(crate) mod quota;
pub(crate) mod random;
pub(crate) mod readiness;
pub(crate) mod robust;
pub(crate) mod signal;
pub(crate) mod socket;
pub(crate) mod spawn;
pub(crate) mod stdio;
pub(crate) mod system;
#[cfg(test)]
pub(crate) mod testing;
pub(crate) mod ticks;
pub(crate) mod time_limit;
pub(crate) mod withheld;
pub(crate) mod word_file;
