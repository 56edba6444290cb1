//! What a script may do outside itself. Every native that reaches out asks the [`Guard`] of its process first.
//!
//! - [`policy`]: `Permissions`, as a host says it; [`grant`]: what is allowed and denied of one kind.
//! - [`tree`], [`endpoint`]: files and hosts as things to be allowed.
//! - [`guard`]: the permissions of this process; [`files`], [`network`], [`processes`]: what it is asked.
//! - [`refusal`]: the error.
//! - [`narrow`]: less for a child, as its parent's script says it; [`pack`]: permissions on their way to a spawned child.

mod endpoint;
mod files;
mod grant;
mod guard;
mod narrow;
mod network;
mod pack;
mod policy;
mod processes;
mod refusal;
#[cfg(test)]
mod tests;
mod tree;

pub(crate) use self::files::{Last, Place, Use};
pub(crate) use self::guard::Guard;
pub(crate) use self::network::{Contacting, shown_contact};
pub use self::policy::Permissions;
