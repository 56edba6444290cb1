//! Calls of the script's functions from shortcuts.

use rhai::{Dynamic, EvalAltResult};

use super::known::Among;
use super::node::{Call, Callee, Code, Function, Node};
use super::run::Run;
use super::statements::Flow;
use crate::script::exceptions::Failure;
use crate::script::stop::Stop;
use crate::script::values::writable;
use crate::sys::limits::Stack;

impl Run<'_, '_, '_, '_, '_, '_, '_> {
    pub(super) fn call(&mut self, call: &Call) -> Result<Dynamic, Failure> {
        let global = self.context.global_runtime_state();
        match call.function.get_or_init(|| self.resolve(call)) {
            Function::Ours(callee) if callee.among.is_now(global) => match callee.code.upgrade() {
                Some(code) => self.enter(call, callee, &code),
                None => self.ask(&call.whole),
            },
            Function::None(among) if among.is_now(global) => self.global_call(call),
            _ => self.ask(&call.whole),
        }
    }

    /// Returns what a name means now, in a call with that many arguments.
    fn resolve(&self, call: &Call) -> Function {
        let global = self.context.global_runtime_state();
        let mut newest = global.lib.iter().rev();
        let found = newest.find_map(|library| {
            let definition = library.get_script_fn(&call.name, call.args.len())?;
            Some((library, definition))
        });
        let Some((library, definition)) = found else {
            return Function::None(Among::of(global));
        };
        match self.shortcuts.code_of(definition) {
            Some(code) => Function::Ours(Callee {
                among: Among::of(global),
                source: library.id().map(Into::into),
                code,
            }),
            None => Function::Rhais,
        }
    }

    /// Returns whether the script has no function of this name with that many parameters.
    pub(super) fn is_no_function(&self, name: &str, params: usize) -> bool {
        let libraries = &self.context.global_runtime_state().lib;
        let mut functions = libraries
            .iter()
            .filter_map(|library| library.get_script_fn(name, params));
        functions.next().is_none()
    }

    /// Calls a function of the script as Rhai does: with a scope, a level and a source of its own.
    fn enter(&mut self, call: &Call, callee: &Callee, code: &Code) -> Result<Dynamic, Failure> {
        let base = self.stack.len();
        let result = self
            .push_args(&call.args)
            .and_then(|()| self.run(call, callee, code, base));
        self.stack.truncate(base);
        result
    }

    /// Puts the arguments of a call where the function's first variables are. The first, if it is a variable, is read last, as Rhai does it.
    fn push_args(&mut self, nodes: &[Node]) -> Result<(), Failure> {
        let base = self.stack.len();
        let first_last = match nodes.first() {
            Some(first @ Node::Local(_)) => {
                self.stack.push(Dynamic::UNIT);
                Some(first)
            }
            _ => None,
        };
        for node in &nodes[usize::from(first_last.is_some())..] {
            match node {
                // A clone is writable, and a constant is never shared.
                Node::Constant(value) => self.stack.push(value.clone()),
                node => {
                    let value = self.unshared(node)?;
                    self.stack.push(writable(value));
                }
            }
        }
        if let Some(first) = first_last {
            self.stack[base] = writable(self.unshared(first)?);
        }
        Ok(())
    }

    /// Runs a function whose arguments are on the stack, from `base` on.
    fn run(
        &mut self,
        call: &Call,
        callee: &Callee,
        code: &Code,
        base: usize,
    ) -> Result<Dynamic, Failure> {
        self.step(call.at)?;
        if Stack::mine().is_at_its_end() {
            let stop = Dynamic::from(Stop::Recursion);
            return Err(EvalAltResult::ErrorTerminated(stop, call.at).into());
        }
        let most = self.context.engine().max_call_levels();
        let global = self.context.global_runtime_state_mut();
        if global.level + 1 > most {
            return Err(EvalAltResult::ErrorStackOverflow(call.at).into());
        }
        global.level += 1;
        // Most functions call those of their own source.
        let is_away = global.source != callee.source;
        let source = is_away.then(|| std::mem::replace(&mut global.source, callee.source.clone()));
        // It is empty unless a loop of the top level is running.
        let is_empty = self.context.scope().is_empty();
        let scope = (!is_empty).then(|| std::mem::take(self.context.scope_mut()));
        let outer = (self.base, self.is_too_deep);
        self.stack.resize_with(base + code.places, Default::default);
        (self.base, self.is_too_deep) = (base, self.is_deep());
        // Its variables go with all others of the call.
        let ended = self.lines(&code.body);
        (self.base, self.is_too_deep) = outer;
        if let Some(scope) = scope {
            *self.context.scope_mut() = scope;
        }
        let global = self.context.global_runtime_state_mut();
        if let Some(source) = source {
            global.source = source;
        }
        global.level -= 1;
        match ended {
            Ok(Flow::On(value) | Flow::Return(value) | Flow::Break(value)) => Ok(value),
            Ok(Flow::Continue) => Ok(Dynamic::UNIT),
            Err(error) => match *error {
                EvalAltResult::Return(value, _) => Ok(value),
                error => {
                    let source = callee.source.clone();
                    let source = source.map(String::from).unwrap_or_default();
                    Err(from_call(call, source, error))
                }
            },
        }
    }
}

/// Returns an error that has passed through a call.
fn from_call(call: &Call, source: String, mut error: EvalAltResult) -> Failure {
    if error.is_system_exception() || matches!(error, EvalAltResult::Exit(..)) {
        error.set_position(call.at);
        return error.into();
    }
    let name = call.name.to_string();
    EvalAltResult::ErrorInFunctionCall(name, source, error.into(), call.at).into()
}
