//! Parses a page of the manual: finds the tables and paragraphs that are entries.
//!
//! The pages are Markdown, written for people. Two kinds of blocks are entries:
//!
//! 1. **The rows of a table whose first heading says so**: `member of Queue`, `function of os`, `constant of os`,
//!    or, for global names, `function`, `constant` and `exception`. Several owners may follow `of`: `member of Lock,
//!    RLock`. The first cell contains the signature as code, or several with the same description:
//!    `` `put(obj, [block, timeout])` ``, `` `pid`, `ident` ``, `` `SIGHUP SIGINT` ``. The last cell is the description;
//!    a column headed `default` is appended to it. Tables with other headings, and rows without code in the first cell,
//!    are for people only.
//! 2. **A paragraph that begins with code and a colon**: `` `Queue([maxsize])`: first in, first out. `` It is a class if
//!    a table lists its members, otherwise a function.
//!
//! A heading that owns functions or constants (`# os`, `## os.path`) is a module; its description is the
//! paragraph below it. A page whose first heading is not a module is an entry too, under the name of its file.
//!
//! In a signature, `[…]` contains optional arguments, as in `get([block, timeout])`; `*args` is any number of arguments, and
//! `*options` stands for options that the page lists elsewhere.
//! Examples belong to the heading above them.

use super::entry::{Entry, EntryKind};
use super::plain::{code_spans, plain};

/// The contents of a page.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub entries: Vec<Entry>,
    pub examples: Vec<Example>,
}

/// A script and its output.
#[derive(Debug)]
pub(super) struct Example {
    pub page: &'static str,
    /// The index of the heading above it, counted from 0.
    pub section: usize,
    pub code: &'static str,
    pub output: String,
}

