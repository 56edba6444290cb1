//! An argument as a script declares it: `add_argument("-n", "--count", #{type: int, default: 1})`.

use rhai::{Dynamic, FnPtr};

use super::model::{Action, Argument, Count, Metavar, Model, Parser, SUPPRESS};
use crate::script::{Call, Failure, raise, truth, type_name};
use crate::stdlib::builtins::items_of;
use crate::text::{as_string, quoted};

/// The keywords of `add_argument`.
const KEYWORDS: [&str; 11] = [
    "action", "nargs", "const", "default", "type", "choices", "required", "help", "metavar",
    "dest", "version",
];

/// Reads the arguments of `add_argument`.
///
/// # Errors
/// `ValueError` or `TypeError` for what is not an argument; `ArgumentError` for an option that the parser has already.
pub(super) fn argument(call: &mut Call<'_>, parser: &Parser) -> Result<Argument, Failure> {
    call.keywords_only_if(&KEYWORDS);
    let names = names(call)?;
    let action = action(call)?;
    let takes_words = matches!(action, Action::Store | Action::Append | Action::Extend);
    let count = count(call, takes_words)?;
    let is_option = names.iter().any(|name| name.starts_with('-'));
    let given_dest = call.keyword("dest").map(|dest| call.str(&dest));
    let (mut options, dest) = match is_option {
        true => (names.clone(), dest_of(&names, given_dest)?),
        false => (Vec::new(), positional_dest(&names, given_dest)?),
    };
    if matches!(action, Action::Boolean) {
        options = with_negatives(options);
    }
    parser.with(|model| check_conflicts(&options, model))?;
    let is_about_parser = matches!(action, Action::Help | Action::Version(_));
    let dest = (!is_about_parser && dest != SUPPRESS).then_some(dest);
    let given_default = call.keyword("default");
    let has_default = given_default.is_some();
    let default = match given_default {
        Some(default) if is_suppressed(&default) => None,
        Some(default) => Some(default),
        None => parser.with(|model| default_of(&action, dest.as_deref(), model)),
    };
    let constant = constant(call, &action);
    let required = call.keyword("required");
    if required.is_some() && !is_option {
        let text = "'required' is an invalid argument for positionals";
        return Err(raise("TypeError", text));
    }
    let is_required = match (is_option, count) {
        (true, _) => required.is_some_and(|required| truth(&required)),
        (false, Count::Optional) => false,
        (false, Count::Any) => !has_default,
        (false, _) => true,
    };
    let help = call.keyword("help").filter(|help| !help.is_unit());
    let help = help.map(|help| call.str(&help));
    let usual_help = match &action {
        Action::Version(_) => Some("show program's version number and exit".to_string()),
        _ => None,
    };
    Ok(Argument {
        options,
        dest,
        count,
        constant,
        default: default.filter(|_| !is_about_parser),
        convert: convert(call)?,
        choices: choices(call)?,
        is_required,
        is_hidden: help.as_deref() == Some(SUPPRESS),
        help: help.or(usual_help),
        metavar: metavar(call)?,
        action,
    })
}

/// Returns the argument `-h`, `--help`.
pub(super) fn help() -> Argument {
    Argument {
        options: vec!["-h".into(), "--help".into()],
        dest: None,
        action: Action::Help,
        count: Count::Exactly(0),
        constant: Dynamic::UNIT,
        default: None,
        convert: None,
        choices: None,
        is_required: false,
        is_hidden: false,
        help: Some("show this help message and exit".into()),
        metavar: None,
    }
}

fn is_suppressed(value: &Dynamic) -> bool {
    as_string(value).is_some_and(|text| text == SUPPRESS)
}

fn names(call: &mut Call<'_>) -> Result<Vec<String>, Failure> {
    let mut names = Vec::new();
    for name in call.rest(0) {
        if let Some(map) = name.read_lock::<rhai::Map>() {
            let unknown = map.keys().find(|key| !KEYWORDS.contains(&key.as_str()));
            let unknown = unknown.map_or("dest", |key| key.as_str());
            let text = format!("add_argument() got an unexpected keyword argument '{unknown}'");
            return Err(raise("TypeError", text));
        }
        let Some(text) = as_string(&name) else {
            let found = type_name(&name);
            let text = format!("the names of an argument must be strings, not {found}");
            return Err(raise("TypeError", text));
        };
        names.push(text.to_string());
    }
    if names.len() > 1
        && let Some(wrong) = names.iter().find(|name| !name.starts_with('-'))
    {
        let wrong = quoted(wrong);
        let text = format!("invalid option string {wrong}: must start with a character '-'");
        return Err(raise("ValueError", text));
    }
    Ok(names)
}

/// Returns the attribute of an option: that of the first long one, without its hyphens.
fn dest_of(options: &[String], given: Option<String>) -> Result<String, Failure> {
    if let Some(dest) = given {
        return Ok(dest);
    }
    let long = options.iter().find(|option| option.starts_with("--"));
    let option = long.or(options.first()).map_or("", String::as_str);
    let dest = option.trim_start_matches('-').replace('-', "_");
    match dest.is_empty() {
        true => {
            let option = quoted(option);
            let text = format!("dest= is required for options like {option}");
            Err(raise("ValueError", text))
        }
        false => Ok(dest),
    }
}

