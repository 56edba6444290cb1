//! A name that is not defined.

use super::asked::Asked;
use super::library;
use super::nearest::{nearest, question};
use crate::program::Program;
use crate::script::report::Reports;
use crate::syntax::visible;

pub(super) fn help(asked: &Asked<'_>) -> Vec<String> {
    let Some(name) = asked.quoted().next() else {
        return Vec::new();
    };
    if let Some(help) = asked.known.turned_off(name) {
        return vec![help];
    }
    let found = match name {
        "this" => Some("'this' is the object of a method: call the function as obj.f()".into()),
        "self" => Some("the object of a method is called this: this.x".into()),
        _ if asked.outline.is_called(asked.at) => hidden(asked, name)
            .or_else(|| elsewhere(asked, name))
            .or_else(|| library::instead_of_name(asked.known, name, true))
            .or_else(|| misspelt(asked, name)),
        _ => hidden(asked, name)
            .or_else(|| library::instead_of_name(asked.known, name, false))
            .or_else(|| nickname(asked, name))
            .or_else(|| misspelt(asked, name))
            .or_else(|| elsewhere(asked, name)),
    };
    found.into_iter().collect()
}

/// A variable that exists, but cannot be used this way.
fn hidden(asked: &Asked<'_>, name: &str) -> Option<String> {
    let (outline, at) = (&asked.outline, asked.at);
    let seen = visible(outline, at);
    if outline.is_called(at) && seen.inside.iter().any(|v| v.name == name) {
        let args = outline.inside(at + 1).unwrap_or_default();
        return Some(format!(
            "'{name}' is a variable: call the function in it as {name}.call({args})"
        ));
    }
    let Some(outside) = seen.outside.iter().rev().find(|v| v.name == name) else {
        return too_early(asked, name);
    };
    Some(if outside.is_constant {
        format!("a function sees constants as global::{name}")
    } else {
        format!(
            "a function sees only its arguments: pass '{name}' to it, declare it with const and write global::{name}, \
             or use a closure |…| …"
        )
    })
}

/// A variable that is declared further down, or by the statement that uses it.
fn too_early(asked: &Asked<'_>, name: &str) -> Option<String> {
    let outline = &asked.outline;
    let declares = |at: &usize| outline.piece(*at) == name && outline.piece(at - 1) == "let";
    let is_top = || {
        visible(outline, outline.len())
            .inside
            .iter()
            .any(|v| v.name == name)
    };
    let later = || (asked.at + 1..outline.len()).find(|at| declares(at) && is_top());
    let itself = (1..asked.at).rev().find(declares);
    match (outline.closure(name), itself) {
        (Some((params, _)), Some(_)) => Some(format!(
            "a closure cannot use its own name; a function can: fn {name}({}) {{ … }}",
            params.trim_matches('|')
        )),
        _ => later().map(|at| {
            let line = outline.line(at);
            format!("'{name}' is declared in line {line} only: move that line up, before this one")
        }),
    }
}

/// `np.array(…)`: a name that programs give to a module or package.
fn nickname(asked: &Asked<'_>, name: &str) -> Option<String> {
    let is_before_dot = asked.outline.piece(asked.at + 1) == ".";
    let module = library::nickname(name).filter(|_| is_before_dot)?;
    let available = || {
        format!(
            "the module is called {module} here: {module}.{}",
            asked.outline.piece(asked.at + 2)
        )
    };
    library::instead_of_module(asked.known, module)
        .or_else(|| asked.known.is_module(module).then(available))
}

fn misspelt(asked: &Asked<'_>, name: &str) -> Option<String> {
    let (outline, at) = (&asked.outline, asked.at);
    let functions = functions(&asked.interp.program);
    let functions = functions.iter().map(String::as_str);
    let here = outline.functions().map(|(_, name)| name);
    let all_functions = asked.known.functions().chain(functions).chain(here);
    if outline.is_called(at) {
        return question(&nearest(name, all_functions));
    }
    let outside = || {
        let seen = visible(outline, at);
        let names = seen.outside.iter().map(|variable| variable.name);
        let near = question(&nearest(name, names))?;
        Some(format!(
            "{near} (a function sees only its arguments and constants)"
        ))
    };
    near_variable(asked)
        .or_else(outside)
        .or_else(|| question(&nearest(name, asked.known.values().chain(all_functions))))
}

/// A variable that can be used here and that the name at the error is a misspelling of.
pub(super) fn near_variable(asked: &Asked<'_>) -> Option<String> {
    let name = asked
        .quoted()
        .next()
        .filter(|_| asked.kind == "NameError")?;
    let seen = visible(&asked.outline, asked.at);
    let variables = seen.inside.iter().map(|variable| variable.name);
    let noted = Reports::of(asked.interp).variables();
    question(&nearest(
        name,
        variables.chain(noted.iter().map(String::as_str)),
    ))
}

/// The names of the script's own functions, without those of its modules.
fn functions(program: &Program) -> Vec<String> {
    let inputs = program.inputs();
    let functions = inputs
        .iter()
        .flat_map(|input| input.functions.iter_script_fn_info());
    functions
        .map(|(_, _, name, ..)| name.to_string())
        .filter(|name| !name.contains('$'))
        .collect()
}

/// Names in modules that are more likely to be the user's variables.
const TOO_COMMON: [&str; 4] = ["name", "path", "time", "error"];

/// A name that belongs to a module or a class: `getpid()` is `os.getpid()`, `upper(s)` is `s.upper()`.
fn elsewhere(asked: &Asked<'_>, name: &str) -> Option<String> {
    let call = if asked.outline.is_called(asked.at) {
        "()"
    } else {
        ""
    };
    let is_telling = !call.is_empty() || !TOO_COMMON.contains(&name);
    let modules = asked.known.modules_with(name);
    if let Some(module) = modules.first().filter(|_| is_telling) {
        let module = module.replace("::", ".");
        return Some(format!(
            "it is in the module '{module}': {module}.{name}{call}"
        ));
    }
    let classes = asked.known.classes_with(name);
    let (first, others) = classes.split_first()?;
    let is_method = !call.is_empty() && others.len() < 3;
    is_method.then(|| format!("'{name}' is a method of {first} values: value.{name}()"))
}
