//! A script module being declared: `os`, `time`, …

use std::any::TypeId;

use rhai::{Dynamic, Module, Variant};

use super::Handler;
use super::module_values::set_value;
use super::native::{On, add, native, register, register_as};
use super::registered::{Property, Receiver};
use super::registry::Registry;
use super::signature::Signature;

/// A script module being declared.
pub(crate) struct Namespace<'r> {
    pub(super) registry: &'r mut Registry,
    pub(super) receiver: TypeId,
    pub(super) name: &'static str,
    /// Which of the registry's namespaces it is; `None` if no program can name it, or the registry is for no engine.
    pub(super) place: Option<usize>,
}

impl Namespace<'_> {
    /// `name(…)` as `os.name(…)` and `os::name(…)`.
    pub(crate) fn function(
        &mut self,
        name: &'static str,
        params: &'static [&'static str],
        handler: Handler,
    ) -> &mut Self {
        self.member(name, params, handler);
        if let Some(place) = self.place_of(name) {
            let signature = Signature::new(name, params);
            let Registry {
                owner, namespaces, ..
            } = self.registry;
            let module = &mut namespaces[place].1;
            register(module, owner, (On::Nothing, None), signature, handler);
        }
        self
    }

    /// As [`function`](Self::function), for a function that has an entry of its own elsewhere.
    pub(crate) fn unlisted(
        &mut self,
        name: &'static str,
        params: &'static [&'static str],
        handler: Handler,
    ) -> &mut Self {
        if self.registry.is_for_names() {
            self.registry.listing.unlisted.push((self.name, name));
        }
        if let Some(place) = self.place_of(name) {
            let receiver = (On::Copy, self.receiver);
            let signature = Signature::new(name, params);
            let registry = &mut *self.registry;
            registry.table.add_method(self.receiver, name);
            registry.unlisted(receiver, name, params, handler);
            let Registry {
                owner, namespaces, ..
            } = registry;
            let module = &mut namespaces[place].1;
            register(module, owner, (On::Nothing, None), signature, handler);
        }
        self
    }

    /// Adds another name of a function, as `module.name(…)` is read where Rhai reserves the name.
    pub(crate) fn reserved(
        &mut self,
        name: &'static str,
        key: &'static str,
        params: &'static [&'static str],
        handler: Handler,
    ) -> &mut Self {
        if self.place_of(name).is_some() {
            self.registry.table.add_method(self.receiver, key);
            let Registry { owner, members, .. } = self.registry;
            let (receiver, signature) = (
                (On::Copy, Some(self.receiver)),
                Signature::new(name, params),
            );
            register_as(key, members, owner, receiver, signature, handler);
        }
        self
    }

    /// Adds a function that works on its first argument in place where it can: as `random::shuffle(list)` Rhai
    /// gives it the variable, and calls `in_place` with that as the receiver; as `random.shuffle(list)` a copy.
    pub(crate) fn function_and_place(
        &mut self,
        name: &'static str,
        params: &'static [&'static str],
        handler: Handler,
        in_place: Handler,
    ) -> &mut Self {
        self.member(name, params, handler);
        if let Some(place) = self.place_of(name) {
            let signature = Signature::new(name, params);
            let rest = Signature {
                params: &params[1..],
                required: signature.required - 1,
                ..signature
            };
            let Registry {
                owner, namespaces, ..
            } = self.registry;
            let (module, any) = (&mut namespaces[place].1, TypeId::of::<Dynamic>());
            let native = native(owner, On::Variable, rest, in_place);
            add(module, name, &[any], native);
        }
        self
    }

    /// `os.name(…)`.
    fn member(&mut self, name: &'static str, params: &'static [&'static str], handler: Handler) {
        let receiver = (self.receiver, self.name);
        if self.place.is_some() || self.registry.is_for_names() {
            self.registry
                .method(On::Copy, receiver, name, params, handler);
        }
    }

    /// As [`function`](Self::function), and a global function besides: `Process(…)`.
    pub(crate) fn global(
        &mut self,
        name: &'static str,
        params: &'static [&'static str],
        handler: Handler,
    ) -> &mut Self {
        self.registry.function(name, params, handler);
        self.function(name, params, handler)
    }

    /// Adds a constant: `os.sep`, `os::sep`.
    pub(crate) fn constant(
        &mut self,
        name: &'static str,
        value: impl Variant + Clone,
        getter: Handler,
    ) -> &mut Self {
        if let Some(place) = self.place_of(name) {
            self.registry.namespaces[place].1.set_var(name, value);
        }
        self.getter(name, getter)
    }

    /// Adds a number that never changes: `signal.SIGTERM`.
    pub(crate) fn number(&mut self, name: &'static str, value: i64) -> &mut Self {
        self.property(name);
        let Some(place) = self.place_of(name) else {
            return self;
        };
        self.registry.namespaces[place].1.set_var(name, value);
        let func = move |_: Option<rhai::NativeCallContext>, _: &mut [&mut Dynamic]| {
            Ok(Dynamic::from_int(value))
        };
        let (has_context, is_pure, is_volatile) = (false, true, false);
        let getter = rhai::RhaiFunc::Pure {
            func: rhai::Shared::new(func),
            has_context,
            is_pure,
            is_volatile,
        };
        let members = &mut self.registry.members;
        add(members, &format!("get${name}"), &[self.receiver], getter);
        self
    }

    /// Adds a property that is computed at each reading: `sys.argv`.
    pub(crate) fn getter(&mut self, name: &'static str, handler: Handler) -> &mut Self {
        self.property(name);
        if self.place_of(name).is_some() {
            let signature = Signature::new(name, &[]);
            let Registry { members, owner, .. } = self.registry;
            let native = native(owner, On::Copy, signature, handler);
            add(members, &format!("get${name}"), &[self.receiver], native);
        }
        self
    }

    fn property(&mut self, name: &'static str) {
        if self.registry.is_for_names() {
            self.registry.listing.properties.push(Property {
                receiver: (self.receiver, self.name),
                name,
                is_set: false,
            });
        }
    }

    /// The namespace, if the program can name it and this member.
    fn place_of(&self, member: &str) -> Option<usize> {
        self.place.filter(|_| self.registry.wants(member))
    }
}

