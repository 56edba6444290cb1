//! The shortcuts of an engine: where text becomes a tree, and where Rhai comes to one.

use std::any::TypeId;
use std::collections::HashSet;
use std::sync::Arc;

use rhai::{AST, Dynamic, Engine, EvalAltResult};

use super::codes::Shortcuts;
use super::unit::Unit;
use super::wrap;
use crate::program::call;
use crate::program::source::Source;
use crate::script::foreign::Foreign;
use crate::script::interp::Interp;
use crate::script::islands;
use crate::script::settings::Compile;

/// Compiles a file as every process must, with islands and shortcuts in its tree.
///
/// # Errors
/// Rhai's syntax error.
pub(in crate::runtime) fn compile(
    interp: &Interp,
    engine: &Engine,
    source: &Source,
) -> Result<AST, Box<EvalAltResult>> {
    let ast = call::compile(engine, source)?;
    let ast = islands::wrap(interp, source, ast);
    Ok(match are_on(engine, interp) {
        true => wrap::wrap(ast),
        false => ast,
    })
}

/// Lets an engine run shortcuts.
pub(in crate::runtime) fn register(
    engine: &mut Engine,
    interp: &Arc<Interp>,
    levels: usize,
    handles: &Arc<HashSet<TypeId>>,
    foreign: &Arc<Vec<Foreign>>,
) {
    if !are_on(engine, interp) {
        return;
    }
    let shortcuts = Shortcuts::new(interp, levels, handles, foreign);
    let _ = engine.register_custom_syntax_handler(wrap::KEY, false, move |context, _, state| {
        let unit = state.read_lock::<Unit>().map(|unit| unit.0.clone());
        unit.map_or(Ok(Dynamic::UNIT), |unit| shortcuts.enter(context, &unit))
    });
}

/// Returns whether the scripts of an engine run by shortcuts.
fn are_on(engine: &Engine, interp: &Interp) -> bool {
    let (settings, limits) = (&interp.settings, &interp.settings.limits);
    let counts = limits.need_a_stretch() || limits.have_sizes();
    let is_of_host = interp.host_engines.in_use();
    // Without fast operators, functions of the host may take the place of operators.
    !counts && !is_of_host && settings.compile != Compile::Never && engine.fast_operators()
}
