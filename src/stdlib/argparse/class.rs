//! The members of parsers, and of groups of arguments and sub-commands.

use rhai::{Array, Dynamic, Map};

use super::commands::add_subparsers;
use super::declare;
use super::help::{usage_of, whole};
use super::leaving::{error, exit_with, report};
use super::matching::parse;
use super::model::{Exclusive, Group, Parser};
use crate::script::{Call, Class, Failure, Outcome, Registry, raise, type_name};
use crate::stdlib::builtins::print::write;
use crate::stdlib::types::object::{NAMESPACE, Object};

/// A group of arguments: in the help, or of which a command line has one.
#[derive(Debug, Clone)]
struct Part {
    parser: Parser,
    group: Option<usize>,
    exclusive: Option<usize>,
}

pub(super) fn register(registry: &mut Registry) {
    let mut class = registry.class::<Parser>("argparse.ArgumentParser");
    class
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
        });
    texts(&mut class);
    register_groups(registry);
}

/// The help of a parser, and the ends of a script.
fn texts(class: &mut Class<'_>) {
    class
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
        .getter("prog", |call| {
            let parser: Parser = call.this();
            Ok(parser.with(|model| model.prog.clone()).into())
        })
        .repr(|call| {
            let prog = call.this::<Parser>().with(|model| model.prog.clone());
            let prog = call.repr(&prog.into());
            Ok(format!("ArgumentParser(prog={prog})").into())
        });
}

fn register_groups(registry: &mut Registry) {
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
}

fn add_argument(
    call: &mut Call<'_>,
    parser: &Parser,
    group: Option<usize>,
    exclusive: Option<usize>,
) -> Outcome {
    let argument = declare::argument(call, parser)?;
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
    let found = given.as_ref().map(type_name);
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
