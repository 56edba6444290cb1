//! Collects what the script modules declare.

use std::any::TypeId;
use std::sync::Arc;

use rhai::{Array, Blob, Dynamic, FnPtr, ImmutableString, Map, Module, Variant};

use super::Handler;
use super::class_table::ClassTable;
use super::iterators::{Items, Iterators, KnownIterators, refuse_rhais};
use super::native::{On, add, native, register};
use super::owner::Owner;
use super::registered::{Listed, Listing, Receiver, Registered};
use super::signature::Signature;
use super::vocabulary::Vocabulary;
use crate::script::codecs::Codecs;
use crate::script::interp::Interp;
use crate::script::rhai_names::{CLASSES, RHAI_TYPES};
use crate::wire::TypeCodec;

/// What a registry collects of what is declared.
#[derive(Debug)]
pub(crate) enum Purpose {
    /// The natives that a program with these words can call.
    Engine(Vocabulary),
    /// All names.
    Names,
    /// How values are sent to other processes.
    Codecs,
}

/// Collects what the script modules declare, for one [`Purpose`].
pub(crate) struct Registry {
    pub(super) interp: Arc<Interp>,
    /// Whom the natives work for.
    pub(super) owner: Owner,
    purpose: Purpose,
    /// The words that lead a program to what is being declared, if that is a part.
    part: Option<Vec<&'static str>>,
    /// Functions and constants.
    pub(super) globals: Module,
    /// The members of types: methods, operators, iterators.
    pub(super) members: Module,
    pub(super) namespaces: Vec<(&'static str, Module)>,
    /// Modules that a function returns: the module's name, and the function's.
    pub(super) returned: Vec<(&'static str, &'static str)>,
    /// Namespaces that are inside others as well: the inner one's name, and the outer one's.
    inside: Vec<(&'static str, &'static str)>,
    pub(super) codecs: Codecs,
    pub(super) table: ClassTable,
    pub(super) listing: Listing,
    iterators: Iterators,
}

impl Registry {
    pub(crate) fn new(interp: &Arc<Interp>, owner: Owner, purpose: Purpose) -> Self {
        let mut members = Module::new();
        refuse_rhais(&mut members);
        Self {
            interp: interp.clone(),
            owner,
            purpose,
            part: None,
            globals: Module::new(),
            members,
            namespaces: Vec::new(),
            returned: Vec::new(),
            inside: Vec::new(),
            codecs: Codecs::default(),
            table: ClassTable::default(),
            listing: Listing::default(),
            iterators: Iterators::default(),
        }
    }

    /// Returns whether the registry is for an engine whose program can use this name.
    pub(super) fn wants(&self, name: &str) -> bool {
        matches!(&self.purpose, Purpose::Engine(vocabulary) if vocabulary.has(name))
    }

    /// Returns whether something of this name has to be declared: a program that does not name a script module, or a function that makes values
    /// of a class, has none of them.
    pub(crate) fn can_name(&self, name: &str) -> bool {
        !self.is_for_engine() || self.wants(name)
    }

    pub(super) fn is_for_engine(&self) -> bool {
        matches!(self.purpose, Purpose::Engine(_))
    }

    pub(super) fn is_for_names(&self) -> bool {
        matches!(self.purpose, Purpose::Names)
    }

    pub(super) fn is_for_codecs(&self) -> bool {
        matches!(self.purpose, Purpose::Codecs)
    }

    /// Declares what `register` does, unless no program with these words can get to it: `words` are those by which scripts get to the names
    /// in it, and to values of its classes.
    pub(crate) fn part(
        &mut self,
        words: impl IntoIterator<Item = &'static str>,
        register: impl FnOnce(&mut Self),
    ) {
        let words: Vec<_> = words.into_iter().collect();
        if self.is_for_engine() && !words.iter().any(|word| self.wants(word)) {
            return;
        }
        let outer = self.part.replace(words);
        register(self);
        self.part = outer;
    }

