//! A script module being declared: `os`, `time`, …

use std::any::TypeId;

use rhai::{Dynamic, Module, Variant};

use super::Handler;
use super::native::{On, add, native, register};
use super::registered::{Property, Receiver};
use super::registry::Registry;
use super::signature::Signature;

/// A script module being declared.
pub(crate) struct Namespace<'r> {
    pub(super) registry: &'r mut Registry,
    pub(super) receiver: TypeId,
    pub(super) name: &'static str,
    /// Which of the registry's namespaces it is.
    pub(super) place: usize,
}

impl Namespace<'_> {
    /// `name(…)` as `os.name(…)` and `os::name(…)`.
    pub(crate) fn function(
        &mut self,
        name: &'static str,
        params: &'static [&'static str],
        handler: Handler,
    ) -> &mut Self {
        let signature = self.member(name, params, handler);
        let Registry {
            interp, namespaces, ..
        } = self.registry;
        let module = &mut namespaces[self.place].1;
        register(module, interp, (On::Nothing, None), signature, handler);
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
        let signature = self.member(name, params, handler);
        let Registry {
            interp, namespaces, ..
        } = self.registry;
        let (module, any) = (&mut namespaces[self.place].1, TypeId::of::<Dynamic>());
        let rest = Signature {
            params: &params[1..],
            required: signature.required - 1,
            ..signature
        };
        add(
            module,
            name,
            &[any],
            native(interp, On::Variable, rest, in_place),
        );
        self
    }

    /// `os.name(…)`.
    fn member(
        &mut self,
        name: &'static str,
        params: &'static [&'static str],
        handler: Handler,
    ) -> Signature {
        let receiver = (self.receiver, self.name);
        self.registry
            .method(On::Copy, receiver, name, params, handler)
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
        self.registry.namespaces[self.place].1.set_var(name, value);
        self.getter(name, getter)
    }

    /// Adds a number that never changes: `signal.SIGTERM`.
    pub(crate) fn number(&mut self, name: &'static str, value: i64) -> &mut Self {
        self.registry.namespaces[self.place].1.set_var(name, value);
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
        self.property(name);
        let members = &mut self.registry.members;
        add(members, &format!("get${name}"), &[self.receiver], getter);
        self
    }

    /// Adds a property that is computed at each reading: `sys.argv`.
    pub(crate) fn getter(&mut self, name: &'static str, handler: Handler) -> &mut Self {
        self.property(name);
        let signature = Signature::new(name, &[]);
        let Registry {
            members, interp, ..
        } = self.registry;
        add(
            members,
            &format!("get${name}"),
            &[self.receiver],
            native(interp, On::Copy, signature, handler),
        );
        self
    }

    fn property(&mut self, name: &'static str) {
        self.registry.properties.push(Property {
            receiver: (self.receiver, self.name),
            name,
            is_set: false,
        });
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
        let value = Dynamic::from(receiver);
        if !name.contains("::") {
            self.globals.set_var(name, value.clone());
        }
        self.receivers.push(Receiver {
            type_id,
            name,
            value,
        });
        self.members.set_custom_type::<T>(name);
        let place = self.namespaces.len();
        let mut module = Module::new();
        module.set_id(name);
        self.namespaces.push((name, module));
        Namespace {
            registry: self,
            receiver: TypeId::of::<T>(),
            name,
            place,
        }
    }
}
