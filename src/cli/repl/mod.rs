//! `procscript repl`: the prompt on a terminal.
//!
//! - [`prompt`]: reading, running, showing, until the end.
//! - [`commands`]: what begins with a colon; [`command_table`]: its names; [`inputs`], [`listing`]: what they show.
//! - [`session`]: the program behind the prompt; [`screen`]: the terminal as the prompt uses it.
//! - [`editor`]: an input with rustyline; [`keys`], [`helper`]: what it asks; [`plain`]: without rustyline.
//! - [`highlight`]: its colours; [`view`]: the part of a tall input that can be seen.
//! - [`history`]: inputs of earlier prompts; [`lend`]: a pager, an editor.
//! - [`descriptors`], [`outlet`], [`relay`]: carry output to the terminal without garbling the line being edited.
//! - [`signals`]: the signals that end the prompt while it waits.

mod command_table;
mod commands;
mod descriptors;
mod editor;
mod helper;
mod highlight;
mod history;
mod inputs;
mod keys;
mod lend;
mod listing;
mod outlet;
mod plain;
mod prompt;
mod relay;
mod screen;
mod session;
mod signals;
mod view;

pub(crate) use self::prompt::repl;
