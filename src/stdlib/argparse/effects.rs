//! What an argument does with its value.

use rhai::{Array, Dynamic, Map};

use super::help;
use super::leaving::exit_with;
use super::model::{Action, Argument, Model};
use super::trouble::Trouble;
use crate::script::Call;
use crate::text::as_int;

/// Lets an argument, given by this option, change the values that have been parsed.
///
/// # Errors
/// Help was asked for, and the script ends.
pub(super) fn take_effect(
    call: &Call<'_>,
    (model, argument): (&Model, &Argument),
    (value, option): (Dynamic, &str),
    values: &mut Map,
) -> Result<(), Trouble> {
    match &argument.action {
        Action::Help => return Err(exit_with(call, 0, &help::whole(call, model)?).into()),
        Action::Version(version) => {
            let text = version.clone().unwrap_or_default();
            let text = help::paragraph(call, model, &text)?;
            return Err(exit_with(call, 0, &text).into());
        }
        _ => (),
    }
    let Some(dest) = &argument.dest else {
        return Ok(());
    };
    let before = values.get(dest.as_str());
    let before = before.map_or(Dynamic::UNIT, Dynamic::flatten_clone);
    let appended = |items: Array| {
        let mut all = before.clone().into_array().unwrap_or_default();
        all.extend(items);
        Dynamic::from(all)
    };
    let value = match &argument.action {
        Action::StoreConstant { .. } => argument.constant.clone(),
        Action::Append => appended(vec![value]),
        Action::AppendConstant => appended(vec![argument.constant.clone()]),
        Action::Extend => appended(value.into_array().unwrap_or_default()),
        Action::Count => Dynamic::from_int(as_int(&before).unwrap_or(0).saturating_add(1)),
        Action::Boolean => (!option.starts_with("--no-")).into(),
        _ => value,
    };
    values.insert(dest.as_str().into(), value);
    Ok(())
}
