//! The members of patterns and of matches.

use std::sync::Arc;

use rhai::{Array, Dynamic, Map};

use super::cache::compiled;
use super::flags;
use super::found::Match;
use super::operations::{expand, findall, finditer, search, split, sub};
use super::pattern::{Pattern, Where};
use super::subject::Subject;
use crate::script::bind::method_of;
use crate::script::{Call, Interp, Outcome, Registry};
use crate::text::{as_string, quoted};

/// The parameters of methods that search a part of a string.
const PART: &[&str] = &["string", "pos?", "endpos?"];

pub(super) fn register(registry: &mut Registry) {
    pattern(registry);
    found(registry);
}

fn pattern(registry: &mut Registry) {
    registry
        .class::<Pattern>("re.Pattern")
        .by_parts(
            "re.Pattern",
            |_, pattern: &Pattern| {
                let flags = Dynamic::from_int(pattern.flags());
                Ok(vec![Dynamic::from(pattern.text().clone()), flags].into())
            },
            of_parts,
        )
        .method("search", PART, |call| {
            search(&call.this(), Subject::part(call)?, Where::Anywhere)
        })
        .method("match", PART, |call| {
            search(&call.this(), Subject::part(call)?, Where::AtStart)
        })
        .method("fullmatch", PART, |call| {
            search(&call.this(), Subject::part(call)?, Where::Whole)
        })
        .method("findall", PART, |call| {
            let subject = Subject::part(call)?;
            findall(call, &call.this(), subject)
        })
        .method("finditer", PART, |call| {
            let subject = Subject::part(call)?;
            finditer(call, &call.this(), subject)
        })
        .method("split", &["string", "maxsplit?"], |call| {
            let (subject, most) = (Subject::whole(call, 0)?, call.int_or(1, 0)?);
            split(call, &call.this(), subject, most)
        })
        .method("sub", &["repl", "string", "count?"], |call| {
            Ok(substituted(call)?.0.into())
        })
        .method("subn", &["repl", "string", "count?"], |call| {
            let (text, count) = substituted(call)?;
            Ok(vec![Dynamic::from(text), Dynamic::from_int(count)].into())
        })
        .getter("pattern", |call| {
            Ok(call.this::<Pattern>().text().clone().into())
        })
        .getter("flags", |call| {
            Ok(Dynamic::from_int(call.this::<Pattern>().flags()))
        })
        .getter("groups", |call| {
            Ok(Dynamic::from_int(call.this::<Pattern>().groups() as i64))
        })
        .getter("groupindex", |call| {
            let pattern: Pattern = call.this();
            let names = pattern.names().iter();
            let entry =
                |(name, number): &(String, usize)| (name.into(), Dynamic::from_int(*number as i64));
            Ok(names.map(entry).collect::<Map>().into())
        })
        .repr(|call| {
            let pattern: Pattern = call.this();
            let shown = quoted(pattern.text());
            let flags = flags::repr(pattern.flags());
            let comma = if flags.is_empty() { "" } else { ", " };
            Ok(format!("re.compile({shown}{comma}{flags})").into())
        });
}

fn of_parts(interp: &Arc<Interp>, parts: Dynamic) -> Result<Pattern, String> {
    let parts = parts.into_array().unwrap_or_default();
    let [text, flags] = parts.as_slice() else {
        return Err("a pattern without its text".into());
    };
    let text = as_string(text).ok_or("its text is not a string")?;
    let flags = flags.as_int()? & !flags::UNICODE;
    compiled(interp, &text, flags).map_err(|problem| problem.text)
}

fn substituted(call: &mut Call<'_>) -> Result<(String, i64), crate::script::Failure> {
    let (replacement, subject) = (call.value(0), Subject::whole(call, 1)?);
    let most = call.int_or(2, 0)?;
    sub(call, &call.this(), &replacement, subject, most)
}

