//! The facts about classes that are needed by the type of a value while a script runs.

use std::any::TypeId;
use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use rhai::{Dynamic, FnPtr};

use super::native::Managed;
use crate::script::interp::Interp;
use crate::script::state::State;

/// Returns an attribute that a script has set on a value.
pub(crate) type Attribute = fn(&Dynamic, &str) -> Option<Dynamic>;

/// The facts about classes.
#[derive(Debug, Clone, Default)]
pub(crate) struct ClassTable {
    /// How `with` enters and leaves values.
    pub managers: HashMap<TypeId, Managed>,
    /// The methods of classes, and the functions of script modules.
    pub methods: HashMap<TypeId, HashSet<&'static str>>,
    /// The classes whose values have attributes of the script.
    pub attributes: HashMap<TypeId, Attribute>,
    /// The values of script modules, with their names.
    pub modules: HashMap<TypeId, &'static str>,
}

/// The table of a runtime.
#[derive(Debug, Default)]
pub(crate) struct Classes(OnceLock<ClassTable>);

impl State for Classes {}

impl ClassTable {
    /// Adds a method of a class, or a function of a script module.
    pub(super) fn add_method(&mut self, owner: TypeId, name: &'static str) {
        self.methods.entry(owner).or_default().insert(name);
    }
}

impl Classes {
    /// Notes the classes of an engine. All engines of a runtime have the same, but that of an empty script has none.
    pub(crate) fn note(interp: &Interp, table: &ClassTable) {
        if !table.modules.is_empty() || !table.managers.is_empty() {
            let _ = interp.state::<Self>().0.set(table.clone());
        }
    }

    fn of(interp: &Interp) -> Option<&ClassTable> {
        interp.state::<Self>().0.get()
    }

    /// Returns how `with` enters and leaves a value.
    pub(super) fn manager(interp: &Interp, value: &Dynamic) -> Option<Managed> {
        let managers = &Self::of(interp)?.managers;
        managers.get(&value.type_id()).copied()
    }

    /// Returns whether a value has this method.
    pub(crate) fn method(interp: &Interp, value: &Dynamic, name: &str) -> Option<&'static str> {
        let methods = Self::of(interp)?.methods.get(&value.type_id())?;
        methods.get(name).copied()
    }

    /// Returns the function that a script has set as an attribute of a value.
    pub(crate) fn function(interp: &Interp, value: &Dynamic, name: &str) -> Option<FnPtr> {
        if value.is_shared() || !value.is_variant() {
            return None;
        }
        let attribute = Self::of(interp)?.attributes.get(&value.type_id())?;
        attribute(value, name)?.try_cast::<FnPtr>()
    }
}
