//! The facts about classes that are needed by the type of a value while a script runs.

use std::any::TypeId;
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::{Arc, OnceLock};

use rhai::{Dynamic, FnPtr};

use super::handler::Managed;
use crate::script::interp::Interp;
use crate::script::state::State;

/// Returns an attribute that a script has set on a value.
pub(crate) type Attribute = fn(&Dynamic, &str) -> Option<Dynamic>;

/// Values by type.
pub(crate) type ByType<V> = HashMap<TypeId, V, BuildHasherDefault<TypeHasher>>;

/// The hasher of types, whose ids are hashes already.
#[derive(Debug, Default)]
pub(crate) struct TypeHasher(u64);

impl Hasher for TypeHasher {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64((*byte).into()));
    }

    fn write_u64(&mut self, part: u64) {
        self.0 = self.0.rotate_left(5) ^ part;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// The facts about classes.
#[derive(Debug, Default)]
pub(crate) struct ClassTable {
    /// Our own types: small handles, all of whose methods may be called on a copy.
    pub classes: HashSet<TypeId, BuildHasherDefault<TypeHasher>>,
    /// How `with` enters and leaves values.
    pub managers: ByType<Managed>,
    /// The methods of classes and of Rhai's own types, and the functions of script modules; sorted once all are there.
    methods: ByType<Vec<&'static str>>,
    /// The classes whose values have attributes of the script.
    pub attributes: ByType<Attribute>,
    /// The methods that read a list where it is, each with the place of that argument.
    pub lends: ByType<Vec<(&'static str, usize)>>,
    /// The values of script modules, with their names.
    pub modules: ByType<&'static str>,
}

/// The table of a runtime.
#[derive(Debug, Default)]
pub(crate) struct Classes(OnceLock<Arc<ClassTable>>);

impl State for Classes {}

impl ClassTable {
    /// Returns the function that a script has set as an attribute of a value that is not shared.
    pub(crate) fn function_of(&self, value: &Dynamic, name: &str) -> Option<FnPtr> {
        let attribute = self.attributes.get(&value.type_id())?;
        attribute(value, name)?.try_cast::<FnPtr>()
    }

    /// Adds a method of a class, or a function of a script module.
    pub(super) fn add_method(&mut self, owner: TypeId, name: &'static str) {
        self.methods.entry(owner).or_default().push(name);
    }

    /// Makes the methods known, once all have been added.
    pub(super) fn sort(&mut self) {
        let methods = self.methods.values_mut();
        methods.for_each(|methods| methods.sort_unstable());
    }
}

impl Classes {
    /// Notes the classes of an engine. All engines of a runtime have the same, but that of an empty script has none.
    pub(crate) fn note(interp: &Interp, table: &Arc<ClassTable>) {
        if !table.classes.is_empty() {
            let _ = interp.state::<Self>().0.set(table.clone());
        }
    }

    fn of(interp: &Interp) -> Option<&ClassTable> {
        interp.state::<Self>().0.get().map(|table| &**table)
    }

    /// Returns whether a value has a type of ours, or is a script module.
    pub(super) fn has(interp: &Interp, value: &Dynamic) -> bool {
        let type_id = value.type_id();
        Self::of(interp).is_some_and(|table| {
            table.classes.contains(&type_id) || table.modules.contains_key(&type_id)
        })
    }

    /// Returns the name of the script module that a value is.
    pub(crate) fn module(interp: &Interp, value: &Dynamic) -> Option<&'static str> {
        let modules = &Self::of(interp)?.modules;
        modules.get(&value.type_id()).copied()
    }

    /// Returns how `with` enters and leaves a value.
    pub(super) fn manager(interp: &Interp, value: &Dynamic) -> Option<Managed> {
        let managers = &Self::of(interp)?.managers;
        managers.get(&value.type_id()).copied()
    }

    /// Returns a method that values of a type have.
    pub(super) fn method_of_type(interp: &Interp, of: TypeId, name: &str) -> Option<&'static str> {
        let methods = Self::of(interp)?.methods.get(&of)?;
        let place = methods.binary_search(&name).ok()?;
        methods.get(place).copied()
    }

    /// Returns whether a value has this method.
    pub(crate) fn method(interp: &Interp, value: &Dynamic, name: &str) -> Option<&'static str> {
        Self::method_of_type(interp, value.type_id(), name)
    }

    /// Returns which argument a method of this type reads where it is, as a [`Lent`](crate::script::lent::Lent).
    pub(crate) fn lends_to(interp: &Interp, receiver: TypeId, method: &str) -> Option<usize> {
        argument(Self::of(interp)?.lends.get(&receiver)?, method)
    }

    /// Returns which argument a method of this name reads where it is, if one does.
    pub(crate) fn may_lend(interp: &Interp, method: &str) -> Option<usize> {
        let all = &Self::of(interp)?.lends;
        all.values().find_map(|methods| argument(methods, method))
    }

    /// Returns what a script has set as an attribute of a value.
    pub(super) fn attribute(interp: &Interp, value: &Dynamic, name: &str) -> Option<Dynamic> {
        let attribute = Self::of(interp)?.attributes.get(&value.type_id())?;
        attribute(value, name)
    }

    /// Returns the function that a script has set as an attribute of a value.
    pub(crate) fn function(interp: &Interp, value: &Dynamic, name: &str) -> Option<FnPtr> {
        if value.is_shared() || !value.is_variant() {
            return None;
        }
        Self::of(interp)?.function_of(value, name)
    }
}

fn argument(methods: &[(&'static str, usize)], name: &str) -> Option<usize> {
    let found = methods.iter().find(|(method, _)| *method == name);
    found.map(|(_, argument)| *argument)
}
