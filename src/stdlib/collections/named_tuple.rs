//! `namedtuple`: functions that make tuples whose items have names.

use std::sync::Arc;

use rhai::{Array, Dynamic, FnPtr, ImmutableString, Map};

use super::keyed::entries_of;
use crate::script::bind::{CALL, called_object, function_named};
use crate::script::record::{Record, RecordClass};
use crate::script::{Call, Failure, Outcome, Registry, raise};
use crate::stdlib::builtins::items_of;
use crate::stdlib::builtins::string::class::is_identifier;
use crate::text::as_string;

/// A class, whose values are made by a call.
#[derive(Debug, Clone)]
struct Maker(Arc<RecordClass>);

pub(super) const PARAMS: &[&str] = &["typename", "field_names", "rename?", "defaults?"];

/// What functions have that are such classes.
const MEMBERS: &[&str] = &["_field_defaults", "_fields", "_make"];

/// Python's keywords.
const KEYWORDS: &str = "False None True and as assert async await break class continue def del elif else except finally for from global if import \
                        in is lambda nonlocal not or pass raise return try while with yield";

pub(super) fn register(registry: &mut Registry) {
    registry
        .class::<Maker>("collections.namedtuple")
        .by_parts(
            "collections.namedtuple",
            |_, maker: &Maker| Ok(parts_of(&maker.0)),
            |_, parts| class_of(parts).map(Maker).ok_or_else(|| WRONG.into()),
        )
        .unlisted(CALL, &["*args", "/"], |call| {
            let (class, args) = (call.this::<Maker>().0, call.rest(0));
            let values = arranged(&class, args)?;
            Ok(Dynamic::from(Record::new(class, values)))
        });
    registry
        .extension::<FnPtr>("function")
        .lacks::<FnPtr>(|function| match class_named(function) {
            Some(_) => &[],
            None => MEMBERS,
        })
        .getter("_fields", |call| Ok(fields(&*class(call)?)))
        .getter("_field_defaults", |call| Ok(defaults(&*class(call)?)))
        .method("_make", &["iterable", "/"], |call| {
            let class = class(call)?;
            make(call, class)
        });
}

/// What another process says about a class that it cannot read.
const WRONG: &str = "not a name, fields and defaults";

/// Returns a class as values, for another process.
pub(super) fn parts_of(class: &RecordClass) -> Dynamic {
    let defaults = Dynamic::from(class.defaults.clone());
    vec![class.name.clone().into(), fields(class), defaults].into()
}

/// Returns the class of such values.
pub(super) fn class_of(parts: Dynamic) -> Option<Arc<RecordClass>> {
    let parts: [Dynamic; 3] = parts.into_array().ok()?.try_into().ok()?;
    let [name, fields, defaults] = parts;
    let fields = fields.into_array().ok()?;
    let fields: Option<Vec<_>> = fields.iter().map(as_string).collect();
    let (fields, defaults) = (fields?, defaults.into_array().ok()?);
    let name = as_string(&name).filter(|_| defaults.len() <= fields.len())?;
    Some(Arc::new(RecordClass {
        name,
        fields,
        defaults,
    }))
}

/// Returns the names of the fields as a list.
pub(super) fn fields(class: &RecordClass) -> Dynamic {
    let names = class.fields.iter().cloned();
    names.map(Dynamic::from).collect::<Array>().into()
}

/// Returns the defaults by the names of their fields.
pub(super) fn defaults(class: &RecordClass) -> Dynamic {
    let first = class.fields.len() - class.defaults.len();
    let names = class.fields.iter().skip(first);
    let names = names.map(|name| name.as_str().into());
    let defaults = names.zip(class.defaults.iter().cloned());
    defaults.collect::<Map>().into()
}

/// `_make(iterable)`: a tuple of these items.
///
/// # Errors
/// `TypeError` for another number of items.
pub(super) fn make(call: &mut Call<'_>, class: Arc<RecordClass>) -> Outcome {
    let items = call.value(0);
    let values = items_of(call, items)?;
    let (wanted, found) = (class.fields.len(), values.len());
    if wanted != found {
        let text = format!("Expected {wanted} arguments, got {found}");
        return Err(raise("TypeError", text));
    }
    Ok(Dynamic::from(Record::new(class, values)))
}

/// Returns the class that a function is.
fn class_named(function: &FnPtr) -> Option<Arc<RecordClass>> {
    let maker = called_object(function)?.try_cast::<Maker>()?;
    Some(maker.0)
}

fn class(call: &mut Call<'_>) -> Result<Arc<RecordClass>, Failure> {
    let name = call.name();
    let function = call.receiver().clone().try_cast::<FnPtr>();
    let class = function.and_then(|function| class_named(&function));
    class.ok_or_else(|| {
        let text = format!("'function' object has no attribute '{name}'");
        raise("AttributeError", text)
    })
}

