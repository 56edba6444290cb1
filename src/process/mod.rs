//! Children: starting them by fork or spawn, watching and ending them.
//!
//! - [`child`]: a started child, from its first to its last moment.
//! - [`fork`]: a copy of this process, and the rules for what it may do.
//! - [`spawn`]: a fresh copy of the program, and how it finds its session; [`starter`]: from which thread.
//! - [`seed`]: a process of which spawned children are copies.
//! - [`command`]: another program; [`running`]: from its start to its end; [`exchange`]: what is written to it and read from it.
//! - [`relay`]: the thread that forwards what children write.
//! - [`timer`]: the thread that calls functions at their times; [`countdown`]: a time limit for many short pieces of work.
//! - [`exit`]: exit codes as Python counts them.
//! - [`signals`]: Ctrl-C and SIGTERM for a whole family.
//!
//! This room starts a function or a program; what a script is, it does not know.

pub(crate) mod child;
pub(crate) mod command;
pub(crate) mod countdown;
pub(crate) mod exchange;
pub(crate) mod exit;
pub(crate) mod fork;
pub(crate) mod relay;
pub(crate) mod running;
pub(crate) mod seed;
pub(crate) mod signals;
pub(crate) mod spawn;
mod starter;
pub(crate) mod timer;

pub(crate) use child::Child;
pub(crate) use exit::ExitStatus;
