//! Closures in a tree: an expression that makes one, and the function that it makes.

use rhai::{ASTNode, Expr, FnPtr, ImmutableString, ScriptFuncDef, Shared, Stmt};

use super::changed::Changed;
use super::made::Made;
use super::walk::Walk;
use crate::program::bodies::statements_of;
use crate::program::with_block;

impl Walk<'_> {
    /// Goes through a function, and notes it if it is changed.
    pub(super) fn function(&mut self, function: &Shared<ScriptFuncDef>) {
        let before = self.changes;
        let (captured, statements) = self.inside(function, false);
        debug_assert!(captured.is_empty());
        if self.changes > before {
            self.changed.push(Changed {
                old: function.clone(),
                new: function.clone(),
                statements,
            });
        }
    }

    /// Goes through the closure that an expression makes; returns false if it makes none.
    pub(super) fn closure(&mut self, expr: &mut Expr) -> bool {
        let at = expr.position();
        let Some((function, captured)) = made_by(expr) else {
            return false;
        };
        let Some(definition) = self.closures.get(function.fn_name()).cloned() else {
            return false;
        };
        let of_with = self.of_with(&definition, &captured);
        let before = self.changes;
        let (missing, statements) = self.inside(&definition, true);
        self.changes += of_with.len();
        if self.changes == before {
            return true;
        }
        let mut new = (*definition).clone();
        let kept = new.params.iter().filter(|name| !of_with.contains(name));
        new.params = missing.iter().chain(kept).cloned().collect();
        let new = Shared::new(new);
        let has_changed = new.params != definition.params;
        self.changed.push(Changed {
            old: definition,
            new: new.clone(),
            statements,
        });
        if has_changed {
            let captured = captured.into_iter().filter(|name| !of_with.contains(name));
            let captured: Vec<_> = missing.into_iter().chain(captured).collect();
            let made = self.made.get_or_init(Made::new);
            *expr = made.closure(FnPtr::from(new), &captured, at);
        }
        true
    }

    /// Returns those of the variables that a closure captures which are none, but declared by a `with` in it.
    fn of_with(
        &self,
        definition: &Shared<ScriptFuncDef>,
        captured: &[ImmutableString],
    ) -> Vec<ImmutableString> {
        let unknown = captured.iter().filter(|name| !self.scopes.has(name));
        let mut unknown: Vec<_> = unknown.cloned().collect();
        if !unknown.is_empty() {
            let mut declared = Vec::new();
            for statement in statements_of(definition) {
                statement.walk(&mut Vec::new(), &mut |path| {
                    if let Some(ASTNode::Expr(expr)) = path.last() {
                        declared.extend(with_block::declared_by(expr));
                    }
                    true
                });
            }
            unknown.retain(|name| declared.contains(name));
        }
        unknown
    }

    fn inside(
        &mut self,
        function: &Shared<ScriptFuncDef>,
        is_closure: bool,
    ) -> (Vec<ImmutableString>, Vec<Stmt>) {
        self.scopes.begin_function(&function.params, is_closure);
        let mut statements = statements_of(function);
        self.statements(&mut statements);
        (self.scopes.end_function(), statements)
    }
}

/// Returns the function of the closure that an expression makes, and the variables that it captures.
fn made_by(expr: &Expr) -> Option<(FnPtr, Vec<ImmutableString>)> {
    let (function, args) = match expr {
        Expr::DynamicConstant(..) => (expr, &[][..]),
        Expr::Stmt(block) => match block.statements() {
            [Stmt::Share(_), Stmt::Expr(made)] => match &**made {
                Expr::FnCall(call, _) => call.args.split_first()?,
                _ => return None,
            },
            _ => return None,
        },
        _ => return None,
    };
    let Expr::DynamicConstant(value, _) = function else {
        return None;
    };
    let captured = args.iter().filter_map(|arg| match arg {
        Expr::Variable(variable, ..) => Some(variable.1.clone()),
        _ => None,
    });
    Some((value.read_lock::<FnPtr>()?.clone(), captured.collect()))
}
