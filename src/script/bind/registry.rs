//! Collects everything that scripts can call.

use std::any::TypeId;
use std::collections::HashSet;
use std::sync::Arc;

use rhai::{Dynamic, FnPtr, Module, Variant};

use super::Handler;
use super::native::{On, add, native, register};
use super::registered::{Listed, Property, Receiver, Registered};
use super::signature::Signature;
use crate::script::codecs::Codecs;
use crate::script::interp::Interp;
use crate::wire::TypeCodec;

/// Collects everything scripts can call; [`finish`](Self::finish) returns it for an engine.
pub(crate) struct Registry {
    pub(super) interp: Arc<Interp>,
    /// Functions and constants.
    pub(super) globals: Module,
    /// The members of types: methods, operators, iterators.
    pub(super) members: Module,
    pub(super) namespaces: Vec<(&'static str, Module)>,
    pub(super) receivers: Vec<Receiver>,
    pub(super) codecs: Codecs,
    pub(super) classes: HashSet<TypeId>,
    pub(super) listed: Vec<Listed>,
    pub(super) properties: Vec<Property>,
}

impl Registry {
    pub(crate) fn new(interp: &Arc<Interp>) -> Self {
        Self {
            interp: interp.clone(),
            globals: Module::new(),
            members: Module::new(),
            namespaces: Vec::new(),
            receivers: Vec::new(),
            codecs: Codecs::default(),
            classes: HashSet::new(),
            listed: Vec::new(),
            properties: Vec::new(),
        }
    }

    /// Adds a method of the type `receiver` by its script name, and returns its signature.
    pub(super) fn method(
        &mut self,
        on: On,
        receiver: (TypeId, &'static str),
        name: &'static str,
        params: &'static [&'static str],
        handler: Handler,
    ) -> Signature {
        let signature = Signature::new(name, params);
        self.listed.push(Listed {
            receiver: Some(receiver),
            signature,
        });
        let Self {
            members, interp, ..
        } = self;
        register(members, interp, (on, Some(receiver.0)), signature, handler);
        signature
    }

    /// Adds a global function, and a value of that name (`Process(#{target: f, …})` may name a native).
    pub(crate) fn function(
        &mut self,
        name: &'static str,
        params: &'static [&'static str],
        handler: Handler,
    ) {
        let signature = Signature::new(name, params);
        self.listed.push(Listed {
            receiver: None,
            signature,
        });
        let Self {
            globals, interp, ..
        } = self;
        register(globals, interp, (On::Nothing, None), signature, handler);
        if let Ok(pointer) = FnPtr::new(name) {
            self.globals.set_var(name, pointer);
        }
    }

    /// Adds an overload of a global function or an operator, for arguments of exactly these types.
    ///
    /// Where Rhai has a function of the same name for these types, it calls that one in preference to a form for any value.
    pub(crate) fn exactly(
        &mut self,
        name: &'static str,
        types: &[TypeId],
        params: &'static [&'static str],
        handler: Handler,
    ) {
        let signature = Signature::new(name, params);
        let Self {
            globals,
            members,
            interp,
            ..
        } = self;
        let is_function = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
        add(
            if is_function { globals } else { members },
            name,
            types,
            native(interp, On::Nothing, signature, handler),
        );
    }

    /// Adds a global constant.
    pub(crate) fn constant(&mut self, name: &'static str, value: impl Variant + Clone) {
        self.globals.set_var(name, value);
    }

    /// Returns how types without methods of their own are sent.
    pub(crate) fn codecs(&mut self) -> &mut Codecs {
        &mut self.codecs
    }

    /// Returns the interpreter whose natives are registered.
    pub(crate) fn interp(&self) -> &Arc<Interp> {
        &self.interp
    }

    /// Returns the module that holds the members of types, for what needs Rhai's own registration (iterators).
    pub(crate) fn members(&mut self) -> &mut Module {
        &mut self.members
    }

    pub(crate) fn finish(mut self) -> Registered {
        self.send_modules();
        let mut namespaces: Vec<(&'static str, Module)> = Vec::new();
        for (name, mut module) in self.namespaces {
            module.build_index();
            let outer = name.split_once("::");
            let place = outer.and_then(|(outer, _)| namespaces.iter().position(|n| n.0 == outer));
            match (outer, place) {
                (Some((_, inner)), Some(place)) => {
                    namespaces[place].1.set_sub_module(inner, module);
                    namespaces[place].1.build_index();
                }
                _ => namespaces.push((name, module)),
            }
        }
        let namespaces = namespaces
            .into_iter()
            .map(|(name, module)| (name, module.into()))
            .collect();
        Registered {
            globals: self.globals.into(),
            members: self.members.into(),
            namespaces,
            codecs: self.codecs,
            receivers: self.receivers,
            classes: self.classes,
            listed: self.listed.into(),
            properties: self.properties.into(),
        }
    }

    /// Sends a script module, used as a value, by its name.
    fn send_modules(&mut self) {
        let all: Arc<[Receiver]> = self.receivers.clone().into();
        for Receiver { type_id, name, .. } in &self.receivers {
            let (all, own) = (all.clone(), Dynamic::from(*name));
            let decode = move |name: Dynamic| {
                let name = name.to_string();
                let found = all.iter().find(|module| module.name == name);
                let found = found.map(|module| module.value.clone());
                found.ok_or_else(|| format!("no module {name} is known here"))
            };
            let encode = move |_: &Dynamic| Ok(own.clone());
            self.codecs
                .by_parts(TypeCodec::of("module", *type_id, encode, decode));
        }
    }
}
