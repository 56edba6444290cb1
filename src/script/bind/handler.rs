//! The natives behind names, before they are declared.

use crate::script::Outcome;
use crate::script::call::Call;

/// The native behind a name.
pub(crate) type Handler = fn(&mut Call<'_>) -> Outcome;

/// How `with` enters and leaves values of a class.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Managed {
    pub enter: Handler,
    pub leave: Handler,
}
