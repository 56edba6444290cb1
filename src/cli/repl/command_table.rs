//! The commands that begin with a colon: their names, and what is said of them.

use std::borrow::Cow;

use rustyline::completion::Pair;

/// The commands: name, argument, description.
const COMMANDS: &[(&str, &str, &str)] = &[
    ("help", "[NAME]", "show this list, or describe a name"),
    ("doc", "NAME", "the same, like NAME? and ?NAME"),
    ("vars", "", "list the variables"),
    ("ps", "", "list the children, and what each is doing"),
    (
        "time",
        "EXPR",
        "run EXPR until it is known how long it takes",
    ),
    ("load", "FILE", "run a script and keep what it defines"),
    (
        "save",
        "FILE [FROM-TO]",
        "write the inputs, or some of them, to a script",
    ),
    (
        "edit",
        "[NUMBER]",
        "change an input with $EDITOR, then run it",
    ),
    (
        "history",
        "[TEXT]",
        "list the inputs, or earlier ones with TEXT too",
    ),
    ("reset", "", "forget everything, end the children"),
    ("quit", "", "end the session, like exit() and Ctrl-D"),
];

/// The command that a typed text is, without its colon: also in the forms that people know from other prompts.
pub(crate) fn command(typed: &str) -> Option<Cow<'_, str>> {
    let typed = typed.trim();
    if let Some(command) = typed.strip_prefix(':') {
        return Some(command.into());
    }
    match typed {
        "help" | "help()" | "?" => return Some("help".into()),
        "exit" | "quit" | "quit()" => return Some("quit".into()),
        _ => (),
    }
    let name = typed.trim_matches('?');
    let is_path = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | ':');
    let is_name = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
    (name.len() < typed.len() && is_name && name.chars().all(is_path))
        .then(|| format!("help {name}").into())
}

/// The path that is typed, if the text is a command with a file.
pub(crate) fn path(typed: &str) -> Option<&str> {
    let (command, rest) = typed.split_once(' ')?;
    [":load", ":save"]
        .contains(&command)
        .then(|| rest.trim_start())
}

/// The commands that `typed` may become, if it is a command.
pub(crate) fn candidates(typed: &str) -> Option<(usize, Vec<Pair>)> {
    let begun = typed.strip_prefix(':')?;
    let pair = |name: &str| Pair {
        display: format!(":{name}"),
        replacement: format!(":{name}"),
    };
    if begun.contains(char::is_whitespace) {
        return None;
    }
    let names = COMMANDS.iter().map(|(name, ..)| *name);
    Some((
        0,
        names
            .filter(|name| name.starts_with(begun))
            .map(pair)
            .collect(),
    ))
}

pub(crate) fn overview() -> String {
    let usage = |name: &str, argument: &str| format!(":{name} {argument}");
    let lines = COMMANDS
        .iter()
        .map(|(name, argument, what)| format!("  {:22} {what}", usage(name, argument)));
    let mut text = lines.collect::<Vec<_>>().join("\n");
    text.push_str(
        "\n  Tab completes, Ctrl-R searches earlier inputs, Ctrl-C stops the running one.\n  In an input of several lines, Enter adds a line, and Alt-Enter runs it.\n  Ctrl-X Ctrl-E opens $EDITOR. _ is the last value.",
    );
    text
}

pub(crate) fn wrong(name: &str) -> String {
    if let Some((name, argument, _)) = COMMANDS.iter().find(|(known, ..)| *known == name) {
        return format!("usage: :{name} {argument}").trim_end().to_string();
    }
    let nearest = COMMANDS
        .iter()
        .map(|(known, ..)| (strsim::osa_distance(name, known), known))
        .filter(|(distance, _)| *distance <= 2)
        .min();
    match nearest {
        Some((_, known)) => format!("there is no command :{name}; did you mean :{known}?"),
        None => format!("there is no command :{name}; :help lists them"),
    }
}
