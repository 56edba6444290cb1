//! Every name that scripts can use without declaring it: functions, types with their members, modules, values.

use std::any::TypeId;
use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::sync::{Arc, LazyLock};

use rhai::Dynamic;

use super::bind::{Listed, Listing, Property, Signature};
use super::foreign::Foreign;
use super::rhai_names::{self, RHAI_TYPES};

/// The table of names, used by help, completion and checks.
pub(crate) struct Names {
    /// Made when somebody asks for it. Most programs end without.
    declared: LazyLock<Listing, Box<dyn FnOnce() -> Listing + Send>>,
    /// Functions of the host.
    foreign: Arc<Vec<Foreign>>,
    /// The modules that the host has turned off.
    off: Vec<String>,
}

/// The receiver of a name.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Of<'n> {
    /// Nothing: a global function.
    Nothing,
    Type(TypeId),
    /// A type or a module by its name: `Queue`, `os::path`.
    Named(&'n str),
}

impl Of<'_> {
    fn is(self, receiver: Option<(TypeId, &str)>) -> bool {
        match (self, receiver) {
            (Self::Nothing, None) => true,
            (Self::Type(id), Some((type_id, _))) => id == type_id,
            (Self::Named(name), Some((_, receiver))) => name == receiver,
            _ => false,
        }
    }
}

impl Names {
    pub(crate) fn of(
        declared: impl FnOnce() -> Listing + Send + 'static,
        foreign: Vec<Foreign>,
        off: &[String],
    ) -> Self {
        Self {
            declared: LazyLock::new(Box::new(declared)),
            foreign: foreign.into(),
            off: off.into(),
        }
    }

    /// Returns every function and method that is declared in Rust.
    pub(crate) fn natives(&self) -> &[Listed] {
        &self.declared.natives
    }

    /// Returns the signature of a function or method.
    pub(crate) fn signature(&self, of: Of<'_>, name: &str) -> Option<&Signature> {
        let mut rows = self.declared.natives.iter();
        let row = rows.find(|row| row.signature.name == name && of.is(row.receiver))?;
        Some(&row.signature)
    }

    /// Returns the signatures of all functions of a receiver.
    pub(crate) fn signatures<'k>(&'k self, of: Of<'k>) -> impl Iterator<Item = &'k Signature> {
        let rows = self
            .declared
            .natives
            .iter()
            .filter(move |row| of.is(row.receiver));
        rows.map(|row| &row.signature)
    }

    /// Returns the properties of a receiver.
    pub(crate) fn properties<'k>(&'k self, of: Of<'k>) -> impl Iterator<Item = &'k Property> {
        let rows = self.declared.properties.iter();
        rows.filter(move |row| of.is(Some(row.receiver)))
    }

    /// Returns the names of a type or a module, which is called `os.path` or `os::path`.
    pub(crate) fn members<'k>(&'k self, class: &'k str) -> impl Iterator<Item = &'k str> {
        let is_it = |module: &&str| *module == class || module.replace("::", ".") == class;
        let of = Of::Named(self.modules().find(is_it).unwrap_or(class));
        let functions = self
            .signatures(of)
            .map(|signature| -> &str { signature.name });
        let rhais = RHAI_TYPES.contains(&class).then(rhai_names::all);
        functions
            .chain(self.properties(of).map(|row| -> &str { row.name }))
            .chain(rhais.into_iter().flatten())
    }

    /// Returns the names of a type or a module, also those with an entry elsewhere.
    pub(crate) fn all_members<'k>(&'k self, class: &'k str) -> impl Iterator<Item = &'k str> {
        let is_it = move |of: &str| of.replace("::", ".") == class.replace("::", ".");
        let unlisted = self.declared.unlisted.iter();
        let unlisted = unlisted.filter(move |(of, _)| is_it(of));
        self.members(class)
            .chain(unlisted.map(|(_, name)| -> &str { name }))
    }

    /// Returns whether a type or a module has this name.
    pub(crate) fn has_member(&self, class: &str, name: &str) -> bool {
        self.all_members(class).any(|member| member == name)
    }

    /// Returns the properties of a type that can be assigned to.
    pub(crate) fn settable<'k>(&'k self, class: &'k str) -> impl Iterator<Item = &'k str> {
        let rows = self.properties(Of::Named(class));
        rows.filter(|row| row.is_set)
            .map(|row| -> &str { row.name })
    }

