//! `textwrap`: paragraphs in lines of a width, and the indent of lines.

use rhai::{Array, Dynamic};

use crate::script::{Call, Failure, Registry, raise};
use crate::text::Wrapping;

/// The value of the global constant `textwrap`.
#[derive(Debug, Clone)]
struct Textwrap;

const PARAMS: &[&str] = &[
    "text",
    "width?",
    "initial_indent?",
    "subsequent_indent?",
    "break_long_words?",
    "break_on_hyphens?",
];

/// Python's width.
const WIDTH: i64 = 70;

pub(super) fn register(registry: &mut Registry) {
    registry
        .namespace("textwrap", Textwrap)
        .function("wrap", PARAMS, |call| {
            let lines = wrapped(call)?.into_iter().map(Dynamic::from);
            Ok(lines.collect::<Array>().into())
        })
        .function("fill", PARAMS, |call| Ok(wrapped(call)?.join("\n").into()))
        .function("shorten", &["text", "width", "placeholder?"], |call| {
            let (text, width) = (call.string(0)?, call.int(1)?);
            let placeholder = call.string_or(2, " [...]")?;
            shortened(&text, width, &placeholder).map(Dynamic::from)
        })
        .function("dedent", &["text"], |call| {
            Ok(dedented(&call.string(0)?).into())
        })
        .function("indent", &["text", "prefix"], |call| {
            let (text, prefix) = (call.string(0)?, call.string(1)?);
            let lines = text
                .split_inclusive('\n')
                .map(|line| match line.trim().is_empty() {
                    true => line.to_string(),
                    false => format!("{prefix}{line}"),
                });
            Ok(lines.collect::<String>().into())
        });
}

/// Returns the lines of a text.
fn wrapped(call: &mut Call<'_>) -> Result<Vec<String>, Failure> {
    let text = call.string(0)?;
    let width = width(call.int_or(1, WIDTH)?)?;
    let (first, others) = (call.string_or(2, "")?, call.string_or(3, "")?);
    let wrapping = Wrapping {
        breaks_words: call.bool_or(4, true),
        breaks_hyphens: call.bool_or(5, true),
        ..Wrapping::new(width).indented(&first, &others)
    };
    Ok(wrapping.lines(&text))
}

fn width(width: i64) -> Result<usize, Failure> {
    let width = usize::try_from(width).ok().filter(|width| *width > 0);
    width.ok_or_else(|| raise("ValueError", "invalid width (must be > 0)"))
}

/// Returns as many words as fit with the placeholder behind them.
fn shortened(text: &str, most: i64, placeholder: &str) -> Result<String, Failure> {
    let most = width(most)?;
    let length = |text: &str| text.chars().count();
    if length(placeholder.trim_start()) > most {
        let text = "placeholder too large for max width";
        return Err(raise("ValueError", text));
    }
    let whole = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if length(&whole) <= most {
        return Ok(whole);
    }
    let room = most.saturating_sub(length(placeholder));
    let lines = Wrapping {
        breaks_words: false,
        ..Wrapping::new(room.max(1))
    };
    let first = lines.lines(&whole).into_iter().next().unwrap_or_default();
    match length(&first) <= room && !first.is_empty() {
        true => Ok(first + placeholder),
        false => Ok(placeholder.trim_start().into()),
    }
}

/// Returns the text without the white space that all lines begin with. Blank lines become empty.
fn dedented(text: &str) -> String {
    let lines = text.split_inclusive('\n');
    let indent_of = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let mut common: Option<&str> = None;
    for line in lines.clone().filter(|line| !line.trim().is_empty()) {
        let indent = &line[..indent_of(line)];
        let shared = |known: &str| {
            let same = known.bytes().zip(indent.bytes());
            same.take_while(|(a, b)| a == b).count()
        };
        common = Some(common.map_or(indent, |known| &indent[..shared(known)]));
    }
    let common = common.unwrap_or("").len();
    let lines = lines.map(|line| match line.trim().is_empty() {
        true => {
            if line.ends_with('\n') {
                "\n"
            } else {
                ""
            }
        }
        false => &line[common..],
    });
    lines.collect()
}
