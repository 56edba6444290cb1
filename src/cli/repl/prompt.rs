//! The prompt: it reads an input, runs it, shows what came of it, until the end.

use std::cell::RefCell;
use std::ffi::OsString;
use std::io::IsTerminal;
use std::path::Path;
use std::rc::Rc;

use anyhow::{Context, Result, bail};
use procscript::prompt::{Display, Outcome};

use super::super::args::{Format, Options};
use super::super::progress::{self, Place};
use super::super::{input, run};
use super::plain::Line;
use super::screen::Screen;
use super::session::Session;
use super::{command_table, commands, inputs};

const PROMPT: &str = ">>> ";
const CONTINUATION: &str = "... ";

/// As shells count: 128 and the signal's number.
const SIGNALLED: i32 = 128;

/// What was typed.
enum Input {
    Text(String),
    /// Nothing, or dropped by Ctrl-C.
    None,
    End,
}

/// Opens the prompt; without a terminal, runs what comes from standard input as a script.
///
/// # Errors
/// When `file` cannot be read.
pub(crate) fn repl(options: &Options, file: Option<&Path>) -> Result<u8> {
    if !std::io::stdin().is_terminal() {
        if file.is_some() {
            bail!("`repl FILE` needs a terminal to read from; without one: procscript FILE");
        }
        return run::run_input(options);
    }
    let script = file.map(input::read).transpose()?;
    let argv = file.map_or_else(|| vec![OsString::new()], |file| vec![file.into()]);
    let mut screen = Screen::new().context("cannot use the terminal")?;
    let builder = screen.around_fork(run::builder(options, argv));
    let builder = progress::shown(builder, options, Place::Prompt);
    let session = Rc::new(RefCell::new(builder.build()?.interactive()));
    screen.begin(&session);
    let mut prompt = Prompt {
        screen,
        session,
        error_format: options.error_format,
    };
    let loaded = script.map(|script| prompt.session.borrow_mut().load(script));
    let end = match loaded.and_then(|entered| prompt.show(entered)) {
        Some(code) => Some(code),
        None => prompt.run(),
    };
    Ok(prompt.end(end))
}

/// The prompt, and the program behind it.
struct Prompt {
    screen: Screen,
    session: Session,
    error_format: Format,
}

impl Prompt {
    /// Until the end, and the exit code where the program has given one.
    fn run(&mut self) -> Option<i32> {
        self.screen.say(&format!(
            "procscript {}. :help for help, Ctrl-D to end.",
            env!("CARGO_PKG_VERSION")
        ));
        loop {
            for line in self.session.borrow_mut().news() {
                self.screen.say(&line);
            }
            match self.read() {
                Input::Text(text) => {
                    if let Some(code) = self.enter(&text) {
                        return Some(code);
                    }
                }
                Input::None => {}
                Input::End => return None,
            }
        }
    }

    /// One input: lines until it is whole.
    fn read(&mut self) -> Input {
        let mut text = String::new();
        loop {
            let prompt = if text.is_empty() {
                PROMPT
            } else {
                CONTINUATION
            };
            match self.screen.read_line(prompt, &text) {
                Line::Text(line) => text.push_str(&line),
                Line::Edit(line) => {
                    text.push_str(&line);
                    return self.edit(&text);
                }
                Line::Interrupted => return Input::None,
                Line::End => return Input::End,
            }
            if text.trim().is_empty() {
                return Input::None;
            }
            let is_command = command_table::command(&text).is_some();
            if is_command || !self.goes_on(&text) {
                self.screen.remember(&text);
                return Input::Text(text);
            }
            text.push('\n');
        }
    }

    /// Whether more lines belong to the input. A comment that documents a function does not stand alone.
    fn goes_on(&self, text: &str) -> bool {
        let documents = |line: &str| line.trim_start().starts_with("///");
        text.lines().all(documents) || self.session.borrow().is_incomplete(text)
    }

    /// Runs an input. The exit code when it has ended the program.
    fn enter(&mut self, text: &str) -> Option<i32> {
        let display = Display::of_width(self.screen.window().columns);
        self.session.borrow_mut().set_display(display);
        let entered = match command_table::command(text) {
            Some(command) => match commands::to_edit(&command) {
                Some(number) => return self.enter_edited(number),
                None => commands::carry_out(&command, &self.session, &self.screen),
            },
            None => self.session.borrow_mut().enter(text),
        };
        self.show(entered)
    }

    /// Has the user change an input, and runs it. The exit code when it has ended the program.
    fn enter_edited(&mut self, number: &str) -> Option<i32> {
        let found = inputs::find(number, &self.session);
        let edited = match found {
            Ok(text) => self.edit(&text),
            Err(why) => {
                self.screen.say(&why);
                Input::None
            }
        };
        match edited {
            Input::Text(text) => self.enter(&text),
            Input::None | Input::End => None,
        }
    }

    /// Has the user change a text with an editor, and shows it as if it had been typed.
    fn edit(&mut self, text: &str) -> Input {
        let text = match self.screen.edit(text) {
            Ok(text) => text.trim_end().to_string(),
            Err(why) => {
                self.screen.say(&why);
                return Input::None;
            }
        };
        if text.trim().is_empty() {
            return Input::None;
        }
        let colours = self.screen.colours;
        let painted = colours.line("", &text);
        let prompts = std::iter::once(PROMPT).chain(std::iter::repeat(CONTINUATION));
        let lines = painted.split('\n').zip(prompts);
        let lines = lines.map(|(line, prompt)| colours.prompt(prompt) + line);
        self.screen.say(&lines.collect::<Vec<_>>().join("\n"));
        self.screen.remember(&text);
        Input::Text(text)
    }

    /// Shows what came of an input. The exit code when it has ended the program.
    fn show(&self, entered: Outcome) -> Option<i32> {
        match entered {
            Outcome::Value(text) => self.screen.say(&text),
            Outcome::Failed(error) => match self.error_format {
                Format::Human => {
                    let text = self.screen.colours.error(&error.to_string());
                    self.screen.say(&text);
                }
                Format::Json => self.screen.say(&error.to_json()),
            },
            Outcome::Interrupted => {
                let text = self.screen.colours.error("KeyboardInterrupt");
                self.screen.say_after_key(&text);
            }
            Outcome::Stopped => {
                let text = self.screen.colours.error("the input was stopped");
                self.screen.say(&text);
            }
            Outcome::Limit(exceeded) => {
                let text = self.screen.colours.error(&exceeded.to_string());
                self.screen.say(&text);
            }
            Outcome::Exit(code) => return Some(code),
            _ => {}
        }
        None
    }

    /// Ends the program and its children. The exit code.
    fn end(mut self, code: Option<i32>) -> u8 {
        let ended_by = self.screen.ended_by();
        self.screen.stop_reading();
        let mut code = code;
        // The editor, which shared it, is gone.
        if let Ok(session) = Rc::try_unwrap(self.session) {
            let finished = session.into_inner().finish();
            if !finished.ended.is_empty() {
                let ended = finished.ended.join(", ");
                self.screen.say(&format!("ended: {ended}"));
            }
            code = code.or(Some(finished.code));
        }
        self.screen.end();
        if let Some(signal) = ended_by {
            code = Some(SIGNALLED + signal as i32);
        }
        // The kernel keeps the low eight bits of an exit code.
        (code.unwrap_or(0) & 0xff) as u8
    }
}
