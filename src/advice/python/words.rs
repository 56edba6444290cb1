//! Recognises words that begin a statement in Python or JavaScript.

use super::super::library::instead_of_module;
use super::expression::{expression, parameters};
use super::reading::Reading;
use super::row::Found;
use super::statement::statement;
use crate::script::exception_table::is_class;
use crate::syntax::is_reserved;

/// The first piece of the statement at the error, if it is `word` and the error is at it or directly after it.
fn begins(read: &Reading<'_>, word: &str) -> Option<usize> {
    let start = read.near().find(|at| read.word(*at) == word)?;
    (read.statement(start).start == start).then_some(start)
}

/// `class P(Process):`, with the parameters of its `__init__`.
pub(super) fn process_class(read: &Reading<'_>) -> Option<Found> {
    let start = begins(read, "class")?;
    let (name, base) = (read.word(start + 1), read.word(start + 3));
    let base = match base {
        "multiprocessing" | "threading" => read.word(start + 5),
        _ => base,
    };
    if !matches!(base, "Process" | "Thread") {
        return None;
    }
    let names = attributes(read, start);
    let set: String = names
        .iter()
        .map(|name| format!("me.{name} = {name}; "))
        .collect();
    let code = format!(
        "fn {name}({}) {{ let me = {base}(); {set}me.run = || {{ … }}; me }}",
        names.join(", ")
    );
    Some(Found::code(Some(code)).at(read.place_of(start)))
}

pub(super) fn class(read: &Reading<'_>) -> Option<Found> {
    let start = begins(read, "class")?;
    let name = read.word(start + 1);
    let names = attributes(read, start);
    let set: String = names
        .iter()
        .map(|name| format!("me.{name} = {name}; "))
        .collect();
    let base = read.word(start + 3);
    let params = names.join(", ");
    let code = match is_class(base) {
        true if names.is_empty() => {
            format!("fn {name}(message) {{ let me = {base}(message); me.type = \"{name}\"; me }}")
        }
        true => {
            format!("fn {name}({params}) {{ let me = {base}(); me.type = \"{name}\"; {set}me }}")
        }
        false => format!("fn {name}({params}) {{ let me = Object(); {set}me.f = || {{ … }}; me }}"),
    };
    Some(Found::code(Some(code)).at(read.place_of(start)))
}

/// The parameters of the `__init__` of the class at `start`.
fn attributes<'t>(read: &Reading<'t>, start: usize) -> Vec<&'t str> {
    let rest = start + 1..read.tokens.len();
    let next_class = rest.clone().find(|at| read.word(*at) == "class");
    let mut body = rest.start..next_class.unwrap_or(rest.end);
    let names = body
        .find(|at| read.word(*at) == "__init__")
        .and_then(|init| {
            let close = read.partner(init + 1)?;
            parameters(read, init + 2..close)
        });
    let names = names.unwrap_or_default().into_iter();
    names.filter(|name| *name != "self").collect()
}

/// `from multiprocessing import Process`.
pub(super) fn imported_names(read: &Reading<'_>) -> Option<Found> {
    let start = begins(read, "from")?;
    let range = read.statement(start);
    let import = read.find(range.clone(), "import")?;
    let module = read.source(start + 1..import);
    let names: Vec<&str> = read
        .parts(import + 1..range.end, ",")
        .into_iter()
        .map(|part| read.word(part.start))
        .filter(|name| !name.is_empty())
        .collect();
    let missing = instead_of_module(read.names, module);
    let help = match (module, names.first()) {
        _ if missing.is_some() => missing?,
        (_, None) if !read.names.is_module(module) => return None,
        ("multiprocessing", _) => {
            "leave it out: the names of multiprocessing are available without import".into()
        }
        (_, Some(first)) if read.names.is_module(module) => {
            format!("leave it out, and write {module}.{first} where it is used")
        }
        (_, None) => format!("leave it out, and write {module}.name where a name is used"),
        (_, Some(first)) => {
            format!("write import \"{module}\" as {module}; and {module}::{first} where it is used")
        }
    };
    Some(Found::names([&help]).at(read.place_of(start)))
}

