//! Permissions: what a script may do outside itself. Every native with such an effect asks the [`Guard`] of its process first.
//!
//! - [`policy`]: `Permissions`, as a host says it; [`grant`]: what is allowed and denied of one kind.
//! - [`tree`], [`endpoint`]: files and addresses as things to be allowed.
//! - [`guard`]: the permissions of this process; [`files`], [`network`], [`processes`]: what it is asked;
//!   [`walk`]: where a path leads.
//! - [`denied`]: what is not allowed, and how to allow it.
//! - [`narrow`]: less for a child, as its parent wants it.

mod denied;
mod endpoint;
mod files;
mod grant;
mod guard;
mod narrow;
mod network;
mod policy;
mod processes;
mod tree;
mod walk;

pub(crate) use self::denied::Denied;
pub(crate) use self::files::{Place, Use};
pub(crate) use self::guard::Guard;
pub(crate) use self::narrow::{Count, Share, Wanted};
pub(crate) use self::network::{Contacting, shown_contact};
pub use self::policy::Permissions;
pub(crate) use self::walk::Last;
