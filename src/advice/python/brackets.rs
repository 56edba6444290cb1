//! Recognises brackets that do not match, and `//` meant as division.

use super::reading::Reading;
use super::row::Found;
use crate::syntax::{Kind, is_opening, pieces};

pub(super) fn closing(opening: &str) -> &'static str {
    match opening {
        "(" => ")",
        "[" => "]",
        _ => "}",
    }
}

/// `print([1, 2);`
pub(super) fn closed_by_another(read: &Reading<'_>) -> Option<Found> {
    let closes = read.symbol(read.at);
    let opened = match read.partner(read.at) {
        // What is between them was never closed.
        Some(partner) => *read
            .lonely()
            .iter()
            .rfind(|at| partner < **at && **at < read.at)?,
        None => read.bracket_around(read.at)?,
    };
    let opening = read.symbol(opened);
    if !matches!(closes, ")" | "]" | "}") || closing(opening) == closes {
        return None;
    }
    let line = read.tokens[opened].line.to_string();
    Some(Found::names([closes, opening, &line, closing(opening)]))
}

/// `print(1); }`
pub(super) fn unmatched(read: &Reading<'_>) -> Option<Found> {
    let closes = read.symbol(read.at);
    let opening = match closes {
        ")" => "(",
        "]" => "[",
        "}" => "{",
        _ => return None,
    };
    read.lonely()
        .contains(&read.at)
        .then(|| Found::names([closes, opening]))
}

/// A bracket that is never closed: the parser notices at the next statement, or at the end of the script.
pub(super) fn never_closed(read: &Reading<'_>) -> Option<Found> {
    let opened = open_bracket(read)?;
    let opening = read.symbol(opened);
    Some(Found::names([opening, closing(opening)]).at(read.place_of(opened)))
}

fn open_bracket(read: &Reading<'_>) -> Option<usize> {
    let opened = read
        .bracket_around(read.at)
        .filter(|at| read.lonely().contains(at))?;
    let is_block = read.symbol(opened) == "{" && !read.is_map(opened);
    let at_end = read.at >= read.tokens.len();
    let noticed = if is_block {
        let nested = read.message.starts_with("Function definitions");
        at_end || nested && read.indentation(read.at) <= read.indentation(opened)
    } else {
        at_end || read.symbol(read.at) == ";" || read.begins_line(read.at)
    };
    let opened = if is_block {
        outdented(read).unwrap_or(opened)
    } else {
        opened
    };
    noticed.then_some(opened)
}

/// The first `{` that is closed by a `}` of an outer block, as the indentation shows.
fn outdented(read: &Reading<'_>) -> Option<usize> {
    (0..read.tokens.len()).find(|opened| {
        read.symbol(*opened) == "{"
            && read.partner(*opened).is_some_and(|closed| {
                read.begins_line(closed) && read.indentation(closed) < read.indentation(*opened)
            })
    })
}

/// `x // 2`: the comment swallows the rest of the statement, and the parser fails further down.
pub(super) fn division(read: &Reading<'_>) -> Option<Found> {
    let before = read.before()?;
    let limit = read
        .tokens
        .get(read.at)
        .map_or(read.text.len(), |token| token.start);
    let mut above = read.comments.iter().filter(|comment| comment.start < limit);
    let comment = above.rfind(|comment| looks_like_divisor(comment.text))?;
    let swallows = match open_bracket(read) {
        Some(bracket) => read.tokens[bracket].start < comment.start,
        None => read.tokens[before].end() <= comment.start && read.message.contains("';'"),
    };
    let line = read.text.lines().nth(comment.line - 1)?;
    swallows.then(|| Found::code(Some(line.trim().replacen("//", "/", 1))).at(comment.place()))
}

/// Whether `//` is followed by one operand and the end of a statement.
fn looks_like_divisor(comment: &str) -> bool {
    let Some(rest) = comment.strip_prefix("//") else {
        return false;
    };
    let (pieces, _) = pieces(rest);
    match pieces.split_first() {
        Some((first, [])) => first.kind == Kind::Number,
        Some((first, [next, ..])) => {
            let is_operand = matches!(first.kind, Kind::Number | Kind::Word);
            is_operand
                && matches!(next.text, ")" | ";" | "]" | "," | "+" | "-" | "*" | "%")
                && pieces
                    .last()
                    .is_some_and(|last| !matches!(last.kind, Kind::Word))
                && !is_opening(next.text)
        }
        None => false,
    }
}
