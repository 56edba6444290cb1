//! What an object or a module does not have.

use std::path::Path;

use super::asked::Asked;
use super::nearest::{nearest, question};
use super::{habits, library, values};

pub(super) fn help(asked: &Asked<'_>) -> Vec<String> {
    let found = no_attribute(asked)
        .or_else(|| no_function(asked))
        .or_else(|| no_module(asked));
    found.into_iter().collect()
}

/// `'Queue' object has no attribute 'putt'`, `attribute 'x' of 'Queue' object cannot be set`.
fn no_attribute(asked: &Asked<'_>) -> Option<String> {
    if !asked.message.contains("' object ") {
        return None;
    }
    let (first, second) = (asked.quoted().next()?, asked.quoted().nth(1)?);
    let is_set = asked.message.starts_with("attribute ");
    let (class, name) = if is_set {
        (second, first)
    } else {
        (first, second)
    };
    if class == "NoneType" {
        return values::none(asked);
    }
    if is_set {
        let is_there = asked.known.members(class).any(|member| member == name);
        return match is_there {
            true => Some(format!("'{name}' can only be read")),
            false => question(&nearest(name, asked.known.settable(class))),
        };
    }
    if let Some((value, args)) = asked.receiver() {
        let function = || {
            let is_name = value.chars().all(|c| c.is_alphanumeric() || c == '_');
            (class == "function" && is_name).then(|| function_value(asked, value))
        };
        if let Some(help) = habits::instead(class, name, value, args).or_else(function) {
            return Some(help);
        }
    }
    let is_there = asked.known.members(class).any(|member| member == name);
    let is_called = asked.outline.is_called(asked.at);
    if is_there && !is_called && asked.message.ends_with(&format!("'{name}'")) {
        return Some(format!("'{name}' must be called with brackets: {name}()"));
    }
    let near = || question(&nearest(name, asked.known.all_members(class)));
    in_another_module(asked, class, name)
        .or_else(|| library::instead_of_member(class, name))
        .or_else(near)
}

/// `let lock = Lock; lock.acquire();`
fn function_value(asked: &Asked<'_>, variable: &str) -> String {
    let outline = &asked.outline;
    let is_made = |at: &usize| outline.piece(*at) == "=" && outline.piece(at - 1) == variable;
    let made = (1..asked.at)
        .rev()
        .find(is_made)
        .map(|at| outline.piece(at + 1));
    match made.filter(|made| made.starts_with(char::is_alphabetic)) {
        Some(made) => format!(
            "'{variable}' is the function {made}, not its result: let {variable} = {made}();"
        ),
        None => format!("'{variable}' is a function, not its result: {variable}()"),
    }
}

/// `time.getpid()` is `os.getpid()`.
fn in_another_module(asked: &Asked<'_>, module: &str, name: &str) -> Option<String> {
    if !asked.known.is_module(module) {
        return None;
    }
    let other = *asked.known.modules_with(name).first()?;
    let other = other.replace("::", ".");
    Some(format!("it is in the module '{other}': {other}.{name}"))
}

/// `module 'os' has no function 'getpdi' that takes ()`.
fn no_function(asked: &Asked<'_>) -> Option<String> {
    if !asked.message.starts_with("module '") {
        return None;
    }
    let (alias, name) = (asked.quoted().next()?, asked.quoted().nth(1)?);
    let path = asked.outline.imported(alias).unwrap_or(alias);
    if asked.known.is_module(path) {
        if let Some(row) = asked.known.natives().iter().find(|row| {
            row.signature.name == name && row.receiver.is_some_and(|(_, class)| class == path)
        }) {
            return Some(format!("{alias}::{}", row.signature.text()));
        }
        return in_another_module(asked, path, name)
            .or_else(|| library::instead_of_member(path, name))
            .or_else(|| question(&nearest(name, asked.known.members(path))));
    }
    let stem = Path::new(path).file_stem()?.to_string_lossy().into_owned();
    let functions = asked.interp.program.functions_of_module(&stem);
    let own: Vec<&str> = functions
        .iter()
        .filter(|(known, _)| known == name)
        .map(|(_, shown)| shown.as_str())
        .collect();
    if !own.is_empty() {
        return Some(format!("{alias}::{}", own.join(&format!(", {alias}::"))));
    }
    question(&nearest(
        name,
        functions.iter().map(|(name, _)| name.as_str()),
    ))
}

/// `No module named 'tmie'`: a module that is there, or a file beside the script.
fn no_module(asked: &Asked<'_>) -> Option<String> {
    if asked.kind != "ModuleNotFoundError" {
        return None;
    }
    let name = asked.quoted().next()?;
    if let Some(help) = asked.known.turned_off(name) {
        return Some(help);
    }
    if let Some(help) = library::instead_of_module(asked.known, name) {
        return Some(help);
    }
    let outline = &asked.outline;
    if name == "global" && outline.piece(asked.at + 1) == "::" {
        let function = outline.piece(asked.at + 2);
        let args = outline.inside(asked.at + 3).unwrap_or_default();
        return Some(format!(
            "a constant holds a value, which is called by: global::{function}.call({args})"
        ));
    }
    let is_whole = |module: &&str| !module.contains("::");
    let modules = asked.known.modules().filter(is_whole);
    let modules = modules.map(|module| -> &str { module });
    if asked.outline.piece(asked.at + 1) == "::" {
        let import = || format!("import the file first: import \"{name}\" as {name};");
        return question(&nearest(name, modules)).or_else(|| Some(import()));
    }
    let files = files_beside(asked);
    let files = files.iter().map(String::as_str);
    question(&nearest(name, modules.chain(files)))
}

/// The most files of a directory that are looked at.
const FILES_MAX: usize = 1000;

/// The modules beside the script, without their extension.
fn files_beside(asked: &Asked<'_>) -> Vec<String> {
    let directories = asked.interp.program.directories();
    let entries = directories
        .iter()
        .filter_map(|directory| std::fs::read_dir(directory).ok())
        .flatten()
        .take(FILES_MAX)
        .flatten();
    let files = entries.map(|entry| entry.path());
    let scripts = files.filter(|file| file.extension().is_some_and(|e| e == "rhai"));
    scripts
        .filter_map(|file| Some(file.file_stem()?.to_string_lossy().into_owned()))
        .collect()
}
