//! A script type being declared: its methods and properties.

use std::any::TypeId;
use std::sync::Arc;

use rhai::{Dynamic, Variant};

use super::Handler;
use super::bound::member;
use super::iterators::refuse;
use super::native::{On, add, native};
use super::registered::{Lacking, Members, Property};
use super::registry::Registry;
use super::signature::Signature;
use crate::script::codec::are_equal;
use crate::script::interp::Interp;
use crate::sync::{Offset, Place, Session, ShmError};
use crate::wire::{TypeCodec, Unsendable};

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

    /// The argument at `index` of a method, if it is the list of a variable, is a [`Lent`](crate::script::lent::Lent).
    pub(crate) fn lends(&mut self, method: &'static str, index: usize) -> &mut Self {
        if self.registry.is_for_engine() {
            let methods = self.registry.table.lends.entry(self.receiver);
            methods.or_default().push((method, index));
        }
        self
    }

    /// Adds a method that the manual does not mention for each class.
    pub(crate) fn unlisted(
        &mut self,
        name: &'static str,
        params: &'static [&'static str],
        handler: Handler,
    ) -> &mut Self {
        let receiver = (self.on, self.receiver);
        self.registry.unlisted(receiver, name, params, handler);
        self
    }

    /// Sets how a value is printed, alone (`to_string`) and inside a list (`to_debug`).
    pub(crate) fn repr(&mut self, handler: Handler) -> &mut Self {
        self.method("to_string", &[], handler)
            .method("to_debug", &[], handler)
    }

    /// Adds an overload of a method, for arguments of exactly these types; see [`Registry::exactly`].
    pub(crate) fn exactly(
        &mut self,
        name: &'static str,
        types: &[TypeId],
        params: &'static [&'static str],
        handler: Handler,
    ) -> &mut Self {
        let all: Vec<TypeId> = std::iter::once(self.receiver)
            .chain(types.iter().copied())
            .collect();
        self.registry.check_part_for(name, &all);
        if self.registry.wants(name) {
            self.raw(name, types, Signature::new(name, params), handler);
        }
        self
    }

    /// Adds a readable property.
    pub(crate) fn getter(&mut self, name: &'static str, handler: Handler) -> &mut Self {
        self.property(name, false);
        if self.registry.wants(name) {
            let signature = Signature::new(name, &[]);
            self.raw(&format!("get${name}"), &[], signature, handler);
        }
        self
    }

    /// Adds a writable property; the new value is argument 0.
    pub(crate) fn setter(&mut self, name: &'static str, handler: Handler) -> &mut Self {
        self.property(name, true);
        if self.registry.wants(name) {
            let signature = Signature::new(name, &["value"]);
            let any = [TypeId::of::<Dynamic>()];
            self.raw(&format!("set${name}"), &any, signature, handler);
        }
        self
    }

    /// Its values have attributes that scripts set.
    pub(crate) fn attributes(&mut self, read: fn(&Dynamic, &str) -> Option<Dynamic>) -> &mut Self {
        if self.registry.is_for_engine() {
            self.registry.table.attributes.insert(self.receiver, read);
        }
        self
    }

    /// Some values lack members of the class, which `lacking` returns: completion does not offer them.
    pub(crate) fn lacks<T: Variant + Clone>(&mut self, lacking: fn(&T) -> Members) -> &mut Self {
        if self.registry.is_for_names() {
            let lacking = move |value: &Dynamic| -> Members {
                value.read_lock::<T>().map_or(&[], |value| lacking(&value))
            };
            let lacking = Lacking(Box::new(lacking));
            let all = self.registry.listing.lacking.entry(self.receiver);
            all.or_default().push(lacking);
        }
        self
    }

    /// Reading `x[i]` and, for names that are not properties, `x.name`.
    pub(crate) fn index_getter(&mut self, handler: Handler) -> &mut Self {
        if self.registry.is_for_engine() {
            let signature = Signature::new("[]", &["index"]);
            self.raw("index$get$", &[TypeId::of::<Dynamic>()], signature, handler);
        }
        self
    }

    /// Writing `x[i] = v` and, for names that are not properties, `x.name = v`.
    pub(crate) fn index_setter(&mut self, handler: Handler) -> &mut Self {
        if self.registry.is_for_engine() {
            let signature = Signature::new("[]=", &["index", "value"]);
            let any = [TypeId::of::<Dynamic>(); 2];
            self.raw("index$set$", &any, signature, handler);
        }
        self
    }

    /// Values are sent to other processes as their offset in the session, under one of these numbers. A value for which
    /// `encode` returns `None` is sent by its parts, if the class has them.
    pub(crate) fn by_place<T: Variant + Clone>(
        &mut self,
        kinds: &[u16],
        encode: fn(&T) -> Option<(u16, Place)>,
        decode: fn(&Session, u16, Offset) -> Result<Dynamic, ShmError>,
    ) -> &mut Self {
        if self.registry.is_for_codecs() {
            self.registry.codecs.by_place(kinds, encode, decode);
        }
        self
    }

    /// Values are sent to other processes as other values, under this name.
    pub(crate) fn by_parts<T: Variant + Clone>(
        &mut self,
        name: &str,
        encode: fn(&Arc<Interp>, &T) -> Result<Dynamic, Unsendable>,
        decode: fn(&Arc<Interp>, Dynamic) -> Result<T, String>,
    ) -> &mut Self {
        if self.registry.is_for_codecs() {
            let codec = self.parts(name, encode, decode);
            self.registry.codecs.by_parts(codec);
        }
        self
    }

    /// As [`by_parts`](Self::by_parts), where encoding has side effects: `check` is called where nothing is sent.
    pub(crate) fn by_parts_checked<T: Variant + Clone>(
        &mut self,
        name: &str,
        encode: fn(&Arc<Interp>, &T) -> Result<Dynamic, Unsendable>,
        decode: fn(&Arc<Interp>, Dynamic) -> Result<T, String>,
        check: fn() -> Dynamic,
    ) -> &mut Self {
        if self.registry.is_for_codecs() {
            let codec = self.parts(name, encode, decode);
            let codec = codec.checked_by(move |_| Ok(check()));
            self.registry.codecs.by_parts(codec);
        }
        self
    }

    fn parts<T: Variant + Clone>(
        &self,
        name: &str,
        encode: fn(&Arc<Interp>, &T) -> Result<Dynamic, Unsendable>,
        decode: fn(&Arc<Interp>, Dynamic) -> Result<T, String>,
    ) -> TypeCodec {
        // The interpreter holds the codecs.
        let (to, from) = (
            Arc::downgrade(&self.registry.interp),
            Arc::downgrade(&self.registry.interp),
        );
        let ended = "the runtime has ended";
        let encode = move |value: &Dynamic| {
            let interp = to.upgrade();
            let interp = interp.ok_or_else(|| Unsendable::Here(ended.into()))?;
            let value = value.read_lock::<T>().ok_or(Unsendable::Type)?;
            encode(&interp, &value)
        };
        let decode = move |parts| {
            let interp = from.upgrade().ok_or(ended)?;
            decode(&interp, parts).map(Dynamic::from)
        };
        TypeCodec::of(name, TypeId::of::<T>(), encode, decode)
    }

    /// Some values cannot be sent from this process, for the reason that `why` returns.
    pub(crate) fn withhold<T: Variant + Clone>(
        &mut self,
        why: fn(&T) -> Option<&'static str>,
    ) -> &mut Self {
        if self.registry.is_for_codecs() {
            self.registry.codecs.withhold(why);
        }
        self
    }

    /// Two values are equal when they have the same address in this process.
    pub(crate) fn by_address<T: Variant + Clone>(&mut self, address: fn(&T) -> usize) -> &mut Self {
        if self.registry.is_for_codecs() {
            self.registry.codecs.by_address(address);
        }
        self
    }

    fn property(&mut self, name: &'static str, is_set: bool) {
        if self.registry.is_for_names() {
            self.registry.listing.properties.push(Property {
                receiver: (self.receiver, self.name),
                name,
                is_set,
            });
        }
    }

    fn raw(&mut self, name: &str, types: &[TypeId], signature: Signature, handler: Handler) {
        let mut all = vec![self.receiver];
        all.extend(types);
        let Registry { members, owner, .. } = self.registry;
        let native = native(owner, self.on, signature, handler);
        add(members, name, &all, native);
    }
}

