//! Loops: those inside of what is lowered, and one that is an island itself.

use rhai::{Expr as Tree, FlowControl, Ident, ImmutableString, Position, Stmt as Statement, Token};

use super::lowered_loop::LoweredLoop;
use super::lowering::{Done, Lower, done, give_up, place};
use super::plan::Plan;
use crate::native::code::{Block, Expr, Item, Loop, Over as Goes, Stmt, Ty, Var};
use crate::program::islands::island::{LoopTree, Over};
use crate::program::islands::numeric::{self, Numeric};
use crate::program::islands::unfit::{Fits, unfit};

/// A range of integers: from, until, whether that is included, step.
type Range = (Expr, Expr, bool, Expr);

impl Plan<'_> {
    /// Lowers a loop whose variables are those of `world`. `items` is what the items of the list are that it goes through.
    ///
    /// # Errors
    /// It does not fit.
    pub(crate) fn a_loop(&mut self, tree: &LoopTree, items: Option<Item>) -> Fits<LoweredLoop> {
        let (number, mut times) = (self.hints.begin(), 0);
        loop {
            let lowered = Lower::new(self, true, number).island(tree, items);
            if lowered.is_err() && self.hints.is_again(times) {
                times += 1;
                continue;
            }
            return lowered;
        }
    }
}

impl Lower<'_, '_> {
    fn island(mut self, tree: &LoopTree, items: Option<Item>) -> Fits<LoweredLoop> {
        let place = place(tree.position);
        let (over, body) = match &tree.over {
            Over::Forever => (Goes::While(None), self.body(&tree.body)?),
            Over::While(condition) => {
                let condition = self.truth(condition)?;
                (Goes::While(Some(condition)), self.body(&tree.body)?)
            }
            Over::For { var, counter, .. } => {
                let list = items.map(|item| {
                    let list = self.temporary(Ty::List(item));
                    self.outer.push(super::named::Named {
                        name: ImmutableString::new(),
                        var: list,
                        is_constant: false,
                    });
                    list
                });
                let counter = counter
                    .as_ref()
                    .map(|counter| self.declare(&counter.name, Ty::Int, false));
                let var = self.declare(&var.name, items.map_or(Ty::Int, Item::ty), false);
                let body = self.body(&tree.body)?;
                let over = match list {
                    Some(list) => Goes::Items { var, counter, list },
                    None => Goes::Numbers { var, counter },
                };
                (over, body)
            }
        };
        let params: Vec<_> = self.outer.iter().map(|named| named.var).collect();
        Ok(LoweredLoop {
            names: self.outer.into_iter().map(|named| named.name).collect(),
            types: params.iter().map(|var| self.vars[*var]).collect(),
            written: params.iter().map(|var| self.written[*var]).collect(),
            code: Loop {
                vars: self.vars,
                params,
                over,
                body,
                ret: self.ret,
                place,
            },
        })
    }

    fn body(&mut self, body: &Tree) -> Fits<Block> {
        let Tree::Stmt(block) = body else {
            return unfit("has a body of another kind", body.position());
        };
        Ok(self.block(block.statements(), false)?.0)
    }

    /// A loop that the tree has as it was.
    pub(super) fn plain_loop(&mut self, tree: &Statement, to: &mut Vec<Stmt>) -> Fits<Done> {
        match tree {
            Statement::While(flow, pos) => {
                let condition = match &flow.expr {
                    Tree::Unit(_) | Tree::BoolConstant(true, _) => None,
                    condition => Some(condition),
                };
                let body = Tree::Stmt(flow.body.clone().into());
                self.while_loop(condition, &body, *pos, to)
            }
            Statement::For(parts, pos) => {
                let (var, counter, FlowControl { expr, body, .. }) = &**parts;
                let body = Tree::Stmt(body.clone().into());
                self.for_loop((var, counter.as_ref()), expr, &body, *pos, to)
            }
            other => unfit("uses a statement of another kind", other.position()),
        }
    }

    /// A loop that is an island of its own where the interpreter comes to it.
    pub(super) fn inner_loop(&mut self, tree: &LoopTree, to: &mut Vec<Stmt>) -> Fits<Done> {
        let pos = tree.position;
        match &tree.over {
            Over::Forever => self.while_loop(None, &tree.body, pos, to),
            Over::While(condition) => self.while_loop(Some(condition), &tree.body, pos, to),
            Over::For {
                var,
                counter,
                iterable,
            } => self.for_loop((var, counter.as_ref()), iterable, &tree.body, pos, to),
        }
    }

    fn while_loop(
        &mut self,
        condition: Option<&Tree>,
        body: &Tree,
        pos: Position,
        to: &mut Vec<Stmt>,
    ) -> Fits<Done> {
        let condition = condition
            .map(|condition| self.truth(condition))
            .transpose()?;
        self.loops += 1;
        let body = self.body(body)?;
        self.loops -= 1;
        to.push(Stmt::While(condition, body, place(pos)));
        Ok(Done::Value(Expr::Unit))
    }

