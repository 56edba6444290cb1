//! `with a, b as c { … }`: its words, and its parts in Rhai's trees.

use std::cell::Cell;

use rhai::{CustomExpr, Dynamic, Expr, Expression, ImmutableString, StmtBlock, Token};

/// The key of the statement among an engine's own syntax, which no script can spell: the word is also the name of methods.
pub(crate) const KEY: &str = "with ";

const WORD: &str = "with";

/// A function of the language that is also the name of methods: `logger.debug(…)`.
const DEBUG: &str = "debug";

const EXPRESSION: &str = "$expr$";
const NAME: &str = "$ident$";
const BLOCK: &str = "$block$";

/// For each item of a statement, in the state of its node, that it has a name, or none. The state is a string: Rhai computes hashes of closures.
const NAMED: char = 'n';
const UNNAMED: char = '-';

/// The token before another, as far as it decides what `with` is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before {
    /// A dot: a member follows.
    Dot,
    /// A key of a dict or a function follows.
    Name,
    /// A variable is declared.
    Declaration,
    Other,
}

thread_local! {
    /// Whether what is being read is a name that is thrown: `throw queue.Empty`.
    static THROWN: Cell<bool> = const { Cell::new(false) };
    static BEFORE: Cell<Before> = const { Cell::new(Before::Other) };
}

/// Forgets the token that was read last: another text begins.
pub(crate) fn begin_text() {
    BEFORE.set(Before::Other);
    THROWN.set(false);
}

/// Returns whether the word that was read last is thrown.
pub(crate) fn is_thrown() -> bool {
    THROWN.get()
}

/// Returns the token for a word that begins a `with` statement or is a name, and whether it comes after a dot. It is asked for each token of
/// a text.
pub(crate) fn read(token: Token) -> (Token, bool) {
    let now = match &token {
        Token::Period | Token::Elvis => Before::Dot,
        Token::DoubleColon | Token::MapStart | Token::Comma | Token::Fn => Before::Name,
        Token::Let | Token::Const => Before::Declaration,
        _ => Before::Other,
    };
    let before = BEFORE.replace(now);
    let goes_on = THROWN.get() && matches!(token, Token::Identifier(_) | Token::Period);
    THROWN.set(goes_on || matches!(token, Token::Throw));
    let token = match token {
        Token::Reserved(word) if word.as_str() == WORD => match before {
            Before::Dot | Before::Name => Token::Identifier(word),
            Before::Declaration => Token::Reserved(word),
            // Not `Token::Custom`, which Rhai takes for an operator after an expression.
            Before::Other => Token::Identifier(Box::new(KEY.into())),
        },
        Token::Reserved(word)
            if word.as_str() == DEBUG && matches!(before, Before::Dot | Before::Name) =>
        {
            Token::Identifier(word)
        }
        other => other,
    };
    (token, before == Before::Dot)
}

/// Returns what the parser has to read next, after the segments of a statement that it has read; `None` at its end. `next` is the next token.
pub(crate) fn following(
    segments: &[ImmutableString],
    next: &str,
    state: &mut Dynamic,
) -> Option<ImmutableString> {
    let following = match segments.last().map(ImmutableString::as_str) {
        Some(BLOCK) => {
            *state = names_in(segments).into();
            return None;
        }
        _ if segments.len() == 1 => EXPRESSION,
        Some(",") => EXPRESSION,
        Some("as") => NAME,
        Some(EXPRESSION) if next == "as" => "as",
        _ if next == "," => ",",
        _ => BLOCK,
    };
    Some(following.into())
}

fn names_in(segments: &[ImmutableString]) -> String {
    let mut names = String::new();
    for segment in segments {
        match segment.as_str() {
            EXPRESSION => names.push(UNNAMED),
            "as" => {
                names.pop();
                names.push(NAMED);
            }
            _ => (),
        }
    }
    names
}

/// The parts of a statement that is being run.
pub(crate) struct Parts<'e, E> {
    inputs: &'e [E],
    names: ImmutableString,
    at: usize,
}

impl<'e, E> Parts<'e, E> {
    pub(crate) fn new(inputs: &'e [E], state: &Dynamic) -> Self {
        let names = state.as_immutable_string_ref();
        Self {
            inputs,
            names: names.map_or_else(|_| ImmutableString::new(), |names| names.clone()),
            at: 0,
        }
    }

    /// Returns the next item with the name it gets, if it has one; `None` when only the block is left.
    pub(crate) fn next_item(&mut self) -> Option<(&'e E, Option<&'e E>)> {
        let has_name = self
            .names
            .as_bytes()
            .get(self.at)
            .map(|&it| char::from(it))?
            == NAMED;
        self.at += 1;
        let (item, rest) = self.inputs.split_first()?;
        self.inputs = rest;
        let name = if has_name {
            let (name, rest) = rest.split_first()?;
            self.inputs = rest;
            Some(name)
        } else {
            None
        };
        Some((item, name))
    }

    /// Returns the block.
    pub(crate) fn block(&self) -> Option<&'e E> {
        self.inputs.last()
    }
}

/// Returns a statement in a tree.
pub(crate) fn of(expr: &Expr) -> Option<&CustomExpr> {
    match expr {
        Expr::Custom(custom, _) => is_it(custom).then_some(custom),
        _ => None,
    }
}

/// Returns the variables that a statement in a tree declares; none for other expressions.
pub(crate) fn declared_by(expr: &Expr) -> Vec<ImmutableString> {
    let items = named_items(expr).into_iter();
    items.map(|(_, name)| name.clone()).collect()
}

/// Returns the items of a statement in a tree that get names, with these; none for other expressions.
pub(crate) fn named_items(expr: &Expr) -> Vec<(&Expr, &ImmutableString)> {
    let mut named = Vec::new();
    if let Some(with) = of(expr) {
        let mut parts = Parts::new(&with.inputs, &with.state);
        while let Some((item, name)) = parts.next_item() {
            if let Some(Expr::Variable(variable, ..)) = name {
                named.push((item, &variable.1));
            }
        }
    }
    named
}

/// Returns the parts of a statement in a tree, to be changed.
pub(crate) fn inputs_of(expr: &mut Expr) -> Option<&mut [Expr]> {
    match expr {
        Expr::Custom(custom, _) if is_it(custom) => Some(&mut custom.inputs),
        _ => None,
    }
}

/// Returns the block of a statement in a tree.
#[cfg(feature = "compile")]
pub(crate) fn block_of(expr: &Expr) -> Option<&StmtBlock> {
    match of(expr)?.inputs.last()? {
        Expr::Stmt(block) => Some(block),
        _ => None,
    }
}

/// As [`block_of`], to be changed.
pub(crate) fn block_of_mut(expr: &mut Expr) -> Option<&mut StmtBlock> {
    match inputs_of(expr)?.last_mut()? {
        Expr::Stmt(block) => Some(block),
        _ => None,
    }
}

fn is_it(custom: &CustomExpr) -> bool {
    custom.tokens.first().is_some_and(|key| key == KEY)
}

/// Returns the name of an item.
pub(crate) fn name_of(name: &Expression) -> ImmutableString {
    name.get_string_value().unwrap_or_default().into()
}
