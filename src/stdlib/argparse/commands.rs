//! Sub-commands: words that are followed by what another parser takes.

use rhai::{Array, Dynamic};

use super::construct::new_parser;
use super::help::width;
use super::leaving::error;
use super::model::{
    Action, Argument, Commands, Count, Group, Metavar, POSITIONALS, Parser, SUPPRESS,
};
use super::usage::usage;
use crate::script::{Call, Outcome, Registry, raise};

/// The parameters of the parser of a sub-command.
const COMMAND: &[&str] = &[
    "name",
    "help?",
    "aliases?",
    "prog?",
    "usage?",
    "description?",
    "epilog?",
    "parents?",
    "formatter_class?",
    "argument_default?",
    "add_help?",
    "allow_abbrev?",
    "exit_on_error?",
];

/// The sub-commands of a parser: an argument at this place.
#[derive(Debug, Clone)]
struct Subparsers {
    parser: Parser,
    place: usize,
}

pub(super) fn register(registry: &mut Registry) {
    registry
        .class::<Subparsers>("argparse.Subparsers")
        .method("add_parser", COMMAND, add_parser)
        .repr(|_| Ok("<argparse.Subparsers object>".into()));
}

/// `parser.add_subparsers(#{title, description, prog, dest, required, help, metavar})`.
pub(super) fn add_subparsers(call: &mut Call<'_>) -> Outcome {
    let parser: Parser = call.this();
    let model = parser.model();
    let has_some = |argument: &Argument| matches!(argument.action, Action::Parsers(_));
    if model.arguments.iter().any(has_some) {
        let text = "cannot have multiple subparser arguments";
        return Err(error(call, &model, text));
    }
    let mut text = |index: usize| call.given(index).map(|value| call.str(&value));
    let (title, description, prog) = (text(0), text(1), text(2));
    let (dest, help, metavar) = (text(3), text(5), text(6));
    let is_required = call.bool_or(4, false);
    // The sub-commands follow the words that come before them.
    let prog = match prog {
        Some(prog) => prog,
        None => {
            let before = usage(call, &model, &model.positionals(), "", width())?;
            before.trim().to_string()
        }
    };
    let argument = Argument {
        options: Vec::new(),
        dest: dest.filter(|dest| dest != SUPPRESS),
        action: Action::Parsers(Commands {
            prog,
            parsers: Vec::new(),
            shown: Vec::new(),
        }),
        count: Count::Parser,
        constant: Dynamic::UNIT,
        default: Some(Dynamic::UNIT),
        convert: None,
        choices: Some(Array::new()),
        is_required,
        is_hidden: help.as_deref() == Some(SUPPRESS),
        help,
        metavar: metavar.map(Metavar::One),
    };
    let place = parser.with(|model| {
        let mut group = POSITIONALS;
        if title.is_some() || description.is_some() {
            model.groups.push(Group {
                title: Some(title.unwrap_or_else(|| "subcommands".into())),
                description,
                members: Vec::new(),
            });
            group = model.groups.len() - 1;
        }
        model.add(argument, Some(group), None);
        model.arguments.len() - 1
    });
    Ok(Dynamic::from(Subparsers { parser, place }))
}

/// `subparsers.add_parser(name, #{help, aliases, …})`: the parser of a sub-command.
fn add_parser(call: &mut Call<'_>) -> Outcome {
    let Subparsers { parser, place } = call.this();
    let name = call.string(0)?.to_string();
    let help = call.given(1).map(|help| call.str(&help));
    let aliases = match call.has_value(2) {
        true => call.array(2)?,
        false => Array::new(),
    };
    let aliases: Vec<String> = aliases.iter().map(|alias| call.str(alias)).collect();
    let argument = parser.with(|model| model.arguments[place].clone());
    let Action::Parsers(commands) = &argument.action else {
        return Ok(Dynamic::UNIT);
    };
    let is_known = |name: &String| commands.parsers.iter().any(|(known, _)| known == name);
    if let Some(known) = std::iter::once(&name)
        .chain(&aliases)
        .find(|name| is_known(name))
    {
        let kind = if *known == name { "" } else { " alias" };
        let text = format!("argument: conflicting subparser{kind}: {known}");
        return Err(raise("ArgumentError", text));
    }
    let command = new_parser(call, 3, format!("{} {name}", commands.prog))?;
    let shown = match aliases.is_empty() {
        true => name.clone(),
        false => format!("{name} ({})", aliases.join(", ")),
    };
    parser.with(|model| {
        let argument = &mut model.arguments[place];
        let names = std::iter::once(name).chain(aliases);
        for name in names {
            if let Some(choices) = &mut argument.choices {
                choices.push(name.clone().into());
            }
            if let Action::Parsers(commands) = &mut argument.action {
                commands.parsers.push((name, command.clone()));
            }
        }
        if let (Action::Parsers(commands), Some(help)) = (&mut argument.action, help) {
            commands.shown.push((shown, help));
        }
    });
    Ok(Dynamic::from(command))
}
