//! What cannot be built.

use std::collections::HashSet;
use std::fmt;

use super::setup::Setup;

/// Why a runtime cannot be furnished as it was asked for: a mistake in the program, which every run of it has.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum BuildError {
    /// Two of the setups have this name.
    SetupTwice(String),
    /// Two of the types that may cross have this name, or one type has two names, of which this is the second.
    TypeTwice(String),
    /// A type that may cross has the name of one of ours or of Rhai's.
    TypeNameTaken(String),
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SetupTwice(name) => write!(
                f,
                "two setups are called '{name}': children could not tell them apart; give one of them another name"
            ),
            Self::TypeTwice(name) => write!(
                f,
                "the type '{name}' is named twice in Setup::crossing: each type is named once, and has a name of its own"
            ),
            Self::TypeNameTaken(name) => write!(
                f,
                "scripts know another type as '{name}': give it another name in Setup::crossing"
            ),
        }
    }
}

impl std::error::Error for BuildError {}

/// Whether children can tell the setups and their types apart; `taken` are names of other types.
pub(super) fn check(setups: &[Setup], taken: &HashSet<&str>) -> Result<(), BuildError> {
    let mut names = HashSet::new();
    if let Some(twice) = setups
        .iter()
        .filter_map(Setup::name)
        .find(|name| !names.insert(*name))
    {
        return Err(BuildError::SetupTwice(twice.into()));
    }
    let (mut names, mut ids) = (HashSet::new(), HashSet::new());
    for own in setups.iter().flat_map(Setup::types) {
        let name = own.name().to_string();
        if taken.contains(own.name()) {
            return Err(BuildError::TypeNameTaken(name));
        }
        if !names.insert(own.name()) | !ids.insert(own.type_id()) {
            return Err(BuildError::TypeTwice(name));
        }
    }
    Ok(())
}
