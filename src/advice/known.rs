//! The names that exist without the script's doing.

use std::sync::Arc;

use crate::advice::rhai_functions;
use crate::script::bind::{Listed, Property, Registered, Signature};
use crate::script::foreign::Foreign;
use crate::script::interp::Interp;

/// What is declared in Rust.
#[derive(Debug)]
pub(crate) struct Known {
    pub natives: Arc<Vec<Listed>>,
    properties: Arc<Vec<Property>>,
    /// `os`, `time`, `os::path`, …
    pub modules: Vec<&'static str>,
    /// `True`, `None`, …, and the modules as values.
    values: Vec<String>,
    /// Functions of the embedding program.
    pub foreign: Arc<Vec<Foreign>>,
    /// The modules that the embedding program has turned off.
    off: Vec<String>,
}

/// Whether `os::path` is what people call `os.path`.
fn is(module: &str, shown: &str) -> bool {
    module == shown || module.replace("::", ".") == shown
}

/// Rhai's own types, which have Rhai's methods too.
const RHAIS_TYPES: [&str; 8] = [
    "str", "list", "dict", "bytes", "int", "float", "function", "range",
];

impl Known {
    pub(crate) fn of(interp: &Interp, registered: &Registered, foreign: Arc<Vec<Foreign>>) -> Self {
        let values = registered.globals.iter_var();
        let values = values.filter(|(_, value)| !value.is_fnptr());
        Self {
            natives: registered.listed.clone(),
            properties: registered.properties.clone(),
            modules: registered.receivers.iter().map(|row| row.name).collect(),
            values: values.map(|(name, _)| name.to_string()).collect(),
            foreign,
            off: interp.settings.without.clone(),
        }
    }

    /// Functions that need no module; Rhai's own are among them.
    pub(crate) fn functions(&self) -> impl Iterator<Item = &str> {
        let global = self.natives.iter().filter(|row| row.receiver.is_none());
        let ours = global.map(|row| -> &str { row.signature.name });
        let foreign = self
            .foreign
            .iter()
            .map(|function| -> &str { &function.name });
        ours.chain(foreign).chain(rhai_functions::names())
    }

    /// What is said of a module that is turned off.
    pub(crate) fn turned_off(&self, module: &str) -> Option<String> {
        let is_off = self.off.iter().any(|off| off == module);
        is_off.then(|| {
            format!("the program that runs this script has turned the module '{module}' off")
        })
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &str> {
        self.values.iter().map(String::as_str)
    }

    /// The methods and properties of a class or a module.
    pub(crate) fn members<'k>(&'k self, class: &'k str) -> impl Iterator<Item = &'k str> {
        let module = self.modules.iter().find(|module| is(module, class));
        let class = module.copied().unwrap_or(class);
        let methods = self
            .methods(class)
            .map(|signature| -> &str { signature.name });
        let properties = self
            .properties
            .iter()
            .filter(move |row| row.receiver.1 == class);
        let rhais = RHAIS_TYPES.contains(&class).then(rhai_functions::names);
        methods
            .chain(properties.map(|row| row.name))
            .chain(rhais.into_iter().flatten())
    }

    /// The properties of a class that can be assigned to.
    pub(crate) fn settable<'k>(&'k self, class: &'k str) -> impl Iterator<Item = &'k str> {
        let rows = self.properties.iter();
        let rows = rows.filter(move |row| row.receiver.1 == class && row.is_set);
        rows.map(|row| -> &str { row.name })
    }

    fn methods<'k>(&'k self, class: &'k str) -> impl Iterator<Item = &'k Signature> {
        let of_class = move |row: &&Listed| row.receiver.is_some_and(|(_, name)| name == class);
        self.natives
            .iter()
            .filter(of_class)
            .map(|row| &row.signature)
    }

    /// The modules that have `name`, the one with the shortest path first.
    pub(crate) fn modules_with(&self, name: &str) -> Vec<&'static str> {
        let has = |module: &&&str| self.members(module).any(|member| member == name);
        let mut modules: Vec<&'static str> = self.modules.iter().filter(has).copied().collect();
        modules.sort_by_key(|module| module.len());
        modules
    }

    /// The classes that have a method `name`.
    pub(crate) fn classes_with(&self, name: &str) -> Vec<&'static str> {
        let mut classes: Vec<&'static str> = self
            .natives
            .iter()
            .filter(|row| row.signature.name == name)
            .filter_map(|row| row.receiver.map(|(_, class)| class))
            .filter(|class| !self.modules.contains(class))
            .collect();
        classes.dedup();
        classes
    }
}