    /// Checks that a name is among the words of its part, because a program gets to it by nothing else.
    fn check_part(&self, name: &str) {
        let is_listed = |words: &Vec<&str>| words.contains(&name);
        debug_assert!(
            self.part.as_ref().is_none_or(is_listed),
            "the name {name} is not among the words of its part"
        );
    }

    /// As [`check_part`](Self::check_part), for what is added to these types: a program has values of Rhai's own without any word.
    pub(super) fn check_part_for(&self, name: &str, types: &[TypeId]) {
        if !cfg!(debug_assertions) {
            return;
        }
        let of_rhai = [
            TypeId::of::<Dynamic>(),
            TypeId::of::<ImmutableString>(),
            TypeId::of::<Array>(),
            TypeId::of::<Map>(),
            TypeId::of::<Blob>(),
            TypeId::of::<FnPtr>(),
            TypeId::of::<i64>(),
            TypeId::of::<f64>(),
            TypeId::of::<bool>(),
            TypeId::of::<()>(),
        ];
        if self.part.is_some() && types.iter().all(|id| of_rhai.contains(id)) {
            self.check_part(name);
        }
    }

    /// Lists a function, or a method of a type with its script name.
    fn list(
        &mut self,
        receiver: Option<(TypeId, &'static str)>,
        name: &'static str,
        params: &'static [&'static str],
    ) {
        if self.is_for_names() {
            let signature = Signature::new(name, params);
            let row = Listed {
                receiver,
                signature,
            };
            self.listing.natives.push(row);
        }
    }

    /// Adds a method of the type `receiver` by its script name.
    pub(super) fn method(
        &mut self,
        on: On,
        receiver: (TypeId, &'static str),
        name: &'static str,
        params: &'static [&'static str],
        handler: Handler,
    ) {
        self.list(Some(receiver), name, params);
        let is_of_class = || CLASSES.iter().any(|(_, type_id)| type_id() == receiver.0);
        if (on == On::Copy || is_of_class()) && self.wants(name) {
            self.table.add_method(receiver.0, name);
        }
        self.unlisted((on, receiver.0), name, params, handler);
    }

    /// Adds a method that no list mentions.
    pub(super) fn unlisted(
        &mut self,
        (on, receiver): (On, TypeId),
        name: &'static str,
        params: &'static [&'static str],
        handler: Handler,
    ) {
        self.check_part_for(name, &[receiver]);
        if self.wants(name) {
            let signature = Signature::new(name, params);
            let receiver = (on, Some(receiver));
            register(&mut self.members, &self.owner, receiver, signature, handler);
        }
    }

