//! The grammar of `str.format` templates: literal characters, `{field!conversion:spec}`, and field names.

use super::{MAX_WIDTH, TextError};

/// A replacement field, as written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Replacement<'a> {
    pub(super) name: &'a [char],
    pub(super) conversion: Option<char>,
    pub(super) spec: &'a [char],
}

/// A template that is being parsed.
pub(super) struct Template<'a> {
    rest: &'a [char],
}

impl<'a> Template<'a> {
    pub(super) fn new(chars: &'a [char]) -> Self {
        Template { rest: chars }
    }

    /// Appends the literal text before the next field to `out`, and returns the field; `None` at a doubled brace or
    /// the end. Call it until [`Template::is_done`].
    pub(super) fn next(&mut self, out: &mut String) -> Result<Option<Replacement<'a>>, TextError> {
        let literal = self
            .rest
            .iter()
            .position(|char| matches!(char, '{' | '}'))
            .unwrap_or(self.rest.len());
        out.extend(&self.rest[..literal]);
        self.rest = &self.rest[literal..];
        let Some(brace) = self.bite() else {
            return Ok(None);
        };
        match (brace, self.rest.first()) {
            (brace, Some(next)) if brace == *next => {
                out.push(brace);
                self.bite();
                Ok(None)
            }
            ('{', Some(_)) => self.replacement().map(Some),
            (brace, _) => Err(fault(format!(
                "Single '{brace}' encountered in format string"
            ))),
        }
    }

    pub(super) fn is_done(&self) -> bool {
        self.rest.is_empty()
    }

    fn bite(&mut self) -> Option<char> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    fn replacement(&mut self) -> Result<Replacement<'a>, TextError> {
        let (name, mut end) = self.name()?;
        let mut conversion = None;
        if end == '!' {
            conversion = self.bite();
            if conversion.is_none() {
                return Err(fault(
                    "end of string while looking for conversion specifier",
                ));
            }
            match self.bite() {
                Some(next @ ('}' | ':')) => end = next,
                Some(_) => return Err(fault("expected ':' after conversion specifier")),
                None => end = ':',
            }
        }
        let spec = if end == ':' { self.spec()? } else { &[] };
        Ok(Replacement {
            name,
            conversion,
            spec,
        })
    }

    /// Parses a field's name and the character that ends it. Square brackets can contain anything.
    fn name(&mut self) -> Result<(&'a [char], char), TextError> {
        let start = self.rest;
        while let Some(char) = self.bite() {
            match char {
                '{' => return Err(fault("unexpected '{' in field name")),
                '[' => {
                    let close = self
                        .rest
                        .iter()
                        .position(|char| *char == ']')
                        .unwrap_or(self.rest.len());
                    self.rest = &self.rest[close..];
                }
                '}' | ':' | '!' => return Ok((&start[..start.len() - self.rest.len() - 1], char)),
                _ => {}
            }
        }
        Err(fault("expected '}' before end of string"))
    }

    /// Parses the specification up to the brace that closes the field; nested fields are expanded later.
    fn spec(&mut self) -> Result<&'a [char], TextError> {
        let start = self.rest;
        let mut open = 1;
        while let Some(char) = self.bite() {
            match char {
                '{' => open += 1,
                '}' => open -= 1,
                _ => {}
            }
            if open == 0 {
                return Ok(&start[..start.len() - self.rest.len() - 1]);
            }
        }
        Err(fault("unmatched '{' in format spec"))
    }
}

/// A step from a field's first value to the value it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// `.name`
    Attribute(String),
    /// `[name]`, with the number if the name is a number.
    Item(String, Option<usize>),
}

/// Splits a field's name into its first part and the steps that follow.
pub(super) fn split_name(name: &[char]) -> (&[char], Steps<'_>) {
    let (first, rest) = name.split_at(word_length(name));
    (first, Steps { rest })
}

/// The steps in a field's name, parsed lazily: an error after a failing step is not reported.
pub(super) struct Steps<'a> {
    rest: &'a [char],
}

impl Steps<'_> {
    pub(super) fn next(&mut self) -> Result<Option<Step>, TextError> {
        let Some((mark, behind)) = self.rest.split_first() else {
            return Ok(None);
        };
        let (word, rest) = match mark {
            '.' => behind.split_at(word_length(behind)),
            '[' => {
                let close = behind.iter().position(|char| *char == ']');
                let close = close.ok_or_else(|| fault("Missing ']' in format string"))?;
                (&behind[..close], &behind[close + 1..])
            }
            _ => {
                return Err(fault(
                    "Only '.' or '[' may follow ']' in format field specifier",
                ));
            }
        };
        if word.is_empty() {
            return Err(fault("Empty attribute in format string"));
        }
        self.rest = rest;
        let text = word.iter().collect();
        Ok(Some(match mark {
            '.' => Step::Attribute(text),
            _ => Step::Item(text, index(word)?),
        }))
    }
}

/// Skips characters up to the next step.
fn word_length(chars: &[char]) -> usize {
    chars
        .iter()
        .position(|char| matches!(char, '.' | '['))
        .unwrap_or(chars.len())
}

/// Parses a word as a number.
pub(super) fn index(word: &[char]) -> Result<Option<usize>, TextError> {
    let Some(digits) = word
        .iter()
        .map(|char| char.to_digit(10))
        .collect::<Option<Vec<u32>>>()
    else {
        return Ok(None);
    };
    let number = digits.iter().fold(0_usize, |number, digit| {
        number.saturating_mul(10).saturating_add(*digit as usize)
    });
    match number {
        _ if digits.is_empty() => Ok(None),
        number if number > MAX_WIDTH => Err(fault("Too many decimal digits in format string")),
        number => Ok(Some(number)),
    }
}

fn fault(text: impl Into<String>) -> TextError {
    TextError::value_error(text)
}
