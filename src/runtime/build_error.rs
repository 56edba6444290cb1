//! What cannot be built.

use std::collections::HashSet;
use std::fmt;

use super::setup::Setup;
use crate::stdlib;

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
    /// There is no script module of this name to turn on or off.
    NoModule(String),
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
            Self::NoModule(name) => {
                let all: Vec<_> = stdlib::modules().collect();
                let all = all.join(", ");
                write!(
                    f,
                    "there is no script module '{name}': the modules are {all}"
                )
            }
        }
    }
}

impl std::error::Error for BuildError {}

/// Whether children can tell the setups and their types apart, `taken` being names of other types; whether the `modules` exist.
pub(super) fn check(
    setups: &[Setup],
    taken: &HashSet<String>,
    modules: &[String],
) -> Result<(), BuildError> {
    let is_known = |name: &String| stdlib::modules().any(|known| known == name);
    if let Some(unknown) = modules.iter().find(|name| !is_known(name)) {
        return Err(BuildError::NoModule(unknown.clone()));
    }
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
