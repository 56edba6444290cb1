//! The program behind the prompt.

use std::cell::RefCell;
use std::rc::Rc;

use procscript::prompt::Interactive;

/// The program that grows, shared with the editor, which asks it for candidates.
pub(crate) type Session = Rc<RefCell<Interactive>>;