fn positional_dest(names: &[String], given: Option<String>) -> Result<String, Failure> {
    match (names, given) {
        ([name], None) => Ok(name.clone()),
        ([], Some(dest)) => Ok(dest),
        ([], None) => {
            let text = "add_argument() needs a name, or options that begin with '-'";
            Err(raise("TypeError", text))
        }
        _ => {
            let text = "dest supplied twice for positional argument";
            Err(raise("ValueError", text))
        }
    }
}

/// Adds `--no-x` to `--x`.
fn with_negatives(options: Vec<String>) -> Vec<String> {
    let both = options.into_iter().flat_map(|option| {
        let negative = option.strip_prefix("--").map(|name| format!("--no-{name}"));
        std::iter::once(option).chain(negative)
    });
    both.collect()
}

fn check_conflicts(options: &[String], model: &Model) -> Result<(), Failure> {
    let known = options
        .iter()
        .filter(|option| model.option(option).is_some());
    let known: Vec<_> = known.map(String::as_str).collect();
    if known.is_empty() {
        return Ok(());
    }
    let plural = if known.len() == 1 { "" } else { "s" };
    let (all, known) = (options.join("/"), known.join(", "));
    let text = format!("argument {all}: conflicting option string{plural}: {known}");
    Err(raise("ArgumentError", text))
}

fn action(call: &mut Call<'_>) -> Result<Action, Failure> {
    let Some(action) = call.keyword("action").filter(|action| !action.is_unit()) else {
        return Ok(Action::Store);
    };
    let version = call.keyword("version").map(|version| call.str(&version));
    Ok(match call.str(&action).as_str() {
        "store" => Action::Store,
        "store_const" => Action::StoreConstant { is: None },
        "store_true" => Action::StoreConstant { is: Some(true) },
        "store_false" => Action::StoreConstant { is: Some(false) },
        "append" => Action::Append,
        "append_const" => Action::AppendConstant,
        "extend" => Action::Extend,
        "count" => Action::Count,
        "boolean_optional" => Action::Boolean,
        "help" => Action::Help,
        "version" => Action::Version(version),
        unknown => return Err(raise("ValueError", format!("unknown action \"{unknown}\""))),
    })
}

fn count(call: &mut Call<'_>, takes_words: bool) -> Result<Count, Failure> {
    let nargs = call.keyword("nargs").filter(|nargs| !nargs.is_unit());
    if !takes_words {
        return Ok(Count::Exactly(0));
    }
    let Some(nargs) = nargs else {
        return Ok(Count::One);
    };
    if let Ok(number) = nargs.as_int() {
        return match usize::try_from(number) {
            Ok(0) => {
                let text = "nargs for store actions must be != 0; if you have nothing to store, actions such as store true or store const may be more appropriate";
                Err(raise("ValueError", text))
            }
            Ok(number) if number <= COUNT_MAX => Ok(Count::Exactly(number)),
            _ => Err(raise("ValueError", "invalid nargs value")),
        };
    }
    match as_string(&nargs).as_deref() {
        Some("?") => Ok(Count::Optional),
        Some("*") => Ok(Count::Any),
        Some("+") => Ok(Count::Some),
        Some("...") => Ok(Count::Remainder),
        _ => Err(raise("ValueError", "invalid nargs value")),
    }
}

/// The most words that `nargs` may ask for by number: a usage names each of them.
const COUNT_MAX: usize = 1000;

fn default_of(action: &Action, dest: Option<&str>, model: &Model) -> Option<Dynamic> {
    let set = dest.and_then(|dest| model.defaults.get(dest).cloned());
    if set.is_some() {
        return set;
    }
    if let Some(default) = &model.argument_default {
        return default.clone();
    }
    match action {
        Action::StoreConstant { is: Some(is) } => Some((!is).into()),
        _ => Some(Dynamic::UNIT),
    }
}

/// Returns what an argument without words stands for.
fn constant(call: &mut Call<'_>, action: &Action) -> Dynamic {
    let given = call.keyword("const");
    match action {
        Action::StoreConstant { is: Some(is) } => (*is).into(),
        _ => given.unwrap_or(Dynamic::UNIT),
    }
}

fn convert(call: &mut Call<'_>) -> Result<Option<FnPtr>, Failure> {
    let Some(convert) = call.keyword("type").filter(|convert| !convert.is_unit()) else {
        return Ok(None);
    };
    let shown = call.repr(&convert);
    let function = call.callable(&convert);
    let function = function.ok_or_else(|| raise("ValueError", format!("{shown} is not callable")));
    function.map(Some)
}

fn choices(call: &mut Call<'_>) -> Result<Option<rhai::Array>, Failure> {
    let choices = call.keyword("choices").filter(|choices| !choices.is_unit());
    choices.map(|choices| items_of(call, choices)).transpose()
}

fn metavar(call: &mut Call<'_>) -> Result<Option<Metavar>, Failure> {
    let Some(metavar) = call.keyword("metavar").filter(|metavar| !metavar.is_unit()) else {
        return Ok(None);
    };
    Ok(Some(match metavar.read_lock::<rhai::Array>() {
        Some(names) => Metavar::Each(names.iter().map(|name| call.str(name)).collect()),
        None => Metavar::One(call.str(&metavar)),
    }))
}
