//! The module `subprocess`.

mod endings; // who ends with whom
mod leaks; // what many commands leave behind
mod popen; // a command while it runs
mod run; // commands from start to end
mod streams; // where commands read and write
