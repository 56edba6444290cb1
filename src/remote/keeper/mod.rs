//! The keeper of a family: a process that shows servers that the members of the family live, and tells them who died.
//!
//! - [`client`]: how a process finds it, starts it, and names its members to it.
//! - [`talk`]: what they say to each other.
//! - [`serve`](mod@serve): the keeper itself; [`post`]: the members of one object; [`watch`]: whose beats have stopped.
//!
//! A process that dies on this machine is noticed by the kernel at once. A machine that dies is noticed by the keepers of others, because
//! the beats of its members stop. Any number of keepers may watch the same members: removing twice is harmless.

mod client;
mod post;
mod serve;
mod talk;
mod watch;

pub(crate) use client::Keeper;
pub(crate) use serve::serve;
pub(crate) use talk::Ward;
