//! What `input()` and `sys.stdin` read: the standard input of a process that belongs to the script, otherwise lines from the
//! embedding program.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;

use crate::script::exceptions::{Failure, raise};
use crate::script::panics::panic_text;
use crate::sys::lock::locked;

/// The error of a script that asks for input where there is none.
const NO_INPUT: &str = "this program does not provide input to scripts";

/// The host's answers, one line each; `None` when there are no more.
pub(crate) struct Answers(Box<Ask>);

type Ask = dyn FnMut(&str) -> Option<String> + Send;

impl Answers {
    pub(crate) fn new(ask: impl FnMut(&str) -> Option<String> + Send + 'static) -> Self {
        Self(Box::new(ask))
    }
}

/// Where input comes from. Initially, and in children, from standard input.
#[derive(Debug, Default)]
pub(crate) struct Source(Mutex<Way>);

#[derive(Debug, Default)]
enum Way {
    #[default]
    Stdin,
    /// There is none.
    Nothing,
    Host(Answers),
}

impl Source {
    /// Reads from `answers`, if there are any: the process belongs to the host.
    pub(crate) fn ask(&self, answers: Option<Answers>) {
        *locked(&self.0) = answers.map_or(Way::Nothing, Way::Host);
    }

    /// Prepares a child, whose standard input is its own, and empty.
    pub(crate) fn begin_child(&self) {
        // The parent drops what the host's source holds.
        std::mem::forget(std::mem::take(&mut *locked(&self.0)));
    }

    /// Returns whether a command that a script starts may read the process's standard input.
    pub(crate) fn is_stdin(&self) -> bool {
        matches!(*locked(&self.0), Way::Stdin)
    }

    /// Returns the next line without its end, after `prompt`. `None` when it has to be read from standard input; an inner
    /// `None` when there are no more lines.
    ///
    /// # Errors
    /// `EOFError` when the host provides no input, `OSError` when its source panics.
    pub(crate) fn line(&self, prompt: &str) -> Option<Result<Option<String>, Failure>> {
        match &mut *locked(&self.0) {
            Way::Stdin => None,
            Way::Nothing => Some(Err(raise("EOFError", NO_INPUT))),
            Way::Host(answers) => {
                let line = catch_unwind(AssertUnwindSafe(|| (answers.0)(prompt)));
                let without_end =
                    |line: String| line.strip_suffix('\n').map(String::from).unwrap_or(line);
                let line = line.map(|line| line.map(without_end));
                Some(line.map_err(|panic| {
                    let text = format!("the source of input has failed: {}", panic_text(&*panic));
                    raise("OSError", text)
                }))
            }
        }
    }
}

impl fmt::Debug for Answers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answers").finish_non_exhaustive()
    }
}
