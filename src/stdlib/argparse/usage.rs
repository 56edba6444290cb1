//! The usage: all arguments in one line, or in several that are not too long.

use std::collections::{BTreeMap, HashSet};

use super::invocation::{with_prog, words};
use super::model::{Action, Argument, Model};
use crate::script::{Call, Failure};

/// Returns the usage, with an empty line behind it. `prefix` is usually `usage: `, and `arguments` are the places of those that are shown.
///
/// # Errors
/// The usage that the script has given is no valid format.
pub(super) fn usage(
    call: &Call<'_>,
    model: &Model,
    arguments: &[usize],
    prefix: &str,
    width: usize,
) -> Result<String, Failure> {
    if let Some(own) = &model.usage {
        let own = with_prog(call, own, &model.prog)?;
        return Ok(format!("{prefix}{own}\n\n"));
    }
    let is_option = |place: &&usize| model.arguments[**place].is_option();
    let (options, others): (Vec<&usize>, Vec<&usize>) = arguments.iter().partition(is_option);
    let ordered: Vec<usize> = options.iter().chain(&others).map(|place| **place).collect();
    let all = joined(&parts(call, model, &ordered));
    let whole = match all.is_empty() {
        true => model.prog.clone(),
        false => format!("{} {all}", model.prog),
    };
    let length = |text: &str| text.chars().count();
    if length(prefix) + length(&whole) <= width {
        return Ok(format!("{prefix}{whole}\n\n"));
    }
    let copied = |places: &[&usize]| places.iter().map(|place| **place).collect::<Vec<_>>();
    let options = pieces(&joined(&parts(call, model, &copied(&options))));
    let others = pieces(&joined(&parts(call, model, &copied(&others))));
    let lines = Lines { width }.of(&model.prog, prefix, &options, &others);
    Ok(format!("{prefix}{}\n\n", lines.join("\n")))
}

/// The parts of a usage, each as long as it may be.
struct Lines {
    width: usize,
}

impl Lines {
    fn of(&self, prog: &str, prefix: &str, options: &[String], others: &[String]) -> Vec<String> {
        let length = |text: &str| text.chars().count();
        let begin = length(prefix) + length(prog);
        // A short name has all arguments to its right; a long one is alone in its line.
        if begin * 4 <= self.width * 3 {
            let indent = " ".repeat(begin + 1);
            let name = [prog.to_string()];
            let with_name = |parts: &[String]| [&name[..], parts].concat();
            return match (options.is_empty(), others.is_empty()) {
                (false, _) => {
                    let mut lines = self.filled(&with_name(options), &indent, Some(prefix));
                    lines.extend(self.filled(others, &indent, None));
                    lines
                }
                (true, false) => self.filled(&with_name(others), &indent, Some(prefix)),
                (true, true) => name.to_vec(),
            };
        }
        let indent = " ".repeat(length(prefix));
        let mut lines = self.filled(&[options, others].concat(), &indent, None);
        if lines.len() > 1 {
            lines = self.filled(options, &indent, None);
            lines.extend(self.filled(others, &indent, None));
        }
        lines.insert(0, prog.to_string());
        lines
    }

    /// Fills lines with parts. The first line comes behind the prefix, if there is one.
    fn filled(&self, parts: &[String], indent: &str, prefix: Option<&str>) -> Vec<String> {
        let indented = indent.chars().count();
        let begin = prefix.map_or(indented, |prefix| prefix.chars().count());
        let (mut lines, mut line) = (Vec::new(), Vec::new());
        // A space comes before each part, and before the first there is none.
        let mut length = begin as isize - 1;
        for part in parts {
            let own = part.chars().count() as isize;
            if length + 1 + own > self.width as isize && !line.is_empty() {
                lines.push(format!("{indent}{}", line.join(" ")));
                line.clear();
                length = indented as isize - 1;
            }
            line.push(part.as_str());
            length += own + 1;
        }
        if !line.is_empty() {
            lines.push(format!("{indent}{}", line.join(" ")));
        }
        if let (Some(_), Some(first)) = (prefix, lines.first_mut()) {
            first.drain(..indent.len().min(first.len()));
        }
        lines
    }
}

