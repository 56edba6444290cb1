//! `multiprocessing.shared_memory`: memory that any program can open by its name.
//!
//! - [`memory`]: `SharedMemory`; [`class`]: its members; [`view`]: its `buf`.
//! - [`list`]: `ShareableList`; [`layout`]: its items as bytes, as Python lays them out.
//! - [`manager`]: `SharedMemoryManager`, in `multiprocessing.managers`.

mod class;
mod layout;
mod list;
mod manager;
mod memory;
mod view;

use rhai::Dynamic;

use crate::script::{Namespace, Registry};

/// The value of `multiprocessing.shared_memory`.
#[derive(Debug, Clone)]
struct SharedMemoryModule;

/// The value of `multiprocessing.managers`.
#[derive(Debug, Clone)]
struct ManagersModule;

const MEMORY: &[&str] = &["name?", "create?", "size?", "track?"];
const LIST: &[&str] = &["sequence?", "name?", "track?"];

/// The words by which a program gets to this.
pub(super) const WORDS: [&str; 5] = [
    "ShareableList",
    "SharedMemory",
    "SharedMemoryManager",
    "managers",
    "shared_memory",
];

pub(super) fn register(registry: &mut Registry) {
    class::register(registry);
    view::register(registry);
    list::register(registry);
    manager::register(registry);
    registry
        .namespace("shared_memory", SharedMemoryModule)
        .function("SharedMemory", MEMORY, class::construct)
        .function("ShareableList", LIST, list::construct);
    registry.place_inside("shared_memory", "multiprocessing");
    registry
        .namespace("multiprocessing::managers", ManagersModule)
        .function("SharedMemoryManager", &[], manager::construct);
}

/// Registers the names of this module in `multiprocessing`.
pub(super) fn register_names(multiprocessing: &mut Namespace<'_>) {
    multiprocessing
        .global("SharedMemory", MEMORY, class::construct)
        .global("ShareableList", LIST, list::construct)
        .global("SharedMemoryManager", &[], manager::construct)
        .constant("shared_memory", SharedMemoryModule, |_| {
            Ok(Dynamic::from(SharedMemoryModule))
        })
        .constant("managers", ManagersModule, |_| {
            Ok(Dynamic::from(ManagersModule))
        });
}
