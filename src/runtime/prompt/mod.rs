//! A program that grows line by line: the part of a prompt that needs no terminal.
//!
//! - [`enter`]: running one input; what stays from one to the next. [`timing`]: running it repeatedly. [`inputs`]: those that were run.
//! - [`display`]: how values are shown.
//! - [`incomplete`]: whether a text waits for more lines.
//! - [`typing`]: colours and indentation.
//! - [`inventory`]: variables and functions by name.
//! - [`children`]: the processes of the session, and messages about those that failed.
//! - [`candidates`]: completions at the cursor, each a [`candidate`]; [`follow`]: from an expression to its [`place`], whose names
//!   complete it; [`returns`]: the types of what calls return; [`paths`]: files.
//! - [`finish`]: the end of a session.

mod candidate;
mod candidates;
mod children;
mod display;
mod enter;
mod finish;
mod follow;
mod incomplete;
mod inputs;
mod inventory;
mod paths;
mod place;
mod returns;
mod timing;
mod typing;

use std::fmt;

pub use self::candidate::{Candidate, CandidateKind, Candidates};
pub use self::display::Display;
pub use self::enter::Outcome;
pub use self::finish::Finished;
pub use self::inputs::Input;
pub use self::inventory::{Function, Variable};
pub use self::timing::Timing;
pub use self::typing::{Span, SpanKind};
use super::Runtime;

/// A program that grows line by line: Python's interactive mode, without the terminal.
///
/// Variables, constants, functions, imports and children stay from one input to the next. Of two functions with the
/// same name and number of parameters the later counts, also for callers that were defined before.
///
/// Call all its methods from one thread. If the runtime [owns the process](crate::Builder::owns_process), this must be the main
/// thread: there Ctrl-C stops the input that is running.
///
/// # Example
/// ```no_run
/// use procscript::Runtime;
/// use procscript::prompt::Outcome;
///
/// procscript::init();
/// let mut program = Runtime::builder().owns_process().build().unwrap().interactive();
/// program.enter("fn double(x) { x * 2 }");
/// match program.enter("double(21)") {
///     Outcome::Value(text) => assert_eq!(text, "42"),
///     other => panic!("{other:?}"),
/// }
/// std::process::exit(program.finish().code);
/// ```
pub struct Interactive {
    runtime: Runtime,
    /// The number of inputs so far.
    count: usize,
    /// The exit code of the program, as far as it is known.
    code: i32,
    inputs: Vec<Input>,
    display: Display,
}

impl fmt::Debug for Interactive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Interactive")
            .field("inputs", &self.count)
            .finish_non_exhaustive()
    }
}
