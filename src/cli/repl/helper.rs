//! What rustyline asks while a line is typed: candidates, hints, colours.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use procscript::prompt::{CandidateKind, Candidates, Interactive};
use rustyline::completion::{Completer, Pair};
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::{Hint, Hinter};
use rustyline::validate::Validator;
use rustyline::{CompletionType, Context};

use super::command_table;
use super::highlight::Colours;
use super::keys::{self, Flags};
use super::outlet::{Outlet, Painting};
use super::session::Session;
use super::view::Ruler;

/// Answers rustyline's questions from the session.
pub(crate) struct Helper {
    session: Session,
    outlet: Arc<Outlet>,
    flags: Arc<Flags>,
    colours: Colours,
    /// The lines of an unfinished input before the one that is typed.
    before: RefCell<String>,
    /// Why the next painting takes place.
    painting: Cell<Painting>,
    /// The prompt that is painted, unless this painting must show the whole input.
    cut_after: RefCell<Option<String>>,
    /// How many rows are above that of the cursor, and above the last one.
    rows: Cell<(usize, usize)>,
    /// How many candidates there are, and how many have not been listed yet.
    candidates: Cell<usize>,
    unlisted: Cell<usize>,
}

impl Helper {
    pub(crate) fn new(
        session: Session,
        outlet: Arc<Outlet>,
        flags: Arc<Flags>,
        colours: Colours,
    ) -> Self {
        Self {
            session,
            outlet,
            flags,
            colours,
            before: RefCell::default(),
            painting: Cell::new(Painting::Answer),
            cut_after: RefCell::default(),
            rows: Cell::default(),
            candidates: Cell::default(),
            unlisted: Cell::default(),
        }
    }

    /// The line that is typed next goes on with `text`.
    pub(crate) fn goes_on_with(&self, text: &str) {
        *self.before.borrow_mut() = text.into();
    }

    /// The whole input up to now, and the position where the current line begins.
    fn whole(&self, line: &str) -> (String, usize) {
        let before = self.before.borrow();
        (format!("{before}{line}"), before.len())
    }
}

impl rustyline::Helper for Helper {}

impl Validator for Helper {}

impl Completer for Helper {
    type Candidate = Pair;

    fn complete(
        &self,
        line: &str,
        position: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<Pair>)> {
        let (start, found) = self.found(line, position);
        self.candidates.set(found.len());
        self.unlisted.set(found.len());
        Ok((start, found))
    }
}

impl Helper {
    /// What completes the line, and where that begins.
    fn found(&self, line: &str, position: usize) -> (usize, Vec<Pair>) {
        if let Some(row) = self.flags.take_row() {
            let start = position.saturating_sub(row.blanks);
            let (before, _) = self.whole(&line[..start]);
            let level = Interactive::indentation(&before).saturating_sub(1);
            let blanks = row.blanks.min(level * keys::LEVEL.len());
            let text = format!("{}{}", " ".repeat(blanks), row.bracket);
            return (start, vec![pair(text)]);
        }
        if let Some(found) = command_table::candidates(&line[..position]) {
            return found;
        }
        let Ok(session) = self.session.try_borrow() else {
            return (position, Vec::new());
        };
        if let Some(path) = command_table::path(&line[..position]) {
            let found = session.paths(path);
            let begins = position - path.len();
            return (begins + found.start, pairs(found));
        }
        let (text, begins) = self.whole(line);
        let found = session.candidates(&text, begins + position);
        // A word does not begin in an earlier line.
        let start = found.start.saturating_sub(begins);
        if let [key] = found.names.as_slice()
            && key.kind == CandidateKind::Key
            && !line[position..].starts_with('"')
        {
            let closed = format!("{}\"]", key.name);
            return (start, vec![pair(closed)]);
        }
        (start, pairs(found))
    }
}

fn pairs(found: Candidates) -> Vec<Pair> {
    let names = found.names.into_iter();
    names.map(|candidate| pair(candidate.name)).collect()
}

fn pair(name: String) -> Pair {
    Pair {
        display: name.clone(),
        replacement: name,
    }
}

/// Something to read; no key puts it into the line.
pub(crate) struct Signature(String);

impl Hint for Signature {
    fn display(&self) -> &str {
        &self.0
    }

    fn completion(&self) -> Option<&str> {
        None
    }
}

impl Hinter for Helper {
    type Hint = Signature;

    fn hint(&self, line: &str, position: usize, _: &Context<'_>) -> Option<Signature> {
        if position < line.len() || !Ruler::new(self.outlet.window()).fits(line) {
            return None;
        }
        let (text, _) = self.whole(line);
        let session = self.session.try_borrow().ok()?;
        let parameters = session.parameters(&text)?;
        let space = if line.ends_with(',') { " " } else { "" };
        Some(Signature(format!("{space}{parameters}")))
    }
}

impl Highlighter for Helper {
    fn highlight<'l>(&self, line: &'l str, position: usize) -> Cow<'l, str> {
        let before = self.before.borrow();
        let visible = self.cut_after.borrow().as_ref().and_then(|prompt| {
            let ruler = Ruler::new(self.outlet.window());
            let (rows, visible) = ruler.view(prompt, line, position);
            self.rows.set(rows);
            visible
        });
        let Some(visible) = visible else {
            return self.colours.line(&before, line).into();
        };
        let hidden = format!("{before}{}", &line[..visible.start]);
        let painted = self.colours.line(&hidden, &line[visible.clone()]);
        match visible.start {
            0 => painted.into(),
            // In the place of the prompt.
            _ => format!("\r\x1b[K{painted}").into(),
        }
    }

    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(
        &'s self,
        prompt: &'p str,
        is_usual: bool,
    ) -> Cow<'b, str> {
        self.flags.searching.store(!is_usual, Ordering::Relaxed);
        let painting = self.painting.replace(Painting::Answer);
        let is_cut = painting != Painting::Last;
        self.cut_after.replace(is_cut.then(|| prompt.to_string()));
        let mut text = self.outlet.before_prompt(painting);
        text.push_str(&self.colours.prompt(prompt));
        text.into()
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        self.colours.hint(hint).into()
    }

    fn highlight_candidate<'c>(&self, candidate: &'c str, _: CompletionType) -> Cow<'c, str> {
        self.painting.set(Painting::Key);
        let left = self.unlisted.get();
        self.unlisted.set(left.saturating_sub(1));
        let is_first = left == self.candidates.get();
        // The list takes the place of the rows below the cursor.
        let erase = if is_first { "\x1b[J" } else { "" };
        let room = match (left, self.rows.get()) {
            // Then rustyline clears as many rows as the input has, as if its cursor had not moved.
            (1, (above, all)) if all > 0 => {
                let (down, up) = (all + 1, all + 1 - above);
                format!("{}\x1b[{up}A", "\n".repeat(down))
            }
            _ => String::new(),
        };
        format!("{erase}{candidate}{room}").into()
    }

    fn highlight_char(&self, _: &str, _: usize, kind: CmdKind) -> bool {
        let last = kind == CmdKind::ForcedRefresh;
        self.painting
            .set(if last { Painting::Last } else { Painting::Key });
        !last
    }
}