/// `import os, sys`.
pub(super) fn import(read: &Reading<'_>) -> Option<Found> {
    let start = read.statement(read.before()?).start;
    let is_import = read.word(start) == "import" && !read.word(start + 1).is_empty();
    let token = read.tokens.get(start + 1)?;
    is_import.then(|| Found::names([&import_help(read, start)]).at(token.place()))
}

/// How to import a module; built-in modules need no import.
pub(super) fn import_help(read: &Reading<'_>, start: usize) -> String {
    let range = read.statement(start);
    let names = read.parts(start + 1..range.end, ",").into_iter();
    let all_there = names
        .clone()
        .all(|part| part.len() == 1 && read.names.is_module(read.word(part.start)));
    if all_there {
        let names: Vec<&str> = names.map(|part| read.word(part.start)).collect();
        let verb = if names.len() == 1 { "is" } else { "are" };
        return format!(
            "leave it out: {} {verb} available without import",
            names.join(", ")
        );
    }
    if let Some(missing) = names
        .clone()
        .find_map(|part| instead_of_module(read.names, &dotted(read, part)))
    {
        return missing;
    }
    let code = statement(read, range);
    format!(
        "write {}",
        code.unwrap_or_else(|| "import \"name\" as name;".into())
    )
}

/// The name of the module in a part of an import: `os.path` in `os.path as p`.
fn dotted(read: &Reading<'_>, part: std::ops::Range<usize>) -> String {
    let end = read.find(part.clone(), "as").unwrap_or(part.end);
    read.source(part.start..end).into()
}

pub(super) fn global(read: &Reading<'_>) -> Option<Found> {
    let start = begins(read, "global").or_else(|| begins(read, "nonlocal"))?;
    let name = Some(read.word(start + 1)).filter(|name| !name.is_empty())?;
    Some(Found::names([read.word(start), name]).at(read.place_of(start)))
}

/// `print "x"`.
pub(super) fn print_statement(read: &Reading<'_>) -> Option<Found> {
    let start = begins(read, "print")?;
    let next = read.tokens.get(start + 1)?;
    let is_value = next.text != ";" && next.text != "(" && next.text != "}" && next.text != "=";
    is_value.then(|| Found::rewritten(read, start))
}

/// `Process(print, [1])`.
pub(super) fn print_value(read: &Reading<'_>) -> Option<Found> {
    let before = read.before()?;
    let is_declared = matches!(read.word(before), "let" | "const" | "fn" | "for");
    let is_it = read.message.contains("reserved") && read.word(read.at) == "print";
    (is_it && !is_declared && read.symbol(read.at + 1) != "(").then(Found::default)
}

/// `case 1:` in a `switch`.
pub(super) fn case(read: &Reading<'_>) -> Option<Found> {
    let start = read
        .near()
        .find(|at| matches!(read.word(*at), "case" | "default"))?;
    if read.word(start) == "default" {
        return (read.symbol(start + 1) == ":").then(|| Found::names(["_"]));
    }
    let colon = read.find(start + 1..read.tokens.len(), ":")?;
    let value = expression(read, start + 1..colon)?;
    Some(Found::names([&value]).at(read.place_of(start)))
}

/// `let f = function(x) { x };` and `let f = fn(x) { x };`
pub(super) fn nameless_function(read: &Reading<'_>) -> Option<Found> {
    let word = [
        Some(read.at),
        read.before(),
        read.before().and_then(|at| read.partner(at)),
    ];
    let word = word
        .into_iter()
        .flatten()
        .flat_map(|at| [Some(at), at.checked_sub(1)])
        .flatten();
    let start = word
        .into_iter()
        .find(|at| matches!(read.word(*at), "function" | "fn") && read.symbol(at + 1) == "(")?;
    let close = read.partner(start + 1)?;
    let names = parameters(read, start + 2..close)?;
    Some(Found::names([&names.join(", ")]))
}

