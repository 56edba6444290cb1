//! Values as a prompt shows them: nested ones laid out over several lines, large ones cut.

use rhai::Dynamic;

use super::Interactive;
use crate::script::values::repr_with;
use crate::sys::deep_stack::on_deep_stack;
use crate::text::quoted;

/// Levels of nesting that are laid out.
const MAX_DEPTH: usize = 100;

/// The most characters that show one byte: `\x01`.
const BYTE: usize = 4;

/// How [`Interactive::enter`] shows values. By default, as their whole `repr` on one line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Display {
    /// The width of a line, in columns. A list or a dict that is wider is laid out over several lines. `None`: one line.
    pub columns: Option<usize>,
    /// About how many characters of a value are shown. The text says how much is left out. `None`: all.
    pub characters: Option<usize>,
}

impl Display {
    /// Returns the display for a terminal of this width, with the usual limit of characters.
    ///
    /// # Example
    /// ```no_run
    /// use procscript::prompt::{Display, Outcome};
    ///
    /// let mut program = procscript::Runtime::builder().build().unwrap().interactive();
    /// program.set_display(Display::of_width(20));
    /// match program.enter("#{name: \"worker\", jobs: [1, 2]}") {
    ///     Outcome::Value(text) => assert_eq!(text, "{'jobs': [1, 2],\n 'name': 'worker'}"),
    ///     other => panic!("{other:?}"),
    /// }
    /// ```
    pub fn of_width(columns: usize) -> Self {
        Self {
            columns: Some(columns),
            characters: Some(4_000),
        }
    }
}

/// A value that is about to be laid out.
enum Piece {
    Text(String),
    Group {
        open: char,
        close: char,
        /// Each with what is before it: the key of a dict.
        items: Vec<(String, Piece)>,
    },
}

impl Interactive {
    /// From now on, values are shown so.
    pub fn set_display(&mut self, display: Display) {
        self.display = display;
    }

    /// The text of a value.
    pub(super) fn shown(&self, value: &Dynamic, display: Display) -> String {
        on_deep_stack(|| {
            let mut room = display.characters.unwrap_or(usize::MAX);
            let piece = self.piece(value, &mut room, 0);
            let mut out = String::new();
            let columns = display.columns.unwrap_or(usize::MAX);
            let text = flat(&piece);
            lay_out(&piece, &text, columns, (0, 0), &mut out);
            out
        })
    }

    /// Takes a value apart. `room` is the number of characters that may still be shown.
    fn piece(&self, value: &Dynamic, room: &mut usize, depth: usize) -> Piece {
        let inner;
        let value = match value.is_shared() {
            true => {
                // Another thread may be changing it.
                inner = value.read_lock::<Dynamic>().map(|value| value.clone());
                match &inner {
                    Some(inner) => inner,
                    None => return Piece::Text("<busy>".into()),
                }
            }
            false => value,
        };
        if depth >= MAX_DEPTH {
            return Piece::Text("...".into());
        }
        if let Ok(items) = value.as_array_ref() {
            let items = items.iter().map(|item| (String::new(), item));
            return self.group(['[', ']'], items, room, depth);
        }
        if let Ok(entries) = value.as_map_ref() {
            let entries = entries.iter();
            let entries = entries.map(|(key, item)| (format!("{}: ", quoted(key)), item));
            return self.group(['{', '}'], entries, room, depth);
        }
        let text = self.leaf(value, *room);
        *room = room.saturating_sub(text.chars().count());
        Piece::Text(text)
    }

    fn group<'v>(
        &self,
        [open, close]: [char; 2],
        values: impl ExactSizeIterator<Item = (String, &'v Dynamic)>,
        room: &mut usize,
        depth: usize,
    ) -> Piece {
        let (mut items, mut left) = (Vec::new(), values.len());
        for (key, value) in values {
            if *room == 0 {
                items.push((String::new(), Piece::Text(format!("… {left} more"))));
                break;
            }
            *room = room.saturating_sub(key.chars().count() + ", ".len());
            items.push((key, self.piece(value, room, depth + 1)));
            left -= 1;
        }
        Piece::Group { open, close, items }
    }

    /// The text of a value that is not taken apart, cut to about `room` characters.
    fn leaf(&self, value: &Dynamic, room: usize) -> String {
        // The quoted form of a very long string would take long to make.
        if let Ok(text) = value.as_immutable_string_ref()
            && let Some((end, _)) = text.char_indices().nth(room)
        {
            let left = text[end..].chars().count();
            return format!("{}… {left} more", quoted(&text[..end]));
        }
        if let Ok(bytes) = value.as_blob_ref()
            && bytes.len() > room.div_ceil(BYTE)
        {
            let (begin, left) = bytes.split_at(room.div_ceil(BYTE));
            let (begin, left) = (Dynamic::from_blob(begin.to_vec()), left.len());
            return format!("{}… {left} more", self.repr(&begin));
        }
        let text = self.repr(value);
        match text.char_indices().nth(room) {
            Some((end, _)) => format!("{}… {} more", &text[..end], text[end..].chars().count()),
            None => text,
        }
    }

    /// The `repr` of a value.
    fn repr(&self, value: &Dynamic) -> String {
        let engine = &self.runtime.engine;
        let context = self.runtime.state.context(engine, "repr");
        repr_with(value, &context)
    }
}

/// Writes a piece, whose text on one line is `text`. It begins in a column and is followed by `behind` more characters.
fn lay_out(
    piece: &Piece,
    text: &str,
    columns: usize,
    (column, behind): (usize, usize),
    out: &mut String,
) {
    let fits = column.saturating_add(width(text) + behind) <= columns;
    let (open, close, items) = match piece {
        Piece::Group { open, close, items } if !fits => (open, close, items),
        _ => return out.push_str(text),
    };
    let inner = column + 1;
    let is_text = |(key, item): &(String, Piece)| key.is_empty() && matches!(item, Piece::Text(_));
    let fills_rows = items.iter().all(is_text);
    let (mut at, last) = (inner, items.len().saturating_sub(1));
    out.push(*open);
    for (index, (key, item)) in items.iter().enumerate() {
        let after = if index == last { behind + 1 } else { 1 };
        let text = flat(item);
        let size = width(&text);
        if index > 0 {
            let goes_on = fills_rows && at + 2 + size + after <= columns;
            out.push_str(if goes_on { ", " } else { ",\n" });
            match goes_on {
                true => at += 2,
                false => {
                    out.push_str(&" ".repeat(inner));
                    at = inner;
                }
            }
        }
        out.push_str(key);
        lay_out(item, &text, columns, (at + width(key), after), out);
        at += size;
    }
    out.push(*close);
}

/// The text of a piece on one line.
fn flat(piece: &Piece) -> String {
    match piece {
        Piece::Text(text) => text.clone(),
        Piece::Group { open, close, items } => {
            let items = items
                .iter()
                .map(|(key, item)| format!("{key}{}", flat(item)));
            let items: Vec<_> = items.collect();
            format!("{open}{}{close}", items.join(", "))
        }
    }
}

/// The columns that a text takes, or a few more: then a line is broken earlier than it must be.
fn width(text: &str) -> usize {
    let columns = |c| if c < '\u{1100}' { 1 } else { 2 };
    text.chars().map(columns).sum()
}
