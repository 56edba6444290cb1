//! Carries everything that is printed through a pipe to the terminal, without garbling the line being edited.
//!
//! While a line runs, the contents of the pipe go to the terminal unchanged. While a line is edited, only rustyline
//! writes there: output that arrives meanwhile waits, and becomes the beginning of the next prompt that rustyline
//! paints. To trigger a repaint, the outlet prints an empty string through rustyline's [`ExternalPrinter`], which
//! serves as a bell.
//!
//! rustyline's printer blocks if it is used again before it has been answered, or after the line has been accepted.
//! So the bell is rung only while the line is *at rest* (painted, with no key pressed that may end it), and only once
//! until it has been answered. The answer can be recognised because rustyline asks nothing about the cursor before it
//! paints.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustyline::ExternalPrinter;

use super::view::Window;

/// The maximum size of the output that waits while a line is edited; further writers wait.
const PENDING_MAX: usize = 256 << 10;

/// The maximum number of bytes read from the pipe at once.
const CHUNK: usize = 64 << 10;

type Bell = Box<dyn ExternalPrinter + Send>;

/// The connection from the pipe to the terminal.
pub(crate) struct Outlet {
    state: Mutex<State>,
}

struct State {
    /// The reading end of the pipe, which never blocks.
    pipe: File,
    terminal: File,
    stage: Stage,
    bell: Option<Bell>,
    /// Whether the bell has been rung but not answered.
    rung: bool,
    /// Output that arrived while a line was being edited.
    pending: Vec<u8>,
    /// The unfinished line above the prompt.
    unfinished: String,
    /// Whether the next character begins a line.
    at_line_start: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// No line is being edited: output goes straight to the terminal.
    Open,
    /// rustyline controls the terminal.
    Editing {
        /// rustyline waits for a key, and no key has been pressed that may end the line.
        at_rest: bool,
    },
}

/// Why rustyline paints the prompt.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Painting {
    /// The bell has been rung.
    Answer,
    /// A key has been pressed.
    Key,
    /// The line ends.
    Last,
}

