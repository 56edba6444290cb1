//! Writing JSON as CPython does: the same spaces, the same escapes, the same digits.

use std::fmt::Write;

use rhai::{Array, Dynamic, FnPtr, Map};

use crate::script::record::Record;
use crate::script::{Call, Failure, memory, raise, type_name};
use crate::text;
use crate::text::as_string;

/// Levels of nesting written: as deep as Python goes.
const MAX_DEPTH: usize = 990;

/// How the output is laid out.
pub(super) struct Layout {
    /// The indentation of each level; `None` writes one line.
    pub indent: Option<String>,
    /// Between items, and between key and value.
    pub item: String,
    pub key: String,
    /// Whether all but ASCII is escaped.
    pub ascii: bool,
    pub allow_nan: bool,
}

/// Writes one value.
pub(super) struct Writer<'a, 'c> {
    call: &'a Call<'c>,
    layout: Layout,
    /// Returns the replacement for a value that JSON does not have.
    default: Option<FnPtr>,
    out: String,
}

impl<'a, 'c> Writer<'a, 'c> {
    pub(super) fn new(call: &'a Call<'c>, layout: Layout, default: Option<FnPtr>) -> Self {
        Self {
            call,
            layout,
            default,
            out: String::new(),
        }
    }

    pub(super) fn finish(self) -> String {
        self.out
    }

    pub(super) fn value(&mut self, value: &Dynamic, depth: usize) -> Result<(), Failure> {
        let value = &value.flatten_clone();
        if depth > MAX_DEPTH {
            let text = "maximum recursion depth exceeded while encoding a JSON object";
            return Err(raise("RecursionError", text));
        }
        if value.is_unit() {
            self.out.push_str("null");
        } else if let Ok(flag) = value.as_bool() {
            self.out.push_str(if flag { "true" } else { "false" });
        } else if let Ok(int) = value.as_int() {
            self.out.push_str(&int.to_string());
        } else if let Ok(float) = value.as_float() {
            self.float(float)?;
        } else if let Some(text) = as_string(value) {
            // Most letters are written as they are; an escaped one takes six.
            self.make_room(text.len().saturating_mul(6))?;
            self.string(&text);
        } else if let Some(items) = value.read_lock::<Array>() {
            self.array(&items, depth)?;
        } else if let Some(entries) = value.read_lock::<Map>() {
            self.object(&entries, depth)?;
        } else if let Some(record) = value.read_lock::<Record>() {
            self.array(record.values(), depth)?;
        } else {
            self.other(value, depth)?;
        }
        Ok(())
    }

    fn other(&mut self, value: &Dynamic, depth: usize) -> Result<(), Failure> {
        let Some(default) = self.default.clone() else {
            let found = type_name(value);
            let text = format!("Object of type {found} is not JSON serializable");
            return Err(raise("TypeError", text));
        };
        let known = self.call.call(&default, vec![value.clone()])?;
        self.value(&known, depth + 1)
    }

    fn float(&mut self, float: f64) -> Result<(), Failure> {
        if float.is_finite() {
            let shown = text::repr_of(&Dynamic::from_float(float), &|_| None);
            self.out.push_str(&shown);
            return Ok(());
        }
        let name = if float.is_nan() {
            "NaN"
        } else if float > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        };
        if !self.layout.allow_nan {
            let mut text = "Out of range float values are not JSON compliant".to_owned();
            // CPython has two writers; the one that indents names the value.
            if self.layout.indent.is_some() {
                let shown = text::repr_of(&Dynamic::from_float(float), &|_| None);
                text = format!("{text}: {shown}");
            }
            return Err(raise("ValueError", text));
        }
        self.out.push_str(name);
        Ok(())
    }

    fn string(&mut self, text: &str) {
        self.out.push('"');
        for char in text.chars() {
            match char {
                '"' => self.out.push_str("\\\""),
                '\\' => self.out.push_str("\\\\"),
                '\n' => self.out.push_str("\\n"),
                '\r' => self.out.push_str("\\r"),
                '\t' => self.out.push_str("\\t"),
                '\x08' => self.out.push_str("\\b"),
                '\x0c' => self.out.push_str("\\f"),
                ' '..='~' => self.out.push(char),
                _ if self.layout.ascii || char < ' ' => self.escape(char),
                _ => self.out.push(char),
            }
        }
        self.out.push('"');
    }

    /// `\u00e9`; beyond the first plane two of them.
    fn escape(&mut self, char: char) {
        for unit in char.encode_utf16(&mut [0; 2]) {
            // Writing to a string does not fail.
            let _ = write!(self.out, "\\u{unit:04x}");
        }
    }

    fn array(&mut self, items: &Array, depth: usize) -> Result<(), Failure> {
        if items.is_empty() {
            self.out.push_str("[]");
            return Ok(());
        }
        self.out.push('[');
        for (index, item) in items.iter().enumerate() {
            self.call.check_interrupts()?;
            self.before_item(index, depth)?;
            self.value(item, depth + 1)?;
        }
        self.line(depth)?;
        self.out.push(']');
        Ok(())
    }

    fn object(&mut self, entries: &Map, depth: usize) -> Result<(), Failure> {
        if entries.is_empty() {
            self.out.push_str("{}");
            return Ok(());
        }
        self.out.push('{');
        for (index, (key, value)) in entries.iter().enumerate() {
            self.call.check_interrupts()?;
            self.before_item(index, depth)?;
            self.string(key);
            self.out.push_str(&self.layout.key);
            self.value(value, depth + 1)?;
        }
        self.line(depth)?;
        self.out.push('}');
        Ok(())
    }

    fn before_item(&mut self, index: usize, depth: usize) -> Result<(), Failure> {
        if index > 0 {
            self.out.push_str(&self.layout.item);
        }
        self.line(depth + 1)
    }

    /// Starts a new line, indented for `depth`; does nothing when the output is one line.
    fn line(&mut self, depth: usize) -> Result<(), Failure> {
        if let Some(indent) = &self.layout.indent {
            let more = indent.len().saturating_mul(depth).saturating_add(1);
            self.make_room(more)?;
            self.out.push('\n');
            self.out.push_str(&indent.repeat(depth));
        }
        Ok(())
    }

    /// Memory for more bytes, if the output has to grow for them.
    fn make_room(&self, more: usize) -> Result<(), Failure> {
        let length = self.out.len().saturating_add(more);
        if length <= self.out.capacity() {
            return Ok(());
        }
        memory::for_string(self.call, length)
    }
}
