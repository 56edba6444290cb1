//! The commands that begin with a colon: their names, and what is said of them.

use rustyline::completion::Pair;

/// The commands: name, argument, description.
const COMMANDS: &[(&str, &str, &str)] = &[
    (
        "help",
        "[NAME]",
        "show this list, or describe a function, method or module",
    ),
    ("doc", "NAME", "the same"),
    ("vars", "", "list the variables"),
    ("ps", "", "list the children, and what each is doing"),
    ("time", "EXPR", "run EXPR and show how long it took"),
    ("load", "FILE", "run a script and keep what it defines"),
    ("reset", "", "forget everything, end the children"),
    ("quit", "", "end the session, like exit() and Ctrl-D"),
];

/// The command with the same meaning as one that people know from other prompts.
pub(crate) fn meant(text: &str) -> Option<&'static str> {
    match text {
        "help" | "help()" | "?" => Some("help"),
        "exit" | "quit" | "quit()" => Some("quit"),
        _ => None,
    }
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
        .map(|(name, argument, what)| format!("  {:14} {what}", usage(name, argument)));
    let mut text = lines.collect::<Vec<_>>().join("\n");
    text.push_str(
        "\n  Tab completes, Ctrl-R searches earlier lines, Ctrl-C stops the running line, _ is the last value.",
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
