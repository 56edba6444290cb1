//! Making parsers, with what they have of their parents.

use rhai::Dynamic;

use super::declare;
use super::model::{Exclusive, Group, Model, Parser, SUPPRESS};
use crate::script::{Call, Failure, Outcome, raise, type_name};

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

/// `argparse.ArgumentParser(#{prog, usage, description, …})`.
pub(super) fn construct(call: &mut Call<'_>) -> Outcome {
    let file = call.interp.program.argv().into_iter().next();
    let file = file.unwrap_or_default();
    let name = file.rsplit('/').next().unwrap_or_default().to_string();
    new_parser(call, 0, name).map(Dynamic::from)
}

/// Makes a parser of the parameters from `first` on.
pub(super) fn new_parser(
    call: &mut Call<'_>,
    first: usize,
    prog: String,
) -> Result<Parser, Failure> {
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
