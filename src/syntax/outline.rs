//! Finds the surroundings of a position in a script's source, when an error is reported.

use super::lexer::Kind;
use super::pieces::{Piece, pieces};

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
        let mut depth = 0_usize;
        for at in open..self.pieces.len() {
            match self.piece(at) {
                "(" | "[" | "{" | "#{" => depth += 1,
                ")" | "]" | "}" => depth = depth.checked_sub(1)?,
                _ => (),
            }
            if depth == 0 {
                let begin = self.pieces[open].end();
                return self.text.get(begin..self.pieces[at].start).map(str::trim);
            }
        }
        None
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
        assert_eq!(Outline::of("").at(1, 1), None);
    }
}
