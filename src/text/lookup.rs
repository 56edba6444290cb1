//! Follows a field's name to its value: `{0[key].name[1]}`.

use rhai::{Array, Blob, Dynamic, Map};

use super::markup::Step;
use super::quote::quoted;
use super::values::{as_string, bounds, type_name, unshared};
use super::{Attribute, TextError};

/// Returns the value one step away.
///
/// A map is indexed by the string in the brackets even if that is a number, as the keys of Rhai's maps are strings.
pub(super) fn follow(
    value: &Dynamic,
    step: &Step,
    attribute: Attribute<'_>,
) -> Result<Dynamic, TextError> {
    let value = unshared(value);
    let (name, index) = match step {
        Step::Attribute(name) => {
            return attribute(&value, name).ok_or_else(|| {
                let text = format!("'{}' object has no attribute '{name}'", type_name(&value));
                TextError::new("AttributeError", text)
            });
        }
        Step::Item(name, index) => (name, *index),
    };
    if let Some(map) = value.read_lock::<Map>() {
        let item = map.get(name.as_str()).cloned();
        return item.ok_or_else(|| {
            TextError::new(
                "KeyError",
                index.map_or_else(|| quoted(name), |index| index.to_string()),
            )
        });
    }
    if let Some(array) = value.read_lock::<Array>() {
        let index = number(index, "list indices must be integers or slices, not str")?;
        return array
            .get(index)
            .cloned()
            .ok_or_else(|| out_of_range("list index out of range"));
    }
    if let Some(text) = as_string(&value) {
        let index = number(index, "string indices must be integers, not 'str'")?;
        let char = text.chars().nth(index).map(Dynamic::from);
        return char.ok_or_else(|| out_of_range("string index out of range"));
    }
    if let Some(blob) = value.read_lock::<Blob>() {
        let index = number(index, "byte indices must be integers or slices, not str")?;
        let byte = blob.get(index).map(|byte| Dynamic::from(i64::from(*byte)));
        return byte.ok_or_else(|| out_of_range("index out of range"));
    }
    if let Some((start, stop)) = bounds(&value) {
        let index = number(index, "range indices must be integers or slices, not str")?;
        let item = i128::from(start) + index as i128;
        let item = i64::try_from(item)
            .ok()
            .filter(|item| i128::from(*item) < stop);
        return item
            .map(Dynamic::from)
            .ok_or_else(|| out_of_range("range object index out of range"));
    }
    Err(TextError::type_error(format!(
        "'{}' object is not subscriptable",
        type_name(&value)
    )))
}

fn number(index: Option<usize>, otherwise: &str) -> Result<usize, TextError> {
    index.ok_or_else(|| TextError::type_error(otherwise))
}

fn out_of_range(text: &str) -> TextError {
    TextError::new("IndexError", text)
}
