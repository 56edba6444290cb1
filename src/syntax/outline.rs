//! Finds the surroundings of a position in a script's source, when an error is reported.

use super::lexer::Kind;
use super::pieces::{Piece, pieces};
use super::words::is_keyword;

/// A text in pieces.
pub(crate) struct Outline<'t> {
    text: &'t str,
    pieces: Vec<Piece<'t>>,
}

impl<'t> Outline<'t> {
    pub(crate) fn of(text: &'t str) -> Self {
        Self {
            text,
            pieces: pieces(text).0,
        }
    }

    /// The piece at a place, or the last one before it.
    pub(crate) fn at(&self, line: usize, column: usize) -> Option<usize> {
        let before = |piece: &Piece<'_>| (piece.line, piece.column) <= (line, column);
        self.pieces.partition_point(before).checked_sub(1)
    }

    /// The text of a piece; empty past the ends.
    pub(crate) fn piece(&self, at: usize) -> &'t str {
        self.pieces.get(at).map_or("", |piece| piece.text)
    }

    pub(crate) fn is_word(&self, at: usize) -> bool {
        let piece = self.pieces.get(at);
        piece.is_some_and(|piece| piece.kind == Kind::Word)
    }

    pub(crate) fn is_symbol(&self, at: usize) -> bool {
        let piece = self.pieces.get(at);
        piece.is_some_and(|piece| piece.kind == Kind::Symbol)
    }

    /// Whether the word at `at` is called.
    pub(crate) fn is_called(&self, at: usize) -> bool {
        self.piece(at + 1) == "("
    }

    /// What stands between the bracket at `open` and its partner.
    pub(crate) fn inside(&self, open: usize) -> Option<&'t str> {
        let close = self.closing(open)?;
        let begin = self.pieces[open].end();
        self.text
            .get(begin..self.pieces[close].start)
            .map(str::trim)
    }

    /// The path before the dot or the bracket at `dot`: `d.items`, if it is made of names and dots alone.
    pub(crate) fn path_before(&self, dot: usize) -> Option<&'t str> {
        let end = dot.checked_sub(1).filter(|at| self.is_word(*at))?;
        let mut first = end;
        while first >= 2 && self.piece(first - 1) == "." && self.is_word(first - 2) {
            first -= 2;
        }
        let is_whole = first == 0 || !matches!(self.piece(first - 1), "." | "::" | "?.");
        let range = self.pieces[first].start..self.pieces[end].end();
        self.text.get(range).filter(|_| is_whole)
    }

    /// The value that ends before the piece at `end`, as far as it consists of names, members, calls and indexes: `d.e(1)[2]`. Its first
    /// piece, and its text.
    pub(crate) fn value_before(&self, end: usize) -> Option<(usize, &'t str)> {
        let mut at = end.checked_sub(1)?;
        loop {
            if matches!(self.piece(at), ")" | "]") {
                at = self.opening(at)?;
                let before = at.checked_sub(1);
                if let Some(before) = before.filter(|before| self.ends_value(*before)) {
                    at = before;
                    continue;
                }
            }
            match at.checked_sub(2) {
                Some(owner) if matches!(self.piece(at - 1), "." | "?." | "::") => at = owner,
                _ => break,
            }
        }
        let (first, last) = (self.pieces.get(at)?, self.pieces.get(end - 1)?);
        let is_value = self.ends_value(end - 1) || first.kind != Kind::Symbol;
        let text = self.text.get(first.start..last.end())?;
        is_value.then_some((at, text))
    }

    /// The value that begins at a piece, and the piece after it, as [`value_before`](Self::value_before).
    pub(crate) fn value_from(&self, start: usize) -> Option<(usize, &'t str)> {
        let mut at = start;
        loop {
            self.pieces.get(at)?;
            at = match self.piece(at) {
                "(" | "[" | "#{" => self.closing(at)? + 1,
                _ => at + 1,
            };
            match self.piece(at) {
                "(" | "[" => (),
                "." | "?." | "::" => at += 1,
                _ => break,
            }
        }
        let text = self
            .text
            .get(self.pieces[start].start..self.pieces[at - 1].end())?;
        Some((at, text))
    }

    /// Whether a value may end with this piece.
    fn ends_value(&self, at: usize) -> bool {
        matches!(self.piece(at), ")" | "]") || self.is_word(at) && !is_keyword(self.piece(at))
    }

    /// The bracket that the one at `close` closes.
    pub(crate) fn opening(&self, close: usize) -> Option<usize> {
        let mut depth = 0_usize;
        for at in (0..=close).rev() {
            match self.piece(at) {
                ")" | "]" | "}" => depth += 1,
                "(" | "[" | "{" | "#{" => depth = depth.checked_sub(1)?,
                _ => (),
            }
            if depth == 0 {
                return Some(at);
            }
        }
        None
    }

    /// The bracket that closes the one at `open`.
    pub(crate) fn closing(&self, open: usize) -> Option<usize> {
        let mut depth = 0_usize;
        for at in open..self.pieces.len() {
            match self.piece(at) {
                "(" | "[" | "{" | "#{" => depth += 1,
                ")" | "]" | "}" => depth = depth.checked_sub(1)?,
                _ => (),
            }
            if depth == 0 {
                return Some(at);
            }
        }
        None
    }

    /// The text of these pieces.
    pub(crate) fn text_of(&self, range: std::ops::Range<usize>) -> &'t str {
        match (self.pieces.get(range.start), range.end.checked_sub(1)) {
            (Some(first), Some(last)) if last >= range.start && last < self.pieces.len() => {
                &self.text[first.start..self.pieces[last].end()]
            }
            _ => "",
        }
    }

    /// The line and column of a piece.
    pub(crate) fn place(&self, at: usize) -> (usize, usize) {
        self.pieces.get(at).map_or((0, 0), Piece::place)
    }

    /// The line of a piece.
    pub(crate) fn line(&self, at: usize) -> usize {
        self.pieces.get(at).map_or(0, |piece| piece.line)
    }

    /// The names of the functions that the text defines, each with its place.
    pub(crate) fn functions(&self) -> impl Iterator<Item = (usize, &'t str)> {
        let names = (1..self.pieces.len()).filter(|at| self.piece(at - 1) == "fn");
        names.map(|at| (at, self.piece(at)))
    }

    /// The parameters of the first function of this name, as they are written.
    pub(crate) fn parameters(&self, name: &str) -> Option<&'t str> {
        let (at, _) = self.functions().find(|(_, found)| *found == name)?;
        self.inside(at + 1)
    }

    /// The arguments of the closure that `name` is declared as, `|a, b|`, and its line.
    pub(crate) fn closure(&self, name: &str) -> Option<(&'t str, usize)> {
        let is_it = |at: &usize| {
            self.piece(*at) == name && self.piece(at + 1) == "=" && self.piece(at + 2) == "|"
        };
        let open = (0..self.pieces.len()).find(is_it)? + 2;
        let close = (open + 1..self.pieces.len()).find(|at| self.piece(*at) == "|")?;
        let range = self.pieces[open].start..self.pieces[close].end();
        Some((self.text.get(range)?, self.pieces[open].line))
    }

    /// The path of the module imported as `alias`, as it is written.
    pub(crate) fn imported(&self, alias: &str) -> Option<&'t str> {
        let at = (3..self.pieces.len()).find(|at| {
            self.piece(*at) == alias && self.piece(at - 1) == "as" && self.piece(at - 3) == "import"
        })?;
        Some(self.piece(at - 2).trim_matches(['"', '\'', '`']))
    }

    pub(crate) fn len(&self) -> usize {
        self.pieces.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_around_a_place_is_found() {
        let outline = Outline::of("import \"a/b\" as lib;\nlet x = d.e.f(1, g[2]).h;");
        let at = outline.at(2, 13).unwrap();
        assert_eq!(outline.piece(at), "f");
        assert!(outline.is_called(at));
        assert_eq!(outline.inside(at + 1), Some("1, g[2]"));
        assert_eq!(outline.path_before(at - 1), Some("d.e"));
        let last = outline.at(9, 9).unwrap();
        assert_eq!(outline.piece(last), ";");
        assert_eq!(outline.path_before(last - 2), None);
        assert_eq!(outline.imported("lib"), Some("a/b"));
        assert_eq!(outline.imported("x"), None);
        let values = Outline::of("let x = -d.e(1)[2].f + g::h(|y| y)[0] * 3; fn k() { }");
        let plus = values.at(1, 23).unwrap();
        assert_eq!(values.value_before(plus), Some((4, "d.e(1)[2].f")));
        assert_eq!(values.value_from(plus + 1).unwrap().1, "g::h(|y| y)[0]");
        assert_eq!(values.value_before(3), None);
        assert_eq!(
            values.functions().map(|(_, name)| name).collect::<Vec<_>>(),
            ["k"]
        );
        assert_eq!(Outline::of("").at(1, 1), None);
    }
}
