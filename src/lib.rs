//! `procscript` gives Rhai scripts Python's `multiprocessing`, on real operating-system processes.

mod process;
mod program;
mod shm;
mod stdlib;
mod sync;
mod sys;
mod wire;
