//! Running a script to its end: evaluation, the report of an error nobody caught, the end of the family.

use rhai::{Dynamic, Scope};

use super::check::syntax_error;
use super::stopper::TimeLimit;
use super::{Runtime, Script};
use crate::program::call;
use crate::program::diagnostic::Diagnostic;
use crate::program::frame::TOP_LEVEL;
use crate::program::traceback;
use crate::script::panics::without_panic;
use crate::script::report::{self, Ending, FAILED};
use crate::script::stop::Stop;
use crate::stdlib::multiprocessing::finish::finish;

/// The exit code after Ctrl-C: 128 and the signal's number, as shells count.
const INTERRUPTED: i32 = 130;

/// What is said of a script that the embedding program has stopped.
const STOPPED: &str = "procscript: the script was stopped\n";

impl Runtime {
    /// Runs a whole program, waits for its threads and children, and returns its exit code.
    ///
    /// An uncaught error is printed to standard error (see [`Diagnostic`]), and the exit code is 1. It is also 1
    /// when a [`Stopper`](crate::Stopper) or a limit ends the program, or the wait for its threads and children. The runtime
    /// ends with the program.
    pub fn run_main(self, script: Script) -> i32 {
        let code = self.run_to_the_end(script);
        if self.interp.owns_signals() {
            // The process ends with the script: taking the engine apart first would only take time.
            std::mem::forget(self);
        }
        code
    }

    fn run_to_the_end(&self, script: Script) -> i32 {
        let source = script.source();
        let ast = match call::compile(&self.engine, &source) {
            Ok(ast) => ast,
            Err(error) => {
                report::print(&self.interp, &syntax_error(&self.names, &source, &error));
                return FAILED;
            }
        };
        let name = source.name.clone();
        if let Some(directory) = source.directory() {
            self.interp.program.add_directory(directory.into());
        }
        self.interp
            .program
            .add_input(source, ast.shared_lib().clone());
        let limit = match TimeLimit::of(&self.interp) {
            Ok(limit) => limit,
            Err(error) => {
                let told = format!("cannot start the timer: {error}");
                report::print(&self.interp, &Diagnostic::new("RuntimeError", told));
                return FAILED;
            }
        };
        let result = without_panic(|| {
            self.engine
                .eval_ast_with_scope::<Dynamic>(&mut Scope::new(), &ast)
        });
        let ending = Ending::of(&self.interp, result, |error| {
            traceback::frames(error, &self.interp.program, &name, TOP_LEVEL)
        });
        let code = self.conclude(&ending);
        drop(limit);
        code
    }

    /// The end of the main process: the report, the family's end, the exit code.
    pub(super) fn conclude(&self, ending: &Ending) -> i32 {
        let interp = &self.interp;
        let _ = interp.output.flush();
        if let Some(exception) = ending.exception() {
            report::print(interp, &report::diagnostic_of(interp, exception));
        }
        let code = match ending {
            Ending::Interrupted(_) => INTERRUPTED,
            Ending::Stopped => {
                let _ = interp.output.error(STOPPED);
                FAILED
            }
            _ => ending.code(),
        };
        let (code, request) = finish(interp, code, ending.ends_children());
        let code = match &request {
            Some(Stop::Interrupt) => {
                report::print(interp, &Diagnostic::new("KeyboardInterrupt", String::new()));
                INTERRUPTED
            }
            Some(Stop::Limit(exceeded)) => {
                report::print(
                    interp,
                    &Diagnostic::new("RuntimeError", exceeded.to_string()),
                );
                FAILED
            }
            Some(Stop::Host) => {
                let _ = interp.output.error(STOPPED);
                FAILED
            }
            _ => code,
        };
        interp.leave(
            code,
            matches!(ending, Ending::Terminated) || matches!(request, Some(Stop::Terminate)),
        );
        code
    }
}
