//! Suggests how to call a function that was called wrongly.

use super::asked::Asked;
use super::nearest::{nearest, question};
use crate::script::bind::{Listed, Signature};
use crate::script::foreign::Foreign;

/// The most signatures that are shown.
const SHOWN: usize = 3;

pub(super) fn help(asked: &Asked<'_>) -> Vec<String> {
    let Some((name, complaint)) = asked.message.split_once("() ") else {
        let found = list_method(asked).or_else(|| as_method(asked));
        return found.into_iter().collect();
    };
    if complaint.starts_with("target must be a function, not ") {
        return target(asked, name).into_iter().collect();
    }
    if complaint.starts_with("args must be a list, not ") {
        return args(asked).into_iter().collect();
    }
    if let Some(help) = task(asked, name) {
        return [definitions(asked, name), vec![help]].concat();
    }
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
        help.extend(mapped(asked, name));
    }
    help
}

/// `Process(work, [1])`: the arguments of a target do not fit.
fn task(asked: &Asked<'_>, name: &str) -> Option<String> {
    let outline = &asked.outline;
    if !matches!(asked.word(), "Process" | "Thread") || name == asked.word() {
        return None;
    }
    let close = outline.closing(asked.at + 1)?;
    let pipes: Vec<usize> = (asked.at..close)
        .filter(|at| outline.piece(*at) == "|")
        .take(2)
        .collect();
    let params = match (name, pipes.as_slice()) {
        ("<lambda>", [first, last]) => outline.text_of(first + 1..*last),
        ("<lambda>", _) => return None,
        _ => outline.parameters(name)?,
    };
    Some(format!(
        "args needs one item for each parameter: args: [{params}]"
    ))
}

/// `pool.map(work, xs)` of a function with several parameters.
fn mapped(asked: &Asked<'_>, name: &str) -> Option<String> {
    let outline = &asked.outline;
    let is_map = |at: &usize| {
        let word = outline.piece(*at);
        let is_of_pool = matches!(word, "map" | "map_async" | "imap" | "imap_unordered");
        is_of_pool
            && outline.is_called(*at)
            && outline.piece(at + 2) == name
            && outline.piece(at + 3) == ","
    };
    let at = (1..outline.len()).find(is_map)?;
    let (_, pool) = outline.value_before(at - 1)?;
    let (map, params) = (outline.piece(at), outline.parameters(name)?);
    let is_several = params.contains(',');
    is_several.then(|| {
        format!("{map}() passes one argument to {name}(); pass several with {pool}.starmap({name}, [[{params}], …])")
    })
}

/// `Process(#{target: work(1)})`: the function is called here, and its result is the target.
fn target(asked: &Asked<'_>, class: &str) -> Option<String> {
    let outline = &asked.outline;
    let open = asked.at + 1;
    let close = outline.closing(open)?;
    let keyword =
        (open..close).find(|at| outline.piece(*at) == "target" && outline.piece(at + 1) == ":");
    let start = keyword.map_or(open + 1, |at| at + 2);
    let (end, value) = outline.value_from(start)?;
    let function = value.split_once('(').map(|(name, _)| name)?;
    let first = end.checked_sub(1).filter(|at| outline.piece(*at) == ")")?;
    let first = outline.opening(first).filter(|open| *open >= start)?;
    let args = outline.inside(first)?;
    let args = match args {
        "" => String::new(),
        args => format!(", args: [{args}]"),
    };
    Some(format!(
        "{value} is called here, before there is a {class}; pass the function: {class}(#{{target: {function}{args}}})"
    ))
}

/// `Process(#{target: work, args: 1})`
fn args(asked: &Asked<'_>) -> Option<String> {
    let outline = &asked.outline;
    let close = outline.closing(asked.at + 1)?;
    let mut keyword = asked.at + 1..close;
    let keyword =
        keyword.find(|at| outline.piece(*at) == "args" && outline.piece(at + 1) == ":")?;
    let (_, value) = outline.value_from(keyword + 2)?;
    let value = value
        .strip_prefix('(')
        .and_then(|value| value.strip_suffix(')'))
        .unwrap_or(value);
    Some(format!("write args: [{value}]"))
}

/// `range(3).map(f)`: a method of lists on another value that can be iterated over, which Rhai reads as `map(range(3), f)`.
fn list_method(asked: &Asked<'_>) -> Option<String> {
    let found = asked.message.strip_suffix("' object is not callable")?;
    let found = found.strip_prefix('\'')?;
    let dot = asked
        .at
        .checked_sub(1)
        .filter(|at| asked.outline.piece(*at) == ".")?;
    let name = asked.word();
    let is_method = matches!(name, "map" | "filter") && found != "NoneType";
    let (_, value) = asked.outline.value_before(dot)?;
    let args = asked.outline.inside(asked.at + 1)?;
    is_method.then(|| format!("{name} is a method of lists: list({value}).{name}({args})"))
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
    let shown: Vec<String> = shown
        .map(|(signature, place)| {
            format!("{signature} is defined at {}:{}", place.file, place.line)
        })
        .collect();
    match shown.is_empty() {
        true => written(asked, name),
        false => shown,
    }
}

/// The functions of this name in a text that has not run.
fn written(asked: &Asked<'_>, name: &str) -> Vec<String> {
    let outline = &asked.outline;
    let found = outline.functions().filter(|(_, found)| *found == name);
    let shown = found.take(SHOWN).map(|(at, name)| {
        let params = outline.inside(at + 1).unwrap_or_default();
        format!(
            "{name}({params}) is defined at {}:{}",
            asked.file,
            outline.line(at)
        )
    });
    shown.collect()
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
    let mut rows: Vec<&Listed> = asked.known.natives().iter().filter(of_name).collect();
    // A method of a value, which is no module.
    let is_module = |name: &str| asked.known.is_module(&name.replace('.', "::"));
    if asked.receiver().is_some_and(|(value, _)| !is_module(value)) {
        let is_method = |row: &&Listed| row.receiver.is_some_and(|(_, class)| !is_module(class));
        if rows.iter().any(is_method) {
            rows.retain(is_method);
        }
    }
    // A function that is called without a module is not that of one.
    if asked.stands_alone(name) && rows.iter().any(|row| row.receiver.is_none()) {
        rows.retain(|row| row.receiver.is_none());
    }
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
