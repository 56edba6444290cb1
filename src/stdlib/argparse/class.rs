//! The members of parsers, and of groups of arguments and sub-commands.

use rhai::{Array, Dynamic, Map};

use super::declare;
use super::help::{usage_of, whole};
use super::leaving::{error, exit_with, report};
use super::matching::parse;
use super::model::{
    Action, Argument, Commands, Count, Exclusive, Group, Metavar, Model, POSITIONALS, Parser,
    SUPPRESS,
};
use super::usage::usage;
use crate::script::{Call, Failure, Outcome, Registry, raise, type_name};
use crate::stdlib::builtins::print::write;
use crate::stdlib::types::object::{NAMESPACE, Object};

/// The parameters of a parser.
pub(super) const PARSER: &[&str] = &[
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

/// A group of arguments: in the help, or of which a command line has one.
#[derive(Debug, Clone)]
struct Part {
    parser: Parser,
    group: Option<usize>,
    exclusive: Option<usize>,
}

/// The sub-commands of a parser: an argument at this place.
#[derive(Debug, Clone)]
struct Subparsers {
    parser: Parser,
    place: usize,
}

pub(super) fn register(registry: &mut Registry) {
    registry
        .class::<Parser>("argparse.ArgumentParser")
        .by_address(Parser::address)
        .method("add_argument", &["*names"], |call| {
            let parser: Parser = call.this();
            add_argument(call, &parser, None, None)
        })
        .method("add_argument_group", &["title?", "description?"], |call| {
            let parser: Parser = call.this();
            add_group(call, parser)
        })
        .method("add_mutually_exclusive_group", &["required?"], |call| {
            let parser: Parser = call.this();
            Ok(add_exclusive(call, parser, None))
        })
        .method(
            "add_subparsers",
            &[
                "title?",
                "description?",
                "prog?",
                "dest?",
                "required?",
                "help?",
                "metavar?",
            ],
            add_subparsers,
        )
        .method("parse_args", &["args?", "namespace?"], parse_args)
        .method("parse_known_args", &["args?", "namespace?"], |call| {
            let (values, extras) = parsed(call)?;
            let extras: Array = extras.into_iter().map(Dynamic::from).collect();
            let both: Array = vec![values, extras.into()];
            Ok(both.into())
        })
        .method("set_defaults", &["values", "/"], set_defaults)
        .method("get_default", &["dest"], |call| {
            let dest = call.string(0)?;
            let model = call.this::<Parser>().model();
            let mut arguments = model.arguments.iter();
            let own = arguments.find(|argument| argument.dest.as_deref() == Some(&dest));
            let own = own.and_then(|argument| argument.default.clone());
            let set = model.defaults.get(dest.as_str()).cloned();
            Ok(own.or(set).unwrap_or(Dynamic::UNIT))
        })
        .method("format_help", &[], |call| {
            whole(call, &call.this::<Parser>().model()).map(Dynamic::from)
        })
        .method("format_usage", &[], |call| {
            usage_of(call, &call.this::<Parser>().model()).map(Dynamic::from)
        })
        .method("print_help", &["file?"], |call| {
            let text = whole(call, &call.this::<Parser>().model())?;
            print(call, text)
        })
        .method("print_usage", &["file?"], |call| {
            let text = usage_of(call, &call.this::<Parser>().model())?;
            print(call, text)
        })
        .method("error", &["message"], |call| {
            let message = call.value(0);
            let message = call.str(&message);
            Err(error(call, &call.this::<Parser>().model(), &message))
        })
        .method("exit", &["status?", "message?"], |call| {
            let status = call.int_or(0, 0)?;
            let message = call.given(1).map(|message| call.str(&message));
            if let Some(message) = message {
                crate::stdlib::builtins::print::write_error(call.interp, &message)?;
            }
            Err(exit_with(call, status, ""))
        })
        .getter("prog", |call| Ok(call.this::<Parser>().model().prog.into()))
        .repr(|call| {
            let prog = call.this::<Parser>().model().prog;
            let prog = call.repr(&prog.into());
            Ok(format!("ArgumentParser(prog={prog})").into())
        });
    registry
        .class::<Part>("argparse.ArgumentGroup")
        .method("add_argument", &["*names"], |call| {
            let part: Part = call.this();
            add_argument(call, &part.parser, part.group, part.exclusive)
        })
        .method("add_mutually_exclusive_group", &["required?"], |call| {
            let part: Part = call.this();
            Ok(add_exclusive(call, part.parser, part.group))
        })
        .repr(|_| Ok("<argparse.ArgumentGroup object>".into()));
    registry
        .class::<Subparsers>("argparse.Subparsers")
        .method("add_parser", COMMAND, add_parser)
        .repr(|_| Ok("<argparse.Subparsers object>".into()));
}

/// `argparse.ArgumentParser(#{prog, usage, description, …})`.
pub(super) fn construct(call: &mut Call<'_>) -> Outcome {
    let file = call.interp.program.argv().into_iter().next();
    let file = file.unwrap_or_default();
    let name = file.rsplit('/').next().unwrap_or_default().to_string();
    new_parser(call, 0, name).map(Dynamic::from)
}

/// Makes a parser of the parameters from `first` on.
fn new_parser(call: &mut Call<'_>, first: usize, prog: String) -> Result<Parser, Failure> {
    let mut text = |index: usize| call.given(first + index).map(|value| call.str(&value));
    let group = |title: &str| Group {
        title: Some(title.into()),
        description: None,
        members: Vec::new(),
    };
    let mut model = Model {
        prog: text(0).unwrap_or(prog),
        usage: text(1),
        description: text(2),
        epilog: text(3),
        formatter: text(5).unwrap_or_default(),
        groups: vec![group("positional arguments"), group("options")],
        ..Model::default()
    };
    let default = call.given(first + 6);
    model.argument_default = default.map(|default| {
        let is_suppressed = default.is_string() && default.to_string() == SUPPRESS;
        (!is_suppressed).then_some(default)
    });
    let adds_help = call.bool_or(first + 7, true);
    model.abbreviates = call.bool_or(first + 8, true);
    model.exits_on_error = call.bool_or(first + 9, true);
    if adds_help {
        model.add(declare::help(), None, None);
    }
    if call.has_value(first + 4) {
        for parent in call.array(first + 4)? {
            let found = type_name(&parent);
            let Some(parent) = parent.try_cast::<Parser>() else {
                let text = format!("parents must be a list of parsers, not of {found}");
                return Err(raise("TypeError", text));
            };
            inherit(&mut model, &parent.model());
        }
    }
    Ok(Parser::new(model))
}

/// Adds the arguments and groups of a parent.
fn inherit(model: &mut Model, parent: &Model) {
    let first = model.arguments.len();
    model.arguments.extend(parent.arguments.iter().cloned());
    let moved = |members: &[usize]| {
        members
            .iter()
            .map(|place| place + first)
            .collect::<Vec<_>>()
    };
    for group in &parent.groups {
        let known = model.groups.iter_mut().find(|own| own.title == group.title);
        match known {
            Some(own) => own.members.extend(moved(&group.members)),
            None => model.groups.push(Group {
                members: moved(&group.members),
                ..group.clone()
            }),
        }
    }
    model
        .exclusive
        .extend(parent.exclusive.iter().map(|group| Exclusive {
            is_required: group.is_required,
            members: moved(&group.members),
        }));
    let defaults = parent.defaults.clone();
    model.defaults.extend(defaults);
}

fn add_argument(
    call: &mut Call<'_>,
    parser: &Parser,
    group: Option<usize>,
    exclusive: Option<usize>,
) -> Outcome {
    let argument = declare::argument(call, &parser.model())?;
    if exclusive.is_some() && argument.is_required {
        let text = "mutually exclusive arguments must be optional";
        return Err(raise("ValueError", text));
    }
    parser.with(|model| model.add(argument, group, exclusive));
    Ok(Dynamic::UNIT)
}

fn add_group(call: &mut Call<'_>, parser: Parser) -> Outcome {
    let title = call.given(0).map(|title| call.str(&title));
    let description = call.given(1).map(|description| call.str(&description));
    let group = parser.with(|model| {
        model.groups.push(Group {
            title,
            description,
            members: Vec::new(),
        });
        model.groups.len() - 1
    });
    Ok(Dynamic::from(Part {
        parser,
        group: Some(group),
        exclusive: None,
    }))
}

fn add_exclusive(call: &mut Call<'_>, parser: Parser, group: Option<usize>) -> Dynamic {
    let is_required = call.bool_or(0, false);
    let exclusive = parser.with(|model| {
        model.exclusive.push(Exclusive {
            is_required,
            members: Vec::new(),
        });
        model.exclusive.len() - 1
    });
    Dynamic::from(Part {
        parser,
        group,
        exclusive: Some(exclusive),
    })
}

/// `parser.add_subparsers(#{title, description, prog, dest, required, help, metavar})`.
fn add_subparsers(call: &mut Call<'_>) -> Outcome {
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
            let width = super::help::width();
            let before = usage(call, &model, &model.positionals(), "", width)?;
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

/// `parser.set_defaults(#{name: value, …})`.
fn set_defaults(call: &mut Call<'_>) -> Outcome {
    let values = call.value(0);
    let found = values.clone();
    let values = values.try_cast::<Map>();
    let values = values.ok_or_else(|| call.mismatch(0, "a map", &found))?;
    call.this::<Parser>().with(|model| {
        for argument in &mut model.arguments {
            let dest = argument.dest.as_deref();
            if let Some(value) = dest.and_then(|dest| values.get(dest)) {
                argument.default = Some(value.clone());
            }
        }
        model.defaults.extend(values);
    });
    Ok(Dynamic::UNIT)
}

/// `parser.parse_args(args=None, namespace=None)`: by default the words behind the name of the script.
fn parse_args(call: &mut Call<'_>) -> Outcome {
    let (values, extras) = parsed(call)?;
    if extras.is_empty() {
        return Ok(values);
    }
    let text = format!("unrecognized arguments: {}", extras.join(" "));
    Err(error(call, &call.this::<Parser>().model(), &text))
}

/// Returns the values of the command line that a call gives, and the words that no argument has taken.
fn parsed(call: &mut Call<'_>) -> Result<(Dynamic, Vec<String>), Failure> {
    let words: Vec<String> = match call.has_value(0) {
        true => {
            let words = call.array(0)?;
            words.iter().map(|word| call.str(word)).collect()
        }
        false => call.interp.program.argv().into_iter().skip(1).collect(),
    };
    let given = call.given(1);
    let found = given.as_ref().map(|given| type_name(given));
    let given = match given.map(Dynamic::try_cast::<Object>) {
        None => None,
        Some(Some(object)) => Some(object),
        Some(None) => {
            let found = found.unwrap_or_default();
            let text = format!("namespace must be a Namespace, not {found}");
            return Err(raise("TypeError", text));
        }
    };
    let before = given
        .as_ref()
        .map(|given| given.with(|values| values.clone()));
    let model = call.this::<Parser>().model();
    let parsed = parse(call, &model, &words, before.unwrap_or_default())
        .map_err(|trouble| report(call, &model, trouble))?;
    let values = match given {
        Some(object) => {
            object.with(|values| *values = parsed.values);
            object
        }
        None => Object::named(NAMESPACE, parsed.values),
    };
    Ok((Dynamic::from(values), parsed.extras))
}

fn print(call: &mut Call<'_>, text: String) -> Outcome {
    match call.given(0) {
        Some(mut file) => {
            let _ = call.method(&mut file, "write", vec![text.into()])?;
        }
        None => write(call.interp, &text)?,
    }
    Ok(Dynamic::UNIT)
}
