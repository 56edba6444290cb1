//! The report on a piece of a program that grows: an evaluation, or a line at the prompt.

use super::Runtime;
use crate::program::diagnostic::Diagnostic;
use crate::script::exceptions::Exception;
use crate::script::report::{Reports, diagnostic_of};

impl Runtime {
    /// The report on an uncaught error. Its help knows the variables of earlier pieces, which no text shows.
    pub(super) fn diagnose(&self, exception: &Exception) -> Diagnostic {
        let names = self.state.scope.iter_raw();
        let names = names.map(|(name, ..)| name.to_string());
        Reports::of(&self.interp).note_variables(names.collect());
        diagnostic_of(&self.interp, exception)
    }
}
