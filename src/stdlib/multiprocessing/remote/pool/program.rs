//! The program of a task: the texts of the script and its modules, and their constants.

use std::sync::Arc;

use rhai::{GlobalRuntimeState, NativeCallContext};

use super::super::messages::ForServer;
use crate::program::call::{Blueprint, Head, Surroundings, pack_program, read_blueprint, split};
use crate::program::environment::Environment;
use crate::program::source::BASE_TEXT;
use crate::program::{Program, call};
use crate::remote::seal;
use crate::script::{Failure, Interp, raise};
use crate::wire::{Codec, Sequence};

/// Which texts a worker has of its own.
pub(crate) trait Own {
    fn has(&self, text: &str) -> bool;

    /// Refuses a text that the worker does not have; `shown` is the name of its file.
    ///
    /// # Errors
    /// `PermissionError`.
    fn check(&self, text: &str, shown: &str) -> Result<(), Failure> {
        if text == BASE_TEXT || self.has(text) {
            return Ok(());
        }
        let text = format!(
            "the worker does not have {shown} as the task has it: give it the same files, which its script imports or has beside it"
        );
        Err(raise("PermissionError", text))
    }
}

/// Whoever makes a program of a blueprint ready to be called in this process.
pub(crate) trait Programs {
    /// Makes a program ready in place of the one before. Its values are read from `values`.
    ///
    /// # Errors
    /// It cannot be compiled, or its values cannot be read.
    fn lay(
        &self,
        blueprint: Blueprint<u8>,
        head: Head<u8>,
        values: &[u8],
        codec: &dyn Codec,
    ) -> Result<GlobalRuntimeState, Failure>;
}

/// Returns the hash by which submitters and workers of the same script find each other.
pub(crate) fn hash_of(text: &str) -> String {
    seal::hash(text.as_bytes())
}

/// Returns the hash of the script that runs.
///
/// # Errors
/// `RuntimeError`: there is no script with functions, or there are several.
pub(super) fn hash_of_script(program: &Program) -> Result<String, Failure> {
    let mut inputs = program.inputs();
    inputs.retain(|input| input.has_functions() && *input.source.text != *BASE_TEXT);
    match &inputs[..] {
        [input] => Ok(hash_of(&input.source.text)),
        _ => Err(raise(
            "RuntimeError",
            "a Pool on a server needs a script file with functions, which its workers have too; elsewhere, give it a key_file",
        )),
    }
}

/// Returns the program of a call as workers read it.
///
/// # Errors
/// `ValueError`: it is too long.
pub(super) fn written(
    interp: &Arc<Interp>,
    context: &NativeCallContext,
    codec: &ForServer<'_>,
) -> Result<Vec<u8>, Failure> {
    let mut values = Sequence::new(codec);
    let environment = Environment::of(context);
    let surroundings = Surroundings::send(&interp.program, environment, &mut values);
    let message = pack_program(&interp.program, surroundings, values);
    let message = message.map_err(|misfit| {
        let text = format!("the program cannot be sent: {misfit}");
        raise("ValueError", text)
    })?;
    Ok(message.bytes)
}

/// Makes a program ready. Without a key, each of its texts has to be one of the worker's own.
///
/// # Errors
/// `PermissionError` for a text that the worker does not have; those of [`Programs::lay`].
pub(super) fn laid(
    bytes: &[u8],
    (programs, own): (&dyn Programs, Option<&dyn Own>),
    codec: &dyn Codec,
) -> Result<GlobalRuntimeState, Failure> {
    let damaged = |why: String| raise("ValueError", format!("the program of the task: {why}"));
    let (blueprint, rest) = split(bytes).map_err(damaged)?;
    let blueprint: Blueprint<u8> = read_blueprint(blueprint).map_err(damaged)?;
    let mut sources = blueprint.inputs.iter().chain(&blueprint.modules);
    if let Some(own) = own {
        sources.try_for_each(|source| own.check(&source.text, &source.shown))?;
    }
    let (head, values) = call::unpack::<u8>(rest).map_err(damaged)?;
    programs.lay(blueprint, head, values, codec)
}
