//! The owner before a dot, and its names.

use std::any::TypeId;

use rhai::{Dynamic, Map, Module, Shared};

use super::Interactive;
use super::candidate::{Candidate, CandidateKind};
use super::enter::LAST;
use crate::script::bind::Signature;
use crate::script::names::Of;
use crate::script::record::Record;
use crate::script::rhai_names;
use crate::stdlib::multiprocessing::process::Process;
use crate::syntax::KEYWORDS;
use crate::wire::is_identifier;

/// An owner of names.
pub(super) enum Place {
    /// All names that need no dot.
    Global,
    /// A value.
    Value {
        type_id: TypeId,
        /// Its own names: the keys of a dict, the attributes of a process.
        own: Vec<String>,
        /// The members of its type that it lacks.
        lacks: Vec<&'static str>,
    },
    /// A script module, by its own name: `os`, `os::path`.
    Namespace(&'static str),
    /// A module that was imported from a file.
    Module(Shared<Module>),
    /// `global::`
    Constants,
}

impl Place {
    /// A value of which only the type is known.
    pub(super) fn typed<T: 'static>() -> Self {
        Self::Value {
            type_id: TypeId::of::<T>(),
            own: Vec::new(),
            lacks: Vec::new(),
        }
    }

    pub(super) fn of(value: &Dynamic, lacks: Vec<&'static str>) -> Self {
        Self::Value {
            type_id: value.type_id(),
            own: own_names(value),
            lacks,
        }
    }
}

impl Interactive {
    /// The names of a place.
    pub(super) fn members(&self, place: &Place) -> Vec<Candidate> {
        match place {
            Place::Global => self.global_names(),
            Place::Value {
                type_id,
                own,
                lacks,
            } => {
                let kind = match self.runtime.names.module_of(*type_id) {
                    Some(_) => CandidateKind::Function,
                    None => CandidateKind::Method,
                };
                let properties = own.iter().filter(|name| is_identifier(name));
                let mut all: Vec<_> = properties
                    .map(|name| Candidate::named(name, CandidateKind::Property))
                    .collect();
                all.extend(self.declared(Of::Type(*type_id), kind));
                let others = rhai_names::methods(*type_id);
                all.extend(others.map(|text| Candidate::called(text.into(), kind)));
                all.retain(|candidate| !lacks.contains(&candidate.name.as_str()));
                all
            }
            Place::Namespace(name) => self.declared(Of::Named(name), CandidateKind::Function),
            Place::Module(module) => module_names(module),
            Place::Constants => {
                let constants = self.runtime.state.global.constants.as_ref();
                let constants = constants.and_then(|constants| constants.read().ok());
                let names = constants.iter().flat_map(|map| map.keys());
                names
                    .map(|name| Candidate::named(name, CandidateKind::Variable))
                    .collect()
            }
        }
    }

    /// The signature of a native function or method of the place.
    pub(super) fn signature(&self, place: &Place, name: &str) -> Option<&Signature> {
        self.runtime.names.signature(self.of_place(place)?, name)
    }

    /// How `name` is called in the place, `put(item, [block, timeout])`, if it can be called.
    pub(super) fn call_of(&self, place: &Place, name: &str) -> Option<String> {
        let native = || Some(self.signature(place, name)?.text());
        let has_name = |text: &str| text.split('(').next() == Some(name);
        match place {
            Place::Global if self.runtime.state.scope.contains(name) => None,
            Place::Global => self.function(name).or_else(native),
            Place::Value { own, .. } if own.iter().any(|own| own == name) => None,
            Place::Value { type_id, .. } => native().or_else(|| {
                let mut others = rhai_names::methods(*type_id);
                others.find(|text| has_name(text)).map(ToString::to_string)
            }),
            Place::Module(module) => {
                let mut names = module_names(module).into_iter();
                Some(names.find(|found| found.name == name)?.signature)
            }
            Place::Namespace(_) | Place::Constants => native(),
        }
    }

