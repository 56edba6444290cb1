//! A line of a script as a report shows it, and the position of its caret.
//!
//! Columns of a terminal are not characters: a tab takes several, an ideograph two, an accent none.

/// One line as it is shown.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Excerpt {
    pub text: String,
    /// How many columns are before the caret; `None` if the position is the whole line.
    pub caret: Option<usize>,
}

/// The most columns of a line that are shown.
const WIDTH_MAX: usize = 100;

/// How much of a longer line is shown after the position, if there is that much.
const AFTER: usize = 30;

/// A tab is shown as this many spaces, wherever it is.
const TAB: &str = "    ";

/// Replaces the rest of a line that is cut.
const CUT: &str = "…";

impl Excerpt {
    /// `line` with a caret under character `column`, from 1; 0 is none. A column past the end is the end.
    pub(super) fn of(line: &str, column: usize) -> Self {
        let shown: Vec<(String, usize)> = line.trim_end().chars().map(shown).collect();
        let place = column.saturating_sub(1).min(shown.len());
        let (first, end) = window(&shown, place);
        let mut text: String = shown[first..end].iter().map(|(text, _)| &**text).collect();
        let mut before = columns(&shown[first..place.clamp(first, end)]);
        if first > 0 {
            text.insert_str(0, CUT);
            before += 1;
        }
        if end < shown.len() {
            text.push_str(CUT);
        }
        Self {
            text,
            caret: (column > 0).then_some(before),
        }
    }
}

/// Returns which characters of a line are shown: all, or those around `place`.
fn window(shown: &[(String, usize)], place: usize) -> (usize, usize) {
    if columns(shown) <= WIDTH_MAX {
        return (0, shown.len());
    }
    let (mut first, mut before) = (0, columns(&shown[..place]));
    while before > WIDTH_MAX - AFTER {
        before -= shown[first].1;
        first += 1;
    }
    let (mut end, mut taken) = (first, 0);
    while end < shown.len() && taken + shown[end].1 <= WIDTH_MAX {
        taken += shown[end].1;
        end += 1;
    }
    (first, end)
}

fn columns(shown: &[(String, usize)]) -> usize {
    shown.iter().map(|(_, width)| width).sum()
}

/// Returns a character as it is shown, and the columns it takes.
fn shown(char: char) -> (String, usize) {
    match char {
        '\t' => (TAB.into(), TAB.len()),
        // What would move the cursor or change colours.
        _ if char.is_control() => ("\u{fffd}".into(), 1),
        _ => (char.into(), width(char)),
    }
}

/// Returns the columns a character takes: the ranges of Unicode's tables that matter, coarsely.
fn width(char: char) -> usize {
    match u32::from(char) {
        0x300..=0x36f
        | 0x483..=0x489
        | 0x591..=0x5bd
        | 0x610..=0x61a
        | 0x64b..=0x65f
        | 0x1ab0..=0x1aff
        | 0x1dc0..=0x1dff
        | 0x200b..=0x200f
        | 0x202a..=0x202e
        | 0x2060..=0x2064
        | 0x20d0..=0x20ff
        | 0xfe00..=0xfe0f
        | 0xfe20..=0xfe2f
        | 0xfeff
        | 0x1f3fb..=0x1f3ff
        | 0xe0100..=0xe01ef => 0,
        0x1100..=0x115f
        | 0x231a..=0x231b
        | 0x23e9..=0x23ec
        | 0x2614..=0x2615
        | 0x2648..=0x2653
        | 0x26a1
        | 0x2705
        | 0x2728
        | 0x274c
        | 0x2e80..=0x303e
        | 0x3041..=0x4dbf
        | 0x4e00..=0xa4cf
        | 0xa960..=0xa97f
        | 0xac00..=0xd7a3
        | 0xf900..=0xfaff
        | 0xfe30..=0xfe6f
        | 0xff01..=0xff60
        | 0xffe0..=0xffe6
        | 0x1f300..=0x1f64f
        | 0x1f680..=0x1f6ff
        | 0x1f7e0..=0x1f7eb
        | 0x1f900..=0x1f9ff
        | 0x1fa70..=0x1faff
        | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}
