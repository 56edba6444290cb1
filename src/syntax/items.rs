//! The statements and functions of a text.

use std::ops::Range;

use super::brackets::Brackets;
use super::lexer::{Kind, code};

/// The statements and functions at the top level of a text, whether they parse or not. Together they are the whole text.
pub(crate) fn items(text: &str) -> Vec<Range<usize>> {
    let code: Vec<_> = code(text).collect();
    let piece = |at: usize| {
        let token = code.get(at).filter(|token| token.kind != Kind::String);
        token.map_or("", |token| &text[token.range.clone()])
    };
    let brackets = Brackets::of((0..code.len()).map(piece));
    let opens_block = |at: usize| brackets.partner(at).is_none_or(|open| piece(open) == "{");
    let ends = |at: usize| match piece(at) {
        ";" => true,
        "}" => opens_block(at) && !continues(piece(at + 1)),
        _ => false,
    };
    let (mut items, mut start) = (Vec::new(), 0);
    for (at, token) in code.iter().enumerate() {
        if brackets.around(at).is_none() && ends(at) {
            items.push(start..token.range.end);
            start = token.range.end;
        }
    }
    items.push(start..text.len());
    items
}

/// The name and the number of parameters of the function that an item defines.
pub(crate) fn function(item: &str) -> Option<(&str, usize)> {
    let mut code = code(item).map(|token| (token.kind, &item[token.range]));
    let is_function = code.find(|(_, piece)| *piece != "private")?.1 == "fn";
    let (_, name) = code.next().filter(|_| is_function)?;
    let parameters = code.skip(1).take_while(|(_, piece)| *piece != ")");
    let words = parameters.filter(|(kind, _)| *kind == Kind::Word);
    Some((name, words.count()))
}

/// Whether what is behind a block belongs to the same statement.
pub(super) fn continues(next: &str) -> bool {
    let continuations = [
        "else", "catch", "while", "until", "elif", "except", "finally", ".", "?.", ";", ")", ",",
        "?",
    ];
    continuations.contains(&next)
}
