//! What a value or a constant cannot do.

use super::Asked;

pub(super) fn help(asked: &Asked<'_>) -> Vec<String> {
    let found = not_none(asked)
        .or_else(|| constant(asked))
        .or_else(|| condition(asked))
        .or_else(|| index(asked))
        .or_else(|| iteration(asked))
        .or_else(|| race(asked))
        .or_else(|| crossing(asked));
    found.into_iter().collect()
}

/// A better message than was possible when the error was raised.
pub(super) fn better_message(asked: &Asked<'_>) -> Option<String> {
    if !is_own_race(asked) {
        return None;
    }
    let name = asked.quoted().next()?;
    Some(format!(
        "captured variable '{name}' is in use by the call that the closure runs in"
    ))
}

/// The value before the dot or the bracket is None.
pub(super) fn none(asked: &Asked<'_>) -> Option<String> {
    let at = asked.at;
    let dot = match asked.outline.piece(at) {
        "." | "?." | "[" => at,
        _ => at.checked_sub(1)?,
    };
    let path = asked
        .outline
        .path_before(dot)
        .filter(|path| *path != "None")?;
    Some(if path.contains('.') {
        format!("'{path}' is None here: a missing key of an object map reads as None")
    } else {
        format!("'{path}' is None here")
    })
}

fn not_none(asked: &Asked<'_>) -> Option<String> {
    let is_it = asked
        .message
        .starts_with("'NoneType' object is not subscriptable");
    is_it.then(|| none(asked)).flatten()
}

fn constant(asked: &Asked<'_>) -> Option<String> {
    if let Some(rest) = asked.message.strip_prefix("cannot change constant '") {
        let name = rest.strip_suffix('\'')?;
        return Some(declare_with_let(name));
    }
    let is_it = asked.message.contains(" a constant") && asked.message.contains("cannot ");
    is_it.then(
        || match asked.outline.path_before(asked.at.wrapping_sub(1)) {
            Some(name) if !name.contains('.') => declare_with_let(name),
            _ => "declare it with let to change it".into(),
        },
    )
}

fn declare_with_let(name: &str) -> String {
    format!("declare '{name}' with let, or change a copy: let copy = {name};")
}

/// How to turn a value into a condition, if its source is not known.
fn condition(asked: &Asked<'_>) -> Option<String> {
    let found = asked.message.strip_prefix("must be True or False, not ")?;
    Some(match found {
        "int" | "float" => "compare it: x != 0".into(),
        "str" | "list" | "dict" | "bytes" => "ask for its length: len(x) > 0".into(),
        "NoneType" => "compare it: x != None".into(),
        _ => "write bool(x)".into(),
    })
}

fn index(asked: &Asked<'_>) -> Option<String> {
    let in_brackets = ["[", "]"].contains(&asked.word())
        || asked
            .at
            .checked_sub(1)
            .is_some_and(|before| asked.outline.piece(before) == "[");
    match asked.message {
        "must be int, not str" if in_brackets => {
            Some("list indices are integers: items[int(i)]".into())
        }
        "must be str, not int" if in_brackets => {
            Some("keys of an object map are strings: d[str(key)]".into())
        }
        _ => None,
    }
}

fn iteration(asked: &Asked<'_>) -> Option<String> {
    let is_it = asked.message == "the value after 'in' is not iterable";
    is_it.then(|| {
        "lists, strings, dicts and ranges are; to repeat n times: for i in range(n)".into()
    })
}

/// A value of the embedding program that cannot be sent to another process.
fn crossing(asked: &Asked<'_>) -> Option<String> {
    let (before, _) = asked
        .message
        .split_once(", a type of the embedding program that cannot be sent")?;
    let name = before.rsplit(' ').next()?;
    Some(format!(
        "the program makes it sendable with Setup::sendable::<{name}>(\"{name}\")"
    ))
}

/// A captured variable that is in use, in a process with one thread.
fn is_own_race(asked: &Asked<'_>) -> bool {
    asked.kind == "DataRaceError" && !asked.interp.has_threads()
}

fn race(asked: &Asked<'_>) -> Option<String> {
    let name = asked.quoted().next().filter(|_| is_own_race(asked))?;
    Some(format!(
        "the closure is called by a method of '{name}' itself: use this in it (me.run = || this.x), \
         or let it capture a copy (let copy = {name};)"
    ))
}
