//! Texts of tests: un-indented literals, output with process numbers folded, lines in any order.

use super::process_table::{Known, PidRange};

/// A text literal without its first line break and without the indentation its lines share.
pub(crate) fn unindent(literal: &str) -> String {
    let Some(text) = literal.strip_prefix('\n') else {
        return literal.to_string();
    };
    let indentation = |line: &str| line.len() - line.trim_start().len();
    let shared = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(indentation)
        .min()
        .unwrap_or(0);
    let lines = text.trim_end_matches(' ').split('\n');
    let lines: Vec<&str> = lines
        .map(|line| line.get(shared..).unwrap_or_default())
        .collect();
    lines.join("\n")
}

/// `text` with process numbers replaced: `<main>`, `<tests>` (the parent of main), and `<pid 1>`, `<pid 2>`, … in the
/// order they first appear.
pub(crate) fn fold_pids(text: &str, pids: PidRange) -> String {
    let mut seen: Vec<i64> = Vec::new();
    replace_numbers(text, |number| {
        let number = number.parse().ok()?;
        Some(match pids.whose(number)? {
            Known::Main => "<main>".into(),
            Known::Tests => "<tests>".into(),
            Known::Later => {
                let index = seen
                    .iter()
                    .position(|known| *known == number)
                    .unwrap_or(seen.len());
                if index == seen.len() {
                    seen.push(number);
                }
                format!("<pid {}>", index + 1)
            }
        })
    })
}

/// `text` with every address in it as `0x…`.
pub(crate) fn fold_addresses(text: &str) -> String {
    let mut pieces = text.split("0x");
    let mut result = pieces.next().unwrap_or_default().to_string();
    for piece in pieces {
        result += "0x…";
        result += piece.trim_start_matches(|c: char| c.is_ascii_hexdigit());
    }
    result
}

/// `text` with `replacement` of each whole number in it; a number that is part of a word or a fraction stays.
fn replace_numbers(text: &str, mut replacement: impl FnMut(&str) -> Option<String>) -> String {
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    let mut result = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(is_word) {
        let (before, tail) = rest.split_at(start);
        let (word, after) = tail.split_at(tail.find(|c| !is_word(c)).unwrap_or(tail.len()));
        let number = word.trim_end_matches('.');
        result.push_str(before);
        match replacement(number).filter(|_| number.bytes().all(|b| b.is_ascii_digit())) {
            Some(new) => {
                result.push_str(&new);
                result.push_str(&word[number.len()..]);
            }
            None => result.push_str(word),
        }
        rest = after;
    }
    result + rest
}

/// Checks that `text` is made of these lines and no others, where each of `parts` (the lines of one process) keeps its
/// order and the parts are mixed in any way.
#[track_caller]
pub(crate) fn assert_mixed(text: &str, parts: &[&[&str]]) {
    let sorted = |mut lines: Vec<String>| {
        lines.sort_unstable();
        lines
    };
    let found = sorted(text.lines().map(String::from).collect());
    let wanted = sorted(
        parts
            .iter()
            .flat_map(|part| part.iter().map(ToString::to_string))
            .collect(),
    );
    assert_eq!(found, wanted, "the lines of:\n{text}");
    parts.iter().for_each(|part| assert_order(text, part));
}

/// Checks that these lines follow each other in `text`, with any others between them.
#[track_caller]
pub(crate) fn assert_order(text: &str, lines: &[&str]) {
    let mut rest = text.lines();
    for line in lines {
        assert!(
            rest.any(|found| found == *line),
            "`{line}` is missing or too early in:\n{text}"
        );
    }
}

/// How many lines of `text` are `line`.
pub(crate) fn count(text: &str, line: &str) -> usize {
    text.lines().filter(|found| *found == line).count()
}

/// `text` without the lines that are `line`.
pub(crate) fn without(text: &str, line: &str) -> String {
    text.lines()
        .filter(|found| *found != line)
        .map(|line| format!("{line}\n"))
        .collect()
}

#[test]
fn a_literal_loses_the_indentation_its_lines_share() {
    let text = unindent(
        "
        one
            two

        three
        ",
    );
    assert_eq!(text, "one\n    two\n\nthree\n");
}

#[test]
fn process_numbers_are_folded_and_other_numbers_stay() {
    let pids = PidRange::since(super::process_table::last_pid());
    let me = std::process::id();
    let text = format!("me: {me}, Process-{me}, 0.{me}, 99999999999 ({me}).");
    let folded = format!("me: <tests>, Process-<tests>, 0.{me}, 99999999999 (<tests>).");
    assert_eq!(fold_pids(&text, pids), folded);
}

#[test]
fn addresses_are_folded() {
    assert_eq!(
        fold_addresses("<a at 0x1f>, <b at 0x7ffd> 0xg"),
        "<a at 0x…>, <b at 0x…> 0x…g"
    );
}
