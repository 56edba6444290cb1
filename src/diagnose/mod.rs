//! What the processes and threads of a program do: read from its session, which stays as it is, and shown to people.
//!
//! - [`family`]: the model that all faces share.
//! - [`reading`]: the model of a session; [`objects`]: what locks and queues it has, under which names; [`words`]: what a wait is for;
//!   [`system`]: what the kernel knows.
//! - [`outside`]: the sessions of other programs.
//! - [`table`], [`dump`]: the model as text.

mod dump;
mod family;
mod objects;
mod outside;
mod reading;
mod system;
mod table;
mod words;

pub use family::{Family, Hold, Line, Process, Queue, Thread, Wait};
pub use outside::{FindError, families, family_of};
pub(crate) use reading::{Here, read};
pub(crate) use system::is_stopped;
pub use table::Order;
pub(crate) use words::wait_words;
