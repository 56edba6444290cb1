//! The words of an argument as its value.

use rhai::{Array, Dynamic};

use super::model::{Argument, Count};
use super::trouble::Trouble;
use crate::script::{Call, Exception, Stop};
use crate::stdlib::builtins::compare::equal;
use crate::text::function_name;

/// The value of an argument.
pub(super) enum Value {
    /// Its default: the argument counts as not given.
    Default(Dynamic),
    Given(Dynamic),
}

/// Returns the value of the words that an argument has taken.
///
/// # Errors
/// A word cannot be converted, or is none of the choices.
pub(super) fn read(
    call: &Call<'_>,
    argument: &Argument,
    mut words: Vec<String>,
) -> Result<Value, Trouble> {
    let passes_dashes = matches!(argument.count, Count::Parser | Count::Remainder);
    if !passes_dashes && let Some(dashes) = words.iter().position(|word| word == "--") {
        words.remove(dashes);
    }
    if words.is_empty() && argument.count == Count::Optional {
        return without_words(call, argument);
    }
    if words.is_empty() && argument.count == Count::Any && !argument.is_option() {
        let default = argument.default.clone();
        return Ok(match default.filter(|default| !default.is_unit()) {
            Some(default) => {
                check(call, argument, &default)?;
                Value::Default(default)
            }
            None => Value::Given(Array::new().into()),
        });
    }
    let single = matches!(argument.count, Count::One | Count::Optional);
    if let (true, [word]) = (single, words.as_slice()) {
        let value = convert(call, argument, word)?;
        check(call, argument, &value)?;
        return Ok(Value::Given(value));
    }
    let values = words.iter().map(|word| convert(call, argument, word));
    let values = values.collect::<Result<Array, Trouble>>()?;
    let checked = match argument.count {
        Count::Remainder => 0,
        Count::Parser => 1,
        _ => values.len(),
    };
    for value in &values[..checked] {
        check(call, argument, value)?;
    }
    Ok(Value::Given(values.into()))
}

/// `nargs="?"` without a word: the constant of an option, the default of any other argument.
fn without_words(call: &Call<'_>, argument: &Argument) -> Result<Value, Trouble> {
    let own = match argument.is_option() {
        true => argument.constant.clone(),
        false => argument.default.clone().unwrap_or(Dynamic::UNIT),
    };
    let value = match own.is_string() {
        true => {
            let value = convert(call, argument, &own.to_string())?;
            check(call, argument, &value)?;
            value
        }
        false => own,
    };
    Ok(match argument.is_option() {
        true => Value::Given(value),
        false => Value::Default(value),
    })
}

/// Returns a word as a value, by the function that the argument has as its type.
///
/// # Errors
/// The function refuses the word, or fails.
pub(super) fn convert(
    call: &Call<'_>,
    argument: &Argument,
    word: &str,
) -> Result<Dynamic, Trouble> {
    let Some(function) = &argument.convert else {
        return Ok(word.to_string().into());
    };
    call.call(function, vec![word.to_string().into()])
        .map_err(|error| {
            let exception = Exception::from_error(&error);
            if Stop::of(&error).is_some() {
                return Trouble::Failed(error);
            }
            if exception.is_instance("ArgumentTypeError") {
                return Trouble::about(argument, &exception.message());
            }
            if exception.is_instance("TypeError") || exception.is_instance("ValueError") {
                let name = match function.is_anonymous() {
                    true => "<lambda>",
                    false => function_name(function),
                };
                let word = call.repr(&word.to_string().into());
                return Trouble::about(argument, &format!("invalid {name} value: {word}"));
            }
            Trouble::Failed(error)
        })
}

fn check(call: &Call<'_>, argument: &Argument, value: &Dynamic) -> Result<(), Trouble> {
    let Some(choices) = &argument.choices else {
        return Ok(());
    };
    if choices
        .iter()
        .any(|choice| equal(call.context, choice, value))
    {
        return Ok(());
    }
    let shown: Vec<_> = choices.iter().map(|choice| call.repr(choice)).collect();
    let (value, shown) = (call.repr(value), shown.join(", "));
    let text = format!("invalid choice: {value} (choose from {shown})");
    Err(Trouble::about(argument, &text))
}
