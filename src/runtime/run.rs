//! Running a script to its end: evaluation, the report on an uncaught error, and the end of the family.

use rhai::{Dynamic, Scope};

use super::stopper::TimeLimit;
use super::turn::Turn;
use super::{BuildError, Builder, Runtime, Script};
use crate::program::diagnostic::Diagnostic;
use crate::script::bind::Vocabulary;
use crate::script::exceptions::Exception;
use crate::script::islands::explanation;
use crate::script::panics::without_panic;
use crate::script::report::{self, DEADLOCKED, Ending, FAILED, OUTPUT_CLOSED, diagnostic_of};
use crate::script::stop::Stop;
use crate::stdlib;
use crate::stdlib::multiprocessing::finish::finish;
use crate::sync::Role;
use crate::sys::signal::Signal;
use crate::timeline;

/// The exit code after Ctrl-C: 128 and the signal's number, as shells count.
const INTERRUPTED: i32 = 130;

/// The message about a script that the host has stopped.
const STOPPED: &str = "procscript: the script was stopped\n";

impl Builder {
    /// Builds a runtime for one program and runs it: see [`Runtime::run_main`].
    ///
    /// This takes less time and memory than [`build`](Self::build) followed by [`Runtime::run_main`], because the runtime has only
    /// those functions, methods and modules that the program names.
    ///
    /// # Errors
    /// See [`BuildError`].
    ///
    /// # Example
    /// ```
    /// let printed = procscript::Capture::new();
    /// let script = procscript::Script::from_text("hello", r#"print("hello")"#);
    /// let code = procscript::Runtime::builder().stdout(printed.clone()).run_main(script)?;
    /// assert_eq!((code, printed.text().as_str()), (0, "hello\n"));
    /// # Ok::<(), procscript::Error>(())
    /// ```
    pub fn run_main(mut self, script: Script) -> Result<i32, BuildError> {
        let vocabulary = self.vocabulary(script.text());
        self.settings.by_text = !matches!(vocabulary, Vocabulary::Any);
        Ok(self.build_with(vocabulary)?.run_main(script))
    }

    /// The words of a program. What the host adds may use any native, and files may have the names of modules that are off.
    fn vocabulary(&self, text: &str) -> Vocabulary {
        let is_usual = self.setups.is_empty() && self.modules.is_none() && self.without.is_empty();
        if self.settings.isolated || !is_usual {
            return Vocabulary::Any;
        }
        Vocabulary::of([text], stdlib::is_built_in)
    }
}

impl Runtime {
    /// Runs a whole program, waits for its threads and children, and returns its exit code.
    ///
    /// An uncaught error is printed to standard error (see [`Diagnostic`]), and the exit code is 1; 3 for a `DeadlockError`, and if the
    /// script waited at its end for a child that got one. It is also 1
    /// when a [`Stopper`](crate::Stopper) or a limit ends the program, or the wait for its threads and children, and when buffered
    /// output of a file cannot be written at the end. When nobody reads its output any more, the program and its children end quietly
    /// with 141. The runtime ends with the program.
    pub fn run_main(self, script: Script) -> i32 {
        if let Some(isolated) = &self.isolated {
            return self.main_isolated(isolated, &script);
        }
        let run = || self.interp.held.run(|| self.run_to_the_end(script));
        let code = Role::MAIN.during(run);
        if self.interp.owns_signals() {
            // The process ends with the script: taking the engine apart first would only take time.
            std::mem::forget(self);
        }
        code
    }

    fn run_to_the_end(&self, script: Script) -> i32 {
        let source = script.source();
        timeline::keep_script(&source.shown, &source.text);
        let ast = match self.compile(&source) {
            Ok(ast) => ast,
            Err(report) => {
                report::print(&self.interp, &report);
                return FAILED;
            }
        };
        if let Some(directory) = source.directory() {
            self.interp.program.add_directory(directory);
        }
        let turn = Turn::take(&self.interp);
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
        let result = self.interp.unless_interrupted(result);
        if let Some(text) = explanation(&self.interp) {
            let _ = self.interp.output.error(&text);
        }
        let code = self.conclude(self.ending(&source, result));
        drop(limit);
        turn.carried_out();
        code
    }

    /// Ends the main process: prints the report, ends the family, and returns the exit code.
    pub(super) fn conclude(&self, ending: Ending) -> i32 {
        let interp = &self.interp;
        let mut last = interp.write_last_output();
        let ending = last.applied_to(ending);
        // Good tools say nothing about a reader that has read enough.
        if let (Some(report), _) = self.report(&ending)
            && !matches!(ending, Ending::OutputClosed(_))
        {
            report::print(interp, &report);
        }
        self.report_failures(&last.failures);
        let stopped = || {
            let _ = interp.output.error(STOPPED);
            FAILED
        };
        let code = match &ending {
            Ending::Interrupted(_) => INTERRUPTED,
            Ending::Stopped => stopped(),
            // A copy of the main process, by `os.fork`, ends as children do.
            _ if interp.is_child() => ending.code(),
            _ => ending.code_of_main(),
        };
        let (code, request) = finish(interp, code, ending.ends_children());
        let session = interp.existing_session();
        let was_stuck = session.is_some_and(|it| !interp.is_child() && it.was_stuck_at_exit());
        let code = match was_stuck && code == 0 {
            true => DEADLOCKED,
            false => code,
        };
        let last = interp.write_last_output();
        self.report_failures(&last.failures);
        let request = last.applied_to_request(request, code);
        let code = match &request {
            Some(Stop::Interrupt) => {
                report::print(interp, &Diagnostic::new("KeyboardInterrupt", String::new()));
                INTERRUPTED
            }
            Some(Stop::Limit(exceeded)) => {
                let report = Diagnostic::new("RuntimeError", exceeded.to_string());
                report::print(interp, &report);
                FAILED
            }
            Some(Stop::OutputClosed) => OUTPUT_CLOSED,
            Some(Stop::Host) => stopped(),
            _ => code,
        };
        let code = last.applied_to_code(code);
        let ended_by = ending.signal(request.as_ref());
        // The main process says it by its exit code, as after Ctrl-C. A copy of it, by `os.fork`, ends as children do.
        let ended_by = ended_by.filter(|signal| *signal != Signal::SIGPIPE || interp.is_child());
        interp.leave(code, ended_by);
        code
    }

    fn report_failures(&self, failures: &[Exception]) {
        for failure in failures {
            report::print(&self.interp, &diagnostic_of(&self.interp, failure));
        }
    }
}
