//! `try` statements that note what they catch, for `logger.exception(…)` and `traceback.format_exc()`.
//!
//! Rhai tells nobody which error a `catch` block is about. So there are two nodes: one around the body of the statement, which notes an error
//! that leaves it, and one around the whole statement, after which that is forgotten. Only the programs that ask have them.

use std::sync::Arc;

use rhai::{AST, ASTNode, Dynamic, Expr, Position, ScriptFuncDef, Shared, Stmt, StmtBlock};

use super::bodies::{node, statements_of, walk_function, with_functions, with_nodes};
use super::with_block;

/// The key of nodes that note the error that leaves them.
pub(crate) const NOTES: &str = "<try>";

/// The key of nodes that forget what was noted inside of them.
pub(crate) const FORGETS: &str = "<caught>";

/// The names with which a program asks what was caught.
const ASKING: [&str; 4] = ["exception", "exc_info", "format_exc", "print_exc"];

/// The state of a node: the block inside of it.
#[derive(Clone)]
pub(crate) struct Inside(pub Arc<Expr>);

impl Inside {
    fn of(statements: impl IntoIterator<Item = Stmt>, start: Position, end: Position) -> Dynamic {
        let block = StmtBlock::new(statements, start, end);
        Dynamic::from(Self(Arc::new(Expr::Stmt(block.into()))))
    }
}

/// Puts the nodes into a program whose text asks what was caught.
pub(crate) fn put_into(ast: AST, text: &str) -> AST {
    if !ASKING.iter().any(|name| text.contains(name)) {
        return ast;
    }
    let all = ast.shared_lib().iter_script_fn_info();
    let functions = all.map(|(.., definition)| definition).cloned();
    let functions: Vec<_> = functions
        .filter(has_try)
        .map(|definition| {
            let mut body = statements_of(&definition);
            body.iter_mut().for_each(wrap);
            let (start, end) = (
                definition.body.start_position(),
                definition.body.end_position(),
            );
            (definition, Inside::of(body, start, end))
        })
        .collect();
    let mut statements = ast.statements().to_vec();
    statements.iter_mut().for_each(wrap);
    with_functions(&ast, statements, with_nodes(FORGETS, functions))
}

fn has_try(function: &Shared<ScriptFuncDef>) -> bool {
    let mut found = false;
    walk_function(function, &mut |path| {
        found |= matches!(path.last(), Some(ASTNode::Stmt(Stmt::TryCatch(..))));
        !found
    });
    found
}

/// Wraps the `try` statements in a statement.
fn wrap(statement: &mut Stmt) {
    match statement {
        Stmt::TryCatch(flow, at) => {
            let at = *at;
            wrap_all(&mut flow.body);
            wrap_all(&mut flow.branch);
            let (start, end) = (flow.body.position(), flow.body.end_position());
            let body = Inside::of(flow.body.statements().to_vec(), start, end);
            let noting = Stmt::Expr(node(NOTES, body, at).into());
            flow.body = StmtBlock::new([noting], start, end);
            let whole = Inside::of([statement.clone()], at, Position::NONE);
            *statement = Stmt::Expr(node(FORGETS, whole, at).into());
        }
        Stmt::If(flow, _) | Stmt::While(flow, _) | Stmt::Do(flow, ..) => {
            wrap_all(&mut flow.body);
            wrap_all(&mut flow.branch);
        }
        Stmt::For(parts, _) => wrap_all(&mut parts.2.body),
        Stmt::Block(block) => block.statements_mut().iter_mut().for_each(wrap),
        Stmt::Switch(parts, _) => {
            let cases = parts.1.expressions.iter_mut();
            cases.for_each(|case| wrap_in(&mut case.rhs));
        }
        Stmt::Expr(expr) => wrap_in(expr),
        Stmt::Var(declared, ..) => wrap_in(&mut declared.1),
        Stmt::Assignment(parts) => wrap_in(&mut parts.1.rhs),
        Stmt::Return(Some(value), ..) => wrap_in(value),
        _ => (),
    }
}

fn wrap_all(block: &mut StmtBlock) {
    block.statements_mut().iter_mut().for_each(wrap);
}

/// Wraps the `try` statements in an expression that is a block.
fn wrap_in(expr: &mut Expr) {
    if let Expr::Stmt(block) = expr {
        return wrap_all(block);
    }
    if let Some(block) = with_block::block_of_mut(expr) {
        wrap_all(block);
    }
}
