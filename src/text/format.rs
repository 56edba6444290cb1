//! `"…".format(args)`: fills a template's replacement fields.

use std::borrow::Cow;

use rhai::{Dynamic, Map};

use super::lookup::follow;
use super::markup::{Replacement, Template, index, split_name};
use super::quote::{ascii, quoted};
use super::repr::{repr_of, str_of};
use super::spec::format_spec;
use super::values::unshared;
use super::{Attribute, Custom, Formatted, TextError, append};

/// Levels of fields: one, and those in its specification.
const MAX_LEVELS: usize = 2;

/// Python's `template.format(*args)`: `{}`, `{0}`, `{name}`, `{0[1]}`, `{a[key]}`, `{0.name}`, `{{`, `!r`, `!s`, `!a`, and
/// specifications as [`format_spec`] takes them, with fields inside: `{:{}}`.
///
/// Names are looked up in the last argument if that is a map, as scripts have no keyword arguments; it remains an
/// argument by position as well, so that `"{}".format(map)` shows it. Unlike in Python, `{}` and `{1}` may stand in one
/// template.
///
/// # Errors
///
/// `ValueError` for an invalid template, `IndexError` and `KeyError` for fields without an argument, `TypeError`
/// and `AttributeError` for steps a value does not allow, and those of [`format_spec`]; the messages are Python's.
pub(crate) fn format(
    template: &str,
    args: &[Dynamic],
    custom: Custom<'_>,
    attribute: Attribute<'_>,
) -> Result<String, TextError> {
    format_with(template, args, custom, attribute, &|_, _| None)
}

/// As [`format()`]; `formatted` is asked first for values of our own types that have a specification.
pub(crate) fn format_with(
    template: &str,
    args: &[Dynamic],
    custom: Custom<'_>,
    attribute: Attribute<'_>,
    formatted: Formatted<'_>,
) -> Result<String, TextError> {
    let chars: Vec<char> = template.chars().collect();
    let last = args.last().map(unshared);
    let mut filler = Filler {
        args,
        named: last.as_deref(),
        next: 0,
        custom,
        attribute,
        formatted,
    };
    filler.fill(&chars, MAX_LEVELS)
}

struct Filler<'a> {
    args: &'a [Dynamic],
    named: Option<&'a Dynamic>,
    /// The index of the next `{}`'s argument.
    next: usize,
    custom: Custom<'a>,
    attribute: Attribute<'a>,
    formatted: Formatted<'a>,
}

impl<'a> Filler<'a> {
    fn fill(&mut self, chars: &[char], levels: usize) -> Result<String, TextError> {
        if levels == 0 {
            return Err(TextError::value_error("Max string recursion exceeded"));
        }
        let mut out = String::with_capacity(chars.len() + 16);
        let mut template = Template::new(chars);
        while !template.is_done() {
            if let Some(replacement) = template.next(&mut out)? {
                append(&mut out, &self.field(replacement, levels)?)?;
            }
        }
        Ok(out)
    }

    fn field(&mut self, field: Replacement<'_>, levels: usize) -> Result<String, TextError> {
        let mut value = self.value(field.name)?;
        let custom = self.custom;
        if let Some(conversion) = field.conversion {
            value = Cow::Owned(match conversion {
                's' => str_of(&value, custom).into(),
                'r' => repr_of(&value, custom).into(),
                'a' => ascii(&repr_of(&value, custom)).into(),
                unknown => return Err(unknown_conversion(unknown)),
            });
        }
        let spec = match field.spec.contains(&'{') {
            true => self.fill(field.spec, levels - 1)?,
            false => field.spec.iter().collect(),
        };
        let own = match spec.is_empty() {
            true => None,
            false => (self.formatted)(&value, &spec),
        };
        own.unwrap_or_else(|| format_spec(&value, &spec, custom))
    }

    /// Returns the value that a field's name leads to.
    fn value(&mut self, name: &[char]) -> Result<Cow<'a, Dynamic>, TextError> {
        let (first, mut steps) = split_name(name);
        let mut value = match self.position(first)? {
            Some(index) => {
                let found = self.args.get(index).map(Cow::Borrowed);
                found.ok_or_else(|| out_of_args(index))?
            }
            None => Cow::Owned(self.named(&first.iter().collect::<String>())?),
        };
        while let Some(step) = steps.next()? {
            value = Cow::Owned(follow(&value, &step, self.attribute)?);
        }
        Ok(value)
    }

    /// Returns which argument is meant, if it is one by position: `{}` is the next one, whatever numbers stand around.
    fn position(&mut self, first: &[char]) -> Result<Option<usize>, TextError> {
        if !first.is_empty() {
            return index(first);
        }
        self.next += 1;
        Ok(Some(self.next - 1))
    }

    fn named(&self, name: &str) -> Result<Dynamic, TextError> {
        let map = self.named.and_then(Dynamic::read_lock::<Map>);
        let found = map.and_then(|map| map.get(name).cloned());
        found.ok_or_else(|| TextError::new("KeyError", quoted(name)))
    }
}

fn out_of_args(index: usize) -> TextError {
    TextError::new(
        "IndexError",
        format!("Replacement index {index} out of range for positional args tuple"),
    )
}

fn unknown_conversion(conversion: char) -> TextError {
    let shown = match conversion {
        '!'..='\x7e' => conversion.to_string(),
        other => format!("\\x{:x}", u32::from(other)),
    };
    TextError::value_error(format!("Unknown conversion specifier {shown}"))
}
