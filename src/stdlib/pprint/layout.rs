//! How a value is broken into lines: as Python's `pprint` does it, to the character.
//!
//! What fits on the rest of a line stays on it. What does not is broken between its items, each of which is laid out in the same way.

use rhai::{Array, Dynamic, Map};

use super::node::{Entry, LEVELS, Node, is_text, line};
use super::options::Options;
use super::strings::{length, signed};
use crate::script::{Call, Failure, memory, type_name};
use crate::stdlib::builtins::compare::less;
use crate::stdlib::builtins::sorting::sort;
use crate::stdlib::collections::contents::{Contents, address, contents};
use crate::stdlib::types::object::Object;

/// Lays out one value.
pub(super) struct Layout<'l, 'c> {
    pub call: &'l Call<'c>,
    pub options: &'l Options,
    out: String,
    /// The addresses of the objects that are being laid out: one of them may be inside itself.
    pub inside: Vec<usize>,
}

/// Where something is laid out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// How many characters are before it.
    pub indent: usize,
    /// How many characters come behind it on the same line: closing brackets, a comma.
    pub allowance: usize,
    pub level: usize,
}

/// Returns a value in lines of a width.
///
/// # Errors
/// `MemoryError`, and `TypeError` for counts without an order.
pub(super) fn laid_out(
    call: &Call<'_>,
    options: &Options,
    value: Dynamic,
) -> Result<String, Failure> {
    memory::for_strings_of(call, std::iter::once(&value))?;
    let mut layout = Layout {
        call,
        options,
        out: String::new(),
        inside: Vec::new(),
    };
    let start = Place {
        indent: 0,
        allowance: 0,
        level: 0,
    };
    layout.node(&Node::Value(value), start)?;
    Ok(layout.out)
}

impl Layout<'_, '_> {
    pub(super) fn node(&mut self, node: &Node, at: Place) -> Result<(), Failure> {
        self.call.check_interrupts()?;
        let address = self.address(node);
        if let (Node::Value(value), Some(address)) = (node, address)
            && self.inside.contains(&address)
        {
            let class = type_name(value);
            let class = class.rsplit('.').next().unwrap_or(&class);
            return self.write(&format!("<Recursion on {class} with id={address}>"));
        }
        let whole = line(self.call, self.options, node, at.level);
        let room = self.width(at.indent).saturating_sub(signed(at.allowance));
        if length(&whole) <= room || at.level >= LEVELS {
            return self.write(&whole);
        }
        self.inside.extend(address);
        let is_broken = self.broken(
            node,
            Place {
                level: at.level + 1,
                ..at
            },
        );
        if address.is_some() {
            self.inside.pop();
        }
        match is_broken? {
            true => Ok(()),
            false => self.write(&whole),
        }
    }

    pub(super) fn address(&self, node: &Node) -> Option<usize> {
        let Node::Value(value) = node else {
            return None;
        };
        if !value.is_variant() {
            return None;
        }
        let object = || value.read_lock::<Object>().map(|object| object.address());
        address(value).or_else(object)
    }

    /// Writes something in several lines. Returns false for what cannot be broken.
    fn broken(&mut self, node: &Node, at: Place) -> Result<bool, Failure> {
        match node {
            Node::Value(value) => self.broken_value(&value.flatten_clone(), at),
            Node::Pair(key, value) => {
                let parts = [key.clone(), value.clone()].map(Node::Value);
                self.enclosed("(", &parts, ")", at)?;
                Ok(true)
            }
            Node::Pairs(pairs) => {
                let pair = |(key, value): &Entry| Node::Pair(key.clone(), value.clone());
                let pairs: Vec<_> = pairs.iter().map(pair).collect();
                self.enclosed("[", &pairs, "]", at)?;
                Ok(true)
            }
        }
    }

