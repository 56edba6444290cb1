//! Tasks and outcomes that are numbers of one type: they travel as eight bytes each, and nothing else is written for them.

use rhai::Dynamic;

use crate::pool::letter::{Form, NUMBER, Reader};
use crate::script::Number;

/// Returns the form in which numbers of this type travel.
pub(super) fn form(number: Option<Number>) -> Form {
    match number {
        None => Form::Any,
        Some(Number::Int) => Form::Ints,
        Some(Number::Float) => Form::Floats,
        Some(Number::Bool) => Form::Bools,
    }
}

/// Returns the type of the numbers that travel in this form; `None` if other things do.
pub(super) fn number(form: Form) -> Option<Number> {
    match form {
        Form::Any => None,
        Form::Ints => Some(Number::Int),
        Form::Floats => Some(Number::Float),
        Form::Bools => Some(Number::Bool),
    }
}

/// Writes all these values down, if they are numbers of one type.
pub(super) fn written(values: &[Dynamic]) -> Option<(Number, Vec<u8>)> {
    let number = Number::of(values.first()?)?;
    let mut bytes = Vec::with_capacity(values.len() * NUMBER);
    for value in values {
        bytes.extend_from_slice(&number.bits(value)?.to_le_bytes());
    }
    Some((number, bytes))
}

/// Reads the numbers that are left in a message.
pub(super) fn read(number: Number, reader: Reader<'_>) -> impl Iterator<Item = Dynamic> {
    reader.numbers().map(move |bits| number.value(bits))
}
