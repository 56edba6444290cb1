//! Functions that the host calls: found once, and called again and again.
//!
//! Rhai's own call finds out each time what a name means, and makes a scope with the names of the parameters. Here both are kept. The rest is
//! as Rhai does it, step by step: the source, the level, what a `return` is, and what errors of the function become.

use std::collections::HashMap;
use std::mem;
use std::sync::Arc;

use rhai::{
    Array, Caches, Dynamic, Engine, EvalAltResult, EvalContext, Expr, GlobalRuntimeState,
    ImmutableString, Position, Scope, ScriptFuncDef, Shared, StmtBlock,
};

use crate::program::bodies::statements_of;
use crate::script::exceptions::Failure;
use crate::script::interp::Interp;
use crate::script::values::writable;
use crate::script::{each_step, islands};

/// The levels of calls that Rhai counts for one by the host.
const LEVELS: usize = 2;

/// The functions that were found since the program has changed.
#[derive(Default)]
pub(super) struct Functions {
    all: Vec<Function>,
    /// Their places by name, one for each number of parameters.
    places: HashMap<ImmutableString, Vec<usize>>,
    /// The place of the one that was called last.
    last: usize,
}

pub(super) struct Function {
    name: ImmutableString,
    params: Box<[ImmutableString]>,
    /// A block; `None` if it is empty.
    body: Option<Expr>,
    source: Option<ImmutableString>,
    /// The parameters, without values between two calls.
    scope: Scope<'static>,
}

impl Functions {
    /// Returns whether a function of this name was found.
    pub(super) fn know(&self, name: &str) -> bool {
        let last = self.all.get(self.last);
        last.is_some_and(|last| last.name == name) || self.places.contains_key(name)
    }

    /// Returns the function that Rhai would call.
    pub(super) fn get(
        &mut self,
        interp: &Interp,
        global: &GlobalRuntimeState,
        name: &str,
        params: usize,
    ) -> Option<&mut Function> {
        let last = self.all.get(self.last);
        if !last.is_some_and(|last| last.is(name, params)) {
            self.last = self.find(interp, global, name, params)?;
        }
        self.all.get_mut(self.last)
    }

    fn find(
        &mut self,
        interp: &Interp,
        global: &GlobalRuntimeState,
        name: &str,
        params: usize,
    ) -> Option<usize> {
        let mut known = self.places.get(name).into_iter().flatten();
        if let Some(place) = known.find(|place| self.all[**place].is(name, params)) {
            return Some(*place);
        }
        let mut newest = global.lib.iter().rev();
        let (library, definition) = newest.find_map(|library| {
            let definition = library.get_script_fn(name, params)?;
            Some((library, definition))
        })?;
        let source = library.id().map(Into::into);
        let place = self.all.len();
        self.all.push(Function::new(interp, definition, source)?);
        let places = self.places.entry(definition.name.clone()).or_default();
        places.push(place);
        Some(place)
    }
}

impl Function {
    /// `None` for a method of a type.
    fn new(
        interp: &Interp,
        definition: &Shared<ScriptFuncDef>,
        source: Option<ImmutableString>,
    ) -> Option<Self> {
        if definition.this_type.is_some() {
            return None;
        }
        let mut function = Self {
            name: definition.name.clone(),
            params: definition.params.iter().cloned().collect(),
            body: body_of(interp, definition),
            source,
            scope: Scope::new(),
        };
        function.begin_scope();
        Some(function)
    }

    fn is(&self, name: &str, params: usize) -> bool {
        self.params.len() == params && self.name == name
    }

    fn begin_scope(&mut self) {
        self.scope = Scope::with_capacity(self.params.len());
        for param in &self.params {
            self.scope.push_dynamic(param.as_str(), Dynamic::UNIT);
        }
    }

    /// Calls the function with as many arguments as it has parameters.
    ///
    /// # Errors
    /// Those of the function.
    pub(super) fn call(
        &mut self,
        (engine, interp): (&Engine, &Arc<Interp>),
        global: &mut GlobalRuntimeState,
        caches: &mut Caches,
        args: Array,
    ) -> Result<Dynamic, Failure> {
        let has_limits = interp.settings.limits.need_a_stretch();
        if let Some(stop) = each_step::end_at(interp, has_limits) {
            return Err(EvalAltResult::ErrorTerminated(stop, Position::NONE).into());
        }
        let Some(body) = &self.body else {
            return Ok(Dynamic::UNIT);
        };
        for (param, arg) in self.params.iter().zip(args) {
            if let Some(variable) = self.scope.get_mut(param) {
                *variable = writable(arg);
            }
        }
        let outer = mem::replace(&mut global.source, self.source.take());
        global.level += LEVELS;
        let mut context = EvalContext::new(engine, global, caches, &mut self.scope, None);
        let result = context.eval_expression_tree(&body.into());
        let result = result.or_else(|error| ended(&self.name, global, *error));
        global.level -= LEVELS;
        self.source = mem::replace(&mut global.source, outer);
        self.drop_args();
        result.map(Dynamic::flatten)
    }

    /// Drops the values of the parameters.
    fn drop_args(&mut self) {
        if self.scope.len() != self.params.len() {
            return self.begin_scope();
        }
        for param in &self.params {
            match self.scope.get_mut(param) {
                Some(variable) => *variable = Dynamic::UNIT,
                None => return self.begin_scope(),
            }
        }
    }
}

/// Returns what a function ends with that has not come to its end.
fn ended(
    name: &ImmutableString,
    global: &GlobalRuntimeState,
    error: EvalAltResult,
) -> Result<Dynamic, Failure> {
    match error {
        EvalAltResult::Return(value, _) | EvalAltResult::Exit(value, _) => Ok(value),
        mut error if error.is_system_exception() => {
            error.set_position(Position::NONE);
            Err(error.into())
        }
        error => {
            let source = global.source().unwrap_or_default().to_string();
            let name = name.to_string();
            Err(
                EvalAltResult::ErrorInFunctionCall(name, source, error.into(), Position::NONE)
                    .into(),
            )
        }
    }
}

/// Returns the body of a function as a block, without a node that does nothing but evaluate it; `None` if it is empty.
fn body_of(interp: &Interp, definition: &Shared<ScriptFuncDef>) -> Option<Expr> {
    islands::plain_body(interp, definition).or_else(|| {
        let statements = statements_of(definition);
        let (start, end) = (
            definition.body.start_position(),
            definition.body.end_position(),
        );
        (!statements.is_empty()).then(|| Expr::Stmt(StmtBlock::new(statements, start, end).into()))
    })
}
