//! `Manager()` and what it makes, named after Python's `multiprocessing/managers.py`.
//!
//! Python's manager is a process that holds objects for others. Here the objects lie in the session, so there is nothing to ask and
//! nothing that could die: a lock or queue of a manager is an ordinary one, and a dict or list is shared memory.
//!
//! - [`manager`]: the object `Manager()` gives.
//! - [`proxy`]: what all containers have in common; [`contents`]: values as they lie in one; [`members`]: what
//!   scripts call on several of them.
//! - [`depth`]: how deep they are followed into each other.
//! - [`dict`], [`list`], [`namespace`], [`value`]: the containers.

mod contents;
mod depth;
mod dict;
mod list;
pub(super) mod manager;
mod members;
mod namespace;
mod proxy;
mod value;

use super::remote::refuse;
use crate::script::{Namespace, Registry};

pub(crate) fn register(registry: &mut Registry) {
    dict::register(registry);
    list::register(registry);
    namespace::register(registry);
    value::register(registry);
    manager::register(registry);
}

pub(crate) fn constructors(module: &mut Namespace<'_>) {
    module.global("Manager", &["url?"], |call| {
        refuse(call, "Manager", 0)?;
        manager::construct(call)
    });
}
