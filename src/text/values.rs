//! Rhai values as Python sees them: the name of the type, a string, a number.

use std::borrow::Cow;
use std::ops::{Range, RangeInclusive};

use rhai::{Dynamic, FnPtr, ImmutableString};

use crate::wire::bare_type_name;

/// Python's name for the type of a value: `int`, `str`, `NoneType`, `list`; custom types keep their own.
///
/// A captured variable that another thread holds at this moment is a `busy variable`.
pub(crate) fn type_name(value: &Dynamic) -> String {
    let value = unshared(value);
    if value.is_shared() {
        return "busy variable".into();
    }
    type_name_of(value.type_name())
}

/// The beginning of the names of functions that stand for methods bound to an object.
pub(crate) const BOUND: &str = "bound__";

/// Returns the name of a function; of a bound method its own.
pub(crate) fn function_name(function: &FnPtr) -> &str {
    let name = function.fn_name();
    name.strip_prefix(BOUND).unwrap_or(name)
}

/// Python's name for the type that Rhai calls `name`.
pub(crate) fn type_name_of(name: &str) -> String {
    let bare = bare_type_name(name);
    let name = match bare.as_str() {
        "()" => "NoneType",
        "i64" => "int",
        "f64" => "float",
        "string" | "char" | "&str | ImmutableString | String" => "str",
        "array" => "list",
        "map" => "dict",
        "blob" => "bytes",
        "Fn" => "function",
        "Range<i64>" | "RangeInclusive<i64>" => "range",
        "Socket" => "socket",
        "Channel" => "queue.Queue",
        "Iter" => "iterator",
        "Deque" => "collections.deque",
        "DefaultDict" => "collections.defaultdict",
        "StringModule" => "string",
        "Local" => "_thread._local",
        "Day" => "datetime.date",
        "Moment" => "datetime.datetime",
        "Clock" => "datetime.time",
        "Delta" => "datetime.timedelta",
        "Zone" => "datetime.timezone",
        "Pattern" => "re.Pattern",
        "Match" => "re.Match",
        "Parser" => "ArgumentParser",
        "ProcessExecutor" => "ProcessPoolExecutor",
        "ThreadExecutor" => "ThreadPoolExecutor",
        "ListReader" => "_csv.reader",
        "Writer" => "_csv.writer",
        "Hash" => "_hashlib.HASH",
        // Objects on a server.
        "Line<0>" => "Lock",
        "Line<1>" => "RLock",
        "Line<2>" => "Semaphore",
        "Number<true>" => "Value",
        "Number<false>" => "RawValue",
        _ => return bare,
    };
    name.into()
}

/// Returns the value itself, read through a shared cell. A cell that is locked stays a shared cell.
pub(super) fn unshared(value: &Dynamic) -> Cow<'_, Dynamic> {
    match value.is_shared() {
        true => Cow::Owned(value.flatten_clone()),
        false => Cow::Borrowed(value),
    }
}

/// Returns a string, or a character as one; not through a shared cell.
pub(crate) fn as_string(value: &Dynamic) -> Option<ImmutableString> {
    if value.is_shared() {
        return None;
    }
    if let Ok(char) = value.as_char() {
        return Some(char.to_string().into());
    }
    value
        .read_lock::<ImmutableString>()
        .map(|string| string.clone())
}

/// Returns an integer, or a boolean as one.
pub(crate) fn as_int(value: &Dynamic) -> Option<i64> {
    let int = value.as_int();
    int.or_else(|_| value.as_bool().map(i64::from)).ok()
}

/// Returns a float, an integer or a boolean as a float.
pub(crate) fn as_float(value: &Dynamic) -> Option<f64> {
    let float = value.as_float().ok();
    float.or_else(|| as_int(value).map(|int| int as f64))
}

/// Python's `start` and `stop` of a range that is not shared.
pub(crate) fn bounds(value: &Dynamic) -> Option<(i64, i128)> {
    if let Some(range) = value.read_lock::<Range<i64>>() {
        return Some((range.start, range.end.into()));
    }
    let range = value.read_lock::<RangeInclusive<i64>>()?;
    Some((*range.start(), i128::from(*range.end()) + 1))
}
