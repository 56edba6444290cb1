//! Key bindings beyond rustyline's: indentation, and a notice that a line may end.

use std::sync::Arc;

use rustyline::history::History;
use rustyline::{
    Cmd, ConditionalEventHandler, Editor, Event, EventContext, EventHandler, Helper, KeyCode,
    KeyEvent, Modifiers, Movement, RepeatCount,
};

use super::outlet::Outlet;

/// One level of indentation.
pub(crate) const LEVEL: &str = "    ";

/// Binds the keys in `editor`.
pub(crate) fn bind<H: Helper, I: History>(editor: &mut Editor<H, I>, outlet: &Arc<Outlet>) {
    let enter = KeyEvent(KeyCode::Enter, Modifiers::NONE);
    let tab = KeyEvent(KeyCode::Tab, Modifiers::NONE);
    let backspace = KeyEvent(KeyCode::Backspace, Modifiers::NONE);
    let mut bind = |key: KeyEvent, handler: Box<dyn ConditionalEventHandler>| {
        editor.bind_sequence(key, EventHandler::Conditional(handler));
    };
    let ending = ['J', 'C', 'D', 'Z', '\\'].map(KeyEvent::ctrl);
    for key in ending.into_iter().chain([enter]) {
        bind(key, Box::new(MayEnd(outlet.clone())));
    }
    bind(tab, Box::new(Indent));
    bind(backspace, Box::new(Unindent));
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
