//! What a call may set: the width, the indent, and others.

use rhai::Dynamic;

use crate::script::{Call, Failure, raise};
use crate::text::as_int;

/// How values are laid out.
#[derive(Debug, Clone)]
pub(super) struct Options {
    /// Spaces for each level.
    pub indent: usize,
    /// The most characters of a line, as far as that is possible. Python takes any number but 0.
    pub width: i64,
    /// How many levels of lists and dicts are shown.
    pub depth: Option<usize>,
    /// Whether a line has as many items of a list as fit.
    pub compact: bool,
    pub sort_dicts: bool,
    /// Whether `1000000` is `1_000_000`.
    pub underscore_numbers: bool,
}

/// Python's width.
const WIDTH: i64 = 80;

impl Default for Options {
    fn default() -> Self {
        Self {
            indent: 1,
            width: WIDTH,
            depth: None,
            compact: false,
            sort_dicts: true,
            underscore_numbers: false,
        }
    }
}

impl Options {
    /// Reads the options of a call, whose parameters from `first` on they are.
    ///
    /// # Errors
    /// `TypeError` or `ValueError`.
    pub(super) fn of(call: &mut Call<'_>, first: usize, sorts: bool) -> Result<Self, Failure> {
        let places = [0, 1, 2, 3, 4, 5].map(|option| first + option);
        Self::read(call, places, sorts)
    }

    /// Reads the options of a call, which are these of its parameters.
    ///
    /// # Errors
    /// As those of [`of`](Self::of).
    pub(super) fn read(
        call: &mut Call<'_>,
        [indent, width, depth, compact, sort_dicts, underscores]: [usize; 6],
        sorts: bool,
    ) -> Result<Self, Failure> {
        let indent = call.int_or(indent, 1)?;
        let width = call.int_or(width, WIDTH)?;
        let depth = match call.has_value(depth) {
            true => Some(call.int(depth)?),
            false => None,
        };
        let compact = call.bool_or(compact, false);
        let sort_dicts = call.bool_or(sort_dicts, sorts);
        let underscore_numbers = call.bool_or(underscores, false);
        let indent = usize::try_from(indent).map_err(|_| wrong("indent must be >= 0"))?;
        if depth.is_some_and(|depth| depth <= 0) {
            return Err(wrong("depth must be > 0"));
        }
        if width == 0 {
            return Err(wrong("width must be != 0"));
        }
        Ok(Self {
            indent,
            width,
            depth: depth.and_then(|depth| usize::try_from(depth).ok()),
            compact,
            sort_dicts,
            underscore_numbers,
        })
    }

    /// Returns the options as values, for another process.
    pub(super) fn parts(&self) -> Dynamic {
        let number = |number: usize| Dynamic::from_int(i64::try_from(number).unwrap_or(i64::MAX));
        vec![
            number(self.indent),
            Dynamic::from_int(self.width),
            self.depth.map_or(Dynamic::UNIT, number),
            self.compact.into(),
            self.sort_dicts.into(),
            self.underscore_numbers.into(),
        ]
        .into()
    }

    /// Returns the options of such values.
    pub(super) fn of_parts(parts: Dynamic) -> Option<Self> {
        let parts: [Dynamic; 6] = parts.into_array().ok()?.try_into().ok()?;
        let [indent, width, depth, compact, sort_dicts, underscores] = parts;
        let number =
            |value: &Dynamic| as_int(value).and_then(|number| usize::try_from(number).ok());
        Some(Self {
            indent: number(&indent)?,
            width: as_int(&width)?,
            depth: number(&depth),
            compact: compact.as_bool().ok()?,
            sort_dicts: sort_dicts.as_bool().ok()?,
            underscore_numbers: underscores.as_bool().ok()?,
        })
    }
}

fn wrong(text: &str) -> Failure {
    raise("ValueError", text)
}
