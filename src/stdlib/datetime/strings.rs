//! Days and moments as strings, and back: `strftime`, `strptime`, ISO 8601.

use jiff::civil;
use jiff::fmt::temporal::Pieces;

use super::fields::{self, microsecond};
use super::zone::{Zone, shown};
use crate::script::{Failure, raise};
use crate::stdlib::time::{civil_date, parsed_by_format, replaced};
use crate::text::quoted;

/// Returns a moment in a format: `%f` has six digits, `%z` and `%Z` are empty without a zone.
///
/// # Errors
/// `ValueError` for an invalid format.
pub(super) fn formatted(
    at: civil::DateTime,
    zone: Option<&Zone>,
    format: &str,
) -> Result<String, Failure> {
    let format = replaced(format, |directive| match directive {
        'f' => Some(format!("{:06}", microsecond(at.time()))),
        'z' => Some(zone.map_or(String::new(), |zone| shown(zone.offset(), ""))),
        'Z' => Some(zone.map_or(String::new(), |zone| zone.name().replace('%', "%%"))),
        _ => None,
    });
    civil_date(at, &format)
}

/// A day and a time of day, with a zone if there is one.
pub(super) type Parsed = (civil::DateTime, Option<Zone>);

/// `strptime`: reads a moment by a format.
///
/// # Errors
/// As those of `time.strptime`.
pub(super) fn parsed(text: &str, format: &str) -> Result<Parsed, Failure> {
    let (at, offset) = parsed_by_format(text, format)?;
    Ok((at, offset.map(|seconds| Zone::of_seconds(seconds, None))))
}

fn invalid(text: &str) -> Failure {
    let text = format!("Invalid isoformat string: {}", quoted(text));
    raise("ValueError", text)
}

/// Reads a moment in ISO 8601, with any character between day and time.
///
/// # Errors
/// `ValueError` for any other text.
pub(super) fn iso_moment(text: &str) -> Result<Parsed, Failure> {
    let mut usual: String = text.into();
    let separator = text.char_indices().nth(10);
    if let Some((at, separator)) = separator.filter(|_| text.as_bytes().get(4) == Some(&b'-')) {
        usual.replace_range(at..at + separator.len_utf8(), "T");
    }
    let pieces = Pieces::parse(&usual).map_err(|_| invalid(text))?;
    if pieces.time_zone_annotation().is_some() {
        return Err(invalid(text));
    }
    let time = pieces.time().unwrap_or(civil::Time::midnight());
    let day = fields::in_range(pieces.date()).map_err(|_| invalid(text))?;
    let zone = pieces.to_numeric_offset();
    let zone = zone.map(|offset| Zone::of_seconds(offset.seconds(), None));
    Ok((day.to_datetime(fields::to_microsecond(time)), zone))
}

/// Reads a day in ISO 8601.
///
/// # Errors
/// `ValueError` for any other text.
pub(super) fn iso_day(text: &str) -> Result<civil::Date, Failure> {
    let pieces = Pieces::parse(text).map_err(|_| invalid(text))?;
    if pieces.time().is_some() || pieces.time_zone_annotation().is_some() {
        return Err(invalid(text));
    }
    fields::in_range(pieces.date()).map_err(|_| invalid(text))
}

/// Reads a time of day in ISO 8601.
///
/// # Errors
/// `ValueError` for any other text.
pub(super) fn iso_clock(text: &str) -> Result<(civil::Time, Option<Zone>), Failure> {
    let bare = text.strip_prefix('T').unwrap_or(text);
    let (at, zone) = iso_moment(&format!("1970-01-01T{bare}")).map_err(|_| invalid(text))?;
    Ok((at.time(), zone))
}
