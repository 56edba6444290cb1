//! The texts of Rhai's errors in Python's words.
//!
//! Also where Rhai has the parts of an error apart, its text is read: in a `catch` there is nothing else.

use crate::script::cells;
use crate::text::type_name_of;

/// The end of the types in Rhai's error about items, for an object whose items can be read but not set.
pub(crate) const NO_SETTER: &str = " [without __setitem__]";

/// An exception type and its message.
pub(crate) type Words = (&'static str, String);

/// Returns the exception type and message for the text of an error of Rhai's.
pub(crate) fn python_words(text: &str) -> Words {
    let readings = [about_names, about_calls, about_types, about_constants];
    readings
        .iter()
        .find_map(|reading| reading(text))
        .unwrap_or_else(|| otherwise(text))
}

fn about_names(text: &str) -> Option<Words> {
    let after = |start: &str| text.strip_prefix(start);
    if let Some(name) = after("Variable not found: ") {
        return Some(("NameError", format!("name '{name}' is not defined")));
    }
    if let Some(name) = after("Module not found: ") {
        return Some(("ModuleNotFoundError", format!("No module named '{name}'")));
    }
    if let Some(name) = after("Property not found: ") {
        return Some(("AttributeError", format!("no attribute '{name}'")));
    }
    if text == "'this' not bound" {
        return Some(("NameError", "name 'this' is not defined".into()));
    }
    unknown_property(text).map(|message| ("AttributeError", message))
}

/// Python's words for `Unknown property 'x' - a getter is not registered for type 'T'`, and for the same of a setter.
fn unknown_property(text: &str) -> Option<String> {
    let reading = text.strip_prefix("Unknown property ");
    let names = reading.or_else(|| text.strip_prefix("No writable property "))?;
    let mut quoted = names.split('\'').skip(1).step_by(2);
    let (name, class) = (quoted.next()?, type_name_of(quoted.next()?));
    Some(match reading {
        Some(_) => format!("'{class}' object has no attribute '{name}'"),
        None => format!("attribute '{name}' of '{class}' object cannot be set"),
    })
}

/// `Function not found: + (i64, ())`: an operator, a function of a module, or a function of Rhai's for other arguments.
fn about_calls(text: &str) -> Option<Words> {
    let call = text.strip_prefix("Function not found: ")?;
    let (name, types) = call.strip_suffix(')')?.split_once(" (")?;
    let types: Vec<String> = types
        .split(", ")
        .filter(|name| !name.is_empty())
        .map(type_name_of)
        .collect();
    let is_operator = !name.contains(|c: char| c.is_alphanumeric() || c == '_' || c == '$');
    let given = types.join(", ");
    let message = match types.as_slice() {
        [left, right] if is_operator => {
            format!("unsupported operand type(s) for {name}: '{left}' and '{right}'")
        }
        [only] if is_operator => format!("bad operand type for unary {name}: '{only}'"),
        _ if name.starts_with("anon$") => format!("<lambda>() cannot be called with ({given})"),
        _ => match name.rsplit_once("::") {
            Some((module, function)) => {
                let text =
                    format!("module '{module}' has no function '{function}' that takes ({given})");
                return Some(("AttributeError", text));
            }
            None => cannot_be_called(name, &given),
        },
    };
    Some(("TypeError", message))
}

/// Returns the message for a function that exists, but not for these types of arguments.
pub(crate) fn cannot_be_called(name: &str, given: &str) -> String {
    format!("{name}() cannot be called with ({given})")
}

fn about_types(text: &str) -> Option<Words> {
    let message = if let Some(types) = text.strip_prefix("Data type incorrect: ") {
        match types.strip_suffix(')')?.split_once(" (expecting ")? {
            (found, "Fn") => format!("'{}' object is not callable", type_name_of(found)),
            (found, "bool") => format!("must be True or False, not {}", type_name_of(found)),
            (_, "char") => "one character is needed here, in single quotes: 'x'".into(),
            (found, wanted) => {
                let (wanted, found) = (type_name_of(wanted), type_name_of(found));
                format!("must be {wanted}, not {found}")
            }
        }
    } else if let Some(types) = text.strip_prefix("Indexer unavailable: ") {
        let found = type_name_of(types.split(" [").next()?);
        match types.ends_with(NO_SETTER) {
            true => {
                format!("'{found}' object does not support item assignment: it has no __setitem__")
            }
            false => format!("'{found}' object is not subscriptable"),
        }
    } else if text == "For loop expects iterable type" {
        "the value after 'in' is not iterable".into()
    } else {
        return None;
    };
    Some(("TypeError", message))
}

fn about_constants(text: &str) -> Option<Words> {
    let after = |start: &str| text.strip_prefix(start);
    let message = if let Some(name) = after("Cannot modify constant ") {
        format!("cannot change constant '{name}'")
    } else if let Some(rest) = after("Non-pure method '") {
        let name = rest.split('\'').next()?;
        format!("{name}() cannot change a constant")
    } else if let Some(rest) = after("Cannot modify property '") {
        let name = rest.split('\'').next()?;
        format!("cannot set '{name}' of a constant")
    } else if text == "Cannot assign to indexer of constant" {
        "cannot set an item of a constant".into()
    } else {
        return None;
    };
    Some(("TypeError", message))
}

/// Errors that one word identifies.
fn otherwise(text: &str) -> Words {
    if let Some(problem) = text.strip_prefix("Syntax error: ") {
        return ("SyntaxError", problem.into());
    }
    let modulo = text.strip_prefix("Modulo division by zero or overflow: ");
    if let Some(overflow) = modulo.filter(|operands| !operands.ends_with("% 0")) {
        ("OverflowError", format!("Modulo overflow: {overflow}"))
    } else if text.contains(" by zero") {
        ("ZeroDivisionError", "division by zero".into())
    } else if text.starts_with("Error parsing") {
        ("ValueError", text.into())
    } else if text.starts_with("Array index") {
        ("IndexError", "list index out of range".into())
    } else if text.starts_with("String index") {
        ("IndexError", "string index out of range".into())
    } else if let Some(key) = text.strip_prefix("Invalid index: ") {
        ("KeyError", key.into())
    } else if text.starts_with("Data race") {
        ("DataRaceError", cells::race())
    } else if text.to_lowercase().contains("overflow") {
        ("OverflowError", text.into())
    } else {
        ("TypeError", text.into())
    }
}
