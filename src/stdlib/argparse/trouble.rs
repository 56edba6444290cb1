//! What is wrong with a command line.

use super::model::Argument;
use crate::script::Failure;

/// Why a command line cannot be parsed.
#[derive(Debug)]
pub(super) enum Trouble {
    /// A message about the whole command line.
    Usage(String),
    /// About one argument, which is named.
    Argument(String),
    /// A function of the script has failed, or the script ends.
    Failed(Failure),
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl Trouble {
    pub(super) fn about(argument: &Argument, message: &str) -> Self {
        Self::Argument(match argument.name() {
            Some(name) => format!("argument {name}: {message}"),
            None => message.into(),
        })
    }
}