    /// Adds a global function, and a value of that name (`Process(#{target: f, …})` may name a native).
    pub(crate) fn function(
        &mut self,
        name: &'static str,
        params: &'static [&'static str],
        handler: Handler,
    ) {
        self.list(None, name, params);
        if self.wants(name) {
            let signature = Signature::new(name, params);
            let receiver = (On::Nothing, None);
            register(&mut self.globals, &self.owner, receiver, signature, handler);
        }
        self.check_part(name);
        if (self.is_for_names() || self.wants(name))
            && let Ok(pointer) = FnPtr::new(name)
        {
            self.constant(name, pointer);
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
        let is_function = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
        if is_function {
            self.check_part_for(name, types);
        }
        if !self.wants(name) {
            return;
        }
        let signature = Signature::new(name, params);
        let Self {
            globals,
            members,
            owner,
            ..
        } = self;
        add(
            if is_function { globals } else { members },
            name,
            types,
            native(owner, On::Nothing, signature, handler),
        );
    }

    /// Adds a global constant.
    pub(crate) fn constant(&mut self, name: &'static str, value: impl Variant + Clone) {
        self.check_part(name);
        if self.is_for_names() {
            let value = Dynamic::from(value);
            self.listing.globals.insert(name.into(), value);
        } else if self.wants(name) {
            self.globals.set_var(name, value);
        }
    }

    /// Notes that the function `by` returns the module, which has to be declared after this: a program need not name the module then.
    pub(crate) fn returns(&mut self, by: &'static str, module: &'static str) {
        self.returned.push((module, by));
    }

    /// Makes the module `inner` a part of the module `outer` too: `multiprocessing::connection`.
    pub(crate) fn place_inside(&mut self, inner: &'static str, outer: &'static str) {
        self.inside.push((inner, outer));
    }

    /// Returns how types without methods of their own are sent.
    pub(crate) fn codecs(&mut self) -> &mut Codecs {
        &mut self.codecs
    }

    /// Returns the module that holds the members of types, for what needs Rhai's own registration.
    pub(crate) fn members(&mut self) -> &mut Module {
        &mut self.members
    }

    /// Lets `for` iterate over values of a type, which are passed to `iterate`.
    pub(crate) fn iterates(
        &mut self,
        of: TypeId,
        iterate: impl Fn(&Arc<Interp>, Dynamic) -> Items + Send + Sync + 'static,
    ) {
        if self.is_for_engine() {
            self.iterators.add(of, iterate);
        }
    }

    /// Returns how values of our types are iterated, once all are declared.
    pub(crate) fn iterators(&self) -> KnownIterators {
        self.iterators.known()
    }

    /// Returns the natives for an engine.
    pub(crate) fn natives(mut self) -> Registered {
        self.table.sort();
        let namespaces = self.whole_namespaces().into_iter();
        let namespaces = namespaces.map(|(name, module)| (name, module.into()));
        Registered {
            namespaces: namespaces.collect(),
            globals: self.globals.into(),
            members: self.members.into(),
            table: self.table.into(),
            iterators: self.iterators,
        }
    }

    /// Returns the script modules with those inside of them. Each is indexed once, when it is whole, because that takes time.
    fn whole_namespaces(&mut self) -> Vec<(&'static str, Module)> {
        let mut namespaces: Vec<(&'static str, Module)> = Vec::new();
        for (name, mut module) in std::mem::take(&mut self.namespaces) {
            let outer = name.split_once("::");
            let place = outer.and_then(|(outer, _)| namespaces.iter().position(|n| n.0 == outer));
            match (outer, place) {
                (Some((_, inner)), Some(place)) => {
                    module.build_index();
                    namespaces[place].1.set_sub_module(inner, module);
                }
                _ => namespaces.push((name, module)),
            }
        }
        for (inner, outer) in &self.inside {
            let place = |name| namespaces.iter().position(|n| n.0 == name);
            if let (Some(inner), Some(outer)) = (place(*inner), place(*outer)) {
                namespaces[inner].1.build_index();
                let (name, module) = namespaces[inner].clone();
                namespaces[outer].1.set_sub_module(name, module);
            }
        }
        for (_, module) in &mut namespaces {
            module.build_index();
        }
        namespaces
    }

    /// Returns the names of everything.
    pub(crate) fn names(self) -> Listing {
        let mut listing = self.listing;
        let of_natives = listing.natives.iter().filter_map(|row| row.receiver);
        let types = of_natives
            .map(|(_, name)| name)
            .chain(RHAI_TYPES)
            .chain(["NoneType", "type"]);
        listing.types = types.map(ToString::to_string).collect();
        listing
    }

    /// Returns how values are sent to other processes.
    pub(crate) fn finished_codecs(mut self) -> Codecs {
        self.send_modules();
        self.codecs
    }

    /// Sends a script module, used as a value, by its name.
    fn send_modules(&mut self) {
        let all: Arc<[Receiver]> = std::mem::take(&mut self.listing.modules).into();
        for Receiver { type_id, name, .. } in &*all {
            if self.codecs.sends_by_parts(*type_id) {
                continue;
            }
            let (known, own) = (all.clone(), Dynamic::from(*name));
            let decode = move |name: Dynamic| {
                let name = name.to_string();
                let found = known.iter().find(|module| module.name == name);
                let found = found.map(|module| module.value.clone());
                found.ok_or_else(|| format!("no module {name} is known here"))
            };
            let encode = move |_: &Dynamic| Ok(own.clone());
            self.codecs
                .by_parts(TypeCodec::of("module", *type_id, encode, decode));
        }
    }
}
