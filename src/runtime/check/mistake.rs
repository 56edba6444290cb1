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
    if call.keys.is_some() && signature.reads_keywords(call.count) {
        return wrong_keyword(signature, call);
    }
    let fits = (signature.least()..=signature.most()).contains(&call.count);
    (!fits && !is_rhais).then(|| ("TypeError", wrong_count(signature, call.count)))
}

/// What is wrong with a call of a native that has a keyword which it does not take.
pub(super) fn wrong_keyword(signature: &Signature, call: &Arguments) -> Option<Words> {
    let keys = call.keys.as_ref();
    let keys = keys.filter(|_| signature.reads_keywords(call.count))?;
    let unknown = |(key, _): &&(ImmutableString, Position)| signature.parameter(key).is_none();
    let (key, _) = keys.iter().find(unknown)?;
    Some(("TypeError", signature.unknown_keyword(key)))
}