    fn for_loop(
        &mut self,
        (var, counter): (&Ident, Option<&Ident>),
        iterable: &Tree,
        body: &Tree,
        pos: Position,
        to: &mut Vec<Stmt>,
    ) -> Fits<Done> {
        let range = match iterable {
            Tree::FnCall(call, _) if self.is_range(call) => match self.range(call, pos)? {
                Some(range) => Some(range),
                None => return Ok(give_up(to)),
            },
            _ => None,
        };
        let list = match (iterable, &range) {
            (Tree::Variable(variable, _, at), _) => {
                let (var, ty, _) = self.variable(&variable.1, *at)?;
                Some((var, ty))
            }
            (_, Some(_)) => None,
            (made, None) => {
                let value = self.expr(made)?;
                let ty = value.ty();
                if ty == Ty::Never {
                    return Ok(done(value, to, false));
                }
                let var = self.temporary(ty);
                to.push(Stmt::Set(var, value));
                Some((var, ty))
            }
        };
        if let Some((rows, Ty::Rows(item))) = list {
            return self.for_rows((var, counter), (rows, item), body, pos, to);
        }
        if !matches!(list, None | Some((_, Ty::List(_)))) {
            return unfit("goes through something other than a range or a list", pos);
        }
        let names = self.names.len();
        let counter = counter.map(|counter| self.declare(&counter.name, Ty::Int, false));
        let item = match list {
            Some((_, Ty::List(item))) => item,
            _ => Item::Int,
        };
        let var = self.declare(&var.name, item.ty(), false);
        let was_written = list.map(|(list, ..)| std::mem::take(&mut self.written[list]));
        self.loops += 1;
        let body = self.body(body)?;
        self.loops -= 1;
        self.names.truncate(names);
        let place = place(pos);
        if let Some((from, until, including, step)) = range {
            to.push(Stmt::For {
                var,
                counter,
                from,
                until,
                including,
                step,
                body,
                place,
            });
        } else if let (Some((list, _)), Some(was_written)) = (list, was_written) {
            if self.written[list] {
                return unfit("changes the list that it goes through", pos);
            }
            self.written[list] = was_written;
            to.push(Stmt::ForItems {
                var,
                counter,
                list,
                body,
                place,
            });
        }
        Ok(Done::Value(Expr::Unit))
    }

    /// A loop over the rows of a list of lists: each is copied.
    fn for_rows(
        &mut self,
        (var, counter): (&Ident, Option<&Ident>),
        (rows, item): (Var, Item),
        body: &Tree,
        pos: Position,
        to: &mut Vec<Stmt>,
    ) -> Fits<Done> {
        let names = self.names.len();
        let index = self.temporary(Ty::Int);
        let counter = counter.map(|counter| self.declare(&counter.name, Ty::Int, false));
        let row = self.declare(&var.name, Ty::List(item), false);
        let was_written = std::mem::take(&mut self.written[rows]);
        self.loops += 1;
        let mut body = self.body(body)?;
        self.loops -= 1;
        self.names.truncate(names);
        if self.written[rows] {
            return unfit("changes the list that it goes through", pos);
        }
        self.written[rows] = was_written;
        let at = Box::new(Expr::Var(index, Ty::Int));
        body.body
            .insert(0, Stmt::Set(row, Expr::Row(rows, at, item)));
        to.push(Stmt::For {
            var: index,
            counter,
            from: Expr::Int(0),
            until: Expr::RowCount(rows),
            including: false,
            step: Expr::Int(1),
            body,
            place: place(pos),
        });
        Ok(Done::Value(Expr::Unit))
    }

    fn is_range(&self, call: &rhai::FnCallExpr) -> bool {
        match &call.op_token {
            Some(token) => matches!(token, Token::ExclusiveRange | Token::InclusiveRange),
            None => {
                numeric::of(&call.name, call.args.len()) == Some(Numeric::Range)
                    && !call.is_qualified()
                    && self
                        .plan
                        .world
                        .function(&call.name, call.args.len())
                        .is_none()
                    && !self.plan.world.hides(&call.name)
            }
        }
    }

    /// A range of integers; `None` for one of something else, which is an error.
    fn range(&mut self, call: &rhai::FnCallExpr, pos: Position) -> Fits<Option<Range>> {
        let count = call.args.len();
        let including = match &call.op_token {
            Some(Token::ExclusiveRange) if count == 2 => false,
            Some(Token::InclusiveRange) if count == 2 => true,
            None if self.is_range(call) => false,
            _ => return unfit("goes through something other than a range or a list", pos),
        };
        let first = self.expr(&call.args[0])?;
        let (from, until) = match call.args.get(1) {
            None => (Expr::Int(0), first),
            Some(until) => (first, self.expr(until)?),
        };
        let step = match call.args.get(2) {
            None => Expr::Int(1),
            Some(step) => self.expr(step)?,
        };
        if [&from, &until, &step]
            .iter()
            .any(|part| part.ty() != Ty::Int)
        {
            return Ok(None);
        }
        Ok(Some((from, until, including, step)))
    }
}
