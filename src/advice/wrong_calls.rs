//! Python's message for a call that Rhai cannot resolve.
//!
//! Rhai asks about every failed call, also when the function exists and raised an error of its own: then there is
//! nothing to say.

use rhai::{Dynamic, EvalContext, ImmutableString};

use crate::program::Program;
use crate::script::bind::CALL;
use crate::script::counts::{Params, wrong_count, wrong_own_count, wrong_script_count};
use crate::script::names::{Names, Of};
use crate::script::rhai_names;
use crate::script::rhai_texts::{Words, cannot_be_called};
use crate::script::values::type_name_in;
use crate::syntax;

/// What a call that failed means, unless the function exists and takes such arguments.
pub(crate) fn meaning(
    program: &Program,
    names: &Names,
    name: &str,
    args: &[&mut Dynamic],
    is_method: bool,
    context: &EvalContext,
) -> Option<Words> {
    if name.starts_with("anon$") {
        return closure(program, name, args.len(), context);
    }
    explanation(names, name, args, is_method, context)
}

fn explanation(
    names: &Names,
    name: &str,
    args: &[&mut Dynamic],
    is_method: bool,
    context: &EvalContext,
) -> Option<Words> {
    if !name.starts_with(|c: char| c.is_alphabetic() || c == '_') {
        return None;
    }
    let receiver = args
        .first()
        .filter(|_| is_method)
        .filter(|v| !v.is_shared());
    let receiver_type = receiver.map(|value| value.type_id());
    let given = args.len() - usize::from(receiver.is_some());
    let is_foreign = names.foreign().iter().any(|function| function.name == name);
    if is_foreign {
        return Some(("TypeError", wrong_types(name, args, false, context)));
    }
    let method = receiver_type.and_then(|id| names.signature(Of::Type(id), name));
    if let Some(signature) = method.or_else(|| names.signature(Of::Nothing, name)) {
        let fits = (signature.required..=signature.most()).contains(&given);
        return (!fits).then(|| ("TypeError", wrong_count(signature, given)));
    }
    let scripted = scripted(context, name);
    if !scripted.is_empty() {
        return wrong_own_count(name, &scripted, given);
    }
    let class = receiver_type.and_then(|id| names.class_of(id));
    let is_rhais = match receiver_type {
        Some(id) => rhai_names::may_have(id, name),
        None => rhai_names::all().any(|known| known == name),
    };
    if class.is_none() && is_rhais {
        return Some((
            "TypeError",
            wrong_types(name, args, receiver.is_some(), context),
        ));
    }
    Some(match receiver {
        Some(value) => {
            let class = class.map_or_else(
                || type_name_in(context.engine(), value),
                |class| class.replace("::", "."),
            );
            if name == CALL {
                let text = format!("{class}() cannot be called with {given} arguments");
                return Some(("TypeError", text));
            }
            (
                "AttributeError",
                format!("'{class}' object has no attribute '{name}'"),
            )
        }
        None => ("NameError", format!("name '{name}' is not defined")),
    })
}

/// A function of Rhai's or the embedding program's, for other types of arguments.
fn wrong_types(
    name: &str,
    args: &[&mut Dynamic],
    is_method: bool,
    context: &EvalContext,
) -> String {
    let engine = context.engine();
    let types: Vec<String> = args.iter().map(|arg| type_name_in(engine, arg)).collect();
    match types.as_slice() {
        // `1 in 5`
        [of, _] if name == "contains" => format!("argument of type '{of}' is not iterable"),
        [of, given @ ..] if is_method => {
            cannot_be_called(&format!("{of}.{name}"), &given.join(", "))
        }
        all => cannot_be_called(name, &all.join(", ")),
    }
}

/// The parameters of each of the script's own functions called `name`.
fn scripted(context: &EvalContext, name: &str) -> Vec<Params> {
    let functions = context
        .iter_namespaces()
        .flat_map(|module| module.iter_script_fn_info());
    functions
        .filter(|(_, _, found, ..)| *found == name)
        .map(|(.., definition)| definition.params.to_vec())
        .collect()
}

/// A closure called with the wrong number of arguments; `given` counts the captured variables too, which come first.
fn closure(program: &Program, name: &str, given: usize, context: &EvalContext) -> Option<Words> {
    let mut functions = context.iter_namespaces().flat_map(|module| {
        module
            .iter_script_fn_info()
            .map(move |row| (module.id(), row.4))
    });
    let (file, definition) = functions.find(|(_, definition)| definition.name == name)?;
    let params = &definition.params;
    if params.len() == given {
        return None;
    }
    let shown = file
        .and_then(|file| program.text_before(file, definition.body.start_position()))
        .map_or(params.len(), |text| params_between_pipes(&text, params));
    let captured = params.len() - shown;
    let params = params[captured..].to_vec();
    let given = given.saturating_sub(captured);
    Some((
        "TypeError",
        wrong_script_count("<lambda>", &[params], given),
    ))
}

/// How many of a closure's parameters are between its pipes; `text` ends where its body begins, or a little later.
fn params_between_pipes(text: &str, params: &[ImmutableString]) -> usize {
    let (mut pieces, mut pipes) = (Vec::new(), Vec::new());
    for token in syntax::code(text) {
        match &text[token.range] {
            "," => (),
            "|" => pipes.push(pieces.len()),
            "||" => pipes.extend([pieces.len(); 2]),
            piece => pieces.push(piece),
        }
    }
    let mut between = pipes.windows(2).rev().map(|pair| &pieces[pair[0]..pair[1]]);
    let own = between.find(|names| {
        let captured = params.len().checked_sub(names.len());
        captured.is_some_and(|at| params[at..].iter().eq(names.iter()))
    });
    own.map_or(params.len(), <[_]>::len)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parameters_of_a_closure_are_those_between_its_pipes() {
        let count = |text: &str, params: &[&str]| {
            let params: Vec<_> = params.iter().map(|name| (*name).into()).collect();
            params_between_pipes(text, &params)
        };
        assert_eq!(count("let f = |a, b| ", &["x", "a", "b"]), 2);
        assert_eq!(count("let f = || ", &["x"]), 0);
        assert_eq!(
            count("let f = |a /* the | first */, b| ", &["x", "a", "b"]),
            2
        );
        assert_eq!(count("let f = |a| \"|x|\" ", &["x", "a"]), 1);
        assert_eq!(count("`${xs.map(|a| ", &["x", "a"]), 1);
    }
}
