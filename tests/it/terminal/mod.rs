//! The prompt on a pseudo-terminal.

mod children;
mod commands;
mod completing;
mod editing;
mod endings;
mod history;
mod interrupts;
mod looks;
mod progress; // on other terminals too
mod recorded;
mod tall;
