//! The changes of a whole program: whether there are any, and the program with them.

use std::collections::HashSet;

use rhai::{AST, ASTNode, Expr, ImmutableString, Position, Stmt};

use super::changed::rebuilt;
use super::evaluating::is_eval;
use super::scopes::Scopes;
use super::setdefault::SETDEFAULT;
use super::walk::Walk;
use crate::program::with_block;

/// Names of functions or variables.
pub(crate) type Names = HashSet<ImmutableString>;

/// Functions, by their names and numbers of arguments.
pub(crate) type Functions = HashSet<(ImmutableString, usize)>;

/// What is known outside of a text.
pub(crate) struct Outside<'o> {
    /// Whether the text begins with a variable of this name.
    pub has_variable: &'o dyn Fn(&str) -> bool,
    /// Returns those of the names with numbers of arguments that are functions.
    pub functions: &'o dyn Fn(&Names) -> Functions,
    /// Returns which argument a method of this name may read where it is.
    pub lends: &'o dyn Fn(&str) -> Option<usize>,
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
        outside.lends,
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
fn in_question(ast: &AST, outside: &Outside<'_>) -> (Names, bool) {
    let mut called = Names::new();
    let (mut has_with, mut has_other) = (false, false);
    ast.walk(&mut |path| {
        match path.last() {
            Some(ASTNode::Expr(Expr::FnCall(call, _)) | ASTNode::Stmt(Stmt::FnCall(call, _)))
                if call.op_token.is_none() && !called.contains(&call.name) =>
            {
                has_other |= is_eval(call);
                called.insert(call.name.clone());
            }
            Some(ASTNode::Expr(expr @ Expr::Custom(..))) => {
                has_with |= !with_block::declared_by(expr).is_empty();
            }
            Some(ASTNode::Expr(Expr::MethodCall(call, _))) => {
                has_other |= call.name == SETDEFAULT || (outside.lends)(&call.name).is_some();
            }
            _ => (),
        }
        true
    });
    let mut found = HashSet::new();
    let mut note = |name: &ImmutableString| {
        if called.contains(name) {
            found.insert(name.clone());
        }
    };
    ast.walk(&mut |path| {
        match path.last() {
            Some(ASTNode::Expr(Expr::Variable(variable, ..))) => note(&variable.1),
            Some(ASTNode::Stmt(Stmt::Var(parts, ..))) => note(&parts.0.name),
            Some(ASTNode::Stmt(Stmt::For(parts, _))) => {
                note(&parts.0.name);
                parts.1.iter().for_each(|counter| note(&counter.name));
            }
            _ => (),
        }
        true
    });
    for (.., function) in ast.shared_lib().iter_script_fn_info() {
        function.params.iter().for_each(&mut note);
    }
    let outside = called.iter().filter(|name| (outside.has_variable)(name));
    found.extend(outside.cloned());
    // What a `with` declares matters to closures alone.
    let mut own = ast.shared_lib().iter_script_fn_info();
    let has_closure = own.any(|(.., own)| own.name.starts_with("anon$"));
    (found, has_other || has_with && has_closure)
}
