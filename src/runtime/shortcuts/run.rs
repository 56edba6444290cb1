//! A run of shortcuts: its variables, and what is asked of Rhai.

use std::sync::Arc;

use rhai::{Dynamic, EvalAltResult, EvalContext, Expr, ImmutableString, Position};

use super::codes::Shortcuts;
use super::node::{Asked, Local};
use crate::script::exceptions::Failure;
use crate::script::interp::Interp;
use crate::script::line::Spot;
use crate::script::report::too_deep;
use crate::script::rhai_errors::of_error_map;
use crate::script::{cells, depth, memory};
use crate::sync::called_by;
use crate::sys::interrupt;
use crate::sys::limits::Stack;

pub(super) struct Run<'r, 'a, 's, 'ps, 'g, 'c, 't> {
    pub shortcuts: &'r Shortcuts,
    pub interp: &'r Arc<Interp>,
    pub context: &'r mut EvalContext<'a, 's, 'ps, 'g, 'c, 't>,
    /// The variables of all functions that are running here, the innermost's last.
    pub stack: Vec<Dynamic>,
    /// The index of the innermost function's first variable.
    pub base: usize,
    /// The innermost is a call too many: using a variable is an error.
    pub is_too_deep: bool,
}

/// The value of a variable, as far as code looks at it.
pub(super) enum Seen {
    /// Something that can be used where it is.
    Plain,
    /// A cell that is shared with a closure.
    Shared,
}

/// Sets the place of an error that has none.
pub(super) fn at(mut error: Failure, place: Position) -> Failure {
    if error.position().is_none() {
        error.set_position(place);
    }
    error
}

/// Returns a value out of the cell that it shares with closures. Most values are in none.
#[inline]
pub(super) fn flat(value: Dynamic) -> Dynamic {
    match value.is_shared() {
        true => value.flatten(),
        false => value,
    }
}

impl Run<'_, '_, '_, '_, '_, '_, '_> {
    /// Begins a step of the script.
    ///
    /// # Errors
    /// It has to stop.
    #[inline]
    pub(super) fn step(&self, place: Position) -> Result<(), Failure> {
        match self.interp.stopping() {
            None => Ok(()),
            Some(stop) => Err(EvalAltResult::ErrorTerminated(Dynamic::from(stop), place).into()),
        }
    }

    /// Returns whether a call is one too many here.
    pub(super) fn is_deep(&self) -> bool {
        self.context.call_level() > self.shortcuts.levels || Stack::mine().is_short()
    }

    #[inline]
    pub(super) fn variable(&mut self, local: &Local) -> &mut Dynamic {
        &mut self.stack[self.base + local.place]
    }

    /// Does what comes before each use of a variable (see `engine::find_variables`).
    ///
    /// # Errors
    /// As there.
    #[inline]
    pub(super) fn see(&mut self, local: &Local) -> Result<Seen, Failure> {
        if self.is_too_deep || interrupt::caught_any() {
            self.notice(local)?;
        }
        let value = &self.stack[self.base + local.place];
        if !value.is_shared() && (value.is_int() || value.is_float() || value.is_bool()) {
            return Ok(Seen::Plain);
        }
        self.look(local).map_err(|error| at(error, local.at))
    }

    #[cold]
    fn notice(&self, local: &Local) -> Result<(), Failure> {
        if self.is_too_deep {
            return Err(at(too_deep(), local.at));
        }
        let spot = Spot {
            interp: self.interp,
            file: self.context.global_runtime_state().source(),
            at: local.at,
        };
        if called_by(&spot, || self.interp.handle_signals())
            && let Some(thrown) = self.interp.take_thrown()
        {
            return Err(at(thrown, local.at));
        }
        Ok(())
    }

    fn look(&mut self, local: &Local) -> Result<Seen, Failure> {
        let value = &mut self.stack[self.base + local.place];
        if !value.is_shared() && value.is_string() {
            return memory::to_grow(value).map(|()| Seen::Plain);
        }
        if value.is_shared() {
            cells::wait_for(&local.name, value)?;
        }
        memory::to_grow(value)?;
        depth::check(&local.name, value)?;
        if !value.is_shared() {
            if !value.is_map() {
                return Ok(Seen::Plain);
            }
            let map = value.as_map_ref().ok();
            let exception = map.and_then(|map| of_error_map(&map));
            if let Some(exception) = exception {
                // From here on it is the exception, which the script may change.
                *value = Dynamic::from(exception);
            }
            return Ok(Seen::Plain);
        }
        let is_handle = value
            .read_lock::<Dynamic>()
            .is_some_and(|inner| self.shortcuts.table.classes.contains(&inner.type_id()));
        if is_handle && !value.is_read_only() {
            *value = value.flatten_clone();
            return Ok(Seen::Plain);
        }
        Ok(Seen::Shared)
    }

    /// Returns the value of a variable.
    ///
    /// # Errors
    /// Those of [`see`](Self::see).
    #[inline]
    pub(super) fn read(&mut self, local: &Local) -> Result<Dynamic, Failure> {
        match self.see(local)? {
            Seen::Plain => Ok(self.variable(local).clone()),
            Seen::Shared => {
                let value = self.variable(local).flatten_clone();
                match value.is_shared() {
                    false => Ok(value),
                    true => {
                        Err(EvalAltResult::ErrorDataRace(local.name.to_string(), local.at).into())
                    }
                }
            }
        }
    }

    /// Evaluates a part as Rhai does.
    ///
    /// # Errors
    /// Those of the part.
    pub(super) fn ask(&mut self, asked: &Asked) -> Result<Dynamic, Failure> {
        self.ask_for(&asked.expr, &asked.names)
    }

    /// Evaluates an expression as Rhai does, which finds these variables.
    ///
    /// # Errors
    /// Those of the expression.
    pub(super) fn ask_for(
        &mut self,
        expr: &Expr,
        names: &[(ImmutableString, usize)],
    ) -> Result<Dynamic, Failure> {
        let scope = self.context.scope_mut();
        let before = scope.len();
        for (name, place) in names {
            let value = &mut self.stack[self.base + place];
            if value.is_read_only() {
                scope.push_constant_dynamic(name.as_str(), value.clone());
                continue;
            }
            // Moved into a variable that is there: pushed, each item of a list would be visited.
            let variable = scope.push_dynamic(name.as_str(), Dynamic::UNIT);
            if let Some(variable) = variable.get_mut(name) {
                *variable = std::mem::take(value);
            }
        }
        let result = self.context.eval_expression_tree(&expr.into());
        let scope = self.context.scope_mut();
        scope.rewind(before + names.len());
        for (name, place) in names.iter().rev() {
            if let Some(value) = scope.get_mut(name) {
                self.stack[self.base + place] = std::mem::take(value);
            }
            scope.rewind(scope.len() - 1);
        }
        result
    }
}