impl Outlet {
    /// `pipe` must not block when it is read.
    pub(crate) fn new(pipe: File, terminal: File) -> Self {
        Self {
            state: Mutex::new(State {
                pipe,
                terminal,
                stage: Stage::Open,
                bell: None,
                rung: false,
                pending: Vec::new(),
                unfinished: String::new(),
                at_line_start: true,
            }),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns another descriptor of the reading end of the pipe.
    pub(crate) fn pipe(&self) -> io::Result<File> {
        self.state().pipe.try_clone()
    }

    /// In a forked child: closes the terminal, and the end that only the prompt may read.
    pub(crate) fn forsake(&self) {
        let mut state = self.state();
        let State { pipe, terminal, .. } = &mut *state;
        for file in [pipe, terminal] {
            if let Ok(nothing) = File::open("/dev/null") {
                *file = nothing;
            }
        }
    }

    /// Sets the printer that makes rustyline paint.
    pub(crate) fn set_bell(&self, bell: Bell) {
        self.state().bell = Some(bell);
    }

    /// Returns the size of the terminal.
    pub(crate) fn window(&self) -> Window {
        window(&self.state().terminal)
    }

    /// Returns another descriptor of the terminal.
    pub(crate) fn terminal(&self) -> io::Result<File> {
        self.state().terminal.try_clone()
    }

    /// Reads at most one chunk from the pipe. Returns false if some output must be shown first.
    pub(crate) fn take_in(&self) -> bool {
        let mut state = self.state();
        if state.pending.len() >= PENDING_MAX {
            return false;
        }
        state.take_in(CHUNK);
        state.ring();
        true
    }

    /// Shows everything that was printed before this call.
    pub(crate) fn flush(&self) {
        self.state().flush();
    }

    /// Writes `text`, which begins a line, after everything that was printed before.
    pub(crate) fn say(&self, text: &str) {
        let mut state = self.state();
        state.flush();
        state.begin_line();
        state.show(text.as_bytes());
    }

    /// Notes that the terminal has echoed a key, so the cursor is somewhere in a row.
    pub(crate) fn key_was_shown(&self) {
        let mut state = self.state();
        state.flush();
        state.at_line_start = false;
    }

    /// Notes that rustyline, or a program of the user's, is about to control the terminal. Earlier output is shown above the prompt.
    pub(crate) fn begin_editing(&self) {
        let mut state = self.state();
        state.flush();
        state.begin_line();
        state.stage = Stage::Editing { at_rest: false };
    }

    /// Notes that it has released the terminal, at the beginning of a line.
    pub(crate) fn end_editing(&self) {
        let mut state = self.state();
        state.stage = Stage::Open;
        state.at_line_start = true;
        state.unfinished.clear();
        let pending = std::mem::take(&mut state.pending);
        state.show(&pending);
    }

    /// Notes that a key has been pressed that may end the line.
    pub(crate) fn line_may_end(&self) {
        self.state().disturb();
    }

    /// Calls `f` while a line is edited, and rings no bell from then on.
    pub(crate) fn end_of_line(&self, f: impl FnOnce()) {
        let mut state = self.state();
        if state.stage != Stage::Open {
            state.disturb();
            f();
        }
    }

    /// Returns what to write before the prompt, which rustyline paints in the row it has just cleared.
    pub(crate) fn before_prompt(&self, painting: Painting) -> String {
        let mut state = self.state();
        state.stage = Stage::Editing {
            at_rest: painting != Painting::Last,
        };
        let mut text = String::new();
        if painting == Painting::Answer {
            state.rung = false;
            // rustyline ends a line after every string, even an empty one.
            text.push_str("\x1b[A");
        }
        let pending = state.take_pending();
        if !pending.is_empty() {
            text.push_str(&state.above_prompt(&pending));
        }
        text
    }
}

impl State {
    fn take_in(&mut self, most: usize) {
        let mut chunk = vec![0; most];
        let count = self.pipe.read(&mut chunk).unwrap_or(0);
        chunk.truncate(count);
        match self.stage {
            Stage::Open => self.show(&chunk),
            Stage::Editing { .. } => self.pending.append(&mut chunk),
        }
    }

    fn flush(&mut self) {
        // Reads only what is there now: a child that prints endlessly must not keep the prompt from being shown.
        let mut left = rustix::io::ioctl_fionread(self.pipe.as_fd()).unwrap_or(0);
        while left > 0 {
            let most = usize::try_from(left).unwrap_or(CHUNK).min(CHUNK);
            self.take_in(most);
            left = left.saturating_sub(most as u64);
        }
    }

    fn show(&mut self, bytes: &[u8]) {
        if let Some(last) = bytes.last() {
            self.at_line_start = *last == b'\n';
            // The reader of the terminal notices if it is gone.
            let _ = self.terminal.write_all(bytes);
        }
    }

    /// Moves to the next row unless the cursor is at the beginning of one.
    fn begin_line(&mut self) {
        if self.at_line_start {
            return;
        }
        // The output may have been an `input()` prompt, whose answer ended the row. A row of blanks moves to the next
        // row from anywhere except the beginning of a row.
        let blanks = " ".repeat(window(&self.terminal).columns);
        self.show(format!("{blanks}\r\x1b[K").as_bytes());
        self.at_line_start = true;
    }

    fn ring(&mut self) {
        let at_rest = self.stage == Stage::Editing { at_rest: true };
        if !at_rest || self.rung || self.pending.is_empty() {
            return;
        }
        if let Some(bell) = &mut self.bell {
            self.rung = bell.print(String::new()).is_ok();
        }
    }

    fn disturb(&mut self) {
        if self.stage != Stage::Open {
            self.stage = Stage::Editing { at_rest: false };
        }
    }

    /// Returns the waiting output, except for an incomplete character at its end.
    fn take_pending(&mut self) -> String {
        let whole = match std::str::from_utf8(&self.pending) {
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            _ => self.pending.len(),
        };
        let rest = self.pending.split_off(whole);
        let taken = std::mem::replace(&mut self.pending, rest);
        String::from_utf8_lossy(&taken).into_owned()
    }

    /// Splits off whole rows of `text`. An unfinished line continues in its row when more of it arrives.
    fn above_prompt(&mut self, text: &str) -> String {
        let begun = std::mem::take(&mut self.unfinished);
        let back = if begun.is_empty() {
            ""
        } else {
            "\x1b[A\r\x1b[K"
        };
        let mut rows = begun + text;
        if !rows.ends_with('\n') {
            let last = rows.rsplit(['\n', '\r']).next().unwrap_or_default();
            // A character takes at most two columns.
            let fits = last.chars().count() * 2 <= window(&self.terminal).columns;
            if fits && !last.contains(char::is_control) {
                self.unfinished = last.to_string();
            }
            rows.push('\n');
        }
        format!("{back}{rows}")
    }
}

/// The size of the terminal.
pub(crate) fn window(terminal: &impl AsFd) -> Window {
    let size = rustix::termios::tcgetwinsize(terminal).ok();
    let of = |count: Option<u16>| count.filter(|count| *count > 0).map(usize::from);
    Window {
        columns: of(size.map(|size| size.ws_col)).unwrap_or(80),
        // As rustyline has it, a terminal that does not know is never full.
        rows: of(size.map(|size| size.ws_row)).unwrap_or(usize::MAX),
    }
}

impl std::fmt::Debug for Outlet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outlet").finish_non_exhaustive()
    }
}
