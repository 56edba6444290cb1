//! Recognises Python's quotes and comments, and characters that look like others.

use super::reading::Reading;
use super::row::{Found, is_short};
use super::statement::statement;
use super::text::{quotes, text};
use crate::syntax::Piece;

/// Characters of web pages and Chinese keyboards, and what was meant by them.
const LOOK_ALIKES: [(&str, &str); 17] = [
    ("“”„«»＂‘’´", "\""),
    ("（", "("),
    ("）", ")"),
    ("【", "["),
    ("】", "]"),
    ("｛", "{"),
    ("｝", "}"),
    ("，", ","),
    ("；", ";"),
    ("：", ":"),
    ("。", "."),
    ("＝", "="),
    ("＋", "+"),
    ("！", "!"),
    ("–−", "-"),
    ("\u{a0}\u{3000}", "a plain space"),
    ("\u{200b}", "nothing: it cannot be seen"),
];

pub(super) fn look_alike(read: &Reading<'_>) -> Option<Found> {
    let near = [Some(read.at), Some(read.at + 1)].into_iter().flatten();
    let mut near = near.filter_map(|index| {
        let found = read.symbol(index).chars().next()?;
        let (_, meant) = LOOK_ALIKES.iter().find(|(all, _)| all.contains(found))?;
        Some((index, found, *meant))
    });
    let (index, found, meant) = near.next()?;
    let is_it = read.message.starts_with("Unexpected") || read.message.contains("reserved");
    let code = format!("U+{:04X}", u32::from(found));
    let meant = match meant.chars().count() {
        1 => format!("{meant} in its place"),
        _ => meant.to_string(),
    };
    let names = Found::names([&found.to_string(), &code, &meant]);
    is_it.then(|| names.at(read.place_of(index)))
}

pub(super) fn python_comment(read: &Reading<'_>) -> Option<Found> {
    let comment = read
        .comment_here()
        .filter(|comment| comment.text.starts_with('#'))?;
    let words = comment.text.trim_start_matches('#').trim();
    let place = comment.place();
    Some(Found::code(Some(format!("// {words}").trim_end().to_string())).at(place))
}

/// The string at the error.
fn quoted<'r, 't>(read: &'r Reading<'t>) -> Option<&'r Piece<'t>> {
    let token = read.tokens.get(read.at)?;
    token.is_string().then_some(token)
}

pub(super) fn triple(read: &Reading<'_>) -> Option<Found> {
    let token = quoted(read)?;
    let is_triple = token.text.starts_with("'''") || token.text.starts_with("\"\"\"");
    let written = text("", token).unwrap_or_else(|| "`…`".into());
    let shown = if written.contains('\n') {
        "`…`"
    } else {
        &written
    };
    is_triple.then(|| Found::code(Some(shown.to_string())).at(token.place()))
}

fn prefix<'t>(read: &Reading<'t>) -> Option<(&'t str, Found)> {
    let token = quoted(read)?;
    let before = read.before()?;
    let prefix = read.word(before);
    super::expression::prefixed_text(read, before)?;
    let place = read.place_of(before);
    let written = around(read, before, text(prefix, token));
    Some((prefix, Found::code(written).at(place)))
}

pub(super) fn formatted(read: &Reading<'_>) -> Option<Found> {
    let (prefix, found) = prefix(read)?;
    prefix.to_ascii_lowercase().contains('f').then_some(found)
}

/// `f"{x:.2f}"`
pub(super) fn formatted_with_form(read: &Reading<'_>) -> Option<Found> {
    let found = formatted(read)?;
    let code = with_form(quoted(read)?.text, "{")?;
    Some(Found {
        code: Some(code),
        ..found
    })
}

/// `${x:.2f}`
pub(super) fn format_inside(read: &Reading<'_>) -> Option<Found> {
    let text = read
        .tokens
        .get(read.at)
        .filter(|token| token.is_string())?
        .text;
    Some(Found::code(Some(with_form(text, "${")?)))
}

/// Returns a call of `format` for the first value in a string that has a format; values begin with `opening`.
fn with_form(text: &str, opening: &str) -> Option<String> {
    let parts = text.split(opening).skip(1);
    let mut parts = parts.filter_map(|part| part.split_once('}')?.0.split_once(':'));
    let is_form = |c: char| c.is_ascii_alphanumeric() || "<>=^+-.,% ".contains(c);
    let (value, form) = parts.find(|(value, form)| {
        !value.contains(['{', '"', '?']) && !form.is_empty() && form.chars().all(is_form)
    })?;
    Some(format!("\"{{:{form}}}\".format({value})"))
}

pub(super) fn prefixed(read: &Reading<'_>) -> Option<Found> {
    let (prefix, found) = prefix(read)?;
    Some(Found {
        names: vec![prefix.to_string()],
        ..found
    })
}

pub(super) fn single(read: &Reading<'_>) -> Option<Found> {
    let token = quoted(read)?;
    let is_it = read.message.starts_with("Invalid character") && quotes(token.text) == "'";
    is_it.then(|| Found::code(around(read, read.at, text("", token))).at(token.place()))
}

/// The translated statement around a string; the string alone if the translation is uncertain or too long.
fn around(read: &Reading<'_>, index: usize, alone: Option<String>) -> Option<String> {
    statement(read, read.statement(index))
        .filter(|code| is_short(code))
        .or(alone)
}

pub(super) fn escape(read: &Reading<'_>) -> Option<Found> {
    let token = quoted(read)?;
    let is_it = read.message.starts_with("Invalid escape") && token.text.starts_with('"');
    is_it.then(|| Found::code(text("r", token)))
}

pub(super) fn unterminated(read: &Reading<'_>) -> Option<Found> {
    let is_it = read.message.contains("string is not terminated");
    let token = quoted(read).filter(|token| !token.is_closed)?;
    is_it.then(|| Found::names([quotes(token.text)]).at(token.place()))
}
