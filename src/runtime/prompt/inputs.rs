//! The inputs of a program, and the script that they make.

use std::ops::{Range, RangeInclusive};

use super::Interactive;
use crate::syntax;

/// An input that was entered.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Input {
    /// Its number, as messages have it: `<prompt 3>`.
    pub number: usize,
    /// Its text.
    pub text: String,
    /// Whether it ended with an error or was stopped.
    pub has_failed: bool,
}

impl Interactive {
    /// The inputs since the beginning or the last [`reset`](Self::reset), in order.
    pub fn inputs(&self) -> &[Input] {
        &self.inputs
    }

    /// Returns the inputs with these numbers as a script, without those that failed and functions that were defined again later.
    ///
    /// # Example
    /// ```no_run
    /// let mut program = procscript::Runtime::builder().build().unwrap().interactive();
    /// program.enter("let x = 6");
    /// program.enter("x / 0");
    /// program.enter("x * 7");
    /// assert_eq!(program.script(1..=3), "let x = 6;\nx * 7;\n");
    /// ```
    pub fn script(&self, numbers: RangeInclusive<usize>) -> String {
        let chosen = |input: &&Input| numbers.contains(&input.number) && !input.has_failed;
        let chosen: Vec<_> = self.inputs.iter().filter(chosen).collect();
        // Of two functions with one name the later counts; a script may have only one.
        let mut known = Vec::new();
        let mut parts = Vec::new();
        for input in chosen.iter().rev() {
            let text = input.text.trim();
            let (mut end, mut kept) = (text.len(), String::new());
            for range in syntax::items(text).into_iter().rev() {
                let Some(function) = syntax::function(&text[range.clone()]) else {
                    continue;
                };
                if known.contains(&function) {
                    kept.insert_str(0, &text[range.end..end]);
                    end = range.start;
                }
                known.push(function);
            }
            kept.insert_str(0, &text[..end]);
            if !kept.trim().is_empty() {
                parts.push(ended(kept.trim()));
            }
        }
        parts.reverse();
        parts.iter().map(|part| format!("{part}\n")).collect()
    }

    /// Keeps an input.
    pub(super) fn note_input(&mut self, text: &str, has_failed: bool) {
        self.inputs.push(Input {
            number: self.count,
            text: text.into(),
            has_failed,
        });
    }
}

/// The words that begin a statement which may end with a block.
const BLOCKS: [&str; 10] = [
    "fn", "private", "if", "while", "loop", "for", "switch", "try", "with", "{",
];

/// A text with the semicolon that its last statement needs before another.
fn ended(text: &str) -> String {
    let items = syntax::items(text).into_iter().rev();
    let code = |range: Range<usize>| {
        let tokens = syntax::code(&text[range.clone()]);
        let moved =
            tokens.map(|token| token.range.start + range.start..token.range.end + range.start);
        moved.collect::<Vec<_>>()
    };
    let Some(last) = items.map(code).find(|code| !code.is_empty()) else {
        return text.into();
    };
    let (first, end) = (&text[last[0].clone()], last[last.len() - 1].clone());
    let is_block = BLOCKS.contains(&first) && &text[end.clone()] == "}";
    match is_block || &text[end.clone()] == ";" {
        true => text.into(),
        false => format!("{};{}", &text[..end.end], &text[end.end..]),
    }
}
