//! Suggests how to call a function that was called wrongly.

use super::Asked;
use super::nearest::{nearest, question};
use crate::script::bind::{Listed, Signature};
use crate::script::foreign::Foreign;

/// The most signatures that are shown.
const SHOWN: usize = 3;

pub(super) fn help(asked: &Asked<'_>) -> Vec<String> {
    let Some((name, complaint)) = asked.message.split_once("() ") else {
        return as_method(asked).into_iter().collect();
    };
    if name == "<lambda>" {
        return closure(asked).into_iter().collect();
    }
    if complaint.starts_with("cannot be called with (") {
        return foreign(asked, name);
    }
    let is_name = name.chars().all(|c| c.is_alphanumeric() || c == '_');
    let starts = ["missing ", "takes ", "got ", "argument '"];
    if !is_name || !starts.iter().any(|start| complaint.starts_with(start)) {
        return Vec::new();
    }
    let mut help: Vec<String> = keyword(complaint).into_iter().collect();
    let defined = definitions(asked, name);
    if defined.is_empty() {
        help.extend(natives(asked, name, complaint));
    } else {
        help.extend(defined);
    }
    help
}

/// `got an unexpected keyword argument 'blokc' (it takes obj, block, timeout)`
fn keyword(complaint: &str) -> Option<String> {
    let rest = complaint.strip_prefix("got an unexpected keyword argument '")?;
    let (name, known) = rest.split_once("' (it takes ")?;
    let known = known.strip_suffix(')')?;
    question(&nearest(name, known.split(", ")))
}

/// The closure that is called as `f.call(…)`.
fn closure(asked: &Asked<'_>) -> Option<String> {
    let name = asked.outline.path_before(asked.at.checked_sub(1)?)?;
    let (args, line) = asked.outline.closure(name)?;
    Some(format!("{name} is the closure {args} of line {line}"))
}

/// The script's own functions of this name, and where they are.
fn definitions(asked: &Asked<'_>, name: &str) -> Vec<String> {
    let found = asked.interp.program.definitions(name);
    let shown = found.into_iter().take(SHOWN);
    shown
        .map(|(signature, place)| {
            format!("{signature} is defined at {}:{}", place.file, place.line)
        })
        .collect()
}

/// The forms in which the embedding program has a function.
fn foreign(asked: &Asked<'_>, name: &str) -> Vec<String> {
    let forms = asked
        .known
        .foreign()
        .iter()
        .filter(|form| form.name == name);
    let mut forms: Vec<String> = forms.map(Foreign::text).collect();
    forms.sort();
    forms.dedup();
    forms.truncate(SHOWN);
    forms
}

/// The natives of this name that may have said this.
fn natives(asked: &Asked<'_>, name: &str, complaint: &str) -> Vec<String> {
    let of_name = |row: &&Listed| row.signature.name == name;
    let rows: Vec<&Listed> = asked.known.natives().iter().filter(of_name).collect();
    let said: Vec<&Listed> = rows
        .iter()
        .copied()
        .filter(|row| may_have_said(&row.signature, complaint))
        .collect();
    let rows = if said.is_empty() { rows } else { said };
    let mut shown: Vec<(String, Option<&str>)> = Vec::new();
    for row in &rows {
        let text = row.signature.text();
        let owner = row.receiver.map(|(_, class)| class);
        match shown.iter_mut().find(|(other, _)| *other == text) {
            // Several classes have it: their names say nothing.
            Some((_, first)) if *first != owner => *first = None,
            Some(_) => (),
            None => shown.push((text, owner)),
        }
    }
    let too_many = |row: &&&Listed| row.signature.variadic && complaint.starts_with("takes ");
    if let Some(row) = rows.iter().find(too_many) {
        let most = row.signature.most();
        return vec![format!(
            "{name}() takes {most} values at most: pass a list, or one string `${{a}} ${{b}}`"
        )];
    }
    let signatures = shown
        .into_iter()
        .take(SHOWN)
        .map(|(text, owner)| match owner {
            Some(owner) => format!("{}.{text}", owner.replace("::", ".")),
            None => text,
        });
    signatures.collect()
}

/// Whether a function with this signature complains like that.
fn may_have_said(signature: &Signature, complaint: &str) -> bool {
    let mut quoted = complaint.split('\'').skip(1).step_by(2);
    let has = |name: &str| signature.parameter(name).is_some();
    if complaint.starts_with("missing ") {
        quoted.all(has)
    } else if complaint.starts_with("argument '") || complaint.starts_with("got multiple") {
        quoted.next().is_some_and(has)
    } else if let Some((_, takes)) = complaint.split_once("(it takes ") {
        let names: Vec<&str> = signature.keywords().collect();
        takes.strip_suffix(')') == Some(&names.join(", "))
    } else {
        let (low, high) = (signature.required, signature.most());
        let range = format!("takes from {low} to {high} ");
        let exact = format!("takes {high} ");
        complaint.starts_with(&range) || (low == high && complaint.starts_with(&exact))
    }
}

/// A function called as a method: Rhai takes the value before the dot for its first argument.
fn as_method(asked: &Asked<'_>) -> Option<String> {
    let name = asked.word();
    let is_call = asked.outline.is_called(asked.at);
    let before = asked.at.checked_sub(1)?;
    if !is_call || asked.outline.piece(before) != "." {
        return None;
    }
    let rows = || {
        let all = asked.known.natives().iter();
        all.filter(|row| row.signature.name == name)
    };
    let class = asked.message.strip_prefix('\'').and(asked.quoted().next());
    let has_method = match class {
        Some(class) => asked.known.members(class).any(|member| member == name),
        None => rows().any(|row| row.receiver.is_some()),
    };
    let is_function = rows().any(|row| row.receiver.is_none());
    (is_function && !has_method)
        .then(|| format!("'{name}' is not a method here: x.{name}() is read as {name}(x)"))
}
