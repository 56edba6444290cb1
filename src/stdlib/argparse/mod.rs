//! `argparse`: the words of a command line as values, and help about them.
//!
//! - [`model`]: parsers and their arguments; [`declare`]: an argument as a script declares it; [`class`]: the members of parsers;
//!   [`construct`]: how they are made; [`commands`]: sub-commands.
//! - [`options`]: which option a word is; [`pattern`]: how many words an argument takes; [`matching`]: which words are whose; [`values`]: words as
//!   values; [`effects`]: what an argument does with them; [`trouble`]: what is wrong with a command line.
//! - [`invocation`]: how an argument is written; [`usage`]: all of them in a line; [`help`]: the whole help; [`leaving`]: the end of a script
//!   by help or a mistake.
//! - [`file_type`][]: `FileType`.
//!
//! Python: `argparse`. The texts are the same for the same parser, so all of this is made by hand: crates for command lines have texts of their own.

mod class;
mod commands;
mod construct;
mod declare;
mod effects;
mod file_type;
mod help;
mod invocation;
mod leaving;
mod matching;
mod model;
mod options;
mod pattern;
mod trouble;
mod usage;
mod values;

use rhai::Dynamic;

use crate::script::{Registry, exception_class};
use crate::stdlib::types::object::{NAMESPACE, Object};

/// The value of the global constant `argparse`.
#[derive(Debug, Clone)]
struct Argparse;

/// The constants of the module.
const CONSTANTS: [(&str, &str); 9] = [
    ("SUPPRESS", model::SUPPRESS),
    ("OPTIONAL", "?"),
    ("ZERO_OR_MORE", "*"),
    ("ONE_OR_MORE", "+"),
    ("REMAINDER", "..."),
    ("BooleanOptionalAction", "boolean_optional"),
    ("RawDescriptionHelpFormatter", help::RAW_DESCRIPTION),
    ("RawTextHelpFormatter", help::RAW_TEXT),
    ("ArgumentDefaultsHelpFormatter", help::DEFAULTS),
];

pub(super) fn register(registry: &mut Registry) {
    class::register(registry);
    commands::register(registry);
    file_type::register(registry);
    let mut argparse = registry.namespace("argparse", Argparse);
    argparse
        .function("ArgumentParser", construct::PARSER, construct::construct)
        .function("Namespace", &["attributes?", "/"], |call| {
            let attributes = call.given(0).and_then(Dynamic::try_cast);
            let attributes = attributes.unwrap_or_default();
            Ok(Dynamic::from(Object::named(NAMESPACE, attributes)))
        })
        .function("FileType", file_type::PARAMS, file_type::construct);
    for (name, value) in CONSTANTS {
        argparse.constant(name, value, |call| {
            let known = CONSTANTS.iter().find(|(name, _)| *name == call.name());
            Ok(known.map_or(Dynamic::UNIT, |(_, value)| (*value).into()))
        });
    }
    exception_class::members(&mut argparse, &["ArgumentError", "ArgumentTypeError"]);
}
