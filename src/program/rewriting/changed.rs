//! Functions that have changed, and the program with them.

use rhai::{AST, Module, ScriptFuncDef, Shared, Stmt};

use crate::program::bodies::{of_parts, with_statements};

/// A function with other statements, and maybe more parameters.
pub(super) struct Changed {
    pub old: Shared<ScriptFuncDef>,
    pub new: Shared<ScriptFuncDef>,
    pub statements: Vec<Stmt>,
}

/// Returns the program with these functions; `None` if one of them cannot be made.
pub(super) fn rebuilt(ast: &AST, statements: Vec<Stmt>, changed: Vec<Changed>) -> Option<AST> {
    let count = changed.len();
    let (mut old, mut new) = (Vec::new(), Vec::new());
    for function in changed {
        old.push(function.old);
        new.push((function.new, function.statements));
    }
    let new = with_statements(new);
    if new.len() != count {
        return None;
    }
    let mut module = Module::new();
    for (.., function) in ast.shared_lib().iter_script_fn_info() {
        if !old.iter().any(|old| Shared::ptr_eq(old, function)) {
            module.set_script_fn(function.clone());
        }
    }
    for function in new {
        module.set_script_fn(function);
    }
    Some(of_parts(ast, statements, module))
}
