//! Going through a tree with its scopes.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

use rhai::{Expr, FnCallExpr, Ident, ImmutableString, Position, ScriptFuncDef, Shared, Stmt};

use super::changed::Changed;
use super::evaluating;
use super::made::Made;
use super::scopes::Scopes;
use crate::program::with_block;

pub(super) struct Walk<'o> {
    pub scopes: Scopes<'o>,
    /// The names that are called and that variables may have.
    names: HashSet<ImmutableString>,
    /// The functions, with their numbers of arguments.
    functions: HashSet<(ImmutableString, usize)>,
    pub closures: HashMap<ImmutableString, Shared<ScriptFuncDef>>,
    /// Returns which argument a method of this name may read where it is.
    pub lends: &'o dyn Fn(&str) -> Option<usize>,
    /// Made when something is changed.
    pub made: OnceCell<Made>,
    /// How much has been changed.
    pub changes: usize,
    pub changed: Vec<Changed>,
    /// Where a copy would be changed in vain.
    pub in_vain: Option<Position>,
}

impl<'o> Walk<'o> {
    pub(super) fn new(
        scopes: Scopes<'o>,
        names: HashSet<ImmutableString>,
        functions: HashSet<(ImmutableString, usize)>,
        closures: HashMap<ImmutableString, Shared<ScriptFuncDef>>,
        lends: &'o dyn Fn(&str) -> Option<usize>,
    ) -> Self {
        Self {
            scopes,
            names,
            functions,
            closures,
            lends,
            made: OnceCell::new(),
            changes: 0,
            changed: Vec::new(),
            in_vain: None,
        }
    }

    pub(super) fn is_changed(&self) -> bool {
        self.changes > 0
    }

    pub(super) fn into_changed(self) -> Vec<Changed> {
        self.changed
    }

    pub(super) fn statements(&mut self, statements: &mut [Stmt]) {
        statements.iter_mut().for_each(|one| self.statement(one));
    }

    fn block(&mut self, declared: &[&ImmutableString], statements: &mut [Stmt]) {
        let before = self.scopes.begin_block();
        for name in declared {
            self.scopes.declare(name);
        }
        self.statements(statements);
        self.scopes.end_block(before);
    }

    fn statement(&mut self, statement: &mut Stmt) {
        match statement {
            Stmt::If(flow, _) | Stmt::While(flow, _) | Stmt::Do(flow, ..) => {
                self.expr(&mut flow.expr);
                self.block(&[], flow.body.statements_mut());
                self.block(&[], flow.branch.statements_mut());
            }
            Stmt::TryCatch(flow, _) => {
                self.block(&[], flow.body.statements_mut());
                let caught = match &flow.expr {
                    Expr::Variable(variable, ..) => Some(&variable.1),
                    _ => None,
                };
                let caught = caught.into_iter().collect::<Vec<_>>();
                self.block(&caught, flow.branch.statements_mut());
            }
            Stmt::For(parts, _) => {
                let (name, counter, flow) = &mut **parts;
                self.expr(&mut flow.expr);
                let counter = counter.as_ref().map(|Ident { name, .. }| name);
                let names: Vec<_> = counter.into_iter().chain([&name.name]).collect();
                self.block(&names, flow.body.statements_mut());
            }
            Stmt::Switch(parts, _) => {
                self.expr(&mut parts.0);
                for sides in &mut parts.1.expressions {
                    self.expr(&mut sides.lhs);
                    self.expr(&mut sides.rhs);
                }
            }
            Stmt::Var(parts, ..) => {
                self.expr(&mut parts.1);
                self.scopes.declare(&parts.0.name);
            }
            Stmt::Assignment(parts) => {
                self.expr(&mut parts.1.lhs);
                self.expr(&mut parts.1.rhs);
            }
            Stmt::FnCall(call, at) => {
                self.call(call, *at);
                if let Some(node) = evaluating::node_of(call, *at) {
                    *statement = Stmt::Expr(node.into());
                    self.changes += 1;
                }
            }
            Stmt::Block(block) => self.block(&[], block.statements_mut()),
            Stmt::Expr(expr) => self.expr(expr),
            Stmt::BreakLoop(Some(expr), ..) | Stmt::Return(Some(expr), ..) => self.expr(expr),
            Stmt::Import(parts, _) => self.expr(&mut parts.0),
            _ => (),
        }
    }

    fn exprs<'e>(&mut self, exprs: impl IntoIterator<Item = &'e mut Expr>) {
        exprs.into_iter().for_each(|expr| self.expr(expr));
    }

    fn expr(&mut self, expr: &mut Expr) {
        if self.closure(expr) {
            return;
        }
        self.reach_default(expr);
        match expr {
            Expr::FnCall(call, at) => {
                self.call(call, *at);
                if let Some(node) = evaluating::node_of(call, *at) {
                    *expr = node;
                    self.changes += 1;
                }
            }
            Expr::MethodCall(call, _) => self.exprs(&mut call.args),
            Expr::Stmt(block) => self.block(&[], block.statements_mut()),
            Expr::InterpolatedString(parts, _) | Expr::Array(parts, _) => {
                self.exprs(parts.iter_mut())
            }
            Expr::Map(entries, _) => self.exprs(entries.0.iter_mut().map(|(_, value)| value)),
            Expr::And(parts, _) | Expr::Or(parts, _) | Expr::Coalesce(parts, _) => {
                self.exprs(parts.iter_mut());
            }
            Expr::Dot(sides, ..) | Expr::Index(sides, ..) => {
                self.expr(&mut sides.lhs);
                self.expr(&mut sides.rhs);
                self.lend(expr);
            }
            Expr::Custom(..) => self.with(expr),
            _ => (),
        }
    }

    /// Goes through a `with`. Its items do not see its variables, but nobody calls one of them there.
    fn with(&mut self, with: &mut Expr) {
        let before = self.scopes.begin_block();
        for name in with_block::declared_by(with) {
            self.scopes.declare(&name);
        }
        self.exprs(with_block::inputs_of(with).into_iter().flatten());
        self.scopes.end_block(before);
    }

    fn call(&mut self, call: &mut FnCallExpr, at: Position) {
        self.exprs(&mut call.args);
        let is_in_question = call.op_token.is_none()
            && call.namespace.is_empty()
            && !call.capture_parent_scope
            && self.names.contains(&call.name);
        if !is_in_question {
            return;
        }
        let arity = (call.name.clone(), call.args.len());
        if !self.functions.contains(&arity) && self.scopes.find(&call.name) {
            self.made.get_or_init(Made::new).call_of_value(call, at);
            self.changes += 1;
        }
    }
}
