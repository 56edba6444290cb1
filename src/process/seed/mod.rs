//! A seed: a fresh run of the program that has done what is the same for every child, and copies itself. The copies are children.
//!
//! A copy is a child of the process that has started the seed, and not of the seed (`CLONE_PARENT`). It is made before it is needed, as a
//! *spare*, so that a start only has to wake it.
//!
//! | parent | seed | spare |
//! | --- | --- | --- |
//! | starts the seed | prepares, copies itself, sends the spare's process ID and the way to it | waits |
//! | sends an order to the spare, has a child | | takes its place, does the child's work |
//! | asks for the next spare | copies itself … | |
//!
//! The seed and the spare have one thread and three descriptors: a way to the parent, its end, and the terminal's signals, which they
//! discard. They end with the parent; a spare that has its order by then lives on as any child does. A signal that ends one of them ends
//! nothing else: the parent then starts the next child in the usual way.
//!
//! - [`choice`]: which children are started in this way.
//! - [`asker`]: a seed as its parent sees it; [`order`]: what it sends to the spare.
//! - [`life`]: the seed itself, and the beginning of a copy.

mod asker;
mod choice;
mod life;
mod order;

pub(crate) use choice::{Seeds, Wanted};
pub(crate) use life::SeedLife;
