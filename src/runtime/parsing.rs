//! The tree of a source, as each process of a program must make it.

use rhai::{AST, Engine, EvalAltResult};

use super::{methods, rewriting, shortcuts};
use crate::program::source::Source;
use crate::program::{call, catching};
use crate::script::interp::Interp;
use crate::script::islands;

/// Parses a source, changes what is meant otherwise, and puts notes of caught errors, islands, shortcuts and guards into its tree.
///
/// # Errors
/// Rhai's syntax error, or one of ours.
pub(super) fn parse(
    interp: &Interp,
    engine: &Engine,
    source: &Source,
) -> Result<AST, Box<EvalAltResult>> {
    let ast = call::compile(engine, source)?;
    let ast = rewriting::rewrite(ast, interp, engine, source)?;
    let ast = catching::put_into(ast, &source.text);
    let ast = islands::wrap(interp, source, ast);
    let ast = shortcuts::put_into(ast, interp, engine);
    Ok(methods::guard(ast, engine, &source.text))
}
