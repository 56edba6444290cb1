//! An entry as plain text for a terminal.

use super::{Entry, EntryKind, Manual};

/// The indentation of descriptions.
const INDENT: usize = 4;

/// The minimum and the maximum width.
const NARROW: usize = 20;
const WIDE: usize = 100;

/// The maximum length of a member's signature whose description is on the same line.
const BESIDE: usize = 34;

impl Entry {
    /// Returns the entry for a terminal with `columns` columns: signature, description, and an example or a list of members.
    ///
    /// Lines end with `\n`. A line exceeds `columns` only if it contains a word that does.
    pub fn to_text(&self, columns: usize) -> String {
        let columns = columns.clamp(NARROW, WIDE);
        let mut out = format!("{}\n", headline(self));
        if !self.text.is_empty() {
            out.push('\n');
            out.push_str(&wrap(&self.text, INDENT, columns));
        }
        let members = self.members();
        if !members.is_empty() {
            out.push('\n');
            list(&members, columns, &mut out);
        } else if let Some(example) = example_of(self) {
            out.push_str("\nExample:\n\n");
            out.push_str(&indented(example.code));
            out.push_str("\nIt prints:\n\n");
            out.push_str(&indented(&example.output));
        }
        out
    }
}

/// `Queue.get([block, timeout])`.
fn headline(entry: &Entry) -> String {
    let path = entry.path();
    let arguments = entry.signature.find('(').map(|at| &entry.signature[at..]);
    match entry.kind {
        EntryKind::Module => format!("module {path}"),
        EntryKind::Page => path,
        _ => path + arguments.unwrap_or_default(),
    }
}

/// The members of a class or a module, each with its description.
fn list(members: &[&Entry], columns: usize, out: &mut String) {
    let lengths = members
        .iter()
        .map(|member| member.signature.chars().count());
    let width = lengths
        .filter(|length| *length <= BESIDE)
        .max()
        .unwrap_or(0);
    let beside = INDENT + width + 2;
    for member in members {
        let length = member.signature.chars().count();
        let is_beside = length <= width && beside + BESIDE <= columns;
        let indent = if is_beside { beside } else { 2 * INDENT };
        let text = wrap(first_sentence(&member.text), indent, columns);
        let signature = format!("{:INDENT$}{}", "", member.signature);
        if is_beside && !text.is_empty() {
            out.push_str(&format!("{signature:beside$}{}", text.trim_start()));
        } else {
            out.push_str(&format!("{signature}\n{text}"));
        }
    }
}

/// The first sentence of a description, for lists.
fn first_sentence(text: &str) -> &str {
    text.split(". ")
        .next()
        .unwrap_or(text)
        .trim_end_matches('.')
}

/// The first example under the entry's heading that uses the entry.
fn example_of(entry: &Entry) -> Option<&'static super::Example> {
    let call = match (entry.signature.contains('('), entry.owner) {
        (true, "") => format!("{}(", entry.name),
        (true, _) => format!(".{}(", entry.name),
        (false, _) => entry.name.to_string(),
    };
    Manual::examples_of(entry).find(|example| example.code.contains(&call))
}

/// Wraps the text at `columns`, with `indent` spaces before each line.
pub(super) fn wrap(text: &str, indent: usize, columns: usize) -> String {
    let room = columns.saturating_sub(indent);
    let mut out = String::new();
    let mut length = 0;
    for word in text.split_whitespace() {
        let width = word.chars().count();
        if length == 0 {
            out.push_str(&" ".repeat(indent));
        } else if length + 1 + width > room {
            out.push('\n');
            out.push_str(&" ".repeat(indent));
            length = 0;
        } else {
            out.push(' ');
            length += 1;
        }
        out.push_str(word);
        length += width;
    }
    if length > 0 {
        out.push('\n');
    }
    out
}

/// Indents lines of a program or its output, without wrapping them.
fn indented(lines: &str) -> String {
    let indent = " ".repeat(INDENT);
    lines
        .lines()
        .map(|line| format!("{indent}{line}").trim_end().to_string() + "\n")
        .collect()
}
