//! Formatters: a record as text.

use rhai::{Array, Dynamic};

use super::record::{self, LogRecord};
use super::site::Site;
use crate::script::{Call, Failure, Outcome, Registry, raise, truth, type_name};
use crate::stdlib::builtins::text_failure;
use crate::stdlib::time::local_date;
use crate::text::{self, as_string};

/// `logging.Formatter(fmt, datefmt, style)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Formatter {
    format: String,
    datefmt: Option<String>,
    style: Style,
}

/// How the attributes of a record are named in a format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// `%(message)s`
    Percent,
    /// `{message}`
    Brace,
}

impl Style {
    /// # Errors
    /// `ValueError` for an unknown style.
    pub(super) fn named(name: &str) -> Result<Self, Failure> {
        match name {
            "%" => Ok(Self::Percent),
            "{" => Ok(Self::Brace),
            _ => Err(raise("ValueError", "Style must be one of: %,{")),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Percent => "%",
            Self::Brace => "{",
        }
    }

    /// The format of records that were given none.
    fn default_format(self) -> &'static str {
        match self {
            Self::Percent => "%(message)s",
            Self::Brace => "{message}",
        }
    }

    /// The format of `basicConfig`.
    pub(super) fn basic_format(self) -> &'static str {
        match self {
            Self::Percent => "%(levelname)s:%(name)s:%(message)s",
            Self::Brace => "{levelname}:{name}:{message}",
        }
    }

    fn field(self, name: &str) -> String {
        match self {
            Self::Percent => format!("%({name})"),
            Self::Brace => format!("{{{name}"),
        }
    }

    /// Returns whether a format has a field at all.
    fn is_valid(self, format: &str) -> bool {
        match self {
            Self::Percent => format.contains("%("),
            Self::Brace => format.replace("{{", "").contains('{'),
        }
    }
}

pub(super) fn register(registry: &mut Registry) {
    registry
        .class::<Formatter>("logging.Formatter")
        .by_parts(
            "Formatter",
            |_, formatter: &Formatter| Ok(formatter.parts().into()),
            |_, parts| Formatter::of_parts(parts).ok_or_else(|| "its format is missing".into()),
        )
        .method("format", &["record"], |call| {
            let (formatter, record) = (call.this::<Formatter>(), record::argument(call)?);
            formatter
                .format(&Site::of(call), &record)
                .map(Dynamic::from)
        })
        .method("formatTime", &["record", "datefmt?"], |call| {
            let (record, datefmt) = (record::argument(call)?, call.given(1));
            let datefmt = datefmt.map(|format| call.str(&format));
            time_of(&record, datefmt.as_deref()).map(Dynamic::from)
        })
        .method("formatException", &["exc_info"], |call| {
            let value = call.value(0);
            Ok(crate::script::caught::of(&value).report().into())
        })
        .repr(|_| Ok("<logging.Formatter object>".into()));
}

/// `logging.Formatter(fmt=None, datefmt=None, style="%", validate=True)`.
pub(super) fn construct(call: &mut Call<'_>) -> Outcome {
    let format = call.given(0).map(|format| call.str(&format));
    let datefmt = call.given(1).map(|format| call.str(&format));
    let style = Style::named(&call.string_or(2, "%")?)?;
    let validate = call.bool_or(3, true);
    Formatter::new(format, datefmt, style, validate).map(Dynamic::from)
}

impl Default for Formatter {
    fn default() -> Self {
        Self {
            format: Style::Percent.default_format().into(),
            datefmt: None,
            style: Style::Percent,
        }
    }
}

impl Formatter {
    /// # Errors
    /// `ValueError` for a format that has no field.
    pub(super) fn new(
        format: Option<String>,
        datefmt: Option<String>,
        style: Style,
        validate: bool,
    ) -> Result<Self, Failure> {
        let format = format.unwrap_or_else(|| style.default_format().into());
        if validate && !style.is_valid(&format) {
            let text = match style {
                Style::Percent => format!("Invalid format '{format}' for '%' style"),
                Style::Brace => "invalid format: no fields".into(),
            };
            return Err(raise("ValueError", text));
        }
        Ok(Self {
            format,
            datefmt,
            style,
        })
    }

