//! `Manager()` and what it makes, named after Python's `multiprocessing/managers.py`.
//!
//! Python's manager is a process that holds objects for others. Here the objects lie in the session, so there is nothing to ask and
//! nothing that could die: a lock or queue of a manager is an ordinary one, and a dict or list is shared memory.
//!
//! - [`manager`]: the object `Manager()` gives.
//! - [`proxy`]: what all containers have in common; [`contents`]: values as they lie in one; [`members`]: what
//!   scripts call on several of them.
//! - [`store`]: where the entries of a container are, here or on a server; [`span`]: which items of a list are meant.
//! - [`depth`]: how deep they are followed into each other.
//! - [`dict`], [`list`], [`namespace`], [`value`]: the containers.

pub(super) mod contents;
mod depth;
pub(super) mod dict;
mod list;
pub(super) mod manager;
mod members;
mod namespace;
pub(super) mod proxy;
pub(super) mod span;
mod store;
mod value;

use super::remote;
use crate::script::{Namespace, Registry};

pub(crate) fn register(registry: &mut Registry) {
    dict::register(registry);
    list::register(registry);
    namespace::register(registry);
    value::register(registry);
    manager::register(registry);
    remote::register_manager(registry);
}

pub(crate) fn constructors(module: &mut Namespace<'_>) {
    module.global("Manager", &["url?"], |call| match remote::manager(call)? {
        Some(manager) => Ok(manager),
        None => manager::construct(call),
    });
}
