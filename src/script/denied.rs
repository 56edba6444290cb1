//! Denied operations, as the exception that scripts get.

use super::exceptions::{Exception, Failure, throw};
use crate::permissions::Denied;

impl From<Denied> for Failure {
    /// Creates a `PermissionError` with its help.
    fn from(denied: Denied) -> Self {
        let exception = Exception::new("PermissionError", vec![denied.message.into()]);
        throw(exception.with_help(denied.help))
    }
}
