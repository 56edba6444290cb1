//! How an argument is written on a command line.

use rhai::{Dynamic, Map};

use super::model::{Argument, Count, Metavar};
use crate::script::{Call, Failure};
use crate::stdlib::builtins::text_failure;
use crate::text;

/// Returns the names of an argument's values, as many as asked for unless the script has given one for each.
fn metavars(call: &Call<'_>, argument: &Argument, count: usize) -> Vec<String> {
    let dest = || {
        let dest = argument.dest.clone().unwrap_or_default();
        match argument.is_option() {
            true => dest.to_uppercase(),
            false => dest,
        }
    };
    let name = match (&argument.metavar, &argument.choices) {
        (Some(Metavar::Each(names)), _) => return names.clone(),
        (Some(Metavar::One(name)), _) => name.clone(),
        (None, Some(choices)) => {
            let choices: Vec<_> = choices.iter().map(|choice| call.str(choice)).collect();
            format!("{{{}}}", choices.join(","))
        }
        (None, None) => dest(),
    };
    vec![name; count]
}

/// Returns a text in which `%(prog)s` is the name of the program.
///
/// # Errors
/// The text is no valid format.
pub(super) fn with_prog(call: &Call<'_>, text: &str, prog: &str) -> Result<String, Failure> {
    let values = Map::from([("prog".into(), prog.to_string().into())]);
    let custom = |value: &Dynamic| Some(call.str(value));
    text::percent(text, &values.into(), &custom).map_err(text_failure)
}

/// Returns the words that an argument takes: `FILE [FILE ...]`.
pub(super) fn words(call: &Call<'_>, argument: &Argument) -> String {
    let names = |count| metavars(call, argument, count);
    let first = || names(1).into_iter().next().unwrap_or_default();
    match argument.count {
        Count::One => first(),
        Count::Optional => format!("[{}]", first()),
        Count::Any => match names(1).as_slice() {
            [one, other] => format!("[{one} [{other} ...]]"),
            _ => format!("[{} ...]", first()),
        },
        Count::Some => match names(2).as_slice() {
            [one, other] => format!("{one} [{other} ...]"),
            _ => first(),
        },
        Count::Remainder => "...".into(),
        Count::Parser => format!("{} ...", first()),
        Count::Exactly(count) => names(count).join(" "),
    }
}

/// Returns how an argument is called in the list of all: `-o FILE, --output FILE`.
pub(super) fn heading(call: &Call<'_>, argument: &Argument) -> String {
    if !argument.is_option() {
        let names = metavars(call, argument, 1);
        return names.into_iter().next().unwrap_or_default();
    }
    if argument.is_flag() {
        return argument.options.join(", ");
    }
    let words = words(call, argument);
    let options = argument.options.iter();
    let all: Vec<_> = options.map(|option| format!("{option} {words}")).collect();
    all.join(", ")
}
