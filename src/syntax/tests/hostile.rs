//! Texts that nest without end: linear in time, and no deeper on the stack than others.

use std::time::{Duration, Instant};

use super::super::brackets::Brackets;
use super::super::{Cursor, Outline, items, pieces, visible};

/// What each of these texts may take: a quadratic reading takes minutes.
const MOST: Duration = Duration::from_secs(20);

#[test]
fn nesting_takes_neither_stack_nor_long() {
    let many = 60_000;
    let pairs = [
        ("`${", "}`"),
        ("(1, ", ")"),
        ("(", "]"),
        ("/*", "*/"),
        ("#\"", "\n"),
        ("`${\n", "\n"),
        ("'''", "\""),
        ("\"\"\"", "\n"),
        ("##", "\"##"),
        ("let a ", "{}"),
        ("|x| ", ";"),
        ("fn f(", "{ "),
        ("#{a: ", "}"),
    ];
    let begin = Instant::now();
    for (open, close) in pairs {
        let (opened, closed) = (open.repeat(many), close.repeat(many));
        for text in [opened.clone(), closed.clone(), format!("{opened}{closed}")] {
            read(&text);
        }
    }
    assert!(begin.elapsed() < MOST, "{:?}", begin.elapsed());
}

/// Reads a text in every way there is.
fn read(text: &str) {
    let (code, _) = pieces(text);
    Brackets::of(code.iter().map(|piece| piece.text));
    let cursor = Cursor::behind(text);
    cursor.call();
    cursor.owner();
    let all = items(text);
    assert_eq!(all.last().map(|range| range.end), Some(text.len()));
    visible(&Outline::of(text), code.len());
}
