//! The function of a module whose name Rhai reserves: `subprocess.call(…)`, `subprocess::call(…)`. After a dot, Rhai takes `call` for a call
//! of the value itself.

use std::cell::{Cell, RefCell};

use rhai::Token;

/// The module.
const MODULE: &str = "subprocess";

/// The name of its function.
const NAME: &str = "call";

/// The name of the function in trees.
pub(crate) const KEY: &str = "call_";

/// What was read last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Last {
    /// A name of the module.
    Module,
    /// The same, and a dot.
    Dot,
    /// `::`, behind some module.
    Colons,
    /// `import`, then the module, then `as`.
    Import,
    Imported,
    As,
    Other,
}

thread_local! {
    static LAST: Cell<Last> = const { Cell::new(Last::Other) };
    /// The names that the text has given the module.
    static NAMES: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Forgets what was read: another text begins.
pub(crate) fn begin_text() {
    LAST.set(Last::Other);
    NAMES.take();
}

/// Returns the token to read in place of another. It is asked for each token of a text.
pub(crate) fn read(token: Token) -> Token {
    let before = LAST.get();
    let now = match &token {
        Token::Import => Last::Import,
        Token::StringConstant(text) if before == Last::Import && text.as_str() == MODULE => {
            Last::Imported
        }
        Token::As if before == Last::Imported => Last::As,
        Token::Identifier(name) => {
            if before == Last::As {
                NAMES.with_borrow_mut(|names| names.push(name.to_string()));
            }
            match is_module(name) {
                true => Last::Module,
                false => Last::Other,
            }
        }
        Token::Period if before == Last::Module => Last::Dot,
        Token::DoubleColon => Last::Colons,
        _ => Last::Other,
    };
    LAST.set(now);
    match token {
        Token::Reserved(word) | Token::Identifier(word)
            if before == Last::Dot && word.as_str() == NAME =>
        {
            Token::Identifier(Box::new(KEY.into()))
        }
        Token::Reserved(word) if before == Last::Colons && word.as_str() == NAME => {
            Token::Identifier(word)
        }
        other => other,
    }
}

fn is_module(name: &str) -> bool {
    name == MODULE || NAMES.with_borrow(|names| names.iter().any(|other| other == name))
}
