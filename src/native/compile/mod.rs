//! From typed code to machine code.
//!
//! - `machine`: the compiler, and which functions are complete
//! - `routine`: functions, loops, and what enters them from outside
//! - `survey`: what code does anywhere in it
//! - `emitter`: what is known while a routine is written, and its smallest parts
//! - `statements`, `loops`, `passes`
//! - `expressions`, `conditions`, `integers`, `floats`, `lists`, `making`, `random`, `calls`, `helping`
//! - `polls`: looking whether something has happened outside
//!
//! A `fail` label ends each routine: whatever gives up jumps there.

mod calls;
mod conditions;
mod emitter;
mod expressions;
mod floats;
mod helping;
mod integers;
mod lists;
mod loops;
mod machine;
mod making;
mod passes;
mod polls;
mod random;
mod routine;
mod statements;
mod survey;

pub(crate) use machine::Machine;
