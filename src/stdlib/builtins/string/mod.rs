//! Python's methods of strings, on strings and on single characters.
//!
//! Rhai's own methods keep their names and meanings (`trim`, `to_upper`, `sub_string`, `pad`, …), except where
//! Python has the same name; see the table in [`super`].
//!
//! - [`case`]: case, padding, stripping.
//! - [`search`]: finding, counting, replacing.
//! - [`pieces`]: splitting and joining.
//! - [`class`]: what kinds of characters a string has.

mod case;
pub(in crate::stdlib) mod class;
pub(in crate::stdlib) mod pieces;
mod search;

pub(super) use self::search::range;
use rhai::{Dynamic, ImmutableString};

use super::formats::own_format;
use super::kind::attribute;
use crate::script::{Call, Class, Failure, Outcome, Registry, memory, raise, type_name};
use crate::text::{self, as_string};

pub(super) fn register(registry: &mut Registry) {
    methods(&mut registry.extension::<ImmutableString>("str"));
    methods(&mut registry.extension::<char>("str"));
    search::register_own_forms(&mut registry.extension::<ImmutableString>("str"));
    pieces::register_own_forms(&mut registry.extension::<ImmutableString>("str"));
}

fn methods(class: &mut Class<'_>) {
    case::register(class);
    search::register(class);
    pieces::register(class);
    class::register(class);
    class
        .method("encode", &["encoding?", "errors?"], encode)
        .method("format", &["*args", "/"], format);
}

/// Returns the string a method was called on.
fn this(call: &mut Call<'_>) -> ImmutableString {
    as_string(call.receiver()).unwrap_or_default()
}

/// Parameter `index`, a string.
fn text_argument(call: &mut Call<'_>, index: usize) -> Result<ImmutableString, Failure> {
    let value = call.value(index);
    as_string(&value).ok_or_else(|| {
        let (name, found) = (call.name(), kind_of_argument(&value));
        raise(
            "TypeError",
            format!("{name}() argument {} must be str, not {found}", index + 1),
        )
    })
}

/// Returns the type of a wrong argument in the words of CPython's check of arguments.
fn kind_of_argument(value: &Dynamic) -> String {
    match value.is_unit() {
        true => "None".into(),
        false => type_name(value),
    }
}

/// Parameter 0, the string to look for, in the words of `find`, `partition` and their like.
fn wanted(call: &mut Call<'_>) -> Result<ImmutableString, Failure> {
    let value = call.value(0);
    as_string(&value).ok_or_else(|| {
        let found = type_name(&value);
        raise("TypeError", format!("must be str, not {found}"))
    })
}

/// `string.encode(encoding="utf-8", errors="strict")`.
fn encode(call: &mut Call<'_>) -> Outcome {
    let encoding = call.string_or(0, "utf-8")?;
    let errors = super::codec::errors(call, 1)?;
    super::codec::encode(&this(call), &encoding, &errors)
}

/// `"{} {0}".format(x)`.
///
/// Rhai does not distinguish `a.format(b)` from `format(a, b)`; the source does.
fn format(call: &mut Call<'_>) -> Outcome {
    let (template, args) = (this(call), call.rest(0));
    memory::for_strings_of(call, &args)?;
    let custom = |value: &Dynamic| Some(call.str(value));
    let result = match args.as_slice() {
        [spec] if spec.is_string() && !is_written_as_method(call) => {
            let spec = as_string(spec).unwrap_or_default();
            text::format_spec(&Dynamic::from(template), &spec, &custom)
        }
        _ => {
            let attribute = |value: &Dynamic, name: &str| attribute(call, &mut value.clone(), name);
            let formatted = |value: &Dynamic, spec: &str| own_format(call, value, spec);
            text::format_with(&template, &args, &custom, &attribute, &formatted)
        }
    };
    result
        .map(Dynamic::from)
        .map_err(super::convert::text_failure)
}

/// Returns whether the call is `x.f(…)`, not `f(x, …)`, or its source is not known.
fn is_written_as_method(call: &Call<'_>) -> bool {
    let (file, position) = (call.context.call_source(), call.context.call_position());
    let mark = file.and_then(|file| call.interp.program.mark_before(file, position));
    mark.is_none_or(|mark| mark == '.')
}
