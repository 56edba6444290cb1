//! The state that a program keeps from one input to the next: variables, constants, imports.
//!
//! Rhai keeps them in two places, the scope and the state of a running script; both are here. Functions are in
//! [`Program`]. When an input ends, even by an error, the names of its top level stay and those of its blocks are gone: Rhai
//! unwinds them by itself.

use std::sync::Arc;

use rhai::{
    AST, Array, Caches, Dynamic, Engine, GlobalRuntimeState, NativeCallContext, Position, Scope,
    Shared,
};

use super::evaluate::CallNode;
use crate::program::call;
use crate::program::source::{BASE_TEXT, Program, Source};
use crate::script::bind::Owner;
use crate::script::exceptions::Failure;
use crate::script::interp::Interp;
use crate::script::panics::without_panic;

/// The name of the source before all inputs.
const BASE: &str = "<program>";

/// The source that Rhai notes for calls that come from the host.
pub(super) const HOST: &str = "<host>";

/// Variables, constants and imports.
pub(super) struct State {
    pub scope: Scope<'static>,
    pub global: GlobalRuntimeState,
    /// The state of the program whose libraries are in `global`, and their number; `None` before the first.
    libraries: Option<(usize, usize)>,
    /// Where the host calls functions from.
    call_node: CallNode,
}

impl State {
    pub(super) fn new(engine: &Engine) -> Self {
        let mut global = engine.new_global_runtime_state();
        if Owner::is_noted(engine) {
            // Natives ask the engine for its tag; this copy of it would be copied for each call of a function value.
            global.tag = Dynamic::UNIT;
        }
        Self {
            scope: Scope::new(),
            global,
            libraries: None,
            call_node: CallNode::new(),
        }
    }

    /// Forgets everything.
    pub(super) fn begin(&mut self, engine: &Engine) {
        *self = Self::new(engine);
    }

    /// Runs an input whose functions the program has already.
    pub(super) fn evaluate(
        &mut self,
        engine: &Engine,
        program: &Program,
        name: &str,
        ast: &AST,
    ) -> Result<Dynamic, Box<rhai::EvalAltResult>> {
        self.prepare(engine, program, name);
        self.call_node.note_imports();
        self.as_before_a_panic(|state| {
            let (global, scope) = (&mut state.global, &mut state.scope);
            #[allow(deprecated)]
            engine.eval_statements_raw(global, &mut Caches::new(), scope, ast.statements())
        })
    }

    /// Runs code of the script. Rhai leaves its state in the middle of a call when a function of the host panics: what the call has imported and which
    /// constants it sees would stay.
    fn as_before_a_panic(
        &mut self,
        run: impl FnOnce(&mut Self) -> Result<Dynamic, Failure>,
    ) -> Result<Dynamic, Failure> {
        let (imports, constants) = (self.global.num_imports(), self.global.constants.clone());
        let mut has_ended = false;
        let result = without_panic(|| {
            let result = run(self);
            has_ended = true;
            result
        });
        if !has_ended {
            self.global.truncate_imports(imports);
            self.global.constants = constants;
            self.call_node.forget();
        }
        result
    }

    /// Prepares Rhai's state for the next input, or the next call by the host.
    pub(super) fn prepare(&mut self, engine: &Engine, program: &Program, name: &str) {
        if self.libraries != Some((program.changes(), self.global.lib.len())) {
            begin_program(engine, program);
            // A change that comes after this is noticed the next time.
            let changes = program.changes();
            let libraries = program.libraries();
            self.libraries = Some((changes, libraries.len()));
            let mut pairs = libraries.iter().zip(&self.global.lib);
            let is_same = libraries.len() == self.global.lib.len()
                && pairs.all(|(new, old)| Shared::ptr_eq(new, old));
            if !is_same {
                self.global.lib = libraries.into();
                self.call_node.forget();
            }
        }
        if self.global.source.as_deref() != Some(name) {
            self.global.source = Some(name.into());
        }
        self.global.num_operations = 0;
        self.global.level = 0;
        self.global.scope_level = 0;
        self.global.always_search_scope = false;
    }

    /// Returns whether a function of the program as it is now has been called by this name.
    pub(super) fn knows(&self, program: &Program, name: &str) -> bool {
        let is_same = self
            .libraries
            .is_some_and(|(changes, _)| changes == program.changes());
        is_same && self.call_node.knows(name)
    }

    /// Calls a function of the program for the host, after [`prepare`](Self::prepare).
    ///
    /// # Errors
    /// Those of the function.
    pub(super) fn call(
        &mut self,
        engine: (&Engine, &Arc<Interp>),
        name: &str,
        args: Array,
    ) -> Result<Dynamic, Failure> {
        self.as_before_a_panic(|state| {
            let (node, global) = (&mut state.call_node, &mut state.global);
            node.call(engine, global, name, args)
        })
    }

    /// Returns a copy for one call by the host, which may happen while a script runs.
    pub(super) fn for_call(&self, engine: &Engine, program: &Program, name: &str) -> Self {
        let mut copy = Self {
            scope: Scope::new(),
            global: self.global.clone(),
            libraries: self.libraries,
            call_node: CallNode::new(),
        };
        copy.prepare(engine, program, name);
        copy
    }

    /// The context of a native that the host calls.
    pub(super) fn context<'a>(
        &'a self,
        engine: &'a Engine,
        name: &'a str,
    ) -> NativeCallContext<'a> {
        NativeCallContext::new_with_all_fields(engine, name, None, &self.global, Position::NONE)
    }

    /// Removes variables that a later variable of the same name hides.
    pub(super) fn tidy_up(&mut self) {
        let mut names: Vec<&str> = self.scope.iter_raw().map(|(name, ..)| name).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        if names.len() == all {
            return;
        }
        let mut kept: Vec<(String, Dynamic)> = Vec::new();
        for (name, value, _) in std::mem::take(&mut self.scope) {
            kept.retain(|(other, _)| *other != name);
            kept.push((name, value));
        }
        for (name, value) in kept {
            if value.is_read_only() {
                self.scope.push_constant_dynamic(name, value);
            } else {
                self.scope.push_dynamic(name, value);
            }
        }
    }
}

/// Adds the first source to a program that does not have it.
fn begin_program(engine: &Engine, program: &Program) {
    if program.has_input(BASE) {
        return;
    }
    let base = Source::new(BASE, BASE, BASE_TEXT);
    // The text is our own.
    if let Ok(ast) = call::compile(engine, &base) {
        program.begin_with(base, ast.shared_lib().clone());
    }
}
