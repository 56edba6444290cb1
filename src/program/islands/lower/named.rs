//! Variables under their names.

use rhai::ImmutableString;

use crate::native::code::Var;

/// A variable under its name.
#[derive(Debug, Clone)]
pub(super) struct Named {
    pub name: ImmutableString,
    pub var: Var,
    pub is_constant: bool,
}