/// `namedtuple(typename, field_names, rename=False, defaults=None)`
pub(super) fn construct(call: &mut Call<'_>) -> Outcome {
    let (name, names) = (call.string(0)?, call.value(1));
    let rename = call.bool_or(2, false);
    let defaults = match call.given(3) {
        Some(defaults) => items_of(call, defaults)?,
        None => Array::new(),
    };
    let mut fields: Vec<ImmutableString> = match as_string(&names) {
        Some(names) => names
            .replace(',', " ")
            .split_whitespace()
            .map(Into::into)
            .collect(),
        None => {
            let names = items_of(call, names)?;
            names.iter().map(|name| call.str(name).into()).collect()
        }
    };
    check_name(&name)?;
    for place in 0..fields.len() {
        let (before, rest) = fields.split_at_mut(place);
        let field = &mut rest[0];
        let problem = check_field(field, before);
        match problem {
            Err(_) if rename => *field = format!("_{place}").into(),
            checked => checked?,
        }
    }
    if defaults.len() > fields.len() {
        let text = "Got more default values than field names";
        return Err(raise("TypeError", text));
    }
    let maker = Maker(Arc::new(RecordClass {
        name: name.clone(),
        fields,
        defaults,
    }));
    function_named(call.interp, &Dynamic::from(maker), &name)
}

fn check_field(name: &str, before: &[ImmutableString]) -> Result<(), Failure> {
    check_name(name)?;
    let text = match name {
        _ if name.starts_with('_') => "Field names cannot start with an underscore",
        _ if before.iter().any(|other| other == name) => "Encountered duplicate field name",
        _ => return Ok(()),
    };
    Err(wrong(text, name))
}

fn check_name(name: &str) -> Result<(), Failure> {
    let text = match name {
        _ if !is_identifier(name) => "Type names and field names must be valid identifiers",
        _ if KEYWORDS.split_whitespace().any(|word| word == name) => {
            "Type names and field names cannot be a keyword"
        }
        _ => return Ok(()),
    };
    Err(wrong(text, name))
}

fn wrong(text: &str, name: &str) -> Failure {
    raise(
        "ValueError",
        format!("{text}: {}", crate::text::quoted(name)),
    )
}

/// Returns the values of a call in the order of the fields. A map at its end whose keys are fields has values by their names.
fn arranged(class: &RecordClass, mut args: Array) -> Result<Array, Failure> {
    let are_fields = |map: &Map| {
        let is_field = |key: &rhai::Identifier| class.place_of(key).is_some();
        !map.is_empty() && map.keys().all(is_field)
    };
    let last = args.last().and_then(|last| last.read_lock::<Map>());
    let has_keywords = last.is_some_and(|map| are_fields(&map));
    let keywords = args.pop_if(|_| has_keywords);
    let keywords = keywords
        .and_then(Dynamic::try_cast::<Map>)
        .unwrap_or_default();
    let error = |text: String| raise("TypeError", format!("{}.__new__() {text}", class.name));
    let (count, most) = (args.len(), class.fields.len());
    if count > most {
        let least = most - class.defaults.len();
        let takes = match least == most {
            true => format!("{}", most + 1),
            false => format!("from {} to {}", least + 1, most + 1),
        };
        let plural = if most == 0 { "" } else { "s" };
        let (given, verb) = (count + 1, "were given");
        let text = format!("takes {takes} positional argument{plural} but {given} {verb}");
        return Err(error(text));
    }
    let mut values: Vec<Option<Dynamic>> = args.into_iter().map(Some).collect();
    values.resize(most, None);
    for (key, value) in keywords {
        let Some(place) = class.place_of(&key) else {
            continue;
        };
        if values[place].replace(value).is_some() {
            return Err(error(format!("got multiple values for argument '{key}'")));
        }
    }
    let mut missing = Vec::new();
    for (place, value) in values.iter_mut().enumerate() {
        if value.is_none() {
            *value = class.default_of(place).cloned();
        }
        if value.is_none() {
            missing.push(format!("'{}'", class.fields[place]));
        }
    }
    match missing.as_slice() {
        [] => Ok(values.into_iter().flatten().collect()),
        [one] => Err(error(format!(
            "missing 1 required positional argument: {one}"
        ))),
        [first, second] => Err(error(format!(
            "missing 2 required positional arguments: {first} and {second}"
        ))),
        [others @ .., last] => {
            let (count, others) = (missing.len(), others.join(", "));
            Err(error(format!(
                "missing {count} required positional arguments: {others}, and {last}"
            )))
        }
    }
}

/// Returns the entries of a map, by which values are replaced.
///
/// # Errors
/// `TypeError` or `ValueError` for what is not a map or a dict.
pub(super) fn replaced(call: &Call<'_>, record: &Record, changes: Dynamic) -> Outcome {
    let mut values = record.values().clone();
    let mut unknown = Vec::new();
    for (key, value) in entries_of(call, changes)? {
        let name = call.str(&key);
        match record.class().place_of(&name) {
            Some(place) => values[place] = value,
            None => unknown.push(call.repr(&key)),
        }
    }
    if !unknown.is_empty() {
        let text = format!("Got unexpected field names: [{}]", unknown.join(", "));
        return Err(raise("ValueError", text));
    }
    Ok(Dynamic::from(Record::new(record.class().clone(), values)))
}
