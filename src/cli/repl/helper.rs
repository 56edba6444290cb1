//! What rustyline asks while a line is typed: candidates, hints, colours.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::sync::Arc;

use rustyline::completion::{Completer, Pair};
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::{Hint, Hinter};
use rustyline::validate::Validator;
use rustyline::{CompletionType, Context};

use super::command_table;
use super::highlight::Colours;
use super::outlet::{Outlet, Painting};
use super::session::Session;

/// Answers rustyline's questions from the session.
pub(crate) struct Helper {
    session: Session,
    outlet: Arc<Outlet>,
    colours: Colours,
    /// The lines of an unfinished input before the one that is typed.
    before: RefCell<String>,
    /// Why the next painting takes place.
    painting: Cell<Painting>,
}

impl Helper {
    pub(crate) fn new(session: Session, outlet: Arc<Outlet>, colours: Colours) -> Self {
        Self {
            session,
            outlet,
            colours,
            before: RefCell::default(),
            painting: Cell::new(Painting::Answer),
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
        if let Some(found) = command_table::candidates(&line[..position]) {
            return Ok(found);
        }
        let (text, begins) = self.whole(line);
        let Ok(session) = self.session.try_borrow() else {
            return Ok((position, Vec::new()));
        };
        let found = session.candidates(&text, begins + position);
        let names = found.names.into_iter().map(|candidate| Pair {
            display: candidate.name.clone(),
            replacement: candidate.name,
        });
        // A word does not begin in an earlier line.
        Ok((found.start.saturating_sub(begins), names.collect()))
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
        if position < line.len() {
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
    fn highlight<'l>(&self, line: &'l str, _: usize) -> Cow<'l, str> {
        self.colours.line(&self.before.borrow(), line).into()
    }

    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(&'s self, prompt: &'p str, _: bool) -> Cow<'b, str> {
        let painting = self.painting.replace(Painting::Answer);
        let mut text = self.outlet.before_prompt(painting);
        text.push_str(&self.colours.prompt(prompt));
        text.into()
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        self.colours.hint(hint).into()
    }

    fn highlight_candidate<'c>(&self, candidate: &'c str, _: CompletionType) -> Cow<'c, str> {
        self.painting.set(Painting::Key);
        candidate.into()
    }

    fn highlight_char(&self, _: &str, _: usize, kind: CmdKind) -> bool {
        let last = kind == CmdKind::ForcedRefresh;
        self.painting
            .set(if last { Painting::Last } else { Painting::Key });
        !last
    }
}
