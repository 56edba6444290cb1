//! From Rhai's tree to typed code, for given types of the arguments or of the variables outside.
//!
//! - `surroundings`: what it has to know of the program; `lowered_loop`: what becomes of a loop
//! - `lowering`: its state, and blocks
//! - `plan`, `functions`: which functions have to be lowered for one island, and what they give
//! - `scope`, `named`: names and the variables that they mean; `hints`, `empties`: what empty lists will hold
//! - `effects`: whether something changes variables
//! - `statements`, `loops`, `choices`: statements; `assignments`: to variables and items
//! - `expressions`, `operators`, `lists`, `making`, `calls`, `math`: expressions
//!
//! Where the types rule something out on one path only, the code gives up there. Where that would be each time, it is [`Unfit`](super::Unfit).

mod assignments;
mod calls;
mod choices;
mod effects;
mod empties;
mod expressions;
mod functions;
mod hints;
mod lists;
mod loops;
mod lowered_loop;
mod lowering;
mod making;
mod math;
mod named;
mod operators;
mod plan;
mod scope;
mod statements;
mod surroundings;

pub(crate) use lowered_loop::LoweredLoop;
pub(crate) use lowering::position;
pub(crate) use plan::{Compiled, Known, Plan};
pub(crate) use surroundings::Surroundings;
