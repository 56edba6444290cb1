//! Python's messages for a wrong number of arguments.

use rhai::ImmutableString;

use crate::script::bind::Signature;
use crate::script::rhai_texts::Words;

/// The names of a function's parameters.
pub(crate) type Params = Vec<ImmutableString>;

/// Returns the message for a call of a native with a wrong number of arguments.
pub(crate) fn wrong_count(signature: &Signature, given: usize) -> String {
    let (name, required, most) = (signature.name, signature.required, signature.most());
    if given < required {
        let names: Vec<&str> = signature.keywords().take(required).collect();
        return missing(name, &names[given..]);
    }
    let takes = match (required, most) {
        (low, high) if low == high => counted(high),
        (low, high) => format!("from {low} to {}", counted(high)),
    };
    format!("{name}() takes {takes} but {given} {} given", was(given))
}

fn missing(name: &str, params: &[&str]) -> String {
    let quoted: Vec<_> = params.iter().map(|name| format!("'{name}'")).collect();
    let (count, list) = (quoted.len(), quoted.join(" and "));
    let noun = if count == 1 { "argument" } else { "arguments" };
    format!("{name}() missing {count} required positional {noun}: {list}")
}

/// Returns the message for a call of a script's function, of which there may be several with other numbers of parameters.
pub(crate) fn wrong_script_count(name: &str, definitions: &[Params], given: usize) -> String {
    if let [params] = definitions
        && let Some(left_out) = params.get(given..).filter(|names| !names.is_empty())
    {
        let names: Vec<&str> = left_out.iter().map(|name| name.as_str()).collect();
        return missing(name, &names);
    }
    let mut arities: Vec<usize> = definitions.iter().map(|params| params.len()).collect();
    arities.sort_unstable();
    arities.dedup();
    let noun = if arities == [1] {
        "argument"
    } else {
        "arguments"
    };
    let takes: Vec<_> = arities.iter().map(usize::to_string).collect();
    let (takes, was) = (takes.join(" or "), was(given));
    format!("{name}() takes {takes} positional {noun} but {given} {was} given")
}

/// Returns what is wrong with a call of a script's function.
pub(crate) fn wrong_own_count(name: &str, forms: &[Params], given: usize) -> Option<Words> {
    let fits = forms.iter().any(|params| params.len() == given);
    (!fits).then(|| ("TypeError", wrong_script_count(name, forms, given)))
}

fn counted(count: usize) -> String {
    format!(
        "{count} positional argument{}",
        if count == 1 { "" } else { "s" }
    )
}

fn was(count: usize) -> &'static str {
    if count == 1 { "was" } else { "were" }
}
