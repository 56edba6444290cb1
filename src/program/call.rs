//! One function call packed as bytes, with the program it needs.
//!
//! # Layout
//! | part | content |
//! | --- | --- |
//! | 4 bytes | length of the blueprint |
//! | blueprint | a record: the program's source text, and what else is the same for each of its calls |
//! | 4 bytes | length of the head |
//! | head | a record: the rest of what needs no function to exist |
//! | values | arguments, constants and what else scripts hold; decoded when the program has been compiled |

use std::ffi::OsString;

use rhai::{Dynamic, Engine, EvalAltResult, Map};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::compiling;
use super::environment::Environment;
use super::source::{LoadedModule, Program, Source};
use crate::wire::typed::{self, Misfit};
use crate::wire::{DecodeError, Message, Sequence, Values};

/// The program of a packed call, which is compiled again, and the sender's `settings`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Blueprint<S> {
    /// The inputs that have functions.
    pub inputs: Vec<Source>,
    /// The modules that the surroundings of the call name.
    pub modules: Vec<Source>,
    /// Where modules are looked for.
    pub directories: Vec<OsString>,
    pub argv: Vec<String>,
    pub start_dir: OsString,
    pub settings: S,
}

/// The head of a packed call: its surroundings, and the sender's `orders`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Head<O> {
    pub surroundings: Surroundings,
    pub orders: O,
}

/// The environment of a call's functions besides its arguments. Constants are named here; their values are sent separately.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Surroundings {
    pub environment: Environment,
    constants: Vec<String>,
    modules: Vec<ModuleHead>,
    /// The sources of the modules, which go into the blueprint.
    #[serde(skip)]
    sources: Vec<Source>,
}

/// A module that was imported, apart from its source.
#[derive(Debug, Serialize, Deserialize)]
struct ModuleHead {
    imports: Vec<(String, String)>,
    constants: Vec<String>,
    exports: Vec<String>,
}

/// The top level of a module as it was in the sending process: it is not run again.
#[derive(Debug, Clone)]
pub(crate) struct CarriedModule {
    pub constants: Map,
    pub exports: Map,
    pub imports: Vec<(String, String)>,
}

impl Surroundings {
    /// Notes what is in reach of `environment`, and adds the constants to `values`.
    ///
    /// Constants that cannot be sent are left out: a child that never uses them is not disturbed.
    pub(crate) fn send(
        program: &Program,
        environment: Environment,
        values: &mut Sequence<'_>,
    ) -> Self {
        let mut send = |constants: &[(String, Dynamic)]| {
            values.push_sendable(constants.iter().map(|(name, value)| (name.as_str(), value)))
        };
        let constants = send(&environment.constants);
        let modules = needed_modules(program, &environment);
        let modules = modules.into_iter().map(|module| {
            let head = ModuleHead {
                constants: send(&module.constants),
                exports: send(&module.exports),
                imports: module.imports,
            };
            (head, module.source)
        });
        let (modules, sources) = modules.unzip();
        Self {
            environment,
            constants,
            modules,
            sources,
        }
    }

    /// Refuses names that no script can give: those of modules are written into the text that recreates their top level.
    fn check_names(&self) -> Result<(), String> {
        let constants = self.modules.iter().flat_map(|module| &module.constants);
        let exports = self.modules.iter().flat_map(|module| &module.exports);
        let names = self.constants.iter().chain(constants).chain(exports);
        let imports = self.modules.iter().flat_map(|module| &module.imports);
        let imports = self.environment.imports.iter().chain(imports);
        let mut names = names.chain(imports.map(|(alias, _)| alias));
        match names.find(|name| !rhai::is_valid_identifier(name)) {
            Some(name) => Err(format!("{name:?} is not a name")),
            None => Ok(()),
        }
    }

    /// Reads the constants that [`send`](Self::send) has added.
    ///
    /// # Errors
    /// The bytes are damaged, or name what this process does not have.
    pub(crate) fn receive(
        self,
        values: &mut Values<'_>,
    ) -> Result<(Environment, Vec<CarriedModule>), DecodeError> {
        let constants = values.named(self.constants)?;
        let constants = constants.into_iter().map(|(k, v)| (k.to_string(), v));
        let environment = Environment {
            constants: constants.collect(),
            ..self.environment
        };
        let carry = |module: ModuleHead| {
            Ok(CarriedModule {
                constants: values.named(module.constants)?,
                exports: values.named(module.exports)?,
                imports: module.imports,
            })
        };
        let modules = self.modules.into_iter().map(carry);
        Ok((environment, modules.collect::<Result<_, _>>()?))
    }
}

