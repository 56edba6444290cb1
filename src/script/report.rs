//! The end of a script: its exit code, and the report of an error nobody caught.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock};
use std::{fmt, io};

use rhai::{Dynamic, EvalAltResult, FnPtr};

use crate::program::Program;
use crate::program::diagnostic::{Diagnostic, ErrorFormat, headline};
use crate::program::frame::{Frame, function_name};
use crate::program::traceback::frames;
use crate::script::exceptions::{Exception, os_error, raise};
use crate::script::interp::Interp;
use crate::script::state::State;
use crate::script::stop::Stop;
use crate::sys::lock::locked;
use crate::sys::signal::Signal;
use crate::text::{as_int, str_of};
use crate::trace;

/// How a script ended.
#[derive(Debug, Clone)]
pub(crate) enum Ending {
    /// It came to its end, or called `sys.exit` with this code.
    Code(i32),
    /// Nobody caught this error; the frames are in it.
    Failed(Exception),
    /// Ctrl-C; the exception's frames say where.
    Interrupted(Exception),
    /// It has used up one of its limits.
    Limited(Exception),
    /// Nobody reads its output any more.
    OutputClosed(Exception),
    /// SIGTERM.
    Terminated,
    /// The host stopped it.
    Stopped,
}

/// The exit code after an error nobody caught.
pub(crate) const FAILED: i32 = 1;

/// The exit code of a main process that a `DeadlockError` has ended, or whose wait for the others at its end was hopeless.
pub(crate) const DEADLOCKED: i32 = 3;

/// The exit code after the output was closed: 128 and the number of SIGPIPE, as shells count.
pub(crate) const OUTPUT_CLOSED: i32 = 128 + Signal::SIGPIPE as i32;

impl Ending {
    /// Reads the result of running `outermost` in `file`.
    pub(crate) fn of(
        interp: &Interp,
        result: Result<Dynamic, Box<EvalAltResult>>,
        frames_of: impl Fn(&EvalAltResult) -> Vec<Frame>,
    ) -> Self {
        let error = match (result, interp.stopping()) {
            (Ok(_), None) => return Self::Code(0),
            (Err(error), _) => error,
            // The stop came just when the script ended, or the script caught an error that it must not catch.
            (Ok(_), Some(stop)) => interp.stop(stop),
        };
        let located = |exception: Exception| exception.with_frames(frames_of(&error));
        match Stop::of(&error).or_else(|| interp.stopping()) {
            None => Self::Failed(located(Exception::from_error(&error))),
            Some(Stop::Exit(value)) => Self::Code(exit_code(interp, &value)),
            Some(Stop::Interrupt) => {
                Self::Interrupted(located(Exception::new("KeyboardInterrupt", vec![])))
            }
            Some(Stop::Terminate) => Self::Terminated,
            Some(Stop::OutputClosed) => Self::OutputClosed(located(closed_output())),
            Some(Stop::Host) => Self::Stopped,
            Some(Stop::Limit(exceeded)) => {
                let text = exceeded.to_string();
                Self::Limited(located(Exception::new("RuntimeError", vec![text.into()])))
            }
            Some(Stop::Deadlock(exception)) => Self::Failed(located(exception)),
            Some(Stop::Recursion) => Self::Failed(located(Exception::from_error(&too_deep()))),
        }
    }
}

impl Ending {
    /// Returns the exit code of a process that ended like this.
    pub(crate) fn code(&self) -> i32 {
        match self {
            Self::Code(code) => *code,
            Self::OutputClosed(_) => OUTPUT_CLOSED,
            _ => FAILED,
        }
    }

    /// Returns the exit code of a main process that ended like this.
    pub(crate) fn code_of_main(&self) -> i32 {
        match self {
            Self::Failed(exception) if exception.python_kind() == "DeadlockError" => DEADLOCKED,
            _ => self.code(),
        }
    }

    /// The exit code of a script that came to its end or called `sys.exit`; `None` after an error or a stop.
    pub(crate) fn own_code(&self) -> Option<i32> {
        match self {
            Self::Code(code) => Some(*code),
            _ => None,
        }
    }

    /// Returns the error nobody caught. A closed output is one that is not printed.
    pub(crate) fn exception(&self) -> Option<&Exception> {
        match self {
            Self::Failed(exception)
            | Self::Interrupted(exception)
            | Self::Limited(exception)
            | Self::OutputClosed(exception) => Some(exception),
            Self::Code(_) | Self::Terminated | Self::Stopped => None,
        }
    }

    /// Returns the signal by which a process dies that has ended like this, or by this request after its script had ended.
    pub(crate) fn signal(&self, request: Option<&Stop>) -> Option<Signal> {
        match (self, request) {
            (Self::Terminated, _) | (_, Some(Stop::Terminate)) => Some(Signal::SIGTERM),
            (Self::OutputClosed(_), _) | (_, Some(Stop::OutputClosed)) => Some(Signal::SIGPIPE),
            _ => None,
        }
    }

    /// Returns whether children are terminated now instead of being waited for.
    pub(crate) fn ends_children(&self) -> bool {
        !matches!(self, Self::Code(_) | Self::Failed(_))
    }
}

/// Returns the exception of a script whose output nobody reads any more: Python's.
pub(crate) fn closed_output() -> Exception {
    os_error(&io::Error::from_raw_os_error(EPIPE), None)
}

/// "Broken pipe".
const EPIPE: i32 = 32;

