//! A program that grows line by line: what a prompt stands on. No terminal.
//!
//! - [`enter`]: running one input; what stays from one to the next.
//! - [`incomplete`]: whether a text waits for more lines.
//! - [`typing`]: colours and indentation.
//! - [`inventory`]: variables and functions by name.
//! - [`children`]: the processes of the session, and the news of those that ended badly.
//! - [`candidates`]: what could stand at the cursor, each a [`candidate`]; [`place`]: what stands before a dot, and its names.
//! - [`finish`]: the end of a session.

mod candidate;
mod candidates;
mod children;
mod enter;
mod finish;
mod incomplete;
mod inventory;
mod place;
mod typing;

use std::fmt;

pub use self::candidate::{Candidate, CandidateKind, Candidates};
pub use self::children::{ChildState, ChildStatus};
pub use self::enter::Outcome;
pub use self::finish::Finished;
pub use self::inventory::{Function, Variable};
pub use self::typing::{Span, SpanKind};
use super::Runtime;

/// A program that grows line by line: Python's interactive mode, without the terminal.
///
/// Variables, constants, functions, imports and children stay from one input to the next. Of two functions with the
/// same name and number of parameters the later counts, also for callers that were defined before.
///
/// All its methods are to be called from one thread; the main thread of the process, if the runtime
/// [owns the process](crate::Builder::owns_process): there Ctrl-C stops the input that is running.
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
    /// How many inputs there were.
    count: usize,
    /// What the program ends with, as far as it is known.
    code: i32,
}

impl fmt::Debug for Interactive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Interactive")
            .field("inputs", &self.count)
            .finish_non_exhaustive()
    }
}
