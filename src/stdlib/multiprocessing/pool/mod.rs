//! `Pool`: worker processes that do the tasks of `apply`, `map`, `imap` and their kind.
//!
//! - [`state`]: the object and its state; [`submit`], [`feed`], [`items`]: items on their way to the workers; [`promise`]: the result of a call that has not
//!   come yet; [`sending`], [`pump`]: batches sent, and every wait, with [`patience`]; [`ending`]: how a pool ends; [`here`]: which process it belongs to.
//! - [`several`]: a wait on several pools; [`withdraw`]: tasks that are cancelled; [`shown`]: progress; [`open`]: pools that the program's end waits for.
//! - [`staff`]: the workers, whatever they are; [`member`]: one of them, to be waited for; [`parcel`]: tasks as they travel, [`numbers`] among them; [`lost`]: what is
//!   said of a task whose worker died.
//! - [`terms`]: how workers are started; [`crew`]: worker processes; [`worker`]: the life of one; [`post`]: what it is given; [`doing`]: tasks done; [`outbox`]:
//!   what it sends, [`kept`] until then; [`letters`]: what is read of that; [`times`]: how long tasks take; [`desk`]: shared rows as values.
//! - [`threads`]: worker threads; [`thread_worker`]: the life of one; [`seat`]: what they share with the pool.
//! - [`object`], [`pool_class`], [`calls`], [`options`], [`async_result`], [`iterator`]: what scripts see; [`callbacks`]: their functions that are called back, when they are [`due`].

mod async_result;
pub(super) mod callbacks;
mod calls;
mod crew;
mod desk;
mod doing;
pub(super) mod due;
mod ending;
mod feed;
mod here;
mod items;
pub(crate) mod iterator;
mod kept;
mod letters;
pub(super) mod lost;
mod member;
mod numbers;
mod object;
pub(crate) mod open;
pub(crate) mod options;
mod outbox;
pub(crate) mod parameters;
pub(crate) mod parcel;
mod patience;
pub(crate) mod pool_class;
mod post;
pub(crate) mod promise;
mod pump;
mod seat;
mod sending;
mod several;
mod shown;
mod staff;
pub(crate) mod state;
pub(crate) mod submit;
pub(crate) mod terms;
mod thread_worker;
mod threads;
mod times;
mod withdraw;
pub(super) mod worker;

use super::remote::register_pool;
use crate::script::{Namespace, Registry};

pub(crate) use callbacks::Callbacks;
pub(crate) use ending::is_stopped;
pub(crate) use open::OpenPools;

pub(super) fn register(registry: &mut Registry) {
    desk::register(registry);
    pool_class::register(registry);
    async_result::register(registry);
    iterator::register(registry);
    register_pool(registry);
}

/// Registers the module `multiprocessing.pool`; `multiprocessing` exists.
pub(super) fn register_module(registry: &mut Registry) {
    pool_class::register_module(registry);
}

pub(super) fn constructors(module: &mut Namespace<'_>) {
    pool_class::constructors(module);
}
