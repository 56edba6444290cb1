//! Key bindings beyond rustyline's: indentation, inputs of several lines, and a notice that a line may end.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use procscript::prompt::Interactive;
use rustyline::history::History;
use rustyline::{
    Cmd, ConditionalEventHandler, Editor, Event, EventContext, EventHandler, Helper, KeyCode,
    KeyEvent, Modifiers, Movement, RepeatCount,
};

use super::outlet::Outlet;

/// One level of indentation.
pub(crate) const LEVEL: &str = "    ";

const CLOSING: [char; 3] = ['}', ')', ']'];

/// What keys, helper and editor have to know of each other.
#[derive(Debug, Default)]
pub(crate) struct Flags {
    /// The history is being searched.
    pub searching: AtomicBool,
    /// The line was ended to be changed with the user's editor.
    pub to_editor: AtomicBool,
    /// The row that the next completion is for.
    row: Mutex<Option<Row>>,
}

/// A row of blanks, and the closing bracket that is typed behind them.
#[derive(Debug)]
pub(crate) struct Row {
    pub blanks: usize,
    pub bracket: char,
}

impl Flags {
    pub(crate) fn take_row(&self) -> Option<Row> {
        let mut row = self.row.lock().unwrap_or_else(PoisonError::into_inner);
        row.take()
    }
}

/// Binds the keys in `editor`.
pub(crate) fn bind<H: Helper, I: History>(
    editor: &mut Editor<H, I>,
    outlet: &Arc<Outlet>,
    flags: &Arc<Flags>,
) {
    let enter = KeyEvent(KeyCode::Enter, Modifiers::NONE);
    let tab = KeyEvent(KeyCode::Tab, Modifiers::NONE);
    let backspace = KeyEvent(KeyCode::Backspace, Modifiers::NONE);
    let mut bind = |key: KeyEvent, handler: Box<dyn ConditionalEventHandler>| {
        editor.bind_sequence(key, EventHandler::Conditional(handler));
    };
    let ending = ['J', 'C', 'D', 'Z', '\\'].map(KeyEvent::ctrl);
    for key in ending {
        bind(key, Box::new(MayEnd(outlet.clone())));
    }
    bind(enter, Box::new(Enter(outlet.clone(), flags.clone())));
    bind(tab, Box::new(Indent));
    bind(backspace, Box::new(Unindent));
    for bracket in CLOSING {
        let key = KeyEvent(KeyCode::Char(bracket), Modifiers::NONE);
        bind(key, Box::new(Close(bracket, flags.clone())));
    }
    let submit = KeyEvent(KeyCode::Enter, Modifiers::ALT);
    bind(submit, Box::new(Submit(outlet.clone(), None)));
    let to_editor = Event::KeySeq(vec![KeyEvent::ctrl('X'), KeyEvent::ctrl('E')]);
    let handler = Submit(outlet.clone(), Some(flags.clone()));
    editor.bind_sequence(to_editor, EventHandler::Conditional(Box::new(handler)));
}

/// Notes that the line may end; rustyline decides whether it does.
struct MayEnd(Arc<Outlet>);

impl ConditionalEventHandler for MayEnd {
    fn handle(
        &self,
        event: &Event,
        _: RepeatCount,
        _: bool,
        context: &EventContext,
    ) -> Option<Cmd> {
        let deletes = event.get(0) == Some(&KeyEvent::ctrl('D')) && !context.line().is_empty();
        if !deletes {
            self.0.line_may_end();
        }
        None
    }
}

/// Enter in the middle of an input of several lines adds a line, unless it ends a search.
struct Enter(Arc<Outlet>, Arc<Flags>);

impl ConditionalEventHandler for Enter {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, context: &EventContext) -> Option<Cmd> {
        let (before, after) = context.line().split_at(context.pos());
        let is_inside = context.line().contains('\n') && !after.trim().is_empty();
        if !is_inside || self.1.searching.load(Ordering::Relaxed) {
            self.0.line_may_end();
            return None;
        }
        let closes = after.starts_with(CLOSING);
        let levels = Interactive::indentation(before).saturating_sub(usize::from(closes));
        Some(Cmd::Insert(1, format!("\n{}", LEVEL.repeat(levels))))
    }
}

/// Alt-Enter ends the input wherever the cursor is; Ctrl-X Ctrl-E also notes that it is to be changed with the user's editor.
struct Submit(Arc<Outlet>, Option<Arc<Flags>>);

impl ConditionalEventHandler for Submit {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, _: &EventContext) -> Option<Cmd> {
        self.0.line_may_end();
        if let Some(flags) = &self.1 {
            flags.to_editor.store(true, Ordering::Relaxed);
        }
        Some(Cmd::AcceptLine)
    }
}

/// A closing bracket at the beginning of a row goes back to the level of its partner.
struct Close(char, Arc<Flags>);

impl ConditionalEventHandler for Close {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, context: &EventContext) -> Option<Cmd> {
        let blanks =
            blanks_before(context).filter(|_| !self.1.searching.load(Ordering::Relaxed))?;
        if blanks < LEVEL.len() {
            return None;
        }
        // No command of rustyline's both deletes and inserts, except the completion of a word.
        let row = Row {
            blanks,
            bracket: self.0,
        };
        *self.1.row.lock().unwrap_or_else(PoisonError::into_inner) = Some(row);
        Some(Cmd::Complete)
    }
}

/// The blanks between the beginning of the row and the cursor, if there is nothing else.
fn blanks_before(context: &EventContext) -> Option<usize> {
    let before = &context.line()[..context.pos()];
    let row = before.rsplit('\n').next().unwrap_or_default();
    row.chars().all(|c| c == ' ').then_some(row.len())
}

/// Tab if there is nothing to complete yet.
struct Indent;

impl ConditionalEventHandler for Indent {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, context: &EventContext) -> Option<Cmd> {
        let blanks = blanks_before(context)?;
        let missing = LEVEL.len() - blanks % LEVEL.len();
        Some(Cmd::Insert(1, " ".repeat(missing)))
    }
}

/// Backspace removes a whole level of indentation.
struct Unindent;

impl ConditionalEventHandler for Unindent {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, context: &EventContext) -> Option<Cmd> {
        let some = blanks_before(context)? > 0;
        some.then_some(Cmd::Dedent(Movement::WholeLine))
    }
}
