//! What a routine does anywhere in it.

use crate::native::code::{Block, Expr, FunctionId, ListRef, Loop, Make, Over, Stmt, Ty, Var};
use crate::native::run::MOST;

/// A call, by the types of what it passes and gets.
#[derive(Debug, PartialEq)]
pub(super) struct Call {
    pub function: FunctionId,
    pub args: Vec<Ty>,
    pub ty: Ty,
}

/// What a routine does; by variable where it concerns one.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// In how many places it is assigned.
    assignments: Vec<usize>,
    /// Counts up from a number that is not negative.
    counts_up: Vec<bool>,
    /// Lists, or lists of lists, of which items are overwritten.
    pub stored: Vec<bool>,
    pub pushed: Vec<bool>,
    /// Lists that are assigned, or made.
    made: Vec<bool>,
    /// Lists to which lists are appended.
    grown: Vec<bool>,
    pub is_random: bool,
    pub calls: Vec<Call>,
}

impl Survey {
    pub(super) fn of(body: &Block, vars: usize) -> Self {
        let mut survey = Self {
            assignments: vec![0; vars],
            counts_up: vec![false; vars],
            stored: vec![false; vars],
            pushed: vec![false; vars],
            made: vec![false; vars],
            grown: vec![false; vars],
            ..Self::default()
        };
        survey.block(body);
        survey
    }

    pub(super) fn of_loop(code: &Loop) -> Self {
        let mut survey = Self::of(&code.body, code.vars.len());
        match &code.over {
            Over::While(condition) => condition.iter().for_each(|e| survey.expr(e)),
            Over::Numbers { var, counter } | Over::Items { var, counter, .. } => {
                survey.assign(*var);
                counter.iter().for_each(|var| survey.assign(*var));
            }
        }
        survey
    }

    pub(super) fn assigns(&self, var: Var) -> bool {
        self.assignments[var] > 0
    }

    /// Returns whether an index is known not to be negative.
    pub(super) fn is_natural(&self, index: &Expr) -> bool {
        match index {
            Expr::Int(number) => *number >= 0,
            Expr::Var(var, _) => self.counts_up[*var] && self.assignments[*var] == 1,
            _ => false,
        }
    }

    /// Returns whether a list is written to in any way.
    pub(super) fn writes(&self, var: Var) -> bool {
        self.stored[var] || self.pushed[var] || self.made[var] || self.assigns(var)
    }

    /// Returns the lists of the routine itself: those that it was not given, and, if `copies` says so, copies of those that it writes to.
    pub(super) fn own_lists(&self, types: &[Ty], params: &[Var], copies: bool) -> Vec<Var> {
        let lists = (0..types.len()).filter(|var| matches!(types[*var], Ty::List(_) | Ty::Rows(_)));
        let is_own = |var: &Var| !params.contains(var) || copies && self.writes(*var);
        lists.filter(is_own).collect()
    }

    /// Checks what can be done with lists. Those among `given` are neither assigned nor made.
    pub(super) fn check(&self, types: &[Ty], given: &[Var]) -> Result<(), String> {
        if self.own_lists(types, given, true).len() > MOST {
            return Err("it makes too many lists".into());
        }
        for (var, ty) in types.iter().enumerate() {
            let is_given = given.contains(&var) && (self.made[var] || self.assigns(var));
            let may = match ty {
                Ty::List(_) => !is_given && !self.grown[var],
                Ty::Rows(_) => !is_given && self.grown[var] == self.pushed[var],
                _ => !self.stored[var] && !self.pushed[var] && !self.made[var],
            };
            if !may {
                return Err(format!("a variable of type {ty:?} cannot be changed so"));
            }
        }
        Ok(())
    }

    fn assign(&mut self, var: Var) {
        self.assignments[var] += 1;
    }

    fn count_up(&mut self, var: Var) {
        self.assign(var);
        self.counts_up[var] = true;
    }

    fn block(&mut self, block: &Block) {
        block
            .body
            .iter()
            .for_each(|statement| self.statement(statement));
        block.value.iter().for_each(|value| self.expr(value));
    }

    fn statement(&mut self, statement: &Stmt) {
        match statement {
            Stmt::Set(var, value) => {
                self.assign(*var);
                self.expr(value);
            }
            Stmt::Store(list, index, value) => {
                let (ListRef::Var(var) | ListRef::Row(var, _)) = list;
                self.stored[*var] = true;
                self.list(list);
                self.expr(index);
                self.expr(value);
            }
            Stmt::Push(list, value) => {
                self.pushed[*list] = true;
                self.expr(value);
            }
            Stmt::PushRow(list, value) => {
                self.pushed[*list] = true;
                self.grown[*list] = true;
                self.expr(value);
            }
            Stmt::Do(value) | Stmt::Return(value) => self.expr(value),
            Stmt::While(condition, body, _) => {
                condition.iter().for_each(|e| self.expr(e));
                self.block(body);
            }
            Stmt::For {
                var,
                counter,
                from,
                until,
                step,
                body,
                ..
            } => {
                match (from, step) {
                    (Expr::Int(0..), Expr::Int(1..)) => self.count_up(*var),
                    _ => self.assign(*var),
                }
                counter.iter().for_each(|var| self.count_up(*var));
                [from, until, step].into_iter().for_each(|e| self.expr(e));
                self.block(body);
            }
            Stmt::ForItems {
                var, counter, body, ..
            } => {
                self.assign(*var);
                counter.iter().for_each(|var| self.count_up(*var));
                self.block(body);
            }
            Stmt::Break | Stmt::Continue => (),
        }
    }

    fn list(&mut self, list: &ListRef) {
        if let ListRef::Row(_, index) = list {
            self.expr(index);
        }
    }

    fn expr(&mut self, e: &Expr) {
        match e {
            Expr::ToFloat(e)
            | Expr::ToInt(e)
            | Expr::Not(e)
            | Expr::Neg(_, e)
            | Expr::Math(_, _, e) => self.expr(e),
            Expr::Binary(_, _, left, right) => {
                self.expr(left);
                self.expr(right);
            }
            Expr::All(parts) | Expr::Any(parts) => parts.iter().for_each(|e| self.expr(e)),
            Expr::Call {
                function, args, ty, ..
            } => {
                args.iter().for_each(|e| self.expr(e));
                self.calls.push(Call {
                    function: *function,
                    args: args.iter().map(Expr::ty).collect(),
                    ty: *ty,
                });
            }
            Expr::If(condition, yes, no, _) => {
                self.expr(condition);
                self.block(yes);
                self.block(no);
            }
            Expr::Block(block, _) => self.block(block),
            Expr::Item(list, index, _) => {
                self.list(list);
                self.expr(index);
            }
            Expr::Len(list) => self.list(list),
            Expr::Row(_, index, _) => self.expr(index),
            Expr::Make(var, make, _) => {
                self.made[*var] = true;
                match make {
                    Make::Items(all) | Make::Rows(all) => all.iter().for_each(|e| self.expr(e)),
                    Make::Fill(one, other) | Make::Copies(one, other) | Make::Join(one, other) => {
                        self.expr(one);
                        self.expr(other);
                    }
                }
            }
            Expr::Random => self.is_random = true,
            Expr::Int(_)
            | Expr::Float(_)
            | Expr::Bool(_)
            | Expr::Unit
            | Expr::Var(..)
            | Expr::RowCount(_)
            | Expr::GiveUp => (),
        }
    }
}
