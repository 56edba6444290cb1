//! What is changed in Rhai's trees, because it was meant otherwise.
//!
//! **Calls of functions that variables hold**: `f(1)` after `let f = |x| x + 1;`. Rhai takes the name in such a call for that of a function, and looks for no variable. So the call is changed in the tree, to
//! `call(f, 1)`, where a variable of that name is visible and no function of that name takes that many arguments. Nothing else changes:
//! what ran before runs as it did.
//!
//! A closure does not capture a variable that is only called in it, so it gets that as a further parameter here, as Rhai would do it.
//!
//! **Variables of `with` in closures.** Rhai does not know the variable of `with lock as l { … }`, and lets a closure around it capture one of
//! that name. That is undone.
//!
//! **`d.setdefault("a", []).append(1)`** changes a copy of the list. It becomes `d.setdefault("a", []); d["a"].append(1)`.
//!
//! - [`scopes`]: which variables are visible; [`walk`]: goes through a tree; [`closures`]: what closures capture; [`made`]: parts of trees;
//!   [`setdefault`].

mod closures;
mod made;
mod scopes;
mod setdefault;
mod walk;

use std::collections::HashSet;

use rhai::{AST, ASTNode, Expr, ImmutableString, Module, Position, ScriptFuncDef, Shared, Stmt};

use self::scopes::Scopes;
pub(crate) use self::setdefault::SETDEFAULT;
use self::walk::Walk;
use super::bodies::with_statements;
use super::with_block;

/// The native that returns what is to be called of a value, which no script names.
pub(crate) const CALLEE: &str = "__callee__";

/// What is known outside of a text.
pub(crate) struct Outside<'o> {
    /// Whether the text begins with a variable of this name.
    pub has_variable: &'o dyn Fn(&str) -> bool,
    /// Returns those of the names with numbers of arguments that are functions.
    pub functions: &'o dyn Fn(&HashSet<ImmutableString>) -> HashSet<(ImmutableString, usize)>,
}

/// Returns the program with these changes.
///
/// # Errors
/// The position where a copy would be changed in vain.
pub(crate) fn put_into(ast: AST, outside: &Outside<'_>) -> Result<AST, Position> {
    let (names, has_other) = in_question(&ast, outside);
    if names.is_empty() && !has_other {
        return Ok(ast);
    }
    let library = ast.shared_lib().clone();
    let own = library.iter_script_fn_info().map(|(.., function)| function);
    let (closures, named): (Vec<_>, Vec<_>) = own.partition(|own| own.name.starts_with("anon$"));
    let mut functions = match names.is_empty() {
        true => HashSet::new(),
        false => (outside.functions)(&names),
    };
    functions.extend(named.iter().map(|own| (own.name.clone(), own.params.len())));
    let closures = closures
        .into_iter()
        .map(|own| (own.name.clone(), own.clone()));
    let mut walk = Walk::new(
        Scopes::new(outside.has_variable),
        names,
        functions,
        closures.collect(),
    );
    let mut statements = ast.statements().to_vec();
    walk.statements(&mut statements);
    named
        .into_iter()
        .for_each(|function| walk.function(function));
    if let Some(position) = walk.in_vain {
        return Err(position);
    }
    Ok(match walk.is_changed() {
        true => rebuilt(&ast, statements, walk.into_changed()).unwrap_or(ast),
        false => ast,
    })
}

/// Returns the names that are called and that variables may have, and whether there is anything else that may have to be changed.
fn in_question(ast: &AST, outside: &Outside<'_>) -> (HashSet<ImmutableString>, bool) {
    let (mut called, mut variables) = (HashSet::new(), HashSet::new());
    let mut has_other = false;
    ast.walk(&mut |path| {
        match path.last() {
            Some(ASTNode::Expr(Expr::FnCall(call, _)) | ASTNode::Stmt(Stmt::FnCall(call, _)))
                if call.op_token.is_none() =>
            {
                called.insert(call.name.clone());
            }
            Some(ASTNode::Expr(Expr::Variable(variable, ..))) => {
                variables.insert(variable.1.clone());
            }
            Some(ASTNode::Expr(expr @ Expr::Custom(..))) => {
                has_other |= !with_block::declared_by(expr).is_empty();
            }
            Some(ASTNode::Expr(Expr::MethodCall(call, _))) => {
                has_other |= call.name == SETDEFAULT;
            }
            Some(ASTNode::Stmt(Stmt::Var(parts, ..))) => {
                variables.insert(parts.0.name.clone());
            }
            Some(ASTNode::Stmt(Stmt::For(parts, _))) => {
                variables.insert(parts.0.name.clone());
                variables.extend(parts.1.as_ref().map(|counter| counter.name.clone()));
            }
            _ => (),
        }
        true
    });
    for (.., function) in ast.shared_lib().iter_script_fn_info() {
        variables.extend(function.params.iter().cloned());
    }
    called.retain(|name| variables.contains(name) || (outside.has_variable)(name));
    (called, has_other)
}

/// A function with other statements, and maybe more parameters.
struct Changed {
    old: Shared<ScriptFuncDef>,
    new: Shared<ScriptFuncDef>,
    statements: Vec<Stmt>,
}

/// Returns the program with these functions; `None` if one of them cannot be made.
fn rebuilt(ast: &AST, statements: Vec<Stmt>, changed: Vec<Changed>) -> Option<AST> {
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
    let mut rebuilt = AST::new(statements, module);
    if let Some(source) = ast.source() {
        rebuilt.set_source(source.to_string());
    }
    Some(rebuilt)
}
