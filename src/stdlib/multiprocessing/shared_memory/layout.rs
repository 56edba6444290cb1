//! The items of a `ShareableList` as bytes, as Python's `multiprocessing/shared_memory.py` lays them out.
//!
//! | bytes | hold |
//! | --- | --- |
//! | 8 | the number of items, N |
//! | 8 × (N + 1) | where each item begins after this table, and where the last one ends |
//! | … | the items, each in a multiple of eight bytes |
//! | 8 × N | the form of each item, as `struct` calls it: `q`, `d`, `16s` |
//! | N | whether it is a number, a string, bytes or `None` |
//!
//! Numbers are little-endian, as on all machines that this crate runs on.

use rhai::{Blob, Dynamic};

use crate::text::as_string;

/// The unit in which items are laid out.
const WORD: usize = 8;

/// A value that may be an item.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Item {
    Int(i64),
    Float(f64),
    Bool(bool),
    Str(String),
    Bytes(Vec<u8>),
    None,
}

impl Item {
    /// Returns the item that a value is; `None` if no list may hold it.
    pub(super) fn of(value: &Dynamic) -> Option<Self> {
        if let Some(text) = as_string(value) {
            return Some(Self::Str(text.to_string()));
        }
        if let Some(bytes) = value.read_lock::<Blob>() {
            return Some(Self::Bytes(bytes.clone()));
        }
        if value.is_unit() {
            return Some(Self::None);
        }
        if let Ok(flag) = value.as_bool() {
            return Some(Self::Bool(flag));
        }
        if let Ok(number) = value.as_int() {
            return Some(Self::Int(number));
        }
        value.as_float().ok().map(Self::Float)
    }

    pub(super) fn into_value(self) -> Dynamic {
        match self {
            Self::Int(number) => Dynamic::from_int(number),
            Self::Float(number) => Dynamic::from_float(number),
            Self::Bool(flag) => flag.into(),
            Self::Str(text) => text.into(),
            Self::Bytes(bytes) => Dynamic::from_blob(bytes),
            Self::None => Dynamic::UNIT,
        }
    }

    /// The bytes of a string or of bytes.
    pub(super) fn text(&self) -> Option<&[u8]> {
        match self {
            Self::Str(text) => Some(text.as_bytes()),
            Self::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// How many bytes a new list has for it: a string may later be replaced by one that is no longer than this.
    pub(super) fn allotted(&self) -> usize {
        let length = self.text().map_or(0, <[u8]>::len);
        WORD * (length / WORD + 1)
    }

    /// Its form, where a list has `allotted` bytes for it.
    pub(super) fn form(&self, allotted: usize) -> String {
        match self {
            Self::Int(_) => "q".into(),
            Self::Float(_) => "d".into(),
            Self::Bool(_) => "xxxxxxx?".into(),
            Self::Str(_) | Self::Bytes(_) => format!("{allotted}s"),
            Self::None => "xxxxxx?x".into(),
        }
    }

    /// The mark that tells strings, bytes and `None` from the rest.
    pub(super) fn mark(&self) -> u8 {
        match self {
            Self::Int(_) | Self::Float(_) | Self::Bool(_) => 0,
            Self::Str(_) => 1,
            Self::Bytes(_) => 2,
            Self::None => 3,
        }
    }

    /// Its bytes, where a list has `allotted` bytes for it.
    pub(super) fn bytes(&self, allotted: usize) -> Vec<u8> {
        let mut bytes = match self {
            Self::Int(number) => number.to_le_bytes().to_vec(),
            Self::Float(number) => number.to_le_bytes().to_vec(),
            Self::Bool(flag) => u64::from(*flag).to_be_bytes().to_vec(),
            Self::Str(_) | Self::Bytes(_) => self.text().unwrap_or_default().to_vec(),
            Self::None => vec![0; WORD],
        };
        if self.text().is_some() {
            bytes.resize(allotted, 0);
        }
        bytes
    }

    /// Returns the item of these bytes.
    ///
    /// # Errors
    /// They are of another form.
    pub(super) fn read(bytes: &[u8], form: &[u8], mark: u8) -> Result<Self, String> {
        let form: Vec<u8> = form.iter().copied().filter(|byte| *byte != 0).collect();
        let shown = String::from_utf8_lossy(&form);
        let word = bytes.first_chunk::<WORD>();
        let word = word.ok_or_else(|| format!("an item of form {shown:?} has too few bytes"))?;
        let end = bytes.iter().rposition(|byte| *byte != 0);
        let text = || bytes[..end.map_or(0, |end| end + 1)].to_vec();
        match (mark, form.as_slice()) {
            (3, _) => Ok(Self::None),
            (1, [.., b's']) => String::from_utf8(text())
                .map(Self::Str)
                .map_err(|_| "a string is not UTF-8".into()),
            (2, [.., b's']) => Ok(Self::Bytes(text())),
            (0, b"q") => Ok(Self::Int(i64::from_le_bytes(*word))),
            (0, b"d") => Ok(Self::Float(f64::from_le_bytes(*word))),
            (0, b"xxxxxxx?") => Ok(Self::Bool(word[WORD - 1] != 0)),
            _ => Err(format!(
                "an item of form {shown:?} and kind {mark} is unknown"
            )),
        }
    }
}

/// Where the parts of a list are.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    /// Where each item begins among the items, and where the last one ends.
    offsets: Vec<u64>,
}

impl Layout {
    /// The layout of a new list.
    pub(super) fn of_items(items: &[Item]) -> Self {
        let mut end = 0;
        let ends = items.iter().map(|item| {
            end += item.allotted() as u64;
            end
        });
        Self {
            offsets: std::iter::once(0).chain(ends).collect(),
        }
    }

