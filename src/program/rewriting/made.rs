//! Parts of trees.

use rhai::{Engine, Expr, FnCallExpr, FnPtr, Ident, ImmutableString, Position, Stmt, StmtBlock};

/// The native that returns what is to be called of a value, which no script names.
pub(crate) const CALLEE: &str = "__callee__";

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

    /// Makes a closure that captures variables.
    pub(super) fn closure(
        &self,
        function: FnPtr,
        captured: &[ImmutableString],
        at: Position,
    ) -> Expr {
        let function = Expr::DynamicConstant(Box::new(function.into()), at);
        let Some(mut call) = self.callee.clone().filter(|_| !captured.is_empty()) else {
            return function;
        };
        let shared = captured.iter().map(|name| {
            let name = name.clone();
            (Ident { name, pos: at }, None)
        });
        let shared = Stmt::Share(Box::new(shared.collect()));
        let variables = captured.iter().map(|name| self.variable(name, at));
        call.name = CURRY.into();
        call.args = std::iter::once(function).chain(variables).collect();
        let made = Stmt::Expr(Expr::FnCall(call.into(), at).into());
        Expr::Stmt(StmtBlock::new([shared, made], at, Position::NONE).into())
    }

    fn variable(&self, name: &ImmutableString, at: Position) -> Expr {
        let namespace = self.callee.as_ref().map(|call| call.namespace.clone());
        Expr::Variable(
            (None, name.clone(), namespace.unwrap_or_default(), 0).into(),
            None,
            at,
        )
    }
}
