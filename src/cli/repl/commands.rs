//! Commands of the prompt, which begin with a colon.

use std::path::Path;

use procscript::manual::Manual;
use procscript::prompt::Outcome;

use super::super::input;
use super::command_table::{overview, wrong};
use super::screen::Screen;
use super::session::Session;
use super::{inputs, listing};

/// Runs a command, without its colon. Its result is shown like that of an input.
pub(crate) fn carry_out(command: &str, session: &Session, screen: &Screen) -> Outcome {
    let command = command.trim();
    let (name, rest) = command
        .split_once(char::is_whitespace)
        .unwrap_or((command, ""));
    let rest = rest.trim();
    let text = match (name, rest) {
        ("help" | "doc", "") => overview(),
        ("help" | "doc", topic) => help(topic, session, screen),
        ("vars", "") => variables(session),
        ("ps", "") => children(session),
        ("history", text) => inputs::history(text, session, screen),
        ("save", file) if !file.is_empty() => inputs::save(file, session),
        ("reset", "") => {
            session.borrow_mut().reset();
            return Outcome::Nothing;
        }
        ("quit", "") => return Outcome::Exit(0),
        ("time", code) if !code.is_empty() => return time(code, session, screen),
        ("load", "-") => "the prompt uses standard input; :load FILE reads a file".into(),
        ("load", file) if !file.is_empty() => match input::read(Path::new(file)) {
            Ok(script) => return session.borrow_mut().load(script),
            Err(error) => format!("{error:#}"),
        },
        (name, _) => wrong(name),
    };
    screen.show_long(&text);
    Outcome::Nothing
}

/// The number of the input that `:edit` is to change: empty for the last one. `None` for other commands.
pub(crate) fn to_edit(command: &str) -> Option<&str> {
    let number = command.strip_prefix("edit")?;
    let is_word = number.is_empty() || number.starts_with(char::is_whitespace);
    is_word.then(|| number.trim())
}

/// The description of a name: a function of the program, or else the manual's entry.
fn help(topic: &str, session: &Session, screen: &Screen) -> String {
    let topic = topic.trim_end_matches("()");
    let own = own_functions(topic, session);
    if !own.is_empty() {
        return own.join("\n");
    }
    // The entry of `Queue.get` describes `q.get` if `q` is a Queue, and that of `Queue` describes `q`.
    let (name, method) = topic.split_once('.').unwrap_or((topic, ""));
    let variables = session.borrow().variables();
    let variable = variables.into_iter().find(|found| found.name == name);
    let value = variable.as_ref().filter(|found| found.name == topic);
    let value = value.map(|found| format!("{topic}: {} = {}", found.type_name, found.repr));
    let topic = match variable {
        Some(found) if method.is_empty() => found.type_name,
        Some(found) => format!("{}.{method}", found.type_name),
        None => topic.into(),
    };
    let entry = Manual::find(&topic).map(|entry| entry.to_text(screen.window().columns));
    let parts: Vec<String> = value.into_iter().chain(entry).collect();
    match parts.is_empty() {
        true => unknown(&topic),
        false => parts.join("\n\n"),
    }
}

fn unknown(topic: &str) -> String {
    let nearest = Manual::nearest(topic);
    if nearest.is_empty() {
        return format!("the manual has no '{topic}'");
    }
    let nearest = nearest.join(", ");
    format!("the manual has no '{topic}'; did you mean {nearest}?")
}

fn own_functions(name: &str, session: &Session) -> Vec<String> {
    let functions = session.borrow().functions();
    let described = functions
        .into_iter()
        .filter(|function| function.name == name);
    described
        .map(|function| {
            let mut text = format!("{name}({})", function.params.join(", "));
            for line in function.comments {
                text.push_str("\n    ");
                text.push_str(&line);
            }
            text
        })
        .collect()
}

fn variables(session: &Session) -> String {
    let variables = session.borrow().variables();
    if variables.is_empty() {
        return "no variables".into();
    }
    listing::variables(&variables)
}

fn children(session: &Session) -> String {
    let family = session.borrow().family();
    family.map_or_else(|| "no children".into(), |family| family.table())
}

/// Runs `code`, and shows its value and the time it took.
fn time(code: &str, session: &Session, screen: &Screen) -> Outcome {
    let (entered, timing) = session.borrow_mut().time(code);
    let Some(timing) = timing else {
        return entered;
    };
    if let Outcome::Value(text) = entered {
        screen.say(&text);
    }
    screen.say(&listing::timing(&timing));
    Outcome::Nothing
}
