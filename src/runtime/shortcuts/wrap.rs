//! Putting shortcuts into a tree: around the outermost loops of the top level, and around the bodies of functions that have loops, unless
//! there is an island in them.
//!
//! The other functions are run by shortcuts when shortcuts call them.

use rhai::{AST, ASTNode, Dynamic, Expr, Position, ScriptFuncDef, Shared, Stmt, StmtBlock};

use super::unit::{Part, Unit};
use crate::program::bodies::{
    body_in, node, statements_of, walk_function, with_functions, with_nodes,
};
use crate::program::rewriting::lending;
use crate::program::with_block;

/// The key of the nodes of shortcuts.
pub(super) const KEY: &str = "<shortcut>";

/// Puts shortcuts into a program.
pub(super) fn wrap(ast: AST) -> AST {
    let all = ast.shared_lib().iter_script_fn_info();
    let functions: Vec<_> = all
        .map(|(.., definition)| definition)
        .filter(|definition| definition.this_type.is_none())
        .filter(|definition| Survey::of_body(definition).may_be_wrapped())
        .map(|definition| (definition.clone(), Dynamic::from(unit_for(definition))))
        .collect();
    let has_loop = |statement| Survey::of(statement).has_loop;
    if functions.is_empty() && !ast.statements().iter().any(has_loop) {
        return ast;
    }
    let mut statements = ast.statements().to_vec();
    statements.iter_mut().for_each(wrap_loops);
    with_functions(&ast, statements, with_nodes(KEY, functions))
}

fn unit_for(definition: &Shared<ScriptFuncDef>) -> Unit {
    let (start, end) = (
        definition.body.start_position(),
        definition.body.end_position(),
    );
    let body = StmtBlock::new(statements_of(definition), start, end);
    Unit::new(body, Part::Function(definition.params.to_vec()))
}

/// Wraps the outermost loops in a statement of the top level.
fn wrap_loops(statement: &mut Stmt) {
    match statement {
        Stmt::While(..) | Stmt::For(..) if Survey::of(statement).may_be_wrapped() => {
            let at = statement.position();
            let body = StmtBlock::new([statement.clone()], at, Position::NONE);
            let unit = Unit::new(body, Part::Loop);
            *statement = Stmt::Expr(node(KEY, Dynamic::from(unit), at).into());
        }
        Stmt::For(parts, _) => parts
            .2
            .body
            .statements_mut()
            .iter_mut()
            .for_each(wrap_loops),
        Stmt::If(flow, _) | Stmt::While(flow, _) | Stmt::Do(flow, ..) | Stmt::TryCatch(flow, _) => {
            let blocks = [&mut flow.body, &mut flow.branch];
            let statements = blocks.into_iter().flat_map(|block| block.statements_mut());
            statements.for_each(wrap_loops);
        }
        Stmt::Block(block) => block.statements_mut().iter_mut().for_each(wrap_loops),
        Stmt::Expr(expr) => {
            let block = with_block::block_of_mut(expr);
            let statements = block.into_iter().flat_map(StmtBlock::statements_mut);
            statements.for_each(wrap_loops);
        }
        _ => (),
    }
}

/// Looks for loops, and for nodes of islands, which drive the loops around which they are themselves.
#[derive(Default)]
struct Survey {
    has_loop: bool,
    has_node: bool,
}

impl Survey {
    fn of(statement: &Stmt) -> Self {
        let mut survey = Self::default();
        statement.walk(&mut Vec::new(), &mut |path| survey.see(path));
        survey
    }

    fn of_body(definition: &Shared<ScriptFuncDef>) -> Self {
        let mut survey = Self::default();
        walk_function(definition, &mut |path| survey.see(path));
        survey
    }

    fn see(&mut self, path: &[ASTNode]) -> bool {
        match path.last() {
            Some(ASTNode::Stmt(Stmt::While(..) | Stmt::For(..))) => self.has_loop = true,
            Some(ASTNode::Expr(expr @ Expr::Custom(..))) => match body_in(expr) {
                Some(body) => body.statements().iter().for_each(|statement| {
                    statement.walk(&mut Vec::new(), &mut |path| self.see(path));
                }),
                None => {
                    self.has_node |=
                        with_block::of(expr).is_none() && lending::inside(expr).is_none();
                }
            },
            _ => (),
        }
        !self.has_node
    }

    fn may_be_wrapped(&self) -> bool {
        self.has_loop && !self.has_node
    }
}