/// Returns the arguments as they are written, with brackets around those that may be left out and around groups.
fn parts(call: &Call<'_>, model: &Model, places: &[usize]) -> Vec<String> {
    let mut marks: BTreeMap<usize, String> = BTreeMap::new();
    let mut grouped = HashSet::new();
    for group in &model.exclusive {
        let Some(start) = group.members.first() else {
            continue;
        };
        let start = places.iter().position(|place| place == start);
        let Some(start) = start else { continue };
        let end = start + group.members.len();
        if places.get(start..end) != Some(&group.members[..]) {
            continue;
        }
        grouped.extend(group.members.iter().copied());
        let members = group.members.iter();
        let shown = members.filter(|place| !model.arguments[**place].is_hidden);
        let brackets = match group.is_required {
            false => Some(("[", "]")),
            true => (shown.count() > 1).then_some(("(", ")")),
        };
        if let Some((open, close)) = brackets {
            let opening = marks.entry(start).or_default();
            if !opening.is_empty() {
                opening.push(' ');
            }
            opening.push_str(open);
            marks.entry(end).or_default().push_str(close);
        }
        marks.extend((start + 1..end).map(|between| (between, "|".to_string())));
    }
    let mut shown: Vec<Option<String>> = Vec::new();
    for (index, place) in places.iter().enumerate() {
        let argument = &model.arguments[*place];
        if argument.is_hidden {
            shown.push(None);
            let is_bar = |index: &usize| marks.get(index).is_some_and(|mark| mark == "|");
            if let Some(bar) = [index, index + 1].into_iter().find(is_bar) {
                marks.remove(&bar);
            }
            continue;
        }
        shown.push(Some(part(call, argument, grouped.contains(place))));
    }
    for (index, mark) in marks.into_iter().rev() {
        shown.insert(index.min(shown.len()), Some(mark));
    }
    shown.into_iter().flatten().collect()
}

/// Returns one argument as it is written.
fn part(call: &Call<'_>, argument: &Argument, is_grouped: bool) -> String {
    let words = words(call, argument);
    let Some(option) = argument.options.first() else {
        let inner = words.strip_prefix('[').and_then(|w| w.strip_suffix(']'));
        return inner.filter(|_| is_grouped).unwrap_or(&words).into();
    };
    let part = match (&argument.action, argument.is_flag()) {
        (Action::Boolean, _) => argument.options.join(" | "),
        (_, true) => option.clone(),
        _ => format!("{option} {words}"),
    };
    match argument.is_required || is_grouped {
        true => part,
        false => format!("[{part}]"),
    }
}

/// Joins parts and brackets: no space is inside of a bracket, and no bracket is empty.
fn joined(parts: &[String]) -> String {
    let mut text = parts.join(" ");
    for (wide, narrow) in [("[ ", "["), ("( ", "("), (" ]", "]"), (" )", ")")] {
        text = text.replace(wide, narrow);
    }
    for empty in ["[]", "()"] {
        text = text.replace(empty, "");
    }
    text.trim().into()
}

/// Cuts a usage into the parts that stay in one line: brackets with what is in them, and words.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let end = match first {
            '(' => end_of_bracket(rest, ')'),
            '[' => end_of_bracket(rest, ']'),
            _ => None,
        };
        let word = || rest.find(char::is_whitespace).unwrap_or(rest.len());
        let (piece, after) = rest.split_at(end.unwrap_or_else(word));
        pieces.push(piece.to_string());
        rest = after.trim_start();
    }
    pieces
}

/// Returns the end of the first closing brackets that are followed by a space or the end.
fn end_of_bracket(text: &str, close: char) -> Option<usize> {
    let closing = text.char_indices().filter(|(_, c)| *c == close);
    let mut ends = closing.map(|(at, _)| at + 1);
    ends.find(|end| text[*end..].chars().next().is_none_or(char::is_whitespace))
}
