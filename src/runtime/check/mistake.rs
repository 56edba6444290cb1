//! One mistake: its words and its place.

use rhai::{ImmutableString, Position};

use super::uses::Arguments;
use crate::script::bind::Signature;
use crate::script::counts::wrong_count;
use crate::script::rhai_texts::Words;

/// A mistake, its place, and what to do if only the place itself tells that.
pub(super) type Mistake = (Words, Position, Option<String>);

pub(super) fn not_defined(name: &str) -> Words {
    ("NameError", format!("name '{name}' is not defined"))
}

pub(super) fn no_module(path: &str) -> Words {
    ("ModuleNotFoundError", format!("No module named '{path}'"))
}

/// What is wrong with a call of a native: a keyword that it does not have, or the number of arguments.
pub(super) fn wrong_native(
    signature: &Signature,
    call: &Arguments,
    is_rhais: bool,
) -> Option<Words> {
    let keys = call
        .keys
        .as_ref()
        .filter(|_| signature.reads_keywords(call.count));
    if let Some(keys) = keys {
        let unknown = |(key, _): &&(ImmutableString, Position)| signature.parameter(key).is_none();
        let (key, _) = keys.iter().find(unknown)?;
        return Some(("TypeError", signature.unknown_keyword(key)));
    }
    let fits = (signature.least()..=signature.most()).contains(&call.count);
    (!fits && !is_rhais).then(|| ("TypeError", wrong_count(signature, call.count)))
}
