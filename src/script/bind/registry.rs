//! Everything scripts can call, collected for the engine.

use std::any::TypeId;
use std::collections::HashSet;
use std::sync::Arc;

use rhai::{Dynamic, FnPtr, Module, Shared, Variant};

use super::native::{On, add, native, register};
use super::{Class, Handler, Namespace, Signature};
use crate::script::codec::are_equal;
use crate::script::codecs::Codecs;
use crate::script::interp::Interp;
use crate::wire::OwnType;

/// One row of the table from which a wrong call is explained.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Listed {
    /// The receiver's type and its script name; `None` for a plain function.
    pub receiver: Option<(TypeId, &'static str)>,
    pub signature: Signature,
}

/// What is read as `x.name`: a property of a type, or a constant of a module.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Property {
    /// The type it is read from and its script name.
    pub receiver: (TypeId, &'static str),
    pub name: &'static str,
    /// Whether `x.name = value` is allowed; such a property has a row of its own for that.
    // At run time nobody asks; a test holds the manual to it.
    #[allow(dead_code)]
    pub is_set: bool,
}

/// Collects everything scripts can call; [`finish`](Self::finish) gives it to an engine.
pub(crate) struct Registry {
    pub(super) interp: Arc<Interp>,
    /// Functions and constants.
    globals: Module,
    /// What belongs to types: methods, operators, iterators.
    pub(super) members: Module,
    pub(super) namespaces: Vec<(&'static str, Module)>,
    receivers: Vec<Receiver>,
    pub(super) codecs: Codecs,
    classes: HashSet<TypeId>,
    pub(super) listed: Vec<Listed>,
    pub(super) properties: Vec<Property>,
}

/// The value of a script module's name: `os`.
#[derive(Debug, Clone)]
pub(crate) struct Receiver {
    pub type_id: TypeId,
    pub name: &'static str,
    pub value: Dynamic,
}

/// What a registry leaves behind for the engine.
pub(crate) struct Registered {
    /// Global functions and constants.
    pub globals: Shared<Module>,
    /// Types, and their methods, operators and iterators.
    pub members: Shared<Module>,
    /// `os`, `time`, …: callable as `os::getpid()` and importable by name.
    pub namespaces: Vec<(&'static str, Shared<Module>)>,
    pub receivers: Vec<Receiver>,
    /// How values of each type are sent to other processes.
    pub codecs: Codecs,
    /// Our own types: small handles, all of whose methods may be called on a copy.
    pub classes: HashSet<TypeId>,
    pub listed: Arc<Vec<Listed>>,
    pub properties: Arc<Vec<Property>>,
}

impl Registered {
    /// The names of our types and of Rhai's.
    pub(crate) fn of_types(&self) -> HashSet<&str> {
        let of_natives = self.listed.iter().filter_map(|row| row.receiver);
        of_natives
            .map(|(_, name)| name)
            .chain(["int", "float", "bool", "str", "list", "dict", "bytes"])
            .chain(["function", "range", "NoneType", "type"])
            .chain(self.codecs.names())
            .collect()
    }
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

    /// A method of the type `receiver`, by its script name; gives what the method takes.
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

    /// A global function, also a value of that name (`Process(#{target: f, …})` may name a native).
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

    /// One more form of a global function, or an operator, for arguments of exactly these types.
    ///
    /// Where Rhai has a function of the same name for them, a form for any value is not asked.
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

    /// A global constant.
    pub(crate) fn constant(&mut self, name: &'static str, value: impl Variant + Clone) {
        self.globals.set_var(name, value);
    }

    /// A type with methods and properties; `name` is what scripts and messages call it.
    ///
    /// Its values can be compared with `==` and `!=`: see [`are_equal`]. A type may have its own `==` instead.
    pub(crate) fn class<T: Variant + Clone>(&mut self, name: &'static str) -> Class<'_> {
        self.members.set_custom_type::<T>(name);
        self.classes.insert(TypeId::of::<T>());
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

    /// Python's methods for a type that Rhai has already; `name` is what messages call it.
    pub(crate) fn extension<T: Variant + Clone>(&mut self, name: &'static str) -> Class<'_> {
        Class {
            registry: self,
            receiver: TypeId::of::<T>(),
            on: On::Variable,
            name,
        }
    }

    /// A script module: `receiver` is the value of the global constant `name`.
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

    /// How types without methods of their own are sent.
    pub(crate) fn codecs(&mut self) -> &mut Codecs {
        &mut self.codecs
    }

    /// What the natives share.
    pub(crate) fn interp(&self) -> &Arc<Interp> {
        &self.interp
    }

    /// The module of what belongs to types itself, for what needs Rhai's own registration (iterators).
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

    /// A script module as a value is sent by its name.
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
                .by_parts(OwnType::of("module", *type_id, encode, decode));
        }
    }
}
