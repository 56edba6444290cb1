//! Running one input.
//!
//! [`State`](crate::runtime::state::State) keeps its variables.

use std::sync::Arc;

use rhai::{AST, Dynamic};

use super::Interactive;
use super::display::Display;
use crate::process::signals;
use crate::program::diagnostic::Diagnostic;
use crate::program::source::Source;
use crate::runtime::stopper::TimeLimit;
use crate::runtime::turn::Turn;
use crate::runtime::{Error, Runtime, Script, Stopper};
use crate::script::exceptions::Failure;
use crate::script::interp::Interp;
use crate::script::limits::Exceeded;
use crate::script::report::Ending;
use crate::script::stop::Stop;
use crate::stdlib::signal::handlers::Handlers;
use crate::syntax::{self, Kind};
use crate::sys;
use crate::sys::signal::{self, Signal};

/// The outcome of an input.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Outcome {
    /// There is nothing to show: the input was a statement, or its value is `()`.
    Nothing,
    /// The `repr` of the value, as Python's prompt shows it, or as [`Interactive::set_display`] says. The variable `_` has the value.
    Value(String),
    /// An uncaught error.
    Failed(Diagnostic),
    /// Ctrl-C stopped it. Children continue.
    Interrupted,
    /// A [`Stopper`] stopped it. Threads and children have been ended.
    Stopped,
    /// It has used up one of the [`Limits`](crate::Limits). Threads and children have been ended.
    Limit(Exceeded),
    /// The session is over, with this exit code; call [`Interactive::finish`] next. The input called `exit()`, the output was closed
    /// (the code is 141), or a signal arrived (SIGTERM, or SIGHUP when the terminal is gone; the code is 128 plus the signal's number).
    Exit(i32),
}

/// Runs a compiled input.
pub(super) trait Run:
    FnOnce(&mut Runtime, &Source, &AST) -> Result<Dynamic, Failure>
{
}

impl<F: FnOnce(&mut Runtime, &Source, &AST) -> Result<Dynamic, Failure>> Run for F {}

/// The variable that holds the last value shown.
pub(super) const LAST: &str = "_";

/// The exit code after a signal is this plus the signal's number, as in shells.
const SIGNALLED: i32 = 128;

impl Runtime {
    /// Makes the runtime a program that grows line by line.
    pub fn interactive(self) -> Interactive {
        self.interp.begin_interactive();
        Interactive {
            runtime: self,
            count: 0,
            code: 0,
            inputs: Vec::new(),
            display: Display::default(),
        }
    }
}

impl Interactive {
    /// Runs one input: statements, definitions, or an expression.
    ///
    /// Messages call it `<prompt N>`. Ctrl-C stops it. [`Limits`](crate::Limits) apply to each input.
    pub fn enter(&mut self, text: &str) -> Outcome {
        self.enter_by(text, Runtime::run_piece)
    }

    /// Runs one input by `run`.
    pub(super) fn enter_by(&mut self, text: &str, run: impl Run) -> Outcome {
        if text.trim().is_empty() {
            return Outcome::Nothing;
        }
        self.count += 1;
        let name = format!("<prompt {}>", self.count);
        let source = Source::new(name.clone(), name, text);
        let outcome = self.run(&source, run);
        let has_failed = !matches!(
            outcome,
            Outcome::Nothing | Outcome::Value(_) | Outcome::Exit(_)
        );
        self.note_input(text, has_failed);
        outcome
    }

    /// Runs a script as an input: its definitions stay, and modules are searched for in its directory.
    pub fn load(&mut self, script: Script) -> Outcome {
        let source = self.runtime.interp.program.as_input(script.source());
        self.run(&source, Runtime::run_piece)
    }

    fn run(&mut self, source: &Source, run: impl Run) -> Outcome {
        let interp = self.runtime.interp.clone();
        interp.held.run(|| self.run_here(source, run))
    }