    fn broken_value(&mut self, value: &Dynamic, at: Place) -> Result<bool, Failure> {
        if value.is_shared() {
            return Ok(false);
        }
        if is_text(value) {
            self.text(value, at)?;
        } else if let Some(items) = value.read_lock::<Array>() {
            let items: Vec<_> = items.iter().cloned().map(Node::Value).collect();
            self.enclosed("[", &items, "]", at)?;
        } else if let Some(map) = value.read_lock::<Map>() {
            let entries = map.iter();
            let entries = entries.map(|(key, value)| (key.as_str().into(), value.clone()));
            let entries: Vec<_> = entries.collect();
            self.dict(&entries, at)?;
        } else if let Some(object) = value.read_lock::<Object>() {
            if object.function("__repr__").is_some() {
                return Ok(false);
            }
            let attributes = object.with(|attributes| attributes.clone());
            self.attributes(object.class(), attributes, at)?;
        } else if let Some(contents) = contents(self.call, value)? {
            return self.collection(contents, at);
        } else {
            return Ok(false);
        }
        Ok(true)
    }

    fn collection(&mut self, contents: Contents, at: Place) -> Result<bool, Failure> {
        match contents {
            Contents::Counter(entries) if !entries.is_empty() => {
                self.write("Counter({")?;
                self.pad()?;
                self.entries(&entries, at.moved("Counter(", 2))?;
                self.write("})")?;
            }
            Contents::OrderedDict(entries) if !entries.is_empty() => {
                self.write("OrderedDict(")?;
                self.node(&Node::Pairs(entries), at.moved("OrderedDict(", 1))?;
                self.write(")")?;
            }
            Contents::DefaultDict(factory, entries) if !entries.is_empty() => {
                let class = "defaultdict(";
                let at = at.moved(class, 1);
                let factory = self.call.repr(&factory);
                self.write(&format!("{class}{factory},\n"))?;
                self.spaces(at.indent)?;
                let entries = match self.options.sort_dicts {
                    true => self.sorted(entries)?,
                    false => entries,
                };
                self.dict(&entries, at)?;
                self.write(")")?;
            }
            Contents::Deque(items, most) if !items.is_empty() => {
                let class = "deque(";
                self.write(&format!("{class}["))?;
                let inner = match most {
                    None => at.moved(class, 2),
                    Some(_) => Place {
                        allowance: 2,
                        ..at.moved(class, 0)
                    },
                };
                let items: Vec<_> = Array::into_iter(items).map(Node::Value).collect();
                self.items(&items, inner)?;
                match most {
                    None => self.write("])")?,
                    Some(most) => {
                        self.write("],\n")?;
                        self.spaces(inner.indent)?;
                        self.write(&format!("maxlen={most})"))?;
                    }
                }
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Returns entries in the order of their keys; keys that have none are in that of their types.
    fn sorted(&self, mut entries: Vec<Entry>) -> Result<Vec<Entry>, Failure> {
        sort(&mut entries, false, |(a, _), (b, _)| {
            self.call.check_interrupts()?;
            let order = less(self.call.context, a, b);
            Ok(order.unwrap_or_else(|_| type_name(a) < type_name(b)))
        })?;
        Ok(entries)
    }

    /// Returns how many characters fit behind an indent; a negative number if it is too large.
    pub(super) fn width(&self, indent: usize) -> i64 {
        self.options.width.saturating_sub(signed(indent))
    }

    /// Writes the spaces between an opening bracket and the first item.
    pub(super) fn pad(&mut self) -> Result<(), Failure> {
        self.spaces(self.options.indent.saturating_sub(1))
    }

    pub(super) fn spaces(&mut self, count: usize) -> Result<(), Failure> {
        memory::for_longer(self.call, &self.out, count)?;
        self.out.extend(std::iter::repeat_n(' ', count));
        Ok(())
    }

    pub(super) fn write(&mut self, text: &str) -> Result<(), Failure> {
        memory::for_longer(self.call, &self.out, text.len())?;
        self.out.push_str(text);
        Ok(())
    }
}

impl Place {
    /// Returns the place behind a text, with this many characters more behind it.
    pub(super) fn moved(self, text: &str, allowance: usize) -> Self {
        Self {
            indent: self.indent.saturating_add(text.chars().count()),
            allowance: self.allowance + allowance,
            ..self
        }
    }
}
