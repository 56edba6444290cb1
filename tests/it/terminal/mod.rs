//! The prompt on a pseudo-terminal.
//!
//! - [`pty`]: the terminal, the keys and the screen.

mod children;
mod editing;
mod endings;
mod history;
mod interrupts;
mod looks;
mod pty;
mod recorded;