/// A place in the manual: a page, and the index of a heading.
type Place = (&'static str, usize);

/// A block of a page.
enum Block {
    Heading(&'static str),
    /// A fenced block: its language, and its lines.
    Fenced(&'static str, &'static str),
    Table(Vec<&'static str>),
    Paragraph(Vec<&'static str>),
}

/// Parses the page `name`.
pub(super) fn read(name: &'static str, text: &'static str) -> Page {
    let mut page = Page::default();
    // Each heading, and the first paragraph under it.
    let mut sections: Vec<(&'static str, String)> = Vec::new();
    for block in blocks(text) {
        let place = (name, sections.len().saturating_sub(1));
        match block {
            Block::Heading(heading) => sections.push((heading, String::new())),
            Block::Fenced("rhai", code) => page.examples.push(Example {
                page: name,
                section: place.1,
                code,
                output: String::new(),
            }),
            Block::Fenced(_, output) => {
                if let Some(example) = page.examples.last_mut() {
                    example.output.push_str(output);
                }
            }
            Block::Table(rows) => page.entries.extend(table(&rows, place)),
            Block::Paragraph(lines) => {
                page.entries.extend(paragraph(&lines, place));
                if let Some((_, opening)) = sections.last_mut().filter(|(_, text)| text.is_empty())
                {
                    *opening = plain(&lines.join(" "));
                }
            }
        }
    }
    for (section, (heading, text)) in sections.into_iter().enumerate() {
        let place = (name, section);
        if is_module(heading, &page) {
            page.entries
                .push(entry(EntryKind::Module, heading, text, place));
        } else if section == 0 {
            page.entries.push(entry(EntryKind::Page, name, text, place));
        }
    }
    name_classes(&mut page.entries);
    page
}

/// Returns whether the heading owns functions or constants.
fn is_module(heading: &str, page: &Page) -> bool {
    page.entries.iter().any(|entry| {
        entry.owner == heading && matches!(entry.kind, EntryKind::Function | EntryKind::Constant)
    })
}

/// Turns entries with members into classes.
fn name_classes(entries: &mut [Entry]) {
    let has_members: Vec<bool> = entries
        .iter()
        .map(|entry| {
            let path = entry.path();
            let is_member = |e: &Entry| matches!(e.kind, EntryKind::Method | EntryKind::Property);
            entries.iter().any(|e| e.owner == path && is_member(e))
        })
        .collect();
    for (entry, has_members) in entries.iter_mut().zip(has_members) {
        if has_members && entry.kind == EntryKind::Function {
            entry.kind = EntryKind::Class;
        }
    }
}

/// Returns the entry of a paragraph that begins with code and a colon.
fn paragraph(lines: &[&'static str], place: Place) -> Option<Entry> {
    let (signature, first) = lines.first()?.strip_prefix('`')?.split_once("`:")?;
    if signature.contains('`') {
        return None;
    }
    let text = [&[first.trim()], &lines[1..]].concat().join(" ");
    Some(entry(EntryKind::Function, signature, plain(&text), place))
}

/// Returns the entries of a table.
fn table(rows: &[&'static str], place: Place) -> Vec<Entry> {
    let [heading, _, rows @ ..] = rows else {
        return Vec::new();
    };
    let heading = cells(heading);
    let Some((what, owners)) = subject(heading[0]) else {
        return Vec::new();
    };
    let mut entries = Vec::new();
    for row in rows {
        let cells = cells(row);
        let text = text_of(&heading, &cells);
        for signature in signatures(cells[0]) {
            let kind = match (what, signature.contains('(')) {
                ("member", true) => EntryKind::Method,
                ("member", false) => EntryKind::Property,
                ("function", _) => EntryKind::Function,
                ("exception", _) => EntryKind::Exception,
                _ => EntryKind::Constant,
            };
            for owner in &owners {
                let entry = entry(kind, signature, text.clone(), place);
                entries.push(Entry { owner, ..entry });
            }
        }
    }
    entries
}

/// Parses the heading of a table, such as `member of Lock, RLock`, into the kind of its rows and their owners.
fn subject(heading: &'static str) -> Option<(&'static str, Vec<&'static str>)> {
    let (what, owners) = heading.split_once(" of ").unwrap_or((heading, ""));
    let owners = owners.split(", ").collect();
    ["member", "function", "constant", "exception"]
        .contains(&what)
        .then_some((what, owners))
}

/// Returns the signatures in a first cell.
fn signatures(cell: &'static str) -> Vec<&'static str> {
    let names = |code: &'static str| match code.contains('(') {
        true => vec![code],
        false => code.split_whitespace().collect(),
    };
    code_spans(cell).flat_map(names).collect()
}

/// Returns the description in a row: its last cell, and the columns before it.
fn text_of(heading: &[&str], cells: &[&str]) -> String {
    let mut text = plain(cells.last().unwrap_or(&""));
    let middle = heading.iter().zip(cells).skip(1);
    for (heading, cell) in middle.take(cells.len().saturating_sub(2)) {
        if !cell.is_empty() {
            text = format!("{text} ({heading}: {})", plain(cell));
        }
    }
    text
}

fn entry(kind: EntryKind, signature: &'static str, text: String, (page, section): Place) -> Entry {
    let path = signature.split('(').next().unwrap_or(signature);
    let (owner, name) = path.rsplit_once('.').unwrap_or(("", path));
    Entry {
        kind,
        owner,
        name,
        signature,
        text,
        page,
        section,
    }
}

/// Splits a row of a table into its cells.
fn cells(row: &'static str) -> Vec<&'static str> {
    let row = row.trim().trim_start_matches('|').trim_end_matches('|');
    let mut cells = Vec::new();
    let mut begin = 0;
    for (at, _) in row.match_indices('|') {
        if !row[..at].ends_with('\\') {
            cells.push(row[begin..at].trim());
            begin = at + 1;
        }
    }
    cells.push(row[begin..].trim());
    cells
}

/// Splits a page into its blocks.
fn blocks(text: &'static str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut open = false;
    let mut rest = text;
    while !rest.is_empty() {
        let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
        rest = after;
        if let Some(language) = line.strip_prefix("```") {
            let end = rest.find("\n```").map_or(rest.len(), |at| at + 1);
            let end = if rest.starts_with("```") { 0 } else { end };
            blocks.push(Block::Fenced(language, &rest[..end]));
            rest = rest[end..].split_once('\n').map_or("", |(_, after)| after);
            open = false;
            continue;
        }
        match blocks.last_mut() {
            Some(Block::Table(lines)) if open && line.starts_with('|') => lines.push(line),
            Some(Block::Paragraph(lines))
                if open && !line.is_empty() && !line.starts_with(['#', '|']) =>
            {
                lines.push(line);
            }
            _ if line.starts_with('#') => {
                blocks.push(Block::Heading(line.trim_start_matches('#').trim()));
            }
            _ if line.starts_with('|') => blocks.push(Block::Table(vec![line])),
            _ if !line.is_empty() => blocks.push(Block::Paragraph(vec![line])),
            _ => {}
        }
        open = !line.is_empty();
    }
    blocks
}
