//! The results of registration: for the engine, and for listings and explanations.

use std::any::TypeId;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use rhai::{Dynamic, Module, Shared};

use super::class_table::ClassTable;
use super::iterators::Iterators;
use super::signature::Signature;

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

/// The natives of an engine.
pub(crate) struct Registered {
    /// Global functions and constants.
    pub globals: Shared<Module>,
    /// Types, and their methods, operators and iterators.
    pub members: Shared<Module>,
    /// `os`, `time`, …: callable as `os::getpid()` and importable by name.
    pub namespaces: Vec<(&'static str, Shared<Module>)>,
    /// The facts about types that are needed while a script runs.
    pub table: Arc<ClassTable>,
    /// How values of our types are iterated: by a module that each engine has for itself.
    pub iterators: Iterators,
}

/// Everything that is declared, by name: for help.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    pub natives: Vec<Listed>,
    pub properties: Vec<Property>,
    pub modules: Vec<Receiver>,
    /// Members of modules that have an entry of their own elsewhere: the module, and the name.
    pub unlisted: Vec<(&'static str, &'static str)>,
    /// The values of global names.
    pub globals: BTreeMap<String, Dynamic>,
    /// The names of our types and of Rhai's.
    pub types: HashSet<String>,
    /// The members of its class that a value lacks.
    pub lacking: HashMap<TypeId, Vec<Lacking>>,
}

/// The names of members.
pub(crate) type Members = &'static [&'static str];

/// Returns the members of its class that a value lacks.
pub(crate) struct Lacking(pub(super) Box<dyn Fn(&Dynamic) -> Members + Send + Sync>);

impl Lacking {
    pub(crate) fn of(&self, value: &Dynamic) -> Members {
        self.0(value)
    }
}

impl fmt::Debug for Lacking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Lacking")
    }
}