    fn parts(&self) -> Array {
        let datefmt = self.datefmt.clone().map_or(Dynamic::UNIT, Dynamic::from);
        vec![
            self.format.clone().into(),
            datefmt,
            self.style.name().into(),
        ]
    }

    fn of_parts(parts: Dynamic) -> Option<Self> {
        let [format, datefmt, style] = <[Dynamic; 3]>::try_from(parts.into_array().ok()?).ok()?;
        Some(Self {
            format: as_string(&format)?.into(),
            datefmt: as_string(&datefmt).map(Into::into),
            style: Style::named(&as_string(&style)?).ok()?,
        })
    }

    /// Returns a record as text, with its exception behind the line.
    ///
    /// # Errors
    /// Its arguments do not fit its message, or the format names an attribute that it does not have.
    pub(super) fn format(&self, site: &Site<'_>, record: &LogRecord) -> Result<String, Failure> {
        record.set("message", record.message(site)?);
        if self.format.contains(&self.style.field("asctime")) {
            record.set("asctime", time_of(record, self.datefmt.as_deref())?);
        }
        let mut all = self.line(site, record)?;
        if record.value("exc_text").is_unit()
            && let Some(traceback) = record.traceback()
        {
            record.set("exc_text", traceback);
        }
        for more in ["exc_text", "stack_info"] {
            let more = record.value(more);
            if truth(&more) {
                if !all.ends_with('\n') {
                    all.push('\n');
                }
                all.push_str(&site.str(&more));
            }
        }
        Ok(all)
    }

    fn line(&self, site: &Site<'_>, record: &LogRecord) -> Result<String, Failure> {
        let attributes = Dynamic::from(record.with(|attributes| attributes.clone()));
        let custom = |value: &Dynamic| Some(site.str(value));
        let line = match self.style {
            Style::Percent => text::percent(&self.format, &attributes, &custom),
            Style::Brace => text::format(&self.format, &[attributes], &custom, &|_, _| None),
        };
        line.map_err(|error| match error.kind {
            "KeyError" => {
                let text = format!("Formatting field not found in record: {}", error.message);
                raise("ValueError", text)
            }
            _ => text_failure(error),
        })
    }
}

/// Returns the time of a record: by default with milliseconds.
fn time_of(record: &LogRecord, datefmt: Option<&str>) -> Result<String, Failure> {
    let created = record.value("created").as_float().unwrap_or(0.0);
    if let Some(datefmt) = datefmt {
        return local_date(created, datefmt);
    }
    let milliseconds = record.value("msecs").as_int().unwrap_or(0);
    let date = local_date(created, "%Y-%m-%d %H:%M:%S")?;
    Ok(format!("{date},{milliseconds:03}"))
}

/// Parameter 0 as a formatter: also a function of the script, or an object with a method `format`. `None` stands for the default.
pub(super) fn argument(call: &mut Call<'_>) -> Result<Option<Dynamic>, Failure> {
    let Some(formatter) = call.given(0) else {
        return Ok(None);
    };
    if formatter.is::<Formatter>() || Site::of(call).is_callable(&formatter, "format") {
        return Ok(Some(formatter));
    }
    let found = type_name(&formatter);
    let text = format!("a formatter must be a Formatter or a function, not {found}");
    Err(raise("TypeError", text))
}

/// Returns a record as text by what [`argument`] takes.
///
/// # Errors
/// Those of the formatter.
pub(super) fn formatted(
    site: &Site<'_>,
    formatter: Option<&Dynamic>,
    record: &LogRecord,
) -> Result<String, Failure> {
    let Some(formatter) = formatter else {
        return Formatter::default().format(site, record);
    };
    if let Some(formatter) = formatter.read_lock::<Formatter>() {
        return formatter.format(site, record);
    }
    let args = vec![Dynamic::from(record.clone())];
    match site.call(formatter, "format", args) {
        Some(text) => Ok(site.str(&text?)),
        None => Formatter::default().format(site, record),
    }
}
