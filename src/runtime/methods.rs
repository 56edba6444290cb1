//! Methods of values whose names are also those of the script's functions.
//!
//! Rhai looks for a function of the script first when it calls a method: in a script with `fn get() { … }`, `q.get()` would call that with
//! `this` as the queue. So such a function gets a *guard*, a node around its body: where it was called as a method of a value whose type has
//! that method itself, the guard calls the type's. All calls are right then, wherever they are; those of other functions cost nothing.

use std::any::TypeId;
use std::collections::HashSet;
use std::sync::Arc;

use rhai::{
    AST, Dynamic, Engine, EvalContext, FnPtr, ImmutableString, NativeCallContext, Position,
};

use crate::program::guarded::{Guard, Guarded, KEY, Owners, named, wrap};
use crate::script::bind::{Classes, call_as_method};
use crate::script::exceptions::Failure;
use crate::script::interp::Interp;

/// Puts guards into a program.
pub(super) fn guard(ast: AST, engine: &Engine, text: &str) -> AST {
    let functions = named(&ast);
    let names: HashSet<&str> = functions
        .iter()
        .map(|function| function.name.as_str())
        .collect();
    if names.is_empty() {
        return ast;
    }
    let owners = owners(engine, &names);
    let attributes = attributes(text);
    wrap(ast, functions, &owners, &attributes)
}

/// Returns the names after dots, which may be those of attributes that are functions.
fn attributes(text: &str) -> HashSet<&str> {
    let after_dots = text.split('.').skip(1);
    let words = after_dots.map(|after| {
        let is_of_word = |c: char| c.is_alphanumeric() || c == '_';
        let end = after.find(|c| !is_of_word(c)).unwrap_or(after.len());
        &after[..end]
    });
    words.filter(|word| !word.is_empty()).collect()
}

/// Returns the types that have methods of these names.
pub(super) fn owners(engine: &Engine, names: &HashSet<&str>) -> Owners {
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
pub(super) fn register(engine: &mut Engine, interp: &Arc<Interp>) {
    let interp = interp.clone();
    let _ = engine.register_custom_syntax_handler(KEY, false, move |context, _, state| {
        let guard = state.read_lock::<Guard>().map(|guard| guard.0.clone());
        guard.map_or(Ok(Dynamic::UNIT), |guard| run(&interp, context, &guard))
    });
}

/// The method that is meant instead of the function.
enum Meant {
    OfType,
    Attribute(FnPtr),
}

fn run(interp: &Interp, context: &mut EvalContext, guard: &Guarded) -> Result<Dynamic, Failure> {
    let meant = context
        .this_ptr()
        .and_then(|this| meant(interp, this, guard));
    let Some(meant) = meant else {
        return context.eval_expression_tree(&(&guard.plain).into());
    };
    let scope = context.scope_mut();
    let arg = |name: &ImmutableString| scope.get_mut(name).map(std::mem::take).unwrap_or_default();
    let mut args: Vec<Dynamic> = guard.params.iter().map(arg).collect();
    // Nobody else can see the receiver while it is not in its place: this function has it.
    let this = context.this_ptr_mut();
    let mut this = this.map(std::mem::take).unwrap_or_default();
    let result = match meant {
        Meant::OfType => {
            let all = std::iter::once(&mut this).chain(args.iter_mut());
            context.call_native_fn_raw(&guard.name, true, &mut all.collect::<Vec<_>>())
        }
        Meant::Attribute(function) => {
            let (engine, global) = (context.engine(), context.global_runtime_state());
            let name = guard.name.as_str();
            let at = Position::NONE;
            let call = NativeCallContext::new_with_all_fields(engine, name, None, global, at);
            call_as_method(&call, &function, &mut this, args)
        }
    };
    if let Some(place) = context.this_ptr_mut() {
        *place = this;
    }
    result
}

/// Returns the method that a call on this value means; `None` if the function is meant.
fn meant(interp: &Interp, this: &Dynamic, guard: &Guarded) -> Option<Meant> {
    // Not by `type_id` of a cell, which panics when another thread uses it.
    let type_id = match this.is_shared() {
        true => this.read_lock::<Dynamic>()?.type_id(),
        false => this.type_id(),
    };
    if guard.owners.contains(&type_id) {
        return Some(Meant::OfType);
    }
    Classes::function(interp, this, &guard.name).map(Meant::Attribute)
}
