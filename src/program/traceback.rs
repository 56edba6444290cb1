//! The frames an error passed through, outermost first, as Python shows them.
//!
//! Rhai wraps an error once for every function it leaves: the position of each wrapping is the call in the
//! outer function, the position of the innermost error is where it happened.

use rhai::EvalAltResult;

use super::frame::{Frame, TOP_LEVEL, function_name};
use super::source::Program;

/// Returns the frames of `error`, which reached the top of `file` (or of the function `outermost` there).
pub(crate) fn frames(
    error: &EvalAltResult,
    program: &Program,
    file: &str,
    outermost: &str,
) -> Vec<Frame> {
    let mut frames: Vec<Frame> = Vec::new();
    let mut place = (file.to_string(), outermost.to_string());
    let mut error = error;
    loop {
        // Natives that call back (`array.map`) wrap without a position: such a frame says nothing.
        if error.position().line().is_some() {
            add(
                &mut frames,
                program.frame(&place.0, error.position(), &place.1),
            );
        }
        error = match error {
            EvalAltResult::ErrorInFunctionCall(name, source, inner, _) => {
                if !source.is_empty() {
                    place.0 = source.clone();
                }
                place.1 = function_name(name);
                inner
            }
            EvalAltResult::ErrorInModule(name, inner, _) => {
                place = (name.clone(), TOP_LEVEL.into());
                inner
            }
            _ => return frames,
        };
    }
}

/// Adds a frame, or counts it where it repeats the last one's line.
fn add(frames: &mut Vec<Frame>, frame: Frame) {
    let place = |frame: &Frame| (frame.line, frame.file.clone(), frame.function.clone());
    match frames.last_mut() {
        Some(last) if place(last) == place(&frame) => {
            last.column = frame.column;
            last.times += 1;
        }
        _ => frames.push(frame),
    }
}

/// The heading of a traceback.
pub(crate) const HEADING: &str = "Traceback (most recent call last):\n";

/// Returns Python's traceback: its heading and the frames; empty when there are none. A position alone has no heading.
pub(crate) fn render(frames: &[Frame]) -> String {
    let mut text = String::new();
    if frames.iter().any(|frame| !frame.function.is_empty()) {
        text.push_str(HEADING);
    }
    for frame in frames {
        text.push_str(&rendered(frame).repeat(frame.times.min(REPEATS_SHOWN)));
        if frame.times > REPEATS_SHOWN {
            let more = frame.times - REPEATS_SHOWN;
            text.push_str(&format!("  [Previous line repeated {more} more times]\n"));
        }
    }
    text
}

/// A recursive call is shown this often before the rest is counted, as in Python.
const REPEATS_SHOWN: usize = 3;

/// Returns one frame: file, line, function, and the source line.
fn rendered(frame: &Frame) -> String {
    let mut text = format!("  File \"{}\", line {}", frame.file, frame.line);
    if !frame.function.is_empty() {
        text.push_str(&format!(", in {}", frame.function));
    }
    text.push('\n');
    if !frame.code.trim().is_empty() {
        text.push_str(&format!("    {}\n", frame.code.trim()));
    }
    text
}
