//! The shortcuts of an engine: whether it has any, and the handler of their nodes.

use std::sync::Arc;

use rhai::{AST, Dynamic, Engine};

use super::codes::Shortcuts;
use super::unit::Unit;
use super::wrap;
use crate::script::bind::ClassTable;
use crate::script::foreign::Foreign;
use crate::script::interp::Interp;
use crate::script::settings::Compile;

/// Returns the program with shortcuts in it, if its engine runs them.
pub(in crate::runtime) fn put_into(ast: AST, interp: &Interp, engine: &Engine) -> AST {
    match are_on(engine, interp) {
        true => wrap::wrap(ast),
        false => ast,
    }
}

/// Lets an engine run shortcuts.
pub(in crate::runtime) fn register(
    engine: &mut Engine,
    interp: &Arc<Interp>,
    levels: usize,
    table: &Arc<ClassTable>,
    foreign: &Arc<Vec<Foreign>>,
) {
    if !are_on(engine, interp) {
        return;
    }
    let shortcuts = Shortcuts::new(interp, levels, table, foreign);
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
