//! Parts of trees.

use rhai::{Dynamic, Engine, Expr, FnCallExpr, Ident, ImmutableString, Position, Stmt, StmtBlock};

use super::CALLEE;

/// Rhai's function that calls another.
const CALL: &str = "call";

/// Rhai's function that gives another its first arguments.
const CURRY: &str = "curry";

/// Calls as Rhai makes them, for others.
pub(super) struct Made {
    /// A call of [`CALLEE`].
    callee: Option<FnCallExpr>,
}

impl Made {
    pub(super) fn new() -> Self {
        let parsed = Engine::new_raw().compile_expression(format!("{CALLEE}(x)"));
        let callee = parsed.ok().and_then(|ast| match ast.statements() {
            [Stmt::FnCall(call, _)] => Some((**call).clone()),
            [Stmt::Expr(expr)] => match &**expr {
                Expr::FnCall(call, _) => Some((**call).clone()),
                _ => None,
            },
            _ => None,
        });
        Self { callee }
    }

    /// Makes `call(callee(f), 1)` of `f(1)`.
    pub(super) fn call_of_value(&self, call: &mut FnCallExpr, at: Position) {
        let Some(mut callee) = self.callee.clone() else {
            return;
        };
        let variable = self.variable(&call.name, at);
        callee.args = std::iter::once(variable).collect();
        let callee = Expr::FnCall(callee.into(), at);
        let args = std::mem::take(&mut call.args);
        call.args = std::iter::once(callee).chain(args).collect();
        call.name = CALL.into();
    }

    /// Returns a closure that captures these variables.
    pub(super) fn curried(
        &self,
        function: Dynamic,
        names: &[ImmutableString],
        at: Position,
    ) -> Option<Expr> {
        let mut call = self.callee.clone()?;
        call.name = CURRY.into();
        call.args = std::iter::once(Expr::DynamicConstant(function.into(), at)).collect();
        let share = Stmt::Share(Box::default());
        let statements = [share, Stmt::Expr(Expr::FnCall(call.into(), at).into())];
        let mut block = StmtBlock::new(statements, at, Position::NONE);
        self.capture(&mut block, names, at);
        Some(Expr::Stmt(block.into()))
    }

    /// Lets the closure that this block makes capture more variables, as its first.
    pub(super) fn capture(&self, block: &mut StmtBlock, names: &[ImmutableString], at: Position) {
        let [Stmt::Share(shared), Stmt::Expr(made)] = &mut block.statements_mut()[..] else {
            return;
        };
        let Expr::FnCall(call, _) = &mut **made else {
            return;
        };
        let more = names.iter().map(|name| {
            let name = name.clone();
            (Ident { name, pos: at }, None)
        });
        let all = more.chain(std::mem::take(&mut **shared));
        **shared = all.collect();
        let mut args = std::mem::take(&mut call.args).into_iter();
        let function = args.next();
        let more = names.iter().map(|name| self.variable(name, at));
        call.args = function.into_iter().chain(more).chain(args).collect();
    }

    fn variable(&self, name: &ImmutableString, at: Position) -> Expr {
        let namespace = self.callee.as_ref().map(|call| call.namespace.clone());
        Expr::Variable((None, name.clone(), namespace.unwrap_or_default(), 0).into(), None, at)
    }
}