    /// How a function of the program is called.
    pub(super) fn function(&self, name: &str) -> Option<String> {
        let inputs = self.runtime.interp.program.inputs().into_iter().rev();
        let found = inputs.flat_map(|input| {
            let functions = input.functions.iter_script_fn_info();
            let params = functions
                .filter(|row| row.2 == name)
                .map(|row| &row.4.params);
            let params = params.min_by_key(|params| params.len())?;
            Some(format!("{name}({})", params.join(", ")))
        });
        { found }.next()
    }

    /// The names that are declared in Rust for a type or a module.
    fn declared(&self, of: Of<'_>, kind: CandidateKind) -> Vec<Candidate> {
        let names = &self.runtime.names;
        let outer = match of {
            Of::Nothing => None,
            Of::Type(type_id) => names.module_of(type_id),
            Of::Named(module) => Some(module),
        };
        let inner = names.modules().filter_map(|module| {
            let (of, inner) = module.split_once("::")?;
            (Some(of) == outer).then(|| Candidate::named(inner, CandidateKind::Module))
        });
        let mut all: Vec<_> = inner.collect();
        let functions = names.signatures(of).map(|signature| signature.text());
        all.extend(functions.map(|text| Candidate::called(text, kind)));
        let properties = names.properties(of).map(|row| row.name);
        all.extend(properties.map(|name| Candidate::named(name, CandidateKind::Property)));
        all
    }

    /// All names that need no dot, the program's own first.
    pub(super) fn global_names(&self) -> Vec<Candidate> {
        let variables = self.runtime.state.scope.iter_raw().map(|(name, ..)| name);
        let mut all: Vec<_> = variables
            .filter(|name| *name != LAST)
            .map(|name| Candidate::named(name, CandidateKind::Variable))
            .collect();
        all.extend(self.functions().into_iter().map(|function| {
            let text = format!("{}({})", function.name, function.params.join(", "));
            Candidate::called(text, CandidateKind::Function)
        }));
        let imports = self
            .runtime
            .state
            .global
            .iter_imports_raw()
            .map(|(alias, _)| alias);
        all.extend(imports.map(|alias| Candidate::named(alias, CandidateKind::Module)));
        let names = &self.runtime.names;
        let functions = names.signatures(Of::Nothing);
        let functions =
            functions.filter(|signature| signature.name.starts_with(char::is_alphabetic));
        all.extend(
            functions.map(|signature| Candidate::called(signature.text(), CandidateKind::Function)),
        );
        all.extend(names.globals().keys().map(|name| {
            let kind = match names.is_module(name) {
                true => CandidateKind::Module,
                false => CandidateKind::Variable,
            };
            Candidate::named(name, kind)
        }));
        let words = KEYWORDS.iter();
        all.extend(words.map(|word| Candidate::named(word, CandidateKind::Word)));
        all
    }
}

/// The keys of a dict, or the attributes of a process.
fn own_names(value: &Dynamic) -> Vec<String> {
    let names = |map: &Map| map.keys().map(ToString::to_string).collect();
    if let Some(map) = value.read_lock::<Map>() {
        return names(&map);
    }
    if let Some(record) = value.read_lock::<Record>() {
        return record
            .class()
            .fields
            .iter()
            .map(ToString::to_string)
            .collect();
    }
    let process = value.read_lock::<Process>();
    process.map_or_else(Vec::new, |process| {
        process.with(|state| names(&state.attributes))
    })
}

fn module_names(module: &Module) -> Vec<Candidate> {
    let functions = module.iter_script_fn_info();
    let mut all: Vec<_> = functions
        .filter(|(_, access, name, ..)| {
            *access == rhai::FnAccess::Public && !name.starts_with("anon$")
        })
        .map(|(.., name, _, definition)| {
            let params: Vec<&str> = definition.params.iter().map(|p| p.as_str()).collect();
            let text = format!("{name}({})", params.join(", "));
            Candidate::called(text, CandidateKind::Function)
        })
        .collect();
    let variables = module.iter_var().map(|(name, _)| name);
    let variables = variables.filter(|name| is_identifier(name));
    all.extend(variables.map(|name| Candidate::named(name, CandidateKind::Variable)));
    all
}
