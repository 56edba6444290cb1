//! Programs in processes of their own, started without a copy of this process's memory.
//!
//! - [`program`]: a program with what it is started with, and the first moments of its process.
//! - [`start`]: starting one, alone or under a supervisor.
//! - [`supervisor`]: a small process that ends a program, and everything the program has started, with this process.
//! - [`block`]: the memory that the two share; [`raw`]: system calls of a process that shares its memory with another.

mod block;
mod program;
mod raw;
mod start;
mod supervisor;

pub(crate) use self::program::{Conditions, NotStarted, Program};
pub(crate) use self::start::{Supervised, alone, supervised};
