//! The frames an error passed through, outermost first, as Python shows them.
//!
//! Rhai wraps an error once for every function it leaves: the position of each wrapping is the call in the
//! outer function, the position of the innermost error the place where it happened.

use rhai::EvalAltResult;

use super::source::Program;

/// One frame: where in which function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Frame {
    /// The file, by the name Rhai knows it.
    pub file: String,
    /// The line from 1; 0 when Rhai does not know it.
    pub line: usize,
    /// `<module>`, a function's name, or `<lambda>`.
    pub function: String,
}

/// The frames of `error`, which reached the top of `file` (or of the function `outermost` there).
pub(crate) fn frames(error: &EvalAltResult, file: &str, outermost: &str) -> Vec<Frame> {
    let mut frames = Vec::new();
    let mut place = (file.to_string(), outermost.to_string());
    let mut error = error;
    loop {
        let line = error.position().line().unwrap_or(0);
        frames.push(Frame {
            file: place.0.clone(),
            line,
            function: place.1.clone(),
        });
        error = match error {
            EvalAltResult::ErrorInFunctionCall(name, source, inner, _) => {
                if !source.is_empty() {
                    place.0 = source.clone();
                }
                place.1 = function_name(name);
                inner
            }
            EvalAltResult::ErrorInModule(name, inner, _) => {
                place = (name.clone(), "<module>".into());
                inner
            }
            _ => break,
        };
    }
    // Natives that call back (`array.map`) wrap without a position: such a frame says nothing.
    frames.retain(|frame| frame.line > 0);
    frames
}

/// `Traceback (most recent call last):` and the frames; empty when there are none.
pub(crate) fn render(frames: &[Frame], program: &Program) -> String {
    if frames.is_empty() {
        return String::new();
    }
    let mut text = String::from("Traceback (most recent call last):\n");
    let mut index = 0;
    while index < frames.len() {
        let frame = &frames[index];
        let repeats = frames[index..]
            .iter()
            .take_while(|other| *other == frame)
            .count();
        let once = program.frame_text(&frame.file, frame.line, Some(&frame.function));
        text.push_str(&once.repeat(repeats.min(REPEATS_SHOWN)));
        if repeats > REPEATS_SHOWN {
            let more = repeats - REPEATS_SHOWN;
            text.push_str(&format!("  [Previous line repeated {more} more times]\n"));
        }
        index += repeats;
    }
    text
}

/// A recursive call is shown this often before the rest is counted, as in Python.
const REPEATS_SHOWN: usize = 3;

/// The name people are shown for a function of Rhai's.
pub(crate) fn function_name(name: &str) -> String {
    if name.starts_with("anon$") {
        "<lambda>".into()
    } else {
        name.to_string()
    }
}
