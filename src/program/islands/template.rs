//! Bodies of functions that are islands.
//!
//! Rhai does not export the type of a function's body, so it cannot be made by hand: a text is parsed whose functions have nothing but
//! the node as their bodies, at the lines and columns of the old ones, by which closures are known.

use std::cell::RefCell;
use std::collections::VecDeque;

use rhai::{
    Dynamic, Engine, ImmutableString, LexError, ParseError, Position, ScriptFuncDef, Shared,
};

use super::Handle;
use super::node::KEY;

thread_local! {
    /// The islands of the text that this thread is parsing, in its order.
    static NEXT: RefCell<VecDeque<Handle>> = const { RefCell::new(VecDeque::new()) };
}

/// Parses the node: only this file may write one.
///
/// # Errors
/// A script has written it.
pub(crate) fn parse(
    _: &[ImmutableString],
    _: &str,
    state: &mut Dynamic,
) -> Result<Option<ImmutableString>, ParseError> {
    match NEXT.with_borrow_mut(VecDeque::pop_front) {
        Some(handle) => {
            *state = Dynamic::from(handle);
            Ok(None)
        }
        None => {
            let text = format!("'{KEY}' is a reserved name");
            Err(LexError::Runtime(text).into_err(Position::NONE))
        }
    }
}

/// A text of templates, and what is in it.
struct Text {
    text: String,
    /// The line and column after its end, from 1.
    line: usize,
    column: usize,
    functions: Vec<(Shared<ScriptFuncDef>, Handle)>,
}

/// Returns the functions with their islands as bodies. A function whose body begins so early that there is no space for the
/// template before it is left out.
pub(super) fn with_bodies(
    engine: &Engine,
    mut islands: Vec<(Shared<ScriptFuncDef>, Handle)>,
) -> Vec<ScriptFuncDef> {
    let place = |function: &ScriptFuncDef| {
        let at = function.body.start_position();
        Some((at.line()?, at.position()?))
    };
    islands.sort_by_key(|(function, _)| place(function));
    let mut texts: Vec<Text> = Vec::new();
    for (function, handle) in islands {
        let Some(at) = place(&function) else { continue };
        if texts.iter().all(|text| !text.has_space(at)) {
            texts.push(Text::new());
        }
        if let Some(text) = texts.iter_mut().find(|text| text.has_space(at)) {
            text.add(at, function, handle);
        }
    }
    texts
        .into_iter()
        .flat_map(|text| text.parsed(engine))
        .collect()
}

impl Text {
    fn new() -> Self {
        Self {
            text: String::new(),
            line: 1,
            column: 1,
            functions: Vec::new(),
        }
    }

    /// The head of the next function.
    fn head(&self) -> String {
        format!("fn f{}()", self.functions.len())
    }

    fn has_space(&self, (line, column): (usize, usize)) -> bool {
        line > self.line || line == self.line && column >= self.column + self.head().len()
    }

    fn add(
        &mut self,
        (line, column): (usize, usize),
        function: Shared<ScriptFuncDef>,
        handle: Handle,
    ) {
        let head = self.head();
        self.text.push_str(&head);
        self.column += head.len();
        if line > self.line {
            self.text.push_str(&"\n".repeat(line - self.line));
            self.column = 1;
        }
        self.text.push_str(&" ".repeat(column - self.column));
        let body = format!("{{{KEY}}}");
        self.text.push_str(&body);
        (self.line, self.column) = (line, column + body.len());
        self.functions.push((function, handle));
    }

    fn parsed(self, engine: &Engine) -> Vec<ScriptFuncDef> {
        let handles = self.functions.iter().map(|(_, handle)| handle.clone());
        NEXT.set(handles.collect());
        let parsed = engine.compile(&self.text);
        NEXT.take();
        let Ok(parsed) = parsed else {
            return Vec::new();
        };
        let library = parsed.shared_lib();
        let made = self
            .functions
            .iter()
            .enumerate()
            .filter_map(|(number, (function, _))| {
                let name = format!("f{number}");
                let template = library.get_script_fn(&name, 0)?;
                let mut new = (**template).clone();
                new.name = function.name.clone();
                new.params = function.params.clone();
                new.access = function.access;
                new.this_type = function.this_type.clone();
                Some(new)
            });
        made.collect()
    }
}
