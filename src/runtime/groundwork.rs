//! The part of a spawned child that is the same for every child of a program: an engine, and the functions compiled.

use std::sync::Arc;

use rhai::{AST, Engine, EvalAltResult};

use super::BuildError;
use super::engine;
use super::modules::Modules;
use super::parsing;
use super::setup::Setup;
use crate::program::Source;
use crate::program::call::{self, Blueprint};
use crate::script::bind::Vocabulary;
use crate::script::interp::Interp;
use crate::script::names::Names;
use crate::script::settings::Settings;
use crate::stdlib;
use crate::sys;

/// An engine and the functions of a program. No script has run, and nothing belongs to a session.
pub(super) struct Groundwork {
    /// What it was made from.
    pub blueprint: Vec<u8>,
    pub interp: Arc<Interp>,
    pub engine: Arc<Engine>,
    pub modules: Arc<Modules>,
    pub names: Arc<Names>,
    /// The modules of the program, which have not run.
    pub compiled: Vec<(Source, AST)>,
}

impl Groundwork {
    /// Lays the groundwork for a program.
    ///
    /// # Errors
    /// The bytes are not those of a blueprint, or this program lacks what it needs.
    pub(super) fn lay(bytes: &[u8]) -> Result<Self, String> {
        let mut blueprint: Blueprint<Settings> = call::read_blueprint(bytes)?;
        let settings = std::mem::take(&mut blueprint.settings);
        let setups = settings.setups.iter().map(|name| {
            Setup::of_children(name).ok_or_else(|| {
                format!(
                    "it does not have its parent's setup '{name}': give it to `procscript::init_with([…]);` in the first line \
                     of this program's main function"
                )
            })
        });
        let setups = setups.collect::<Result<Vec<_>, _>>()?;
        let start_dir = std::mem::take(&mut blueprint.start_dir);
        let interp = Interp::new(start_dir.into(), settings, stdlib::states());
        if interp.settings.limits.of_memory().is_some() && !sys::alloc::is_counting() {
            return Err(BuildError::NotCounting.to_string());
        }
        sys::limits::keep_freed_memory();
        let words = vocabulary(&interp, &blueprint);
        let (engine, modules, names) = engine::build(&interp, &setups, words);
        let compiled = interp
            .held
            .run(|| compile(&engine, &modules, &interp, blueprint));
        Ok(Self {
            blueprint: bytes.to_vec(),
            compiled: compiled.map_err(|error| error.to_string())?,
            interp,
            engine,
            modules,
            names,
        })
    }
}

/// The words of the program, if its texts show all that it can name.
fn vocabulary(interp: &Interp, blueprint: &Blueprint<Settings>) -> Vocabulary {
    // A program without functions starts natives, of which the texts here say nothing.
    let is_without_text = blueprint.inputs.is_empty() && blueprint.modules.is_empty();
    if !interp.settings.by_text || is_without_text {
        return Vocabulary::Any;
    }
    let sources = blueprint.inputs.iter().chain(&blueprint.modules);
    Vocabulary::of(sources.map(|source| &*source.text), stdlib::is_built_in)
}

/// Compiles the program.
fn compile(
    engine: &Engine,
    modules: &Modules,
    interp: &Arc<Interp>,
    blueprint: Blueprint<Settings>,
) -> Result<Vec<(Source, AST)>, Box<EvalAltResult>> {
    interp.program.set_argv(blueprint.argv);
    for directory in blueprint.directories.into_iter().rev() {
        interp.program.add_directory(directory.into());
    }
    for source in blueprint.inputs {
        let ast = parsing::parse(interp, engine, &source)?;
        interp.program.add_input(source, ast.shared_lib().clone());
    }
    let mut compiled = Vec::new();
    for source in blueprint.modules {
        let ast = modules.compile(engine, interp, &source)?;
        compiled.push((source, ast));
    }
    Ok(compiled)
}
