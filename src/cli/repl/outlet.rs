//! Where everything that is printed goes: through a pipe, and from there to the terminal so that it spoils no line.
//!
//! While a line runs, what comes out of the pipe is written to the terminal as it is. While a line is edited only
//! rustyline writes there: text that comes meanwhile waits, and goes out as the beginning of the prompt when rustyline
//! next paints it. To make it paint, its [`ExternalPrinter`] is used as a bell, rung with an empty text.
//!
//! rustyline's printer blocks when it is used twice before it is answered, or after the line was accepted. So the bell is
//! rung only while the line is *at rest* (painted, and no key taken that may end it), and only once until it was answered.
//! An answer is known by what rustyline does not do: it asks nothing about the cursor before it paints.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustyline::ExternalPrinter;

/// How much may wait to be shown while a line is edited, before those who print are kept waiting.
const PENDING_MAX: usize = 256 << 10;

/// How much is taken out of the pipe at once.
const CHUNK: usize = 64 << 10;

type Bell = Box<dyn ExternalPrinter + Send>;

/// The way from the pipe to the terminal.
pub(crate) struct Outlet {
    state: Mutex<State>,
}

struct State {
    /// The end of the pipe that is read; it never blocks.
    pipe: File,
    terminal: File,
    stage: Stage,
    bell: Option<Bell>,
    /// Rung and not answered.
    rung: bool,
    /// What came while a line is edited.
    pending: Vec<u8>,
    /// The unfinished line that stands above the prompt.
    unfinished: String,
    /// Whether the next character begins a line.
    at_line_start: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// No line is edited: text goes straight to the terminal.
    Open,
    /// rustyline has the terminal.
    Editing {
        /// It waits for a key, and no key was taken that may end the line.
        at_rest: bool,
    },
}

/// Why rustyline paints the prompt.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Painting {
    /// The bell was rung.
    Answer,
    /// A key was typed.
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

    /// Another descriptor for the end of the pipe that is read.
    pub(crate) fn pipe(&self) -> io::Result<File> {
        self.state().pipe.try_clone()
    }

    /// In a forked child: lets go of the terminal, and of the end that only the prompt may read.
    pub(crate) fn forsake(&self) {
        let mut state = self.state();
        let State { pipe, terminal, .. } = &mut *state;
        for file in [pipe, terminal] {
            if let Ok(nothing) = File::open("/dev/null") {
                *file = nothing;
            }
        }
    }

    /// How rustyline is made to paint.
    pub(crate) fn set_bell(&self, bell: Bell) {
        self.state().bell = Some(bell);
    }

    /// Takes what is in the pipe, a chunk at most. False when that has to wait until some of it is shown.
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

    /// The terminal has shown a key, so the cursor stands somewhere in a row.
    pub(crate) fn key_was_shown(&self) {
        let mut state = self.state();
        state.flush();
        state.at_line_start = false;
    }

    /// rustyline is about to have the terminal. What was printed before stands above the prompt.
    pub(crate) fn begin_editing(&self) {
        let mut state = self.state();
        state.flush();
        state.begin_line();
        state.stage = Stage::Editing { at_rest: false };
    }

    /// rustyline has given the terminal back, at the beginning of a line.
    pub(crate) fn end_editing(&self) {
        let mut state = self.state();
        state.stage = Stage::Open;
        state.at_line_start = true;
        state.unfinished.clear();
        let pending = std::mem::take(&mut state.pending);
        state.show(&pending);
    }

    /// A key is taken that may end the line.
    pub(crate) fn line_may_end(&self) {
        self.state().disturb();
    }

    /// Calls `f` while a line is edited, and keeps the bell still from then on.
    pub(crate) fn end_of_line(&self, f: impl FnOnce()) {
        let mut state = self.state();
        if state.stage != Stage::Open {
            state.disturb();
            f();
        }
    }

    /// What is to be written before the prompt, which rustyline paints in the row it has just cleared.
    pub(crate) fn before_prompt(&self, painting: Painting) -> String {
        let mut state = self.state();
        state.stage = Stage::Editing {
            at_rest: painting != Painting::Last,
        };
        let mut text = String::new();
        if painting == Painting::Answer {
            state.rung = false;
            // rustyline ends a line after every text, the empty one too.
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
        // No more than there is now: a child that prints without end must not keep the prompt away.
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
            // A terminal that is gone is noticed by who reads from it.
            let _ = self.terminal.write_all(bytes);
        }
    }

    /// Goes to the next row unless the cursor stands at the beginning of one.
    fn begin_line(&mut self) {
        if self.at_line_start {
            return;
        }
        // The text may have been an `input()`'s question, whose answer ended the row. A row of blanks goes to the next
        // row from anywhere but from the beginning of one.
        let blanks = " ".repeat(usize::from(columns(&self.terminal)));
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

    /// What waits, but for the beginning of a character whose end has not come yet.
    fn take_pending(&mut self) -> String {
        let whole = match std::str::from_utf8(&self.pending) {
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            _ => self.pending.len(),
        };
        let rest = self.pending.split_off(whole);
        let taken = std::mem::replace(&mut self.pending, rest);
        String::from_utf8_lossy(&taken).into_owned()
    }

    /// Whole rows for `text`. A line that is not finished goes on in its row when more of it comes.
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
            // A character takes two columns at most.
            let fits = last.chars().count() * 2 <= usize::from(columns(&self.terminal));
            if fits && !last.contains(char::is_control) {
                self.unfinished = last.to_string();
            }
            rows.push('\n');
        }
        format!("{back}{rows}")
    }
}

/// The width of the terminal.
pub(crate) fn columns(terminal: &impl AsFd) -> u16 {
    match rustix::termios::tcgetwinsize(terminal) {
        Ok(size) if size.ws_col > 0 => size.ws_col,
        _ => 80,
    }
}

impl std::fmt::Debug for Outlet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outlet").finish_non_exhaustive()
    }
}
