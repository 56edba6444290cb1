//! Changes of a tree: what the surroundings of its text have, and what is called of a value. [`evaluating`]: those of a text for `eval`;
//! [`lending`]: calls that read lists where they are.

mod evaluating;
mod lending;

use std::any::TypeId;
use std::sync::Arc;

use rhai::{AST, Array, Blob, Dynamic, Engine, FnPtr, ImmutableString, LexError, Map, ParseError};

use crate::program::bodies::{BODY, Body};
use crate::program::rewriting::{CALLEE, Functions, Names, Outside, SETDEFAULT, put_into};
use crate::program::source::Source;
use crate::script::bind::{Classes, callee};
use crate::script::interp::Interp;

/// Changes the tree of a source.
///
/// # Errors
/// A syntax error, for what changes a copy.
pub(super) fn rewrite(
    ast: AST,
    interp: &Interp,
    engine: &Engine,
    source: &Source,
) -> Result<AST, ParseError> {
    let has_variable = |name: &str| source.variables.iter().any(|variable| variable == name);
    let functions = |names: &Names| {
        let mut found = natives(engine, names);
        if interp.program.grows() {
            found.extend(earlier(interp, names));
        }
        found
    };
    let outside = Outside {
        has_variable: &has_variable,
        functions: &functions,
        lends: &|name| Classes::may_lend(interp, name),
    };
    put_into(ast, &outside).map_err(|copied| {
        let text = format!(
            "this changes a copy of what {SETDEFAULT}() returns: write d.{SETDEFAULT}(key, value); and then d[key] on its own"
        );
        LexError::Runtime(text).into_err(copied)
    })
}

/// Lets an engine run such calls.
pub(super) fn register(engine: &mut Engine, interp: &Arc<Interp>) {
    let _ = engine.register_custom_syntax_handler(BODY, false, |context, _, state| {
        let body = state.read_lock::<Body>().map(|body| body.0.clone());
        body.map_or(Ok(Dynamic::UNIT), |body| {
            context.eval_expression_tree(&(&*body).into())
        })
    });
    evaluating::register(engine);
    lending::register(engine, interp);
    let interp = interp.clone();
    engine.register_fn(CALLEE, move |value: Dynamic| callee(&interp, value));
}

/// Returns the natives of these names that are functions, and no methods of our types.
fn natives(engine: &Engine, names: &Names) -> Functions {
    let of_rhai = [
        TypeId::of::<Dynamic>(),
        TypeId::of::<i64>(),
        TypeId::of::<f64>(),
        TypeId::of::<bool>(),
        TypeId::of::<char>(),
        TypeId::of::<ImmutableString>(),
        TypeId::of::<Array>(),
        TypeId::of::<Map>(),
        TypeId::of::<Blob>(),
        TypeId::of::<FnPtr>(),
    ];
    let function = |info: rhai::FuncInfo| {
        let native = info.metadata;
        let first = native.param_types.first();
        let is_function = info.namespace.is_empty()
            && names.contains(native.name.as_str())
            && first.is_none_or(|first| of_rhai.contains(first));
        is_function.then(|| (native.name.as_str().into(), native.param_types.len()))
    };
    let found = engine.collect_fn_metadata(None, function, true);
    found.into_iter().collect()
}

/// Returns the functions of these names that earlier pieces of the program have defined.
fn earlier(interp: &Interp, names: &Names) -> Functions {
    let libraries = interp.program.libraries();
    let functions = libraries
        .iter()
        .flat_map(|library| library.iter_script_fn_info());
    let functions = functions.map(|(.., function)| function);
    let named = functions.filter(|function| names.contains(&function.name));
    named
        .map(|function| (function.name.clone(), function.params.len()))
        .collect()
}