/// Packs a call: `values` are what the receiver needs of scripts' values, those of the surroundings included.
///
/// # Errors
/// The blueprint or the head is too long.
pub(crate) fn pack<S: Serialize, O: Serialize>(
    program: &Program,
    mut surroundings: Surroundings,
    settings: S,
    orders: O,
    values: Sequence<'_>,
) -> Result<Message, Misfit> {
    let blueprint = Blueprint {
        inputs: inputs_of(program, &surroundings),
        modules: std::mem::take(&mut surroundings.sources),
        directories: program.directories().into_iter().map(Into::into).collect(),
        argv: program.argv(),
        start_dir: program.start_dir.clone().into(),
        settings,
    };
    let head = Head {
        surroundings,
        orders,
    };
    put_together(&blueprint, &head, values)
}

/// Packs a program for processes on other machines, which call its functions: without the arguments and the directories of this one.
///
/// # Errors
/// As [`pack`].
#[cfg(feature = "redis")]
pub(crate) fn pack_program(
    program: &Program,
    mut surroundings: Surroundings,
    values: Sequence<'_>,
) -> Result<Message, Misfit> {
    let blueprint = Blueprint {
        inputs: inputs_of(program, &surroundings),
        modules: std::mem::take(&mut surroundings.sources),
        directories: Vec::new(),
        argv: Vec::new(),
        start_dir: OsString::new(),
        settings: 0_u8,
    };
    let head = Head {
        surroundings,
        orders: 0_u8,
    };
    put_together(&blueprint, &head, values)
}

fn inputs_of(program: &Program, surroundings: &Surroundings) -> Vec<Source> {
    let inputs = program.inputs_for(&surroundings.environment.libraries);
    inputs.into_iter().map(|input| input.source).collect()
}

fn put_together<S: Serialize, O: Serialize>(
    blueprint: &Blueprint<S>,
    head: &Head<O>,
    values: Sequence<'_>,
) -> Result<Message, Misfit> {
    let (blueprint, head) = (typed::pack(blueprint)?, typed::pack(head)?);
    let length = |part: &[u8]| typed::length(part.len()).map(u32::to_le_bytes);
    let parts = [&length(&blueprint)?, &blueprint[..], &length(&head)?, &head];
    Ok(values.into_message(parts.concat()))
}

/// Returns the bytes of the blueprint of a packed call, and the rest, for [`unpack`].
///
/// # Errors
/// The bytes are not those of a call.
pub(crate) fn split(bytes: &[u8]) -> Result<(&[u8], &[u8]), String> {
    let cut_short = "the call ends too early";
    let (length, rest) = bytes.split_first_chunk().ok_or(cut_short)?;
    let length = u32::from_le_bytes(*length) as usize;
    Ok(rest.split_at_checked(length).ok_or(cut_short)?)
}

/// Reads a blueprint.
///
/// # Errors
/// The bytes are not those of a blueprint.
pub(crate) fn read_blueprint<S: DeserializeOwned>(bytes: &[u8]) -> Result<Blueprint<S>, String> {
    read(bytes)
}

/// Returns the head of a packed call, and the bytes of its values.
///
/// # Errors
/// They are not such a head, or what has to be a name in it is none.
pub(crate) fn unpack<O: DeserializeOwned>(bytes: &[u8]) -> Result<(Head<O>, &[u8]), String> {
    let (head, values) = split(bytes)?;
    let head: Head<O> = read(head)?;
    head.surroundings.check_names()?;
    Ok((head, values))
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    typed::read(bytes).map_err(|misfit| format!("{}: {}", misfit.path("call"), misfit.reason()))
}

/// Compiles a file the way every process must: the text as it is, under its name.
///
/// # Errors
/// Rhai's syntax error.
pub(crate) fn compile(engine: &Engine, source: &Source) -> Result<rhai::AST, Box<EvalAltResult>> {
    let mut ast = compiling::parse(engine, &source.text)?;
    ast.set_source(source.name.clone());
    Ok(ast)
}

/// Returns the modules in reach of `environment`, each after those it imports.
fn needed_modules(program: &Program, environment: &Environment) -> Vec<LoadedModule> {
    fn visit(program: &Program, name: &str, found: &mut Vec<LoadedModule>) {
        if found.iter().any(|module| module.source.name == name) {
            return;
        }
        let Some(module) = program.module(name) else {
            return;
        };
        for (_, inner) in &module.imports {
            visit(program, inner, found);
        }
        found.push(module);
    }
    let mut found = Vec::new();
    let imported = environment.imports.iter().map(|(_, name)| name);
    for name in imported
        .chain(&environment.libraries)
        .chain(&environment.source)
    {
        visit(program, name, &mut found);
    }
    found
}
