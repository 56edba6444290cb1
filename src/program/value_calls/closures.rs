//! Closures in a tree: an expression that makes one, and the function that it makes.

use rhai::{Dynamic, Expr, FnPtr, ImmutableString, ScriptFuncDef, Shared, Stmt, StmtBlock};

use super::Changed;
use super::walk::Walk;
use crate::program::bodies::statements_of;

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
        match expr {
            Expr::DynamicConstant(value, at) => {
                let at = *at;
                let Some(definition) = self.definition(value) else {
                    return false;
                };
                if let Some((function, names)) = self.closure_of(&definition)
                    && let Some(curried) = self.made.curried(function, &names, at)
                {
                    *expr = curried;
                }
                true
            }
            Expr::Stmt(block) => match made_by(block).and_then(|value| self.definition(value)) {
                Some(definition) => {
                    if let Some((function, names)) = self.closure_of(&definition) {
                        let at = block.position();
                        if let Some(made) = made_by(block) {
                            *made = function;
                        }
                        self.made.capture(block, &names, at);
                    }
                    true
                }
                None => false,
            },
            _ => false,
        }
    }

    /// Goes through a closure. Returns its new function, and what that captures besides what it did, if it does.
    fn closure_of(
        &mut self,
        definition: &Shared<ScriptFuncDef>,
    ) -> Option<(Dynamic, Vec<ImmutableString>)> {
        let before = self.changes;
        let (captured, statements) = self.inside(definition, true);
        if self.changes == before {
            return None;
        }
        let mut new = definition.clone();
        if !captured.is_empty() {
            let mut changed = (**definition).clone();
            let params = captured.iter().chain(&changed.params).cloned();
            changed.params = params.collect();
            new = Shared::new(changed);
        }
        self.changed.push(Changed {
            old: definition.clone(),
            new: new.clone(),
            statements,
        });
        (!captured.is_empty()).then(|| (Dynamic::from(FnPtr::from(new)), captured))
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

    fn definition(&self, value: &Dynamic) -> Option<Shared<ScriptFuncDef>> {
        let function = value.read_lock::<FnPtr>()?;
        self.closures.get(function.fn_name()).cloned()
    }
}

/// Returns the function of which a block that Rhai makes for a closure with captured variables makes one.
fn made_by(block: &mut StmtBlock) -> Option<&mut Dynamic> {
    let [Stmt::Share(_), Stmt::Expr(expr)] = &mut block.statements_mut()[..] else {
        return None;
    };
    let Expr::FnCall(call, _) = &mut **expr else {
        return None;
    };
    match call.args.first_mut()? {
        Expr::DynamicConstant(value, _) => Some(value),
        _ => None,
    }
}