    /// How many bytes at the beginning say how long the table is.
    pub(super) const HEAD: usize = WORD;

    /// Returns the length of the table of a list with this beginning, in bytes; `None` if that many items do not fit into `size` bytes.
    pub(super) fn table_bytes(head: [u8; Self::HEAD], size: u64) -> Option<usize> {
        let count = u64::try_from(i64::from_le_bytes(head)).ok()?;
        let bytes = count.checked_add(1)?.checked_mul(WORD as u64)?;
        let fits = bytes.checked_mul(2)? <= size.checked_add(2 * WORD as u64)?;
        usize::try_from(bytes).ok().filter(|_| fits)
    }

    /// Returns the layout that this table describes; `None` if it is none.
    pub(super) fn of_table(table: &[u8], size: u64) -> Option<Self> {
        let (words, _) = table.as_chunks::<WORD>();
        let offsets: Vec<u64> = words.iter().map(|word| u64::from_le_bytes(*word)).collect();
        let layout = Self { offsets };
        let rises = layout.offsets.is_sorted() && layout.offsets.last()? <= &size;
        (rises && layout.size() <= size).then_some(layout)
    }

    pub(super) fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    /// The number of bytes of the whole list.
    pub(super) fn size(&self) -> u64 {
        self.mark_at(self.len())
    }

    /// The beginning of a new list: the number of items, and the table.
    pub(super) fn head(&self) -> Vec<u8> {
        let count = self.len() as u64;
        let words = std::iter::once(&count).chain(&self.offsets);
        words.flat_map(|word| word.to_le_bytes()).collect()
    }

    fn items_at(&self) -> u64 {
        ((self.len() + 2) * WORD) as u64
    }

    /// Where the item at `index` begins, and how many bytes it may have.
    pub(super) fn item(&self, index: usize) -> (u64, usize) {
        let (start, end) = (self.offsets[index], self.offsets[index + 1]);
        (self.items_at() + start, (end - start) as usize)
    }

    /// Where its form is.
    pub(super) fn form_at(&self, index: usize) -> u64 {
        self.items_at() + self.offsets[self.len()] + (index * WORD) as u64
    }

    /// Where its mark is.
    pub(super) fn mark_at(&self, index: usize) -> u64 {
        self.form_at(self.len()) + index as u64
    }
}
