//! Following the steps of an expression to a place, without running any of it.
//!
//! Values are followed as far as they exist; after a call, only the type of the value is known.

use std::any::TypeId;

use rhai::{Array, Dynamic, ImmutableString, Map};

use super::Interactive;
use super::place::Place;
use super::returns;
use crate::manual::{EntryKind, Manual};
use crate::script::names::Of;
use crate::stdlib::multiprocessing::process::Process;
use crate::syntax::{Owner, Step};

impl Interactive {
    /// The place whose names may follow `owner`.
    pub(super) fn place_of(&self, owner: &Owner<'_>) -> Option<Place> {
        match owner {
            Owner::Nobody => Some(Place::Global),
            Owner::Path(steps) => self.follow(steps),
            Owner::Unknown => None,
        }
    }

    /// Follows the steps from the first.
    pub(super) fn follow(&self, steps: &[Step<'_>]) -> Option<Place> {
        let (first, rest) = steps.split_first()?;
        match first {
            Step::Name(first) => self.named(first, rest),
            Step::String => self.walk(Place::typed::<ImmutableString>(), rest),
            Step::List => self.walk(Place::typed::<Array>(), rest),
            Step::Map => self.walk(Place::typed::<Map>(), rest),
            Step::Call | Step::Item(_) => None,
        }
    }

    /// Follows a name that needs no dot, and the steps after it.
    fn named(&self, first: &str, rest: &[Step<'_>]) -> Option<Place> {
        if first == "global" && rest.is_empty() {
            return Some(Place::Constants);
        }
        if let Some(value) = self.runtime.state.scope.get(first) {
            return self.inside(value, rest);
        }
        let imported = self
            .runtime
            .state
            .global
            .iter_imports_raw()
            .find(|(alias, _)| *alias == first);
        if let Some((_, module)) = imported {
            return match self.module(module.id().unwrap_or_default()) {
                Some(name) => self.walk(Place::Namespace(name), rest),
                None => rest.is_empty().then(|| Place::Module(module.clone())),
            };
        }
        match (self.module(first), rest) {
            (Some(name), _) => self.walk(Place::Namespace(name), rest),
            (None, [Step::Call, ..]) if self.function(first).is_none() => {
                self.called(&Place::Global, first, &rest[1..])
            }
            (None, _) => self.inside(self.runtime.names.globals().get(first)?, rest),
        }
    }

    /// Follows steps from a value, as far as that is possible without running code.
    fn inside(&self, value: &Dynamic, steps: &[Step<'_>]) -> Option<Place> {
        // Another thread may be changing it.
        let value = value.read_lock::<Dynamic>()?;
        let here = || Place::of(&value, self.runtime.names.lacking(&value));
        let Some((step, rest)) = steps.split_first() else {
            return Some(here());
        };
        let (map, items) = (value.read_lock::<Map>(), value.read_lock::<Array>());
        let member = match (step, &map, &items) {
            (Step::Name(name), Some(map), _) => map.get(*name),
            (Step::Item(Some(index)), Some(map), _) => map.get(quoted(index)?),
            (Step::Item(Some(index)), _, Some(items)) => items.get(index.parse::<usize>().ok()?),
            _ => None,
        };
        if let Some(member) = member {
            return self.inside(member, rest);
        }
        match attribute(&value, step) {
            Some(attribute) => self.inside(&attribute, rest),
            None => self.walk(here(), steps),
        }
    }

    /// Follows steps from a place.
    fn walk(&self, place: Place, steps: &[Step<'_>]) -> Option<Place> {
        match (&place, steps) {
            (_, []) => Some(place),
            (Place::Namespace(outer), [Step::Name(name), rest @ ..])
                if let Some(inner) = self.module(&format!("{outer}::{name}")) =>
            {
                self.walk(Place::Namespace(inner), rest)
            }
            (_, [Step::Name(name), Step::Call, rest @ ..]) => self.called(&place, name, rest),
            _ => None,
        }
    }

    /// Follows steps from what a function of a place returns.
    fn called(&self, place: &Place, name: &str, rest: &[Step<'_>]) -> Option<Place> {
        let names = &self.runtime.names;
        let owner = match place {
            Place::Global => "",
            Place::Namespace(module) => module,
            Place::Value { type_id, .. } => names.type_name(*type_id)?,
            Place::Module(_) | Place::Constants => return None,
        };
        self.signature(place, name)?;
        let dotted = owner.replace("::", ".");
        let path = [&dotted, ".", name].concat();
        let path = path.trim_start_matches('.');
        let type_id = match returns::of(owner, name) {
            Some(class) => names.type_of(class),
            // The constructor of a class has its name.
            None => names.type_of(path).or_else(|| names.type_of(name)),
        };
        let type_id = type_id?;
        let lacks = self.lacking_after(path, type_id);
        let place = Place::Value {
            type_id,
            own: Vec::new(),
            lacks,
        };
        self.walk(place, rest)
    }

    /// The members that a new object lacks: those that the manual does not name for its constructor. Others have the same type.
    fn lacking_after(&self, constructor: &str, type_id: TypeId) -> Vec<&'static str> {
        let entry = Manual::find(constructor).filter(|entry| entry.kind == EntryKind::Class);
        let Some(entry) = entry.filter(|_| self.runtime.names.class_of(type_id).is_some()) else {
            return Vec::new();
        };
        let has: Vec<_> = entry.members().iter().map(|member| member.name).collect();
        let names = &self.runtime.names;
        let methods = names.signatures(Of::Type(type_id)).map(|row| row.name);
        let properties = names.properties(Of::Type(type_id)).map(|row| row.name);
        let members = methods.chain(properties);
        members.filter(|name| !has.contains(name)).collect()
    }

    /// The script module of this name.
    fn module(&self, name: &str) -> Option<&'static str> {
        self.runtime.names.modules().find(|module| *module == name)
    }

    /// The keys of the dict to which the steps lead.
    pub(super) fn keys(&self, steps: &[Step<'_>]) -> Vec<String> {
        match self.follow(steps) {
            Some(Place::Value { type_id, own, .. }) if type_id == TypeId::of::<Map>() => own,
            _ => Vec::new(),
        }
    }

    /// The receiver of the native functions of a place.
    pub(super) fn of_place<'p>(&self, place: &'p Place) -> Option<Of<'p>> {
        match place {
            Place::Global => Some(Of::Nothing),
            Place::Value { type_id, .. } => Some(Of::Type(*type_id)),
            Place::Namespace(module) => Some(Of::Named(module)),
            Place::Module(_) | Place::Constants => None,
        }
    }
}

/// The attribute of a process that a step names.
fn attribute(value: &Dynamic, step: &Step<'_>) -> Option<Dynamic> {
    let Step::Name(name) = step else {
        return None;
    };
    let process = value.read_lock::<Process>()?.clone();
    process.with(|state| state.attributes.get(*name).cloned())
}

/// The contents of a string in double quotes.
fn quoted(literal: &str) -> Option<&str> {
    literal.strip_prefix('"')?.strip_suffix('"')
}