fn found(registry: &mut Registry) {
    let mut class = registry.class::<Match>("re.Match");
    class
        .by_address(|found: &Match| found.address())
        .index_getter(item)
        .method("group", &["*groups", "/"], group)
        .method("groups", &["default?"], |call| {
            let (found, default) = (call.this::<Match>(), call.value(0));
            let values =
                (1..=found.pattern().groups()).map(|number| value(&found, number, &default));
            Ok(values.collect::<Array>().into())
        })
        .method("groupdict", &["default?"], |call| {
            let (found, default) = (call.this::<Match>(), call.value(0));
            let names = found.pattern().names().iter();
            let entry =
                |(name, number): &(String, usize)| (name.into(), value(&found, *number, &default));
            Ok(names.map(entry).collect::<Map>().into())
        })
        .method("start", &["group?", "/"], |call| Ok(span(call)?[0].clone()))
        .method("end", &["group?", "/"], |call| Ok(span(call)?[1].clone()))
        .method("span", &["group?", "/"], |call| Ok(span(call)?.into()))
        .method("expand", &["template"], |call| {
            let template = call.string(0)?;
            expand(call, &call.this(), &template)
        });
    class
        .getter("re", |call| {
            Ok(Dynamic::from(call.this::<Match>().pattern().clone()))
        })
        .getter("string", |call| {
            Ok(call.this::<Match>().text().clone().into())
        })
        .getter("pos", |call| {
            Ok(Dynamic::from_int(call.this::<Match>().searched().0 as i64))
        })
        .getter("endpos", |call| {
            Ok(Dynamic::from_int(call.this::<Match>().searched().1 as i64))
        })
        .getter("lastindex", |call| {
            let last = call.this::<Match>().last_group();
            Ok(last.map_or(Dynamic::UNIT, |number| Dynamic::from_int(number as i64)))
        })
        .getter("lastgroup", |call| {
            let found: Match = call.this();
            let names = found.pattern().names().iter();
            let last = found.last_group();
            let mut named = names.filter(|(_, number)| Some(*number) == last);
            Ok(named
                .next()
                .map_or(Dynamic::UNIT, |(name, _)| name.clone().into()))
        })
        .repr(|call| {
            let found: Match = call.this();
            let (start, end) = found.span(0).unwrap_or_default();
            let shown = quoted(found.group(0).unwrap_or_default());
            let shown: String = shown.chars().take(SHOWN).collect();
            Ok(format!("<re.Match object; span=({start}, {end}), match={shown}>").into())
        });
}

/// The most characters of a match that are shown.
const SHOWN: usize = 50;

fn value(found: &Match, number: usize, default: &Dynamic) -> Dynamic {
    match found.group(number) {
        Some(text) => text.to_string().into(),
        None => default.clone(),
    }
}

/// `m.group()`, `m.group(1)`, `m.group("a", 2)`.
fn group(call: &mut Call<'_>) -> Outcome {
    let (found, groups) = (call.this::<Match>(), call.rest(0));
    let value = |group: &Dynamic| Ok(found.value(found.number(group)?));
    match groups.as_slice() {
        [] => Ok(found.value(0)),
        [one] => value(one),
        many => Ok(many.iter().map(value).collect::<Result<Array, _>>()?.into()),
    }
}

/// `m[1]`, `m["name"]`, and methods as values.
fn item(call: &mut Call<'_>) -> Outcome {
    let (found, group) = (call.this::<Match>(), call.value(0));
    let number = found.number(&group);
    if let (Err(_), Some(name)) = (&number, as_string(&group)) {
        let receiver = call.receiver().clone();
        if let Some(method) = method_of(call, &receiver, &name) {
            return Ok(method);
        }
    }
    Ok(found.value(number?))
}

/// Returns where a group begins and ends; -1 if it took no part.
fn span(call: &mut Call<'_>) -> Result<Array, crate::script::Failure> {
    let found: Match = call.this();
    let group = match call.has(0) {
        true => call.value(0),
        false => Dynamic::from_int(0),
    };
    let number = found.number(&group)?;
    let (start, end) = found
        .span(number)
        .map_or((-1, -1), |(start, end)| (start as i64, end as i64));
    Ok(vec![Dynamic::from_int(start), Dynamic::from_int(end)])
}