    fn run_here(&mut self, source: &Source, run: impl Run) -> Outcome {
        let interp = self.runtime.interp.clone();
        if self.runtime.isolated.is_some() {
            let text = "an isolated runtime has no prompt: evaluate with `Runtime::eval`";
            return Outcome::Failed(Diagnostic::new("RuntimeError", text.into()));
        }
        // Ctrl-C is for the process that runs the input.
        interp.begin_interactive();
        interp.forget_exit();
        if interp.owns_signals() {
            // One that came before the input was not meant for it.
            signals::forget_request();
        }
        let _ = interp.take_thrown();
        let ast = match self.runtime.compile(source) {
            Ok(ast) => ast,
            Err(report) => return Outcome::Failed(*report),
        };
        let (turn, limit) = match begin(&interp) {
            Ok(begun) => begun,
            Err(why) => return refused(&why),
        };
        self.on_endings(signals::note_ending);
        let result = run(&mut self.runtime, source, &ast);
        // A bar that has not been closed.
        interp.output.erase_drawing();
        drop(limit);
        let result = self.runtime.unless_unwritten(result);
        if !interp.is_interactive() {
            // A copy of this process, by `os.fork`: the rest of the line was its program.
            let ending = self.runtime.ending(source, result);
            sys::process::exit_now(self.runtime.conclude(ending));
        }
        let entered = self.entered(source, result);
        if matches!(entered, Outcome::Stopped | Outcome::Limit(_)) {
            turn.end_everybody();
            interp.output.take_in();
        }
        self.on_endings(signals::leave_ending);
        let entered = match signal::requested() {
            // It arrived after the input had ended, while its value was formatted.
            Some(ending) if signals::ENDINGS.contains(&ending) => {
                self.exit(SIGNALLED + ending as i32)
            }
            _ => entered,
        };
        self.runtime.state.tidy_up();
        self.runtime.interp.program.forget_spent_inputs();
        self.runtime.interp.forget_stop();
        entered
    }

    /// Returns a handle that stops the running input from another thread.
    pub fn stopper(&self) -> Stopper {
        self.runtime.stopper()
    }

    /// Calls `change` for each signal that ends the program, if signals are ours and the script has not set a handler for it.
    fn on_endings(&self, change: fn(Signal)) {
        let interp = &self.runtime.interp;
        if interp.owns_signals() {
            let ours = signals::ENDINGS.into_iter();
            ours.filter(|signal| !Handlers::of(interp).has(*signal))
                .for_each(change);
        }
    }

    fn entered(
        &mut self,
        source: &Source,
        result: Result<Dynamic, Box<rhai::EvalAltResult>>,
    ) -> Outcome {
        let interp = &self.runtime.interp;
        let stop = result.as_ref().err().and_then(|error| Stop::of(error));
        match stop.or_else(|| interp.stopping()) {
            // Checked before the ending is read, which would stop other threads too.
            Some(Stop::Interrupt) => return Outcome::Interrupted,
            Some(Stop::Host) => return Outcome::Stopped,
            Some(Stop::Limit(exceeded)) => return Outcome::Limit(exceeded),
            _ => (),
        }
        let result = match (result, interp.stopping()) {
            (Ok(value), None) => return self.show(source, value),
            (result, _) => result,
        };
        let ending = self.runtime.ending(source, result);
        if matches!(ending, Ending::OutputClosed(_)) {
            return self.exit(ending.code());
        }
        match self.runtime.report(&ending) {
            (Some(report), _) => Outcome::Failed(report),
            (None, code) => self.exit(code.unwrap_or_else(|| {
                let signal = signal::requested().unwrap_or(Signal::SIGTERM);
                SIGNALLED + signal as i32
            })),
        }
    }

    fn exit(&mut self, code: i32) -> Outcome {
        self.code = code;
        Outcome::Exit(code)
    }

    fn show(&mut self, source: &Source, value: Dynamic) -> Outcome {
        if value.is_unit() || ends_as_statement(&source.text) {
            return Outcome::Nothing;
        }
        let text = self.shown(&value, self.display);
        // A constant of this name belongs to the program.
        if self.runtime.state.scope.is_constant(LAST) != Some(true) {
            self.runtime.state.scope.set_value(LAST, value);
        }
        Outcome::Value(text)
    }
}

/// Begins an input within its limits, as an evaluation begins.
fn begin(interp: &Arc<Interp>) -> Result<(Turn<'_>, Option<TimeLimit<'_>>), Error> {
    let turn = Turn::begin(interp)?;
    interp.spent.begin();
    let limit = TimeLimit::of(interp).map_err(Error::System)?;
    Ok((turn, limit))
}

/// The outcome of an input that did not begin.
fn refused(why: &Error) -> Outcome {
    match why {
        Error::Stopped => Outcome::Stopped,
        Error::Limit(exceeded) => Outcome::Limit(*exceeded),
        other => Outcome::Failed(Diagnostic::new("RuntimeError", other.to_string())),
    }
}

/// Whether the last token is a semicolon.
fn ends_as_statement(text: &str) -> bool {
    syntax::code(text)
        .last()
        .is_some_and(|token| token.kind == Kind::Symbol && &text[token.range] == ";")
}
