//! The report of an error: one type for `run`, `check`, children, threads and the prompt, for people and for programs.

use std::fmt::{self, Write};

use serde::{Deserialize, Serialize};

use super::excerpt::Excerpt;
use super::frame::{Frame, TOP_LEVEL};
use super::source::Source;
use super::traceback;
use super::visible::{visible, visible_name};

/// The report of a script's error, for people ([`Display`](fmt::Display)) or for programs
/// ([`to_json`](Self::to_json)).
///
/// # Example
/// ```
/// let runtime = procscript::Runtime::builder().build().unwrap();
/// let script = procscript::Script::from_text("demo.rhai", "let x = ;");
/// let found = runtime.check(&script).unwrap_err();
/// assert_eq!((found[0].kind.as_str(), found[0].line, found[0].column), ("SyntaxError", 1, 9));
/// assert!(found[0].to_string().contains("--> demo.rhai:1:9"));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Diagnostic {
    /// The name of the exception, as in Python: `NameError`, `SyntaxError`.
    pub kind: String,
    /// The message; empty for exceptions without one, such as `Empty`. It may have several lines.
    pub message: String,
    /// The file, as it was given; empty if the error has no position.
    pub file: String,
    /// The line, from 1; 0 if the error has no position.
    pub line: usize,
    /// The character in the line, from 1; 0 if it is not known.
    pub column: usize,
    /// The source of that line.
    pub code: String,
    /// Hints on how to mend the error.
    pub help: Vec<String>,
    /// The calls that led to the error, outermost first; empty for errors found before anything ran.
    pub frames: Vec<Frame>,
    /// The name of the child process it happened in; `None` in the main process.
    pub process: Option<String>,
    /// The name of the thread it happened in; `None` in the main thread.
    pub thread: Option<String>,
}

impl Diagnostic {
    /// Creates an error without a position.
    pub(crate) fn new(kind: &str, message: String) -> Self {
        Self {
            kind: kind.into(),
            message,
            ..Self::default()
        }
    }

    /// Sets the calls that the error passed through; its position is that of the innermost.
    pub(crate) fn with_frames(mut self, frames: Vec<Frame>) -> Self {
        if let Some(place) = frames.last() {
            self.file.clone_from(&place.file);
            (self.line, self.column) = (place.line, place.column);
            self.code.clone_from(&place.code);
        }
        self.frames = frames;
        self
    }

    /// Creates a syntax error at this line and column; 0 if unknown.
    pub(crate) fn syntax(source: &Source, (line, column): (usize, usize), message: String) -> Self {
        Self {
            file: source.shown.clone(),
            line,
            column,
            code: source.line(line).unwrap_or_default().to_string(),
            ..Self::new("SyntaxError", message)
        }
    }

    /// Returns one line of JSON, without the line break: an object with the fields of this type under their names.
    /// `frames` holds objects with `file`, `line`, `column`, `function`, `code` and `times`; what is not known is 0, `""`
    /// or `null`.
    pub fn to_json(&self) -> String {
        let frames: Vec<String> = self.frames.iter().map(frame_as_json).collect();
        let help: Vec<String> = self.help.iter().map(|text| quoted(text)).collect();
        let name = |name: &Option<String>| name.as_deref().map_or("null".into(), quoted);
        format!(
            "{{\"kind\": {}, \"message\": {}, \"file\": {}, \"line\": {}, \"column\": {}, \"code\": {}, \
             \"help\": [{}], \"frames\": [{}], \"process\": {}, \"thread\": {}}}",
            quoted(&self.kind),
            quoted(&self.message),
            quoted(&self.file),
            self.line,
            self.column,
            quoted(&self.code),
            help.join(", "),
            frames.join(", "),
            name(&self.process),
            name(&self.thread),
        )
    }

    /// Returns the report in one of its forms, with its last line break.
    pub fn render(&self, format: ErrorFormat) -> String {
        match format {
            ErrorFormat::Human => format!("{self}\n"),
            ErrorFormat::Json => self.to_json() + "\n",
        }
    }

    /// Returns whether the calls say more than the position.
    fn has_calls(&self) -> bool {
        match self.frames.as_slice() {
            [] => false,
            [only] => only.function != TOP_LEVEL && !only.function.is_empty(),
            _ => true,
        }
    }

    fn write_place(&self, f: &mut String) -> fmt::Result {
        let number = self.line.to_string();
        let width = number.len().max(NUMBER_WIDTH);
        let margin = " ".repeat(width);
        write!(f, "\n{}--> {}:{number}", &margin[2..], self.file)?;
        if self.column > 0 {
            write!(f, ":{}", self.column)?;
        }
        if self.code.trim().is_empty() {
            return Ok(());
        }
        let excerpt = Excerpt::of(&self.code, self.column);
        write!(f, "\n{margin} |\n{number:>width$} | {}", excerpt.text)?;
        match excerpt.caret {
            Some(before) => write!(f, "\n{margin} | {}^", " ".repeat(before)),
            None => Ok(()),
        }
    }
}

/// The width of the line number.
const NUMBER_WIDTH: usize = 4;

impl fmt::Display for Diagnostic {
    /// For people: the message, the position with its line, the help, and the calls if a function is among them.
    /// No line break at the end. Control characters are shown as escapes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.write(&mut text)?;
        f.write_str(&visible(&text))
    }
}

impl Diagnostic {
    fn write(&self, f: &mut String) -> fmt::Result {
        match (&self.thread, &self.process) {
            (Some(thread), _) => writeln!(f, "Exception in thread {}:", visible_name(thread))?,
            (None, Some(process)) => writeln!(f, "Process {}:", visible_name(process))?,
            (None, None) => (),
        }
        f.write_str(&headline(&self.kind, &self.message))?;
        if self.line > 0 {
            self.write_place(f)?;
        }
        for help in &self.help {
            write!(f, "\nhelp: {}", help.replace('\n', "\n      "))?;
        }
        if self.has_calls() {
            write!(f, "\n{}", traceback::render(&self.frames).trim_end())?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostic {}

/// `ValueError: bad`; the name alone for an error without a message.
pub(crate) fn headline(kind: &str, message: &str) -> String {
    if message.is_empty() {
        kind.to_string()
    } else {
        format!("{kind}: {message}")
    }
}

/// How errors are printed to standard error.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum ErrorFormat {
    /// For people: several lines each.
    #[default]
    Human,
    /// For programs: a line of JSON each, see [`Diagnostic::to_json`].
    Json,
}

fn frame_as_json(frame: &Frame) -> String {
    format!(
        "{{\"file\": {}, \"line\": {}, \"column\": {}, \"function\": {}, \"code\": {}, \"times\": {}}}",
        quoted(&frame.file),
        frame.line,
        frame.column,
        quoted(&frame.function),
        quoted(&frame.code),
        frame.times,
    )
}

/// Returns a string as JSON.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for char in text.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            // Some readers treat the last two as line breaks.
            '\0'..'\x20' | '\x7f'..='\u{9f}' | '\u{2028}' | '\u{2029}' => {
                // Writing to a string does not fail.
                let _ = write!(out, "\\u{:04x}", u32::from(char));
            }
            other => out.push(other),
        }
    }
    out.push('"');
    out
}
