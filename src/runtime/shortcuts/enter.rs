//! Entering a shortcut from Rhai, and leaving it.

use std::sync::Arc;

use rhai::{Dynamic, EvalAltResult, EvalContext, Position, Scope};

use super::codes::Shortcuts;
use super::expressions::is_collection;
use super::node::Code;
use super::run::Run;
use super::statements::Flow;
use super::unit::{Inside, Part};
use crate::script::exceptions::Failure;

impl Shortcuts {
    /// Runs a unit, by Rhai if need be.
    ///
    /// # Errors
    /// Those of the script.
    pub(super) fn enter(
        &self,
        context: &mut EvalContext,
        unit: &Arc<Inside>,
    ) -> Result<Dynamic, Failure> {
        let scope = context.scope();
        let code = self.code_of_unit(scope, unit);
        let Some(code) = code.filter(|code| may_run(scope, code)) else {
            return context.eval_expression_tree(&(&unit.plain).into());
        };
        let mut run = Run {
            shortcuts: self,
            interp: &self.interp,
            context,
            stack: vec![Dynamic::UNIT; code.places],
            base: 0,
            is_too_deep: false,
        };
        run.is_too_deep = run.is_deep();
        run.take_given(&code);
        match &unit.part {
            Part::Function(_) => run.whole_function(&code),
            Part::Loop => run.whole_loop(&code),
        }
    }
}

/// Returns whether the variables are where the code expects them, and no constant would be copied item by item.
fn may_run(scope: &Scope, code: &Code) -> bool {
    let is_copied = |value: &Dynamic| value.is_read_only() && is_collection(value);
    let fits = |name: &str| scope.get(name).is_some_and(|value| !is_copied(value));
    code.given.iter().all(|(name, _)| fits(name))
        && !code.foreign.iter().any(|name| scope.contains(name))
}

impl Run<'_, '_, '_, '_, '_, '_, '_> {
    /// Runs the body of the function that Rhai has called.
    fn whole_function(mut self, code: &Code) -> Result<Dynamic, Failure> {
        let scope = std::mem::replace(self.context.scope_mut(), Scope::new());
        let ended = self.block(&code.body);
        *self.context.scope_mut() = scope;
        match ended? {
            Flow::On(value) | Flow::Return(value) | Flow::Break(value) => Ok(value),
            Flow::Continue => Ok(Dynamic::UNIT),
        }
    }

    /// Runs a loop, whose variables are those of its surroundings.
    fn whole_loop(mut self, code: &Code) -> Result<Dynamic, Failure> {
        let ended = self.block(&code.body);
        for (name, place) in &code.given {
            if let Some(variable) = self.context.scope_mut().get_mut(name) {
                *variable = std::mem::take(&mut self.stack[*place]);
            }
        }
        match ended? {
            Flow::On(value) | Flow::Break(value) => Ok(value),
            Flow::Continue => Ok(Dynamic::UNIT),
            Flow::Return(value) => Err(EvalAltResult::Return(value, Position::NONE).into()),
        }
    }

    fn take_given(&mut self, code: &Code) {
        for (name, place) in &code.given {
            let scope = self.context.scope_mut();
            self.stack[*place] = match scope.get_mut(name) {
                Some(variable) => std::mem::take(variable),
                None => scope.get(name).cloned().map_or(Dynamic::UNIT, constant),
            };
        }
    }
}

/// Makes a value a constant, as only a scope can.
fn constant(value: Dynamic) -> Dynamic {
    let mut scope = Scope::new();
    scope.push_constant_dynamic("", value);
    let only = scope.into_iter().next();
    only.map_or(Dynamic::UNIT, |(_, value, _)| value)
}
