//! The script around an error in pieces: matching brackets, and where the statement begins and ends.

use std::cell::Cell;
use std::ops::Range;

use crate::script::names::Names;
use crate::syntax::{Brackets, Kind, Piece, is_opening, pieces};

/// A script in pieces, with the position of its error.
#[derive(Debug)]
pub(super) struct Reading<'t> {
    /// The names that exist in scripts.
    pub names: &'t Names,
    pub text: &'t str,
    /// Rhai's message.
    pub message: &'t str,
    pub tokens: &'t [Piece<'t>],
    pub comments: &'t [Piece<'t>],
    /// The position of the error: line and column.
    pub place: (usize, usize),
    /// The piece at the error, or the first one after it; the number of pieces if there is none.
    pub at: usize,
    brackets: &'t Brackets,
    /// How deep the part nests that is being translated.
    nesting: Cell<usize>,
}

/// The words that begin a statement with a block, in Python or here.
pub(super) const HEADERS: [&str; 16] = [
    "if", "elif", "else", "while", "for", "try", "except", "finally", "with", "def", "class", "fn",
    "catch", "loop", "switch", "match",
];

/// The most pieces of a statement that is translated: a longer one is never shown.
pub(super) const PIECES_MAX: usize = 200;

/// How deep the parts of a statement that is translated may nest: each level takes stack.
const NESTING_MAX: usize = 16;

/// The pieces of a script, for all of its errors.
#[derive(Debug)]
pub(crate) struct Pieces<'t> {
    text: &'t str,
    code: Vec<Piece<'t>>,
    comments: Vec<Piece<'t>>,
    brackets: Brackets,
}

impl<'t> Pieces<'t> {
    pub(crate) fn of(text: &'t str) -> Self {
        let (code, comments) = pieces(text);
        let symbols = code.iter().map(|piece| match piece.kind {
            Kind::Symbol => piece.text,
            _ => "",
        });
        Self {
            text,
            brackets: Brackets::of(symbols),
            code,
            comments,
        }
    }
}

impl<'t> Reading<'t> {
    /// Reads a script that has the error `message` at `line` and `column` (from 1; 0 if unknown).
    pub(super) fn new(
        names: &'t Names,
        pieces: &'t Pieces<'t>,
        (line, column): (usize, usize),
        message: &'t str,
    ) -> Self {
        let tokens = &pieces.code;
        let at = match line {
            0 => tokens.len(),
            _ => tokens.partition_point(|token| token.place_after() <= (line, column.max(1))),
        };
        Self {
            names,
            text: pieces.text,
            message,
            brackets: &pieces.brackets,
            tokens,
            comments: &pieces.comments,
            place: (line, column.max(1)),
            at,
            nesting: Cell::new(0),
        }
    }

    /// Translates a part of what is being translated; `None` if it nests too deep.
    pub(super) fn inner(&self, translate: impl FnOnce() -> Option<String>) -> Option<String> {
        let nesting = self.nesting.get();
        if nesting == NESTING_MAX {
            return None;
        }
        self.nesting.set(nesting + 1);
        let translated = translate();
        self.nesting.set(nesting);
        translated
    }

