//! The shortcuts of an engine: where text becomes a tree, and where Rhai comes to one.

use std::any::TypeId;
use std::collections::HashSet;
use std::sync::Arc;

use rhai::{AST, Dynamic, Engine, EvalAltResult, LexError, Position};

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
    let ast = islands::wrap(interp, engine, source, ast);
    Ok(wrap::wrap(engine, ast))
}

/// Lets an engine run shortcuts.
pub(in crate::runtime) fn register(
    engine: &mut Engine,
    interp: &Arc<Interp>,
    levels: usize,
    handles: &Arc<HashSet<TypeId>>,
    foreign: &Arc<Vec<Foreign>>,
) {
    let (settings, limits) = (&interp.settings, &interp.settings.limits);
    let counts = limits.need_a_stretch() || limits.have_sizes();
    // Without fast operators, functions of the host may take the place of operators.
    if counts || settings.compile == Compile::Never || !engine.fast_operators() {
        return;
    }
    let shortcuts = Shortcuts::new(interp, levels, handles, foreign);
    #[allow(deprecated)]
    engine.register_custom_syntax_with_state_raw(
        wrap::WORD,
        |_, _, state| match wrap::next_unit() {
            Some(unit) => {
                *state = Dynamic::from(unit);
                Ok(None)
            }
            None => Err(LexError::Runtime("a reserved name".into()).into_err(Position::NONE)),
        },
        false,
        move |context, _, state| {
            let unit = state.read_lock::<Unit>().map(|unit| unit.0.clone());
            unit.map_or(Ok(Dynamic::UNIT), |unit| shortcuts.enter(context, &unit))
        },
    );
}
