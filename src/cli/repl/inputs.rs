//! `:history` and `:save`, and the input that `:edit` begins with.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};

use super::screen::Screen;
use super::session::Session;

/// The inputs of this session with their numbers; with a text, those of earlier prompts that contain it too.
pub(crate) fn history(text: &str, session: &Session, screen: &Screen) -> String {
    let rows: Vec<String> = match text {
        "" => {
            let session = session.borrow();
            let inputs = session.inputs().iter();
            inputs
                .map(|input| numbered(input.number, &input.text))
                .collect()
        }
        text => screen.remembered(text),
    };
    match rows.is_empty() {
        true => "no inputs".into(),
        false => rows.join("\n"),
    }
}

/// An input behind its number, with its lines in one column.
fn numbered(number: usize, text: &str) -> String {
    let text = text.trim_end().replace('\n', "\n      ");
    format!("{number:4}  {text}")
}

/// Writes inputs to a new file, and says so. `arguments` are the file, and perhaps the numbers: `FILE 2-5`.
pub(crate) fn save(arguments: &str, session: &Session) -> String {
    let (file, numbers) = match arguments.rsplit_once(' ') {
        Some((file, last)) if last.starts_with(|c: char| c.is_ascii_digit()) => {
            let (from, to) = last.split_once('-').unwrap_or((last, last));
            match (from.parse(), to.parse()) {
                (Ok(from), Ok(to)) => (file.trim(), from..=to),
                _ => return format!("'{last}' are not numbers of inputs: 3, or 2-5"),
            }
        }
        _ => (arguments, 1..=usize::MAX),
    };
    let script = session.borrow().script(numbers);
    if script.is_empty() {
        return "there are no such inputs, or all of them have failed".into();
    }
    let mut options = OpenOptions::new();
    let opened = options.write(true).create_new(true).open(file);
    match opened.and_then(|mut opened| opened.write_all(script.as_bytes())) {
        Ok(()) => format!("wrote {} lines to {file}", script.lines().count()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            format!("{file} exists already: choose another name")
        }
        Err(error) => format!("cannot write {file}: {error}"),
    }
}

/// The text of an input by its number, or of the last one.
///
/// # Errors
/// What to tell the user if there is none.
pub(crate) fn find(number: &str, session: &Session) -> Result<String, String> {
    let session = session.borrow();
    let found = match number {
        "" => {
            return Ok(session
                .inputs()
                .last()
                .map_or_else(String::new, |last| last.text.clone()));
        }
        number => number.parse().ok().and_then(|number: usize| {
            let mut inputs = session.inputs().iter();
            inputs.find(|input| input.number == number)
        }),
    };
    let found = found.map(|input| input.text.clone());
    found.ok_or_else(|| format!("there is no input {number}; :history lists them"))
}
