//! `Pool`: worker processes that do the tasks of `apply`, `map`, `imap` and their kind.
//!
//! - [`pool`]: the object and its state; [`submit`], [`feed`]: items on their way to the workers; [`promise`]: the result of a call that has not
//!   come yet; [`pump`]: every wait; [`ending`]: how a pool ends.
//! - [`crew`]: the worker processes; [`worker`]: the life of one; [`desk`]: its board as a value; [`parcel`]: tasks as they travel; [`lost`]: what is
//!   said of a task whose worker died.
//! - [`pool_class`], [`calls`], [`options`], [`async_result`], [`iterator`]: what scripts see; [`callbacks`]: their functions that are called back.

mod async_result;
mod callbacks;
mod calls;
pub(crate) mod crew;
mod desk;
mod ending;
mod feed;
mod iterator;
mod lost;
mod options;
pub(crate) mod parcel;
pub(crate) mod pool;
mod pool_class;
pub(crate) mod promise;
mod pump;
mod submit;
pub(super) mod worker;

use crate::script::{Namespace, Registry};

pub(crate) use callbacks::Callbacks;

pub(super) fn register(registry: &mut Registry) {
    desk::register(registry);
    pool_class::register(registry);
    async_result::register(registry);
    iterator::register(registry);
}

pub(super) fn constructors(module: &mut Namespace<'_>) {
    pool_class::constructors(module);
}