impl Registry {
    /// Adds a script module: `receiver` is the value of the global constant `name`.
    ///
    /// `os::path` is a module inside the module `os`, which must exist and gives the value itself.
    pub(crate) fn namespace<T: Variant + Clone>(
        &mut self,
        name: &'static str,
        receiver: T,
    ) -> Namespace<'_> {
        let type_id = TypeId::of::<T>();
        let place = if self.is_for_engine() {
            self.begin_namespace(name, &receiver)
        } else {
            self.listing.modules.push(Receiver {
                type_id,
                name,
                value: Dynamic::from(receiver.clone()),
            });
            None
        };
        if !name.contains("::") {
            self.constant(name, receiver);
        }
        Namespace {
            registry: self,
            receiver: type_id,
            name,
            place,
        }
    }

    /// Begins a namespace that the program can name.
    fn begin_namespace<T: Variant + Clone>(
        &mut self,
        name: &'static str,
        receiver: &T,
    ) -> Option<usize> {
        let is_named = name.split("::").all(|part| self.wants(part));
        let is_returned = self
            .returned
            .iter()
            .any(|(module, by)| *module == name && self.wants(by));
        if !is_named && !is_returned {
            return None;
        }
        self.members.set_custom_type::<T>(name);
        self.table.modules.insert(TypeId::of::<T>(), name);
        let mut module = Module::new();
        module.set_id(name);
        set_value(&mut module, receiver.clone());
        self.namespaces.push((name, module));
        Some(self.namespaces.len() - 1)
    }
}
