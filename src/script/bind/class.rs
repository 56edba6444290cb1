//! A script type being declared: its methods and properties.

use std::any::TypeId;

use rhai::Dynamic;

use super::native::{On, add, native};
use super::{Handler, Property, Registry, Signature};

/// A script type being declared.
pub(crate) struct Class<'r> {
    pub(super) registry: &'r mut Registry,
    pub(super) receiver: TypeId,
    pub(super) on: On,
    pub(super) name: &'static str,
}

impl Class<'_> {
    pub(crate) fn method(
        &mut self,
        name: &'static str,
        params: &'static [&'static str],
        handler: Handler,
    ) -> &mut Self {
        let receiver = (self.receiver, self.name);
        self.registry
            .method(self.on, receiver, name, params, handler);
        self
    }

    /// One more form of a method, for arguments of exactly these types; see [`Registry::exactly`].
    pub(crate) fn exactly(
        &mut self,
        name: &'static str,
        types: &[TypeId],
        params: &'static [&'static str],
        handler: Handler,
    ) -> &mut Self {
        self.raw(name, types, Signature::new(name, params), handler)
    }

    /// A readable property.
    pub(crate) fn getter(&mut self, name: &'static str, handler: Handler) -> &mut Self {
        let signature = Signature::new(name, &[]);
        self.property(name, false);
        self.raw(&format!("get${name}"), &[], signature, handler)
    }

    /// A writable property; the new value is argument 0.
    pub(crate) fn setter(&mut self, name: &'static str, handler: Handler) -> &mut Self {
        let signature = Signature::new(name, &["value"]);
        self.property(name, true);
        self.raw(
            &format!("set${name}"),
            &[TypeId::of::<Dynamic>()],
            signature,
            handler,
        )
    }

    /// Reading `x[i]` and, for names that are not properties, `x.name`.
    pub(crate) fn index_getter(&mut self, handler: Handler) -> &mut Self {
        let signature = Signature::new("[]", &["index"]);
        self.raw("index$get$", &[TypeId::of::<Dynamic>()], signature, handler)
    }

    /// Writing `x[i] = v` and, for names that are not properties, `x.name = v`.
    pub(crate) fn index_setter(&mut self, handler: Handler) -> &mut Self {
        let signature = Signature::new("[]=", &["index", "value"]);
        self.raw(
            "index$set$",
            &[TypeId::of::<Dynamic>(); 2],
            signature,
            handler,
        )
    }

    fn property(&mut self, name: &'static str, is_set: bool) {
        self.registry.properties.push(Property {
            receiver: (self.receiver, self.name),
            name,
            is_set,
        });
    }

    fn raw(
        &mut self,
        name: &str,
        types: &[TypeId],
        signature: Signature,
        handler: Handler,
    ) -> &mut Self {
        let mut all = vec![self.receiver];
        all.extend(types);
        let Registry {
            members, interp, ..
        } = self.registry;
        let native = native(interp, self.on, signature, handler);
        add(members, name, &all, native);
        self
    }
}
