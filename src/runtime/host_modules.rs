//! Modules that the host has, in memory or by a loader of its own.

use std::fmt;
use std::sync::Arc;

use rhai::ModuleResolver;

use super::setup::{Setup, Text};

/// The sources of such modules.
#[derive(Default)]
pub(super) struct OfHost {
    texts: Vec<Arc<Text>>,
    pub(super) resolvers: Vec<Arc<dyn ModuleResolver>>,
}

impl OfHost {
    pub(super) fn of(setups: &[Setup]) -> Self {
        Self {
            texts: setups.iter().flat_map(Setup::texts).cloned().collect(),
            resolvers: setups.iter().flat_map(Setup::resolvers).cloned().collect(),
        }
    }

    /// Returns the text of the module with this name.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.texts.iter().find_map(|text| text(name))
    }
}

impl fmt::Debug for OfHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OfHost").finish_non_exhaustive()
    }
}