impl Registry {
    /// Adds a type with methods and properties; `name` is what scripts and messages call it.
    ///
    /// Its values can be compared with `==` and `!=`: see [`are_equal`]. A type may have its own `==` instead.
    pub(crate) fn class<T: Variant + Clone>(&mut self, name: &'static str) -> Class<'_> {
        if self.is_for_engine() {
            self.members.set_custom_type::<T>(name);
            self.table.classes.insert(TypeId::of::<T>());
            refuse(&mut self.members, TypeId::of::<T>(), name);
        }
        let pair = [TypeId::of::<T>(); 2];
        self.exactly("==", &pair, &["a", "b"], |call| {
            are_equal(call).map(Dynamic::from)
        });
        self.exactly("!=", &pair, &["a", "b"], |call| {
            are_equal(call).map(|one| (!one).into())
        });
        Class {
            registry: self,
            receiver: TypeId::of::<T>(),
            on: On::Copy,
            name,
        }
    }

    /// Lets scripts read the methods of values as values: one getter for all types, because each native takes time at the start. A class
    /// may have an index getter of its own, which Rhai prefers.
    pub(super) fn read_members(&mut self) {
        if self.is_for_engine() {
            let signature = Signature::new("[]", &["index"]);
            let types = [TypeId::of::<Dynamic>(); 2];
            let getter = native(&self.owner, On::Copy, signature, member);
            add(&mut self.members, "index$get$", &types, getter);
        }
    }

    /// Python's methods for a type that Rhai has already; `name` is what messages call it.
    pub(crate) fn extension<T: Variant + Clone>(&mut self, name: &'static str) -> Class<'_> {
        Class {
            registry: self,
            receiver: TypeId::of::<T>(),
            on: On::Variable,
            name,
        }
    }
}
