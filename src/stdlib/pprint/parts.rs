//! The parts of a value that is broken into lines: items, entries, attributes, and the pieces of strings.

use rhai::{Blob, Dynamic, Map};

use super::layout::{Layout, Place};
use super::node::{Entry, Node, line};
use super::strings::{length, pieces_of_bytes, pieces_of_text, signed};
use crate::script::Failure;
use crate::text::as_string;

impl Layout<'_, '_> {
    pub(super) fn enclosed(
        &mut self,
        open: &str,
        items: &[Node],
        close: &str,
        at: Place,
    ) -> Result<(), Failure> {
        self.write(open)?;
        self.items(items, at.moved("", 1))?;
        self.write(close)
    }

    /// Writes items, one on a line, or with `compact` as many as fit.
    pub(super) fn items(&mut self, items: &[Node], at: Place) -> Result<(), Failure> {
        let indent = at.indent.saturating_add(self.options.indent);
        self.pad()?;
        let mut width = self.width(indent).saturating_add(1);
        let mut left = width;
        // What comes before the next item.
        let mut before = None;
        for (index, item) in items.iter().enumerate() {
            let is_last = index + 1 == items.len();
            let allowance = if is_last { at.allowance } else { 1 };
            if is_last {
                width = width.saturating_sub(signed(allowance));
                left = left.saturating_sub(signed(allowance));
            }
            if self.options.compact {
                let whole = line(self.call, self.options, item, at.level);
                let needed = length(&whole).saturating_add(2);
                if left < needed {
                    left = width;
                    before = before.map(|_| true);
                }
                if left >= needed {
                    left = left.saturating_sub(needed);
                    self.separate(before, indent)?;
                    before = Some(false);
                    self.write(&whole)?;
                    continue;
                }
            }
            self.separate(before, indent)?;
            before = Some(true);
            let level = at.level;
            self.node(
                item,
                Place {
                    indent,
                    allowance,
                    level,
                },
            )?;
        }
        Ok(())
    }

    /// Writes the comma before an item, and whether it is on a new line.
    fn separate(&mut self, before: Option<bool>, indent: usize) -> Result<(), Failure> {
        match before {
            None => Ok(()),
            Some(false) => self.write(", "),
            Some(true) => {
                self.write(",\n")?;
                self.spaces(indent)
            }
        }
    }

    /// Writes a dict.
    pub(super) fn dict(&mut self, entries: &[Entry], at: Place) -> Result<(), Failure> {
        self.write("{")?;
        self.pad()?;
        self.entries(entries, at.moved("", 1))?;
        self.write("}")
    }

    /// Writes the entries of a dict.
    pub(super) fn entries(&mut self, entries: &[Entry], at: Place) -> Result<(), Failure> {
        let indent = at.indent.saturating_add(self.options.indent);
        for (index, (key, value)) in entries.iter().enumerate() {
            self.separate((index > 0).then_some(true), indent)?;
            let key = Node::Value(key.clone());
            let key = line(self.call, self.options, &key, at.level) + ": ";
            self.write(&key)?;
            let is_last = index + 1 == entries.len();
            let place = Place {
                indent: indent.saturating_add(key.chars().count()),
                allowance: if is_last { at.allowance } else { 1 },
                level: at.level,
            };
            self.node(&Node::Value(value.clone()), place)?;
        }
        Ok(())
    }

    /// Writes the attributes of an object. Its closing bracket counts nowhere, as in Python.
    pub(super) fn attributes(
        &mut self,
        class: &str,
        attributes: Map,
        at: Place,
    ) -> Result<(), Failure> {
        self.write(&format!("{class}("))?;
        let indent = at.indent + class.chars().count() + 1;
        let is_shown = |value: &Dynamic| !value.is_fnptr();
        let attributes = attributes.into_iter();
        let attributes: Vec<_> = attributes.filter(|(_, value)| is_shown(value)).collect();
        let count = attributes.len();
        for (index, (name, value)) in attributes.into_iter().enumerate() {
            self.separate((index > 0).then_some(true), indent)?;
            self.write(&format!("{name}="))?;
            let place = Place {
                indent: indent + name.chars().count() + 1,
                allowance: if index + 1 == count { at.allowance } else { 1 },
                level: at.level,
            };
            let value = Node::Value(value);
            let is_inside = self.address(&value);
            match is_inside.is_some_and(|address| self.inside.contains(&address)) {
                true => self.write("...")?,
                false => self.node(&value, place)?,
            }
        }
        self.write(")")
    }

    /// Writes a string or bytes in pieces, which at the first level are in brackets.
    pub(super) fn text(&mut self, value: &Dynamic, at: Place) -> Result<(), Failure> {
        let is_first = at.level == 1;
        let more = usize::from(is_first);
        let (indent, allowance) = (at.indent + more, signed(at.allowance + more));
        let width = self.width(indent);
        let (pieces, is_enclosed) = match as_string(value) {
            Some(text) => {
                let pieces = pieces_of_text(self.call, &text, width, allowance);
                let is_enclosed = is_first && pieces.len() > 1;
                (pieces, is_enclosed)
            }
            None => {
                let bytes = value.read_lock::<Blob>();
                let bytes = bytes.map_or_else(Blob::new, |bytes| bytes.clone());
                let is_enclosed = is_first && bytes.len() > 4;
                let pieces = pieces_of_bytes(self.call, &bytes, width, allowance);
                (pieces, is_enclosed)
            }
        };
        if pieces.is_empty() {
            return self.write(&self.call.repr(value));
        }
        if is_enclosed {
            self.write("(")?;
        }
        for (index, piece) in pieces.iter().enumerate() {
            if index > 0 {
                self.write("\n")?;
                self.spaces(indent)?;
            }
            self.write(piece)?;
        }
        match is_enclosed {
            true => self.write(")"),
            false => Ok(()),
        }
    }
}
