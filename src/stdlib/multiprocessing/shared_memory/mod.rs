//! `multiprocessing.shared_memory`: memory that any program can open by its name.
//!
//! - [`memory`]: `SharedMemory`; [`class`]: its members; [`view`]: its `buf`.
//! - [`list`]: `ShareableList`; [`layout`]: its items as bytes, as Python lays them out.

mod class;
mod layout;
mod list;
mod memory;
mod view;

use rhai::Dynamic;

use crate::script::{Namespace, Registry};

/// The value of `multiprocessing.shared_memory`.
#[derive(Debug, Clone)]
struct SharedMemoryModule;

const MEMORY: &[&str] = &["name?", "create?", "size?", "track?"];
const LIST: &[&str] = &["sequence?", "name?", "track?"];

pub(super) fn register(registry: &mut Registry) {
    class::register(registry);
    view::register(registry);
    list::register(registry);
    registry
        .namespace("shared_memory", SharedMemoryModule)
        .function("SharedMemory", MEMORY, class::construct)
        .function("ShareableList", LIST, list::construct);
    registry.place_inside("shared_memory", "multiprocessing");
}

/// Registers the names of this module in `multiprocessing`.
pub(super) fn register_names(multiprocessing: &mut Namespace<'_>) {
    multiprocessing
        .global("SharedMemory", MEMORY, class::construct)
        .global("ShareableList", LIST, list::construct)
        .constant("shared_memory", SharedMemoryModule, |_| {
            Ok(Dynamic::from(SharedMemoryModule))
        });
}
