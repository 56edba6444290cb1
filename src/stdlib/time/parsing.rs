//! Dates read by a format: `strptime`.

use jiff::civil;
use jiff::fmt::strtime::BrokenDownTime;

use crate::script::{Failure, raise};
use crate::stdlib::datetime::fields;
use crate::text::quoted;

/// Returns a format in which some directives are replaced.
pub(in crate::stdlib) fn replaced(
    format: &str,
    replacement: impl Fn(char) -> Option<String>,
) -> String {
    let mut all = String::new();
    let mut rest = format.chars();
    while let Some(char) = rest.next() {
        if char != '%' {
            all.push(char);
            continue;
        }
        let Some(directive) = rest.next() else {
            all.push('%');
            break;
        };
        match replacement(directive) {
            Some(text) => all.push_str(&text),
            None => all.extend(['%', directive]),
        }
    }
    all
}

/// `strptime`: reads a moment by a format, with its distance from UTC in seconds if there is one. What the format does not name is that of January 1, 1900.
///
/// # Errors
/// `ValueError` if the text does not match the format, or there is no such moment.
pub(in crate::stdlib) fn parsed_by_format(
    text: &str,
    format: &str,
) -> Result<(civil::DateTime, Option<i32>), Failure> {
    let zone_name = ["UTC", "GMT"].into_iter().find(|name| text.contains(name));
    let plain = replaced(format, |directive| match directive {
        'c' => Some("%a %b %d %H:%M:%S %Y".into()),
        'x' => Some("%m/%d/%y".into()),
        'X' => Some("%H:%M:%S".into()),
        'Z' => zone_name.map(Into::into),
        _ => None,
    });
    // The ways to write an offset.
    let ways = ["%z", "%:z", "Z"];
    let found = ways.iter().find_map(|way| {
        let format = replaced(&plain, |directive| {
            (directive == 'z').then(|| (*way).to_string())
        });
        let (parts, end) = BrokenDownTime::parse_prefix(&format, text).ok()?;
        let is_utc = *way == "Z" && format != plain;
        Some((parts, end, is_utc))
    });
    let Some((parts, end, is_utc)) = found else {
        let (text, format) = (quoted(text), quoted(format));
        let text = format!("time data {text} does not match format {format}");
        return Err(raise("ValueError", text));
    };
    if end < text.len() {
        let rest = &text[end..];
        let text = format!("unconverted data remains: {rest}");
        return Err(raise("ValueError", text));
    }
    let offset = parts.offset().map(|offset| offset.seconds());
    let offset = offset.or(is_utc.then_some(0));
    Ok((day_of(&parts)?.to_datetime(clock_of(&parts)?), offset))
}

fn day_of(parts: &BrokenDownTime) -> Result<civil::Date, Failure> {
    if let Ok(date) = parts.to_date() {
        return fields::in_range(date);
    }
    let year = parts.year().map_or(1900, i64::from);
    let month = parts.month().map_or(1, i64::from);
    let day = parts.day().map_or(1, i64::from);
    fields::day(year, month, day)
}

fn clock_of(parts: &BrokenDownTime) -> Result<civil::Time, Failure> {
    if let Ok(time) = parts.to_time() {
        return Ok(fields::to_microsecond(time));
    }
    let number = |part: Option<i8>| part.map_or(0, i64::from);
    let microsecond = parts
        .subsec_nanosecond()
        .map_or(0, |ns| i64::from(ns / 1000));
    fields::clock(
        number(parts.hour()),
        number(parts.minute()),
        number(parts.second()),
        microsecond,
    )
}
