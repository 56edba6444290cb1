//! The part of an input that is painted when the input is taller than the window.
//!
//! rustyline paints a whole input and then moves the cursor up to its row. Where the input is taller than the window, its
//! first rows have scrolled away, and the cursor stops at the top of the window, whatever is there. So the highlighter
//! leaves out what cannot be seen, such that the row of the cursor is where the cursor stops: the last rows of the input
//! if the cursor is in one of them, or else as many rows as there are, beginning with that of the cursor.

use std::ops::Range;

use rustyline::GraphemeClusterMode;
use unicode_segmentation::UnicodeSegmentation;

/// rustyline's distance between tab stops.
const TAB_STOP: usize = 8;

/// The size of the terminal, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    pub columns: usize,
    pub rows: usize,
}

/// A position on the screen, counted from where the prompt begins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Spot {
    row: usize,
    column: usize,
}

/// Measures text as rustyline does.
pub(crate) struct Ruler {
    window: Window,
    widths: GraphemeClusterMode,
}

impl Ruler {
    pub(crate) fn new(window: Window) -> Self {
        Self {
            window,
            widths: GraphemeClusterMode::from_env(),
        }
    }

    /// Returns whether a text can be seen as a whole.
    pub(crate) fn fits(&self, text: &str) -> bool {
        self.after(text, Spot::default()).row < self.window.rows
    }

    /// Returns how many rows of the window are above that of the cursor, and above the last row of the line; and the part of `line` to
    /// paint, if the prompt and the line do not fit into the window. `cursor` is in bytes.
    pub(crate) fn view(
        &self,
        prompt: &str,
        line: &str,
        cursor: usize,
    ) -> ((usize, usize), Option<Range<usize>>) {
        let begin = self.after(prompt, Spot::default());
        let at_cursor = self.after(&line[..cursor], begin);
        let end = self.after(&line[cursor..], at_cursor);
        let most = self.window.rows - 1;
        let above = (at_cursor.row.min(most), end.row.min(most));
        (above, self.visible(line, [begin, at_cursor, end]))
    }

    fn visible(&self, line: &str, [begin, at_cursor, end]: [Spot; 3]) -> Option<Range<usize>> {
        let hidden = (end.row + 1).checked_sub(self.window.rows)?;
        if hidden == 0 {
            return None;
        }
        let top = hidden.min(at_cursor.row);
        // After a full row rustyline itself begins the next one.
        let is_full = end.column == 0 && !line.ends_with('\n');
        let bottom = top + self.window.rows - usize::from(is_full);
        let starts = self.rows(line, begin);
        let start_of = |row: usize| match row.checked_sub(begin.row) {
            Some(row) => starts.get(row).copied().unwrap_or(line.len()),
            None => 0,
        };
        let (start, stop) = (start_of(top), start_of(bottom));
        let is_cut = stop < line.len();
        let shown = &line[start..stop];
        let shown = shown.strip_suffix('\n').filter(|_| is_cut).unwrap_or(shown);
        Some(start..start + shown.len())
    }

    /// Returns the position after a text that begins at `spot`. A full row ends at the beginning of the next one.
    fn after(&self, text: &str, mut spot: Spot) -> Spot {
        for piece in text.graphemes(true) {
            self.advance(&mut spot, piece);
        }
        if spot.column == self.window.columns {
            spot.row += 1;
            spot.column = 0;
        }
        spot
    }

    /// Returns the bytes of `line` at which its rows begin.
    fn rows(&self, line: &str, mut spot: Spot) -> Vec<usize> {
        let mut starts = vec![0];
        for (at, piece) in line.grapheme_indices(true) {
            let row = spot.row;
            self.advance(&mut spot, piece);
            if spot.row > row {
                starts.push(if piece == "\n" { at + 1 } else { at });
            }
        }
        starts
    }

    fn advance(&self, spot: &mut Spot, piece: &str) {
        let width = match piece {
            "\n" => {
                spot.row += 1;
                spot.column = 0;
                return;
            }
            "\t" => TAB_STOP - spot.column % TAB_STOP,
            _ => self.widths.width(piece).into(),
        };
        spot.column += width;
        if spot.column > self.window.columns {
            spot.row += 1;
            spot.column = width;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visible(line: &str, cursor: usize) -> Option<String> {
        let window = Window {
            columns: 10,
            rows: 3,
        };
        let range = Ruler::new(window).view(">>> ", line, cursor).1?;
        Some(line[range].to_string())
    }

    #[test]
    fn what_fits_is_painted_as_a_whole() {
        assert_eq!(visible("a\nb\nc", 0), None);
        assert_eq!(visible("012345678", 9), None);
    }

    #[test]
    fn the_cursor_is_in_the_last_rows_or_in_the_first_that_is_painted() {
        let line = "a\nb\nc\nd\ne";
        for (cursor, wanted) in [
            (0, "a\nb\nc"),
            (2, "b\nc\nd"),
            (4, "c\nd\ne"),
            (6, "c\nd\ne"),
            (9, "c\nd\ne"),
        ] {
            assert_eq!(visible(line, cursor).as_deref(), Some(wanted), "{cursor}");
        }
        // The last row is empty.
        assert_eq!(visible("a\nb\nc\nd\n", 8).as_deref(), Some("c\nd\n"));
    }

    #[test]
    fn rows_that_wrap_are_rows() {
        // 012345 is in the row of the prompt, and characters of two columns are not split.
        let line = "0123450123456789漢字漢字漢字";
        assert_eq!(
            visible(line, line.len()).as_deref(),
            Some("0123456789漢字漢字漢字")
        );
        let line = "0123450123456789012345678901234567890";
        assert_eq!(visible(line, 0).as_deref(), Some(&line[..26]));
        // rustyline begins the row after a full one.
        let line = &line[..36];
        assert_eq!(visible(line, 36).as_deref(), Some(&line[16..]));
    }
}
