//! Functions of a script that have the name of a method: the nodes around their bodies.

use std::any::TypeId;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use rhai::{
    AST, Dynamic, Expr, Identifier, ImmutableString, ScriptFuncDef, Shared, Stmt, StmtBlock,
};

use super::bodies::{statements_of, with_functions, with_nodes};

/// The key of the nodes of guards.
pub(crate) const KEY: &str = "<method>";

/// The types that have a method, by its name and the number of its arguments.
pub(crate) type Owners = HashMap<(Identifier, usize), HashSet<TypeId>>;

/// The state of a guard's node.
#[derive(Clone)]
pub(crate) struct Guard(pub Arc<Guarded>);

/// A function that has the name of a method.
pub(crate) struct Guarded {
    pub name: ImmutableString,
    pub params: Box<[ImmutableString]>,
    /// The types that have the method.
    pub owners: HashSet<TypeId>,
    /// The body of the function: a block.
    pub plain: Expr,
}

/// Returns the functions that have names, without those for values of one type.
pub(crate) fn named(ast: &AST) -> Vec<Shared<ScriptFuncDef>> {
    let all = ast.shared_lib().iter_script_fn_info();
    let functions = all.map(|(.., function)| function);
    functions
        .filter(|function| function.this_type.is_none() && !function.name.starts_with("anon$"))
        .cloned()
        .collect()
}

/// Puts guards around those of the functions that have owners, or may have the name of an attribute.
pub(crate) fn wrap(
    ast: AST,
    functions: Vec<Shared<ScriptFuncDef>>,
    owners: &Owners,
    attributes: &HashSet<&str>,
) -> AST {
    let guards = functions.into_iter().filter_map(|function| {
        let key = (Identifier::from(&function.name), function.params.len());
        let owners = owners.get(&key);
        if owners.is_none() && !attributes.contains(function.name.as_str()) {
            return None;
        }
        let guard = guard_of(&function, owners.cloned().unwrap_or_default());
        Some((function, Dynamic::from(guard)))
    });
    let guards: Vec<_> = guards.collect();
    if guards.is_empty() {
        return ast;
    }
    with_functions(&ast, ast.statements().to_vec(), with_nodes(KEY, guards))
}

fn guard_of(function: &Shared<ScriptFuncDef>, owners: HashSet<TypeId>) -> Guard {
    let (start, end) = (function.body.start_position(), function.body.end_position());
    let body = StmtBlock::new(statements_of(function), start, end);
    Guard(Arc::new(Guarded {
        name: function.name.clone(),
        params: function.params.iter().cloned().collect(),
        owners,
        plain: Expr::Stmt(body.into()),
    }))
}

/// Returns the body inside a guard: a block.
pub(crate) fn inside(expr: &Expr) -> Option<Guard> {
    match expr {
        Expr::Custom(custom, _) => Some(custom.state.read_lock::<Guard>()?.clone()),
        _ => None,
    }
}

impl Guard {
    /// Returns the statements of the function.
    pub(crate) fn statements(&self) -> &[Stmt] {
        match &self.0.plain {
            Expr::Stmt(block) => block.statements(),
            _ => &[],
        }
    }
}

/// Returns the statements of a function without its guard.
pub(crate) fn unguarded(statements: Vec<Stmt>) -> Vec<Stmt> {
    let guard = match statements.as_slice() {
        [Stmt::Expr(expr)] => inside(expr),
        _ => None,
    };
    guard.map_or(statements, |guard| guard.statements().to_vec())
}
