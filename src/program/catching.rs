//! `try` statements that note what they catch, for `logger.exception(…)` and `traceback.format_exc()`.
//!
//! Rhai tells nobody which error a `catch` block is about. So there are two nodes: one around the body of the statement, which notes an error
//! that leaves it, and one around the whole statement, after which that is forgotten. Only the programs that ask have them.

use std::sync::Arc;

use rhai::{AST, ASTNode, Dynamic, Expr, Position, Stmt, StmtBlock};

use super::bodies::{node, statements_of, with_functions, with_statements};
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

    /// Returns whether an expression is a node around a block that meets a condition.
    #[cfg(feature = "compile")]
    pub(crate) fn any(expr: &Expr, meets: impl FnOnce(&StmtBlock) -> bool) -> bool {
        let Expr::Custom(custom, _) = expr else {
            return false;
        };
        let inside = custom.state.read_lock::<Self>();
        inside.is_some_and(|inside| match &*inside.0 {
            Expr::Stmt(block) => meets(block),
            _ => false,
        })
    }

    /// Changes the statements inside of an expression, if it is a node around a block.
    #[cfg(feature = "compile")]
    pub(crate) fn change(expr: &mut Expr, change: impl FnOnce(&mut [Stmt])) {
        let Expr::Custom(custom, _) = expr else {
            return;
        };
        if let Some(mut inside) = custom.state.write_lock::<Self>()
            && let Expr::Stmt(block) = Arc::make_mut(&mut inside.0)
        {
            change(block.statements_mut());
        }
    }
}

/// Puts the nodes into a program whose text asks what was caught.
pub(crate) fn put_into(ast: AST, text: &str) -> AST {
    if !ASKING.iter().any(|name| text.contains(name)) {
        return ast;
    }
    let all = ast.shared_lib().iter_script_fn_info();
    let functions = all.filter_map(|(.., function)| {
        let mut statements = statements_of(function);
        if !statements.iter().any(has_try) {
            return None;
        }
        statements.iter_mut().for_each(wrap);
        Some((function.clone(), statements))
    });
    let functions = with_statements(functions.collect());
    let mut statements = ast.statements().to_vec();
    statements.iter_mut().for_each(wrap);
    with_functions(&ast, statements, functions)
}

fn has_try(statement: &Stmt) -> bool {
    let mut found = false;
    statement.walk(&mut Vec::new(), &mut |path| {
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
