//! One piece of a program that grows, an evaluation or an input at the prompt: compiling it, running it, and reporting its end.

use rhai::{AST, Dynamic};

use super::Runtime;
use super::check::compile;
use crate::program::diagnostic::Diagnostic;
use crate::program::frame::TOP_LEVEL;
use crate::program::source::Source;
use crate::program::traceback;
use crate::script::exceptions::Failure;
use crate::script::report::{Ending, Reports, diagnostic_of};
use crate::sys::deep_stack::on_deep_stack;

impl Runtime {
    /// Compiles a piece and adds its functions to the program.
    pub(super) fn compile(&self, source: &Source) -> Result<AST, Box<Diagnostic>> {
        let names = self.state.scope.iter_raw().map(|(name, ..)| name);
        let source = source.with_variables(names);
        let ast = on_deep_stack(|| compile(&self.engine, &self.interp, &self.names, &source))?;
        let functions = ast.shared_lib().clone();
        self.interp.program.add_input(source, functions);
        Ok(ast)
    }

    /// Runs a compiled piece.
    pub(super) fn run_piece(&mut self, source: &Source, ast: &AST) -> Result<Dynamic, Failure> {
        let program = &self.interp.program;
        let result = self
            .state
            .evaluate(&self.engine, program, &source.name, ast);
        self.interp.unless_interrupted(result)
    }

    /// How the top level of `source` ended.
    pub(super) fn ending(&self, source: &Source, result: Result<Dynamic, Failure>) -> Ending {
        Ending::of(&self.interp, result, |error| {
            traceback::frames(error, &self.interp.program, &source.name, TOP_LEVEL)
        })
    }

    /// The report on an uncaught error, and the exit code of a script that ended by itself. Both are `None` after a stop.
    pub(super) fn report(&self, ending: &Ending) -> (Option<Diagnostic>, Option<i32>) {
        let report = ending.exception().map(|exception| {
            // The help may name variables of earlier pieces, which the source of this piece does not show.
            let names = self.state.scope.iter_raw();
            let names = names.map(|(name, ..)| name.to_string());
            Reports::of(&self.interp).note_variables(names.collect());
            diagnostic_of(&self.interp, exception)
        });
        (report, ending.own_code())
    }
}