    /// The symbol at `index`; empty for anything else.
    pub(super) fn symbol(&self, index: usize) -> &'t str {
        self.piece(index, Kind::Symbol)
    }

    /// The word at `index`; empty for anything else.
    pub(super) fn word(&self, index: usize) -> &'t str {
        self.piece(index, Kind::Word)
    }

    fn piece(&self, index: usize, kind: Kind) -> &'t str {
        let token = self.tokens.get(index).filter(|token| token.kind == kind);
        token.map_or("", |token| token.text)
    }

    /// The line and column of a piece.
    pub(super) fn place_of(&self, index: usize) -> (usize, usize) {
        self.tokens[index].place()
    }

    /// The name that is not defined, if it is at the error.
    pub(super) fn unknown(&self) -> Option<&'t str> {
        let name = self.message.strip_prefix("name '")?;
        let name = name.strip_suffix("' is not defined")?;
        (self.word(self.at) == name).then_some(name)
    }

    /// The piece at the error and the one before it.
    pub(super) fn near(&self) -> impl Iterator<Item = usize> + use<> {
        [Some(self.at), self.before()].into_iter().flatten()
    }

    /// The piece before the error.
    pub(super) fn before(&self) -> Option<usize> {
        self.at.checked_sub(1)
    }

    /// The comment that contains the error.
    pub(super) fn comment_here(&self) -> Option<&Piece<'t>> {
        let mut comments = self.comments.iter();
        comments.find(|comment| {
            (comment.line, comment.column) <= self.place && self.place < comment.place_after()
        })
    }

    /// The word before the error; empty for anything else.
    pub(super) fn word_before(&self) -> &'t str {
        self.before().map_or("", |index| self.word(index))
    }

    /// The bracket around a piece; at the end of the script, the last one that was never closed.
    pub(super) fn bracket_around(&self, index: usize) -> Option<usize> {
        if index < self.tokens.len() {
            return self.brackets.around(index);
        }
        let mut lonely = self.lonely().iter().copied();
        lonely.rfind(|at| is_opening(self.symbol(*at)))
    }

    pub(super) fn partner(&self, index: usize) -> Option<usize> {
        self.brackets.partner(index)
    }

    /// Brackets without a partner, in the order of the text.
    pub(super) fn lonely(&self) -> &[usize] {
        self.brackets.lonely()
    }

    /// The source from the first to the last of these pieces.
    pub(super) fn source(&self, range: Range<usize>) -> &'t str {
        match (self.tokens.get(range.start), range.end.checked_sub(1)) {
            (Some(first), Some(last)) if last >= range.start => {
                let end = self.tokens.get(last).map_or(self.text.len(), Piece::end);
                &self.text[first.start..end]
            }
            _ => "",
        }
    }

    /// Whether a piece is the first on its line.
    pub(super) fn begins_line(&self, index: usize) -> bool {
        match (self.tokens.get(index), index.checked_sub(1)) {
            (Some(token), Some(before)) => self.tokens[before].place_after().0 < token.line,
            (Some(_), None) => true,
            (None, _) => true,
        }
    }

    /// The column of the first piece on the line of this one.
    pub(super) fn indentation(&self, index: usize) -> usize {
        let line = self.tokens.get(index).map_or(0, |token| token.line);
        let first = self.tokens.partition_point(|token| token.line < line);
        self.tokens.get(first).map_or(0, |token| token.column)
    }

    /// Whether `{` at `index` holds a Python dict or an object map rather than a block.
    pub(super) fn is_map(&self, index: usize) -> bool {
        let before = index.checked_sub(1);
        match (self.symbol(index), before) {
            ("#{", _) => true,
            ("{", Some(before)) => {
                matches!(
                    self.symbol(before),
                    "(" | "[" | "," | "=" | ":" | "==" | "!=" | "+" | "%"
                ) || matches!(self.word(before), "in" | "return")
            }
            _ => false,
        }
    }

    /// The pieces of the statement around `index`, without the `;` or the block after it.
    pub(super) fn statement(&self, index: usize) -> Range<usize> {
        let start = self.statement_start(index.min(self.tokens.len()));
        start..self.statement_end(start)
    }

    fn statement_start(&self, index: usize) -> usize {
        let mut start = index;
        while let Some(before) = start.checked_sub(1) {
            let in_brackets = self.bracket_around(start).is_some_and(|bracket| {
                matches!(self.symbol(bracket), "(" | "[") || self.is_map(bracket)
            });
            match self.symbol(before) {
                ";" => break,
                ")" | "]" | "}" => match self.partner(before) {
                    Some(other) if self.symbol(before) != "}" || self.is_map(other) => {
                        if self.begins_line(start) && !in_brackets {
                            break;
                        }
                        start = other;
                    }
                    _ => break,
                },
                "{" if !self.is_map(before) => break,
                _ if self.begins_line(start) && !in_brackets && !self.goes_on(before) => break,
                _ => start = before,
            }
        }
        start
    }

    /// Whether a line that ends with this piece continues in the next one.
    fn goes_on(&self, index: usize) -> bool {
        self.tokens[index].kind == Kind::Symbol
            && !matches!(self.symbol(index), ":" | ";" | "}" | ")" | "]")
    }

    fn statement_end(&self, start: usize) -> usize {
        let has_block = HEADERS.contains(&self.word(start));
        let mut end = start;
        while end < self.tokens.len() {
            if end > start && self.begins_line(end) && !self.goes_on(end - 1) {
                break;
            }
            match self.symbol(end) {
                ";" | "}" | ")" | "]" => break,
                "{" if has_block && !self.is_map(end) => break,
                "(" | "[" | "{" | "#{" => match self.partner(end) {
                    Some(other) => end = other + 1,
                    None => end += 1,
                },
                _ => end += 1,
            }
        }
        end
    }

    /// Splits `range` at each `separator` outside of brackets, and not between the parameters of a `lambda`;
    /// an empty part after the last separator is left out.
    pub(super) fn parts(&self, range: Range<usize>, separator: &str) -> Vec<Range<usize>> {
        let (mut parts, mut start) = (Vec::new(), range.start);
        let mut in_lambda = false;
        for index in self.outside(range.clone()) {
            let text = self.tokens[index].text;
            match text {
                "lambda" => in_lambda = true,
                ":" => in_lambda = false,
                _ => (),
            }
            if text == separator && !(in_lambda && separator == ",") {
                parts.push(start..index);
                start = index + 1;
            }
        }
        if start < range.end {
            parts.push(start..range.end);
        }
        parts
    }

    /// The pieces of `range` outside of its brackets, and each opening bracket.
    pub(super) fn outside(&self, range: Range<usize>) -> Vec<usize> {
        let (mut found, mut index) = (Vec::new(), range.start);
        while index < range.end.min(self.tokens.len()) {
            found.push(index);
            index = match self.partner(index) {
                Some(other) if other > index => other + 1,
                _ => index + 1,
            };
        }
        found
    }

    /// The first piece of `range`, outside of brackets, that reads `text`.
    pub(super) fn find(&self, range: Range<usize>, text: &str) -> Option<usize> {
        let mut outside = self.outside(range).into_iter();
        outside.find(|index| self.tokens[*index].text == text)
    }
}
