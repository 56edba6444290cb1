//! Methods of values whose names are also those of the script's functions.
//!
//! Rhai looks for a function of the script first when it calls a method: in a script with `fn get() { … }`, `q.get()` would call that with
//! `this` as the queue. So such a function gets a *guard*, a node around its body: where it was called as a method of a value whose type has
//! that method itself, the guard calls the type's. All calls are right then, wherever they are; those of other functions cost nothing.

use std::any::TypeId;
use std::collections::HashSet;

use rhai::{AST, Dynamic, Engine, EvalContext, ImmutableString};

use crate::program::guarded::{Guard, Guarded, KEY, Owners, named, wrap};
use crate::script::exceptions::Failure;

/// Puts guards into a program.
pub(super) fn guard(ast: AST, engine: &Engine) -> AST {
    let functions = named(&ast);
    let names: HashSet<&str> = functions
        .iter()
        .map(|function| function.name.as_str())
        .collect();
    if names.is_empty() {
        return ast;
    }
    let owners = owners(engine, &names);
    match owners.is_empty() {
        true => ast,
        false => wrap(ast, functions, &owners),
    }
}

/// Returns the types that have methods of these names.
fn owners(engine: &Engine, names: &HashSet<&str>) -> Owners {
    let owner = |info: rhai::FuncInfo| {
        let native = info.metadata;
        let receiver = *native.param_types.first()?;
        let is_method = info.namespace.is_empty()
            && receiver != TypeId::of::<Dynamic>()
            && names.contains(native.name.as_str());
        is_method.then(|| {
            (
                (native.name.clone(), native.param_types.len() - 1),
                receiver,
            )
        })
    };
    let mut owners = Owners::new();
    for (method, receiver) in engine.collect_fn_metadata(None, owner, true) {
        owners.entry(method).or_default().insert(receiver);
    }
    owners
}

/// Lets an engine run guards.
pub(super) fn register(engine: &mut Engine) {
    let _ = engine.register_custom_syntax_handler(KEY, false, |context, _, state| {
        let guard = state.read_lock::<Guard>().map(|guard| guard.0.clone());
        guard.map_or(Ok(Dynamic::UNIT), |guard| run(context, &guard))
    });
}

fn run(context: &mut EvalContext, guard: &Guarded) -> Result<Dynamic, Failure> {
    let is_owner = context.this_ptr().is_some_and(|this| {
        // Not by `type_id` of a cell, which panics when another thread uses it.
        let type_id = match this.is_shared() {
            true => this.read_lock::<Dynamic>().map(|inner| inner.type_id()),
            false => Some(this.type_id()),
        };
        type_id.is_some_and(|type_id| guard.owners.contains(&type_id))
    });
    if !is_owner {
        return context.eval_expression_tree(&(&guard.plain).into());
    }
    let scope = context.scope_mut();
    let arg = |name: &ImmutableString| scope.get_mut(name).map(std::mem::take).unwrap_or_default();
    let mut args: Vec<Dynamic> = guard.params.iter().map(arg).collect();
    // Nobody else can see the receiver while it is not in its place: this function has it.
    let mut this = context
        .this_ptr_mut()
        .map(std::mem::take)
        .unwrap_or_default();
    let mut all: Vec<&mut Dynamic> = std::iter::once(&mut this).chain(args.iter_mut()).collect();
    let result = context.call_native_fn_raw(&guard.name, true, &mut all);
    if let Some(place) = context.this_ptr_mut() {
        *place = this;
    }
    result
}
