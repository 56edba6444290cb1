//! The comparisons `==`, `!=`, `<`, `<=`, `>`, `>=`, which Rhai would do in its own way before anybody else is asked: it says "no" where two
//! values have no order, and where one of two numbers is infinite.
//!
//! So a program's comparisons are read as operators of our own, with names that no script can spell. Functions of these names compare
//! (`runtime/comparisons.rs`); whoever looks at a tree asks [`meant`] which operator was written.

use rhai::{Engine, Token};

/// A comparison.
#[derive(Debug)]
pub(crate) struct Comparison {
    /// As it is written.
    pub symbol: &'static str,
    /// The name of its function.
    pub name: &'static str,
    token: Token,
}

/// All comparisons.
pub(crate) static COMPARISONS: [Comparison; 6] = [
    Comparison::new("==", "== ", Token::EqualsTo),
    Comparison::new("!=", "!= ", Token::NotEqualsTo),
    Comparison::new("<", "< ", Token::LessThan),
    Comparison::new("<=", "<= ", Token::LessThanEqualsTo),
    Comparison::new(">", "> ", Token::GreaterThan),
    Comparison::new(">=", ">= ", Token::GreaterThanEqualsTo),
];

/// How strongly `==` and `!=` bind, in Rhai's table of operators.
const EQUALITY: u8 = 90;

/// How strongly the others bind.
const ORDER: u8 = 130;

impl Comparison {
    const fn new(symbol: &'static str, name: &'static str, token: Token) -> Self {
        Self {
            symbol,
            name,
            token,
        }
    }

    fn binds(&self) -> u8 {
        match self.token {
            Token::EqualsTo | Token::NotEqualsTo => EQUALITY,
            _ => ORDER,
        }
    }
}

/// Lets an engine read these operators.
pub(crate) fn register(engine: &mut Engine) {
    for comparison in &COMPARISONS {
        // It refuses only names that mean something already.
        let _ = engine.register_custom_operator(comparison.name, comparison.binds());
    }
}

/// Returns the token to read in place of another. It is asked for each token of a text.
pub(crate) fn read(token: Token) -> Token {
    let known = COMPARISONS.iter().find(|known| known.token == token);
    known.map_or(token, |known| Token::Custom(Box::new(known.name.into())))
}

/// Returns the operator that was written, for the token of an operator in a tree.
pub(crate) fn meant(token: &Token) -> &Token {
    match token {
        Token::Custom(name) => COMPARISONS
            .iter()
            .find(|known| known.name == name.as_str())
            .map_or(token, |known| &known.token),
        other => other,
    }
}