/// `x => x * 2`, `(x, y) => x + y`.
pub(super) fn arrow(read: &Reading<'_>) -> Option<Found> {
    let in_brackets = read
        .bracket_around(read.at)
        .and_then(|open| read.partner(open));
    let arrow = [Some(read.at), in_brackets.map(|close| close + 1)];
    let mut arrow = arrow.into_iter().flatten();
    let arrow = arrow.find(|at| read.symbol(*at) == "=>")?;
    let before = arrow.checked_sub(1)?;
    let names = match read.partner(before) {
        Some(open) => parameters(read, open + 1..before)?,
        None => vec![Some(read.word(before)).filter(|name| !name.is_empty())?],
    };
    let range = read.statement(arrow);
    let body = read.source(arrow + 1..range.end.max(arrow + 1));
    let code = (!body.is_empty()).then(|| format!("|{}| {body}", names.join(", ")));
    Some(Found::code(code))
}

/// `new Foo()`.
pub(super) fn new(read: &Reading<'_>) -> Option<Found> {
    let is_new = read.word_before() == "new" && !read.word(read.at).is_empty();
    is_new.then(|| Found::names([read.word(read.at)]))
}

/// `for (let i = 0; i < 3; i++)`.
pub(super) fn counting_for(read: &Reading<'_>) -> Option<Found> {
    let open = read
        .near()
        .find(|at| read.symbol(*at) == "(" && *at > 0 && read.word(at - 1) == "for")?;
    let close = read.partner(open)?;
    let parts = read.parts(open + 1..close, ";");
    if parts.len() != 3 {
        return None;
    }
    let name = read.word(parts[0].start + 1);
    let from = expression(read, parts[0].start + 3..parts[0].end);
    let to = expression(read, parts[1].start + 2..parts[1].end);
    let is_plain = read.symbol(parts[1].start + 1) == "<" && read.symbol(parts[2].end - 1) == "++";
    let code = from.zip(to).filter(|_| is_plain);
    let code = code.map(|(from, to)| format!("for {name} in {from}..{to} {{ … }}"));
    Some(Found::code(code))
}

/// A reserved word where a name is needed.
pub(super) fn reserved(read: &Reading<'_>) -> Option<Found> {
    let message = read.message;
    // For a word that Rhai reserves, it reports the position of the `fn` before it.
    let next = message.contains("reserved keyword").then_some(read.at + 1);
    let near = [Some(read.at), next].into_iter().flatten();
    let wants_name = message.starts_with("Expecting name of a variable")
        || message.starts_with("Expecting function name")
        || message.contains("is a reserved keyword");
    let mut near = near.filter(|at| {
        let is_declared = at
            .checked_sub(1)
            .is_some_and(|before| matches!(read.word(before), "let" | "const" | "fn" | "for"));
        is_declared && !read.word(*at).is_empty()
    });
    let at = near.next().filter(|_| wants_name)?;
    let word = read.word(at);
    let is_function = at > 0 && read.word(at - 1) == "fn";
    (is_reserved(word) || is_function).then(|| Found::names([word]).at(read.place_of(at)))
}

/// `fn f(a) { } fn f(b) { }`
pub(super) fn defined_twice(read: &Reading<'_>) -> Option<Found> {
    let rest = read.message.strip_prefix("Function ")?;
    let (name, count) = rest.strip_suffix(" already exists")?.split_once(" with ")?;
    let parameters = |at: usize| Some(read.parts(at + 2..read.partner(at + 1)?, ",").len());
    let mut names = (1..read.tokens.len()).filter(|at| read.word(at - 1) == "fn");
    let number = count.split(' ').next()?.parse().unwrap_or(0);
    let first = names.find(|at| read.word(*at) == name && parameters(*at) == Some(number))?;
    let line = read.place_of(first).0.to_string();
    Some(Found::names([name, count, &line]))
}

pub(super) fn digit(read: &Reading<'_>) -> Option<Found> {
    let wants_name = read.message.starts_with("Expecting name of a variable");
    let token = read.tokens.get(read.at).filter(|_| wants_name)?;
    token
        .text
        .starts_with(|c: char| c.is_ascii_digit())
        .then(Found::default)
}
