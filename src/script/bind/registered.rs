//! The result of registration: for the engine, and for listings and explanations.

use std::any::TypeId;
use std::collections::HashSet;
use std::sync::Arc;

use rhai::{Dynamic, Module, Shared};

use super::signature::Signature;
use crate::script::codecs::Codecs;
use crate::script::rhai_names::RHAI_TYPES;

/// One row of the table from which a wrong call is explained.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Listed {
    /// The receiver's type and its script name; `None` for a plain function.
    pub receiver: Option<(TypeId, &'static str)>,
    pub signature: Signature,
}

/// A name that is read as `x.name`: a property of a type, or a constant of a module.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Property {
    /// The type it is read from and its script name.
    pub receiver: (TypeId, &'static str),
    pub name: &'static str,
    /// Whether `x.name = value` is allowed; such a property has a row of its own for that.
    pub is_set: bool,
}

/// The value of a script module's name: `os`.
#[derive(Debug, Clone)]
pub(crate) struct Receiver {
    pub type_id: TypeId,
    pub name: &'static str,
    pub value: Dynamic,
}

/// The result of a registry, for the engine.
pub(crate) struct Registered {
    /// Global functions and constants.
    pub globals: Shared<Module>,
    /// Types, and their methods, operators and iterators.
    pub members: Shared<Module>,
    /// `os`, `time`, …: callable as `os::getpid()` and importable by name.
    pub namespaces: Vec<(&'static str, Shared<Module>)>,
    pub receivers: Vec<Receiver>,
    /// How values of each type are sent to other processes.
    pub codecs: Codecs,
    /// Our own types: small handles, all of whose methods may be called on a copy.
    pub classes: HashSet<TypeId>,
    pub listed: Arc<Vec<Listed>>,
    pub properties: Arc<Vec<Property>>,
}

impl Registered {
    /// Returns the names of our types and of Rhai's.
    pub(crate) fn of_types(&self) -> HashSet<&str> {
        let of_natives = self.listed.iter().filter_map(|row| row.receiver);
        of_natives
            .map(|(_, name)| name)
            .chain(RHAI_TYPES)
            .chain(["NoneType", "type"])
            .chain(self.codecs.names())
            .collect()
    }
}
