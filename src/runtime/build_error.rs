//! Why a runtime cannot be built.

use std::collections::HashSet;
use std::fmt;

use super::setup::Setup;
use crate::script::limits::Limits;
use crate::script::names::Names;
use crate::script::stretch;
use crate::{stdlib, sys};

/// Why a runtime or a package cannot be built: a mistake in the program, which shows in every run.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum BuildError {
    /// Two setups have this name.
    SetupTwice(String),
    /// Two sendable types have this name, or one type has two names, of which this is the second.
    TypeTwice(String),
    /// A sendable type has the name of a type of this crate or of Rhai.
    TypeNameTaken(String),
    /// An isolated runtime cannot have this option, because its scripts run in another process.
    NotIsolated(String),
    /// There is no script module with this name to turn on or off.
    NoModule(String),
    /// There is a memory limit, but the program's allocator does not count: see [`Limits::memory`](crate::Limits::memory).
    NotCounting,
    /// A package cannot apply its limits, because one of its engines had an `on_progress` or `on_var` before: see
    /// [`ProcessPackage`](crate::ProcessPackage).
    NotLimited,
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SetupTwice(name) => write!(
                f,
                "two setups are named '{name}', and children could not tell them apart: rename one of them"
            ),
            Self::TypeTwice(name) => write!(
                f,
                "the name '{name}' is used twice in Setup::sendable: name each type once, and give each its own name"
            ),
            Self::TypeNameTaken(name) => write!(
                f,
                "scripts know another type as '{name}': choose another name in Setup::sendable"
            ),
            Self::NotCounting => f.write_str(
                "a memory limit needs an allocator that counts: add to the program \
                 `#[global_allocator] static ALLOCATOR: procscript::alloc::Counting = procscript::alloc::Counting::new(std::alloc::System);`",
            ),
            Self::NotLimited => f.write_str(stretch::UNCHECKED),
            Self::NotIsolated(option) => write!(
                f,
                "an isolated runtime cannot have Builder::{option}, because its scripts run in another process: remove one of them"
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

/// Checks that a memory limit can be applied.
pub(super) fn check_memory(limits: &Limits) -> Result<(), BuildError> {
    match limits.of_memory().is_some() && !sys::alloc::is_counting() {
        true => Err(BuildError::NotCounting),
        false => Ok(()),
    }
}

/// Checks that children can tell the setups and their types apart, also from the types among `names`.
pub(super) fn check(setups: &[Setup], names: &Names) -> Result<(), BuildError> {
    // Most runtimes have none, and the table of names is made when it is asked for.
    if setups.is_empty() {
        return Ok(());
    }
    let taken = names.types();
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
