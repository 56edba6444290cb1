//! The statements of a text that does not parse, to go on behind an error.

use std::ops::Range;

use super::brackets::Brackets;
use super::items::continues;
use super::lexer::Kind;
use super::pieces::{Piece, pieces};

/// Returns the text without the statement at a line and column, which is in error: its code becomes spaces, and every other character stays
/// at its place. The blocks in it are kept, because they may have errors of their own. Nothing if there is no code at the place.
///
/// Where `only_before` is set, the statement ends before the place: its `;` is missing there.
pub(crate) fn without_statement(
    text: &str,
    place: (usize, usize),
    only_before: bool,
) -> Option<String> {
    let (code, _) = pieces(text);
    let at = code.partition_point(|piece| piece.place_after() <= place);
    let statements = Statements::of(&code);
    let range = statements.around(at.min(code.len().checked_sub(1)?));
    let range = match only_before {
        true => range.start..at.min(range.end),
        false => range,
    };
    let mut left = text.to_string();
    for part in statements.outside_blocks(range.clone()).into_iter().rev() {
        let bytes = code[part.start].start..code[part.end - 1].end();
        // A block of the loop is kept behind it.
        let has_block = part.start == range.start && part.end < range.end;
        let is_loop = has_block && matches!(code[part.start].text, "for" | "while" | "loop");
        left.replace_range(bytes.clone(), &blank(&text[bytes], is_loop));
    }
    (left != text).then_some(left)
}

/// Returns spaces for code, with the line breaks in it. What begins a loop is `loop`, so that its block may have a `break`.
fn blank(code: &str, is_loop: bool) -> String {
    let start = if is_loop { "loop" } else { "" };
    let rest = code.chars().skip(start.len());
    let rest = rest.map(|c| if c == '\n' { '\n' } else { ' ' });
    start.chars().chain(rest).collect()
}

struct Statements<'p> {
    code: &'p [Piece<'p>],
    /// Without those brackets that have no partner.
    brackets: Brackets,
}

impl<'p> Statements<'p> {
    fn of(code: &'p [Piece<'p>]) -> Self {
        let symbol = |piece: &Piece<'p>| match piece.kind {
            Kind::Symbol => piece.text,
            _ => "",
        };
        let all = Brackets::of(code.iter().map(symbol));
        let lonely = all.lonely();
        let with_partner = code.iter().enumerate().map(|(at, piece)| {
            let is_lonely = lonely.binary_search(&at).is_ok();
            if is_lonely { "" } else { symbol(piece) }
        });
        let brackets = Brackets::of(with_partner);
        Self { code, brackets }
    }

    fn piece(&self, at: usize) -> &'p str {
        let piece = self.code.get(at);
        let piece = piece.filter(|piece| piece.kind != Kind::String);
        piece.map_or("", |piece| piece.text)
    }

    /// The pieces of the innermost statement around one.
    fn around(&self, at: usize) -> Range<usize> {
        let mut inner = at;
        let mut block = self.brackets.around(inner);
        while let Some(open) = block.filter(|open| !self.is_block(*open)) {
            inner = open;
            block = self.brackets.around(inner);
        }
        let is_here = |at: &usize| self.brackets.around(*at) == block;
        let first = block.map_or(0, |open| open + 1);
        let before = (first..inner).rev().filter(is_here);
        let start = before
            .take_while(|at| !self.ends(*at))
            .last()
            .unwrap_or(inner);
        let last = block.and_then(|open| self.brackets.partner(open));
        let last = last.unwrap_or(self.code.len());
        let end = (inner..last).filter(is_here).find(|at| self.ends(*at));
        start..end.map_or(last, |end| end + 1)
    }

    /// Whether a statement ends with this piece.
    fn ends(&self, at: usize) -> bool {
        if self.code[at].is_string() && !self.code[at].is_closed {
            return true;
        }
        match self.piece(at) {
            ";" => true,
            "}" => {
                let open = self.brackets.partner(at);
                open.is_some_and(|open| self.is_braced(open)) && !continues(self.piece(at + 1))
            }
            _ => false,
        }
    }

    /// Whether the bracket opens a block of statements.
    fn is_block(&self, open: usize) -> bool {
        self.is_braced(open) && !self.has_cases(open)
    }

    /// Whether the bracket opens a block or the cases of a `switch`, and not a dict.
    fn is_braced(&self, open: usize) -> bool {
        let before = open.checked_sub(1).map_or("", |before| self.piece(before));
        let is_value = matches!(
            before,
            "(" | "[" | "," | "=" | ":" | "==" | "!=" | "+" | "%" | "in" | "return" | "=>"
        );
        self.piece(open) == "{" && !is_value
    }

    /// Whether the cases of a `switch` are in this bracket.
    fn has_cases(&self, open: usize) -> bool {
        let around = self.brackets.around(open);
        let before = (0..open).rev();
        let head = before
            .take_while(|at| *at > around.unwrap_or(0) || around.is_none())
            .filter(|at| self.brackets.around(*at) == around)
            .take_while(|at| !matches!(self.piece(*at), ";" | "}" | "{"));
        let mut head = head;
        head.any(|at| matches!(self.piece(at), "switch" | "match"))
    }

    /// The parts of a range that are outside of the blocks in it.
    fn outside_blocks(&self, range: Range<usize>) -> Vec<Range<usize>> {
        let (mut parts, mut start, mut at) = (Vec::new(), range.start, range.start);
        while at < range.end {
            let close = self.brackets.partner(at);
            let close = close.filter(|close| *close < range.end && self.is_block(at));
            at = match close {
                Some(close) if close > at => {
                    parts.push(start..at);
                    start = close + 1;
                    close + 1
                }
                _ => at + 1,
            };
        }
        parts.push(start..range.end);
        parts.retain(|part| !part.is_empty());
        parts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text without the statement at `@`.
    fn without(text: &str) -> String {
        let (before, _) = text.split_once('@').unwrap();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap().chars().count() + 1;
        without_statement(&text.replace('@', ""), (line, column), false).unwrap_or_default()
    }

    #[test]
    fn a_statement_becomes_spaces_and_its_blocks_stay() {
        assert_eq!(without("a; let x = @é é; b;"), "a;              b;");
        assert_eq!(without("fn f() { a; @b c; d }"), "fn f() { a;      d }");
        assert_eq!(
            without("if x @= 1 { a; } else { b; } c"),
            "         { a; }      { b; } c"
        );
        assert_eq!(without("for @1 in x { break; }"), "loop       { break; }");
        assert_eq!(without("f(@a b, |x| { c; }); d"), "           { c; }   d");
        assert_eq!(without("switch a { 1 => @; }\nb"), "                   \nb");
        assert_eq!(without("let d = @{a: 1}; b"), "                b");
        assert_eq!(without("f((@a; b;"), "      b;");
        assert_eq!(without("let s = @\"b;\nc;"), "           \nc;");
        assert_eq!(without("while a @b { c; }"), "loop      { c; }");
        assert_eq!(
            without("while a b {\n  let k = 1 @2;\n c; }"),
            "while a b {\n              \n c; }"
        );
        assert_eq!(without("@"), "");
    }
}
