//! What a family has in the file system: named memory, and sockets that nobody else has to find by a path of their own.
//!
//! - [`memory`]: a piece of memory with a name, which any program can open.
//! - [`place`]: where it is.
//! - [`directory`]: what has to disappear with the family, and who removes it.

mod directory;
mod memory;
mod place;

pub(crate) use directory::{FamilyDirectory, remove_leftovers};
pub(crate) use memory::NamedMemory;
pub(crate) use place::path_of;
