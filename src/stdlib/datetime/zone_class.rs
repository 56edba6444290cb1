//! The members of `timezone`.

use std::fmt::Display;
use std::str::FromStr;

use rhai::{Array, Dynamic};

use super::delta::Delta;
use super::zone::Zone;
use crate::script::{Call, Failure, Namespace, Outcome, Registry, raise, type_name};
use crate::text::as_string;

pub(super) fn register(registry: &mut Registry) {
    registry
        .class::<Zone>("datetime.timezone")
        .by_parts(
            "timezone",
            |_, zone: &Zone| Ok(parts(zone).into()),
            |_, parts| of_parts(parts).ok_or_else(|| "its offset is missing".into()),
        )
        .method("utcoffset", &["dt"], |call| {
            Ok(Dynamic::from(Delta::of(call.this::<Zone>().offset())))
        })
        .method("tzname", &["dt"], |call| {
            Ok(call.this::<Zone>().name().into())
        })
        .method("dst", &["dt"], |_| Ok(Dynamic::UNIT))
        .method("to_string", &[], |call| {
            Ok(call.this::<Zone>().name().into())
        })
        .method("to_debug", &[], |call| {
            Ok(call.this::<Zone>().repr().into())
        });
}

pub(super) fn register_class(class: &mut Namespace<'_>) {
    class.constant("utc", Zone::utc(), |_| Ok(Dynamic::from(Zone::utc())));
}

/// `datetime.timezone(offset, name=None)`.
pub(super) fn construct(call: &mut Call<'_>) -> Outcome {
    let offset = call.value(0);
    let name = match call.has_value(1) {
        true => Some(call.string(1)?.to_string()),
        false => None,
    };
    let found = type_name(&offset);
    let Some(offset) = offset.try_cast::<Delta>() else {
        let text = format!("timezone() argument 1 must be datetime.timedelta, not {found}");
        return Err(raise("TypeError", text));
    };
    Zone::new(offset, name).map(Dynamic::from)
}

/// Returns the values of which another process makes the same time with its zone.
pub(super) fn zoned_parts(at: impl Display, zone: Option<&Zone>) -> Dynamic {
    let zone = zone.map_or(Dynamic::UNIT, |zone| parts(zone).into());
    let both: Array = vec![at.to_string().into(), zone];
    both.into()
}

/// Reads the [`zoned_parts`] of another process.
pub(super) fn of_zoned_parts<T: FromStr>(parts: Dynamic) -> Result<(T, Option<Zone>), String> {
    let read = || {
        let [at, zone] = <[Dynamic; 2]>::try_from(parts.into_array().ok()?).ok()?;
        let zone = match zone.is_unit() {
            true => None,
            false => Some(of_parts(zone)?),
        };
        Some((at.into_string().ok()?.parse().ok()?, zone))
    };
    read().ok_or_else(|| "its parts are missing".into())
}

/// Returns the values of which another process makes the same zone.
fn parts(zone: &Zone) -> Array {
    let name = zone
        .given_name()
        .map_or(Dynamic::UNIT, |name| name.to_string().into());
    vec![zone.offset().into(), name]
}

/// Makes a zone of the [`parts`] of another process.
fn of_parts(parts: Dynamic) -> Option<Zone> {
    let [offset, name] = <[Dynamic; 2]>::try_from(parts.into_array().ok()?).ok()?;
    let name = as_string(&name).map(Into::into);
    Zone::new(Delta::of(offset.as_int().ok()?), name).ok()
}

/// Parameter `index` as a zone; `None` if it is `None` or was left out.
pub(super) fn argument(call: &mut Call<'_>, index: usize) -> Result<Option<Zone>, Failure> {
    let Some(value) = call.given(index) else {
        return Ok(None);
    };
    let found = type_name(&value);
    let zone = value.try_cast::<Zone>();
    let text = format!("tzinfo argument must be None or of a tzinfo subclass, not type '{found}'");
    zone.map(Some).ok_or_else(|| raise("TypeError", text))
}

/// Returns a zone as a value: `None` if there is none.
pub(super) fn value(zone: Option<Zone>) -> Dynamic {
    zone.map_or(Dynamic::UNIT, Dynamic::from)
}