/// Returns the error of endless recursion.
pub(crate) fn too_deep() -> Box<EvalAltResult> {
    raise("RecursionError", "maximum recursion depth exceeded")
}

/// Returns the exit code for `sys.exit(value)`. A string is printed to standard error, with exit code 1.
fn exit_code(interp: &Interp, value: &Dynamic) -> i32 {
    if !value.is_unit() && as_int(value).is_none() {
        let text = str_of(value, &|_| None);
        let _ = interp.output.error(&format!("{text}\n"));
    }
    code_of_exit(value)
}

/// Returns the exit code that a value passed to `sys.exit` means; a text means a failure.
pub(crate) fn code_of_exit(value: &Dynamic) -> i32 {
    if value.is_unit() {
        return 0;
    }
    // The kernel keeps the low eight bits.
    as_int(value).map_or(FAILED, |code| (code & 0xff) as i32)
}

/// Adds advice to the `help` of a report.
type Advisor = Box<dyn Fn(&Interp, &mut Diagnostic) + Send + Sync>;

/// How errors nobody caught are reported.
#[derive(Default)]
pub(crate) struct Reports {
    as_json: AtomicBool,
    /// The variables of a program that grows line by line, which its text does not show.
    variables: Mutex<Vec<String>>,
    advisor: OnceLock<Advisor>,
    /// The exit code that a function for a signal has decided on after the script itself had ended.
    late_code: Mutex<Option<i32>>,
}

impl State for Reports {}

impl fmt::Debug for Reports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reports")
            .field("format", &self.format())
            .finish_non_exhaustive()
    }
}

impl Reports {
    pub(crate) fn of(interp: &Interp) -> &Self {
        interp.state()
    }

    /// Returns the exit code that a function for a signal has decided on after the script itself had ended.
    pub(crate) fn late_code(&self) -> Option<i32> {
        *locked(&self.late_code)
    }

    /// Sets the form in which errors are printed.
    pub(crate) fn set_format(&self, format: ErrorFormat) {
        self.as_json
            .store(format == ErrorFormat::Json, Ordering::Relaxed);
    }

    pub(crate) fn format(&self) -> ErrorFormat {
        if self.as_json.load(Ordering::Relaxed) {
            ErrorFormat::Json
        } else {
            ErrorFormat::Human
        }
    }

    /// Sets the names that can be used in addition to those in the text of an input.
    pub(crate) fn note_variables(&self, names: Vec<String>) {
        *locked(&self.variables) = names;
    }

    pub(crate) fn variables(&self) -> Vec<String> {
        locked(&self.variables).clone()
    }

    /// Sets the advisor that is asked about every reported error, once.
    pub(crate) fn advise_by(
        &self,
        advisor: impl Fn(&Interp, &mut Diagnostic) + Send + Sync + 'static,
    ) {
        let _ = self.advisor.set(Box::new(advisor));
    }
}

/// Returns the report of an exception, with advice.
pub(crate) fn diagnostic_of(interp: &Interp, exception: &Exception) -> Diagnostic {
    let told = Diagnostic::new(exception.kind(), exception.message());
    let mut told = told.with_frames(exception.frames().to_vec());
    if let Some(help) = exception.help() {
        told.help.push(help.into());
        return told;
    }
    if let Some(advise) = Reports::of(interp).advisor.get() {
        advise(interp, &mut told);
    }
    told
}

/// Prints the report of an error, after everything the script has printed.
pub(crate) fn print(interp: &Interp, diagnostic: &Diagnostic) {
    trace::failed(&headline(&diagnostic.kind, &diagnostic.message));
    for unwritten in interp.output.flush_all() {
        interp.output.lose(unwritten);
    }
    let _ = interp
        .output
        .error(&diagnostic.render(Reports::of(interp).format()));
}

impl Interp {
    /// Returns whether an interrupted wait for the end of the program continues: when a function for a signal threw, the
    /// error is reported, and the exit code says so. One that called `sys.exit` ends the wait.
    pub(crate) fn waits_on_for_the_end(&self) -> bool {
        let Some(thrown) = self.take_thrown() else {
            return false;
        };
        let frames = |error: &EvalAltResult| task_frames(error, &self.program, None, false);
        let set_code = |code| *locked(&Reports::of(self).late_code) = Some(code);
        match Ending::of(self, Err(thrown), frames) {
            Ending::Failed(exception) => {
                print(self, &diagnostic_of(self, &exception));
                set_code(FAILED);
                true
            }
            Ending::Code(code) => {
                set_code(code);
                false
            }
            _ => false,
        }
    }
}

/// Returns the frames of the error of a child or a thread begin in its task, not where `start()` was called. A task that
/// could not be called at all is shown where it is defined.
pub(crate) fn task_frames(
    error: &EvalAltResult,
    program: &Program,
    task: Option<&FnPtr>,
    is_run: bool,
) -> Vec<Frame> {
    let shown = |name: &str| {
        if is_run {
            "run".to_string()
        } else {
            function_name(name)
        }
    };
    match error {
        EvalAltResult::ErrorInFunctionCall(name, source, inner, _) => {
            frames(inner, program, source, &shown(name))
        }
        EvalAltResult::ErrorFunctionNotFound(..) => task
            .and_then(|task| program.definition(task.fn_name(), &shown(task.fn_name())))
            .into_iter()
            .collect(),
        _ => Vec::new(),
    }
}
