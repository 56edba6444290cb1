//! One function call packed as bytes, with the program it needs.
//!
//! # Layout
//! | part | content |
//! | --- | --- |
//! | 4 bytes | length of the head |
//! | head | a record: the program's source text, and all that needs no function to exist |
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

/// The head of a packed call: the program that is compiled again, and the sender's `orders`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Head<O> {
    /// The inputs that have functions.
    pub inputs: Vec<Source>,
    /// Where modules are looked for.
    pub directories: Vec<OsString>,
    pub argv: Vec<String>,
    pub start_dir: OsString,
    pub surroundings: Surroundings,
    pub orders: O,
}

/// The environment of a call's functions besides its arguments. Constants are named here; their values are sent separately.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Surroundings {
    pub environment: Environment,
    constants: Vec<String>,
    pub modules: Vec<ModuleHead>,
}

/// A module that was imported.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ModuleHead {
    pub source: Source,
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
        let modules = modules.into_iter().map(|module| ModuleHead {
            constants: send(&module.constants),
            exports: send(&module.exports),
            source: module.source,
            imports: module.imports,
        });
        let modules = modules.collect();
        Self {
            environment,
            constants,
            modules,
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
/// The head is too long.
pub(crate) fn pack<O: Serialize>(
    program: &Program,
    surroundings: Surroundings,
    orders: O,
    values: Sequence<'_>,
) -> Result<Message, Misfit> {
    let inputs = program.inputs_for(&surroundings.environment.libraries);
    let head = typed::pack(&Head {
        inputs: inputs.into_iter().map(|input| input.source).collect(),
        directories: program.directories().into_iter().map(Into::into).collect(),
        argv: program.argv(),
        start_dir: program.start_dir.clone().into(),
        surroundings,
        orders,
    })?;
    let length = typed::length(head.len())?;
    Ok(values.into_message([&length.to_le_bytes()[..], &head].concat()))
}

/// Returns the head of a packed call, and the bytes of its values.
///
/// # Errors
/// They are not such a head.
pub(crate) fn unpack<O: DeserializeOwned>(bytes: &[u8]) -> Result<(Head<O>, &[u8]), String> {
    let cut_short = "the call ends too early";
    let (length, rest) = bytes.split_first_chunk().ok_or(cut_short)?;
    let length = u32::from_le_bytes(*length) as usize;
    let (head, values) = rest.split_at_checked(length).ok_or(cut_short)?;
    let head = typed::read(head)
        .map_err(|misfit| format!("{}: {}", misfit.path("call"), misfit.reason()))?;
    Ok((head, values))
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