    /// Returns the global functions, including Rhai's own.
    pub(crate) fn functions(&self) -> impl Iterator<Item = &str> {
        let ours = self
            .signatures(Of::Nothing)
            .map(|signature| -> &str { signature.name });
        let foreign = self.foreign.iter().map(|function| function.name.as_str());
        ours.chain(foreign).chain(rhai_names::all())
    }

    /// Returns the global names that are not functions: `True`, `None`, `os`.
    pub(crate) fn values(&self) -> impl Iterator<Item = &str> {
        let values = self.declared.globals.iter();
        values
            .filter(|(_, value)| !value.is_fnptr())
            .map(|(name, _)| name.as_str())
    }

    /// Returns the values of the global names.
    pub(crate) fn globals(&self) -> &BTreeMap<String, Dynamic> {
        &self.declared.globals
    }

    /// Functions of the host.
    pub(crate) fn foreign(&self) -> &Arc<Vec<Foreign>> {
        &self.foreign
    }

    /// `os`, `time`, `os::path`, …
    pub(crate) fn modules(&self) -> impl Iterator<Item = &'static str> {
        self.declared.modules.iter().map(|module| module.name)
    }

    pub(crate) fn is_module(&self, name: &str) -> bool {
        self.modules().any(|module| module == name)
    }

    /// Returns the module that is a value of this type.
    pub(crate) fn module_of(&self, type_id: TypeId) -> Option<&'static str> {
        let module = self
            .declared
            .modules
            .iter()
            .find(|module| module.type_id == type_id)?;
        Some(module.name)
    }

    /// Returns the modules that have `name`, the one with the shortest path first.
    pub(crate) fn modules_with(&self, name: &str) -> Vec<&'static str> {
        let has = |module: &&str| self.members(module).any(|member| member == name);
        let mut modules: Vec<_> = self.modules().filter(has).collect();
        modules.sort_by_key(|module| module.len());
        modules
    }

    /// Returns the types that have a method `name`.
    pub(crate) fn classes_with(&self, name: &str) -> Vec<&'static str> {
        let rows = self
            .declared
            .natives
            .iter()
            .filter(|row| row.signature.name == name);
        let classes = rows.filter_map(|row| row.receiver.map(|(_, class)| class));
        let mut classes: Vec<_> = classes.filter(|class| !self.is_module(class)).collect();
        classes.dedup();
        classes
    }

    /// Returns the type of our own that has this id, as scripts call it.
    pub(crate) fn class_of(&self, type_id: TypeId) -> Option<&'static str> {
        let class = self.type_name(type_id)?;
        (!RHAI_TYPES.contains(&class)).then_some(class)
    }

    /// Returns the name of a type in scripts, by its id.
    pub(crate) fn type_name(&self, type_id: TypeId) -> Option<&'static str> {
        let mut receivers = self.declared.natives.iter().filter_map(|row| row.receiver);
        let (_, name) = receivers.find(|(id, _)| *id == type_id)?;
        Some(name)
    }

    /// Returns the id of a type, by its name in scripts.
    pub(crate) fn type_of(&self, class: &str) -> Option<TypeId> {
        let mut receivers = self.declared.natives.iter().filter_map(|row| row.receiver);
        let (type_id, _) = receivers.find(|(_, name)| *name == class)?;
        Some(type_id)
    }

    /// Returns the members of its class that a value lacks.
    pub(crate) fn lacking(&self, value: &Dynamic) -> Vec<&'static str> {
        let lacking = self.declared.lacking.get(&value.type_id());
        let lacking = lacking.into_iter().flatten();
        lacking
            .flat_map(|lacking| lacking.of(value))
            .copied()
            .collect()
    }

    /// Returns the names of all types.
    pub(crate) fn types(&self) -> &HashSet<String> {
        &self.declared.types
    }

    /// Returns why a module is missing that the host has turned off.
    pub(crate) fn turned_off(&self, module: &str) -> Option<String> {
        let is_off = self.off.iter().any(|off| off == module);
        is_off.then(|| {
            format!("the program that runs this script has turned the module '{module}' off")
        })
    }
}

impl fmt::Debug for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Names")
            .field("foreign", &self.foreign)
            .field("off", &self.off)
            .finish_non_exhaustive()
    }
}
