//! Lists that code makes: `[…]`, `[0] * n`, `a + b`, a row of a list of lists.

use rhai::{Expr as Tree, Position};

use super::effects::writes;
use super::hints::ASSUMED;
use super::lowering::{Lower, is_list, is_plain, item_of, place};
use crate::native::code::{Block, Expr, Make, Op, Stmt, Ty};
use crate::program::islands::unfit::{Fits, unfit};

impl Lower<'_, '_> {
    /// `[…]`.
    pub(super) fn array(&mut self, items: &[Tree], pos: Position) -> Fits<Expr> {
        if items.is_empty() {
            let place = place(pos);
            let ty = self.empty_type(place);
            let list = self.empty_list(ty, pos)?;
            if let Expr::Make(var, ..) = &list
                && place != 0
            {
                self.begins_empty(*var, place);
            }
            return Ok(list);
        }
        let items = items.iter().map(|item| self.expr(item));
        let items: Vec<Expr> = items.collect::<Fits<_>>()?;
        if items.iter().any(|item| item.ty() == Ty::Never) {
            return Ok(Expr::GiveUp);
        }
        let first = items[0].ty();
        if items.iter().any(|item| item.ty() != first) {
            return unfit("makes a list with items of several types", pos);
        }
        match (item_of(first), first) {
            (Some(item), _) => self.make(Make::Items(items), Ty::List(item), pos),
            (None, Ty::List(item)) => self.make(Make::Rows(items), Ty::Rows(item), pos),
            _ => unfit("makes a list of something other than numbers", pos),
        }
    }

    /// An empty list of a type.
    pub(super) fn empty_list(&mut self, ty: Ty, pos: Position) -> Fits<Expr> {
        let make = match ty {
            Ty::Rows(_) => Make::Rows(Vec::new()),
            _ => Make::Items(Vec::new()),
        };
        self.make(make, ty, pos)
    }

    fn make(&mut self, make: Make, ty: Ty, pos: Position) -> Fits<Expr> {
        self.may_make(pos)?;
        let var = self.temporary(ty);
        Ok(Expr::Make(var, make, ty))
    }

    /// Where memory is limited, the interpreter makes lists, which says what is too much.
    pub(super) fn may_make(&self, pos: Position) -> Fits<()> {
        match self.plan.world.may_make_lists() {
            true => Ok(()),
            false => unfit("makes a list while memory is limited", pos),
        }
    }

    /// An expression whose value may be wanted as a list of this type: then `[]` is one.
    pub(super) fn expr_as(&mut self, expr: &Tree, ty: Ty) -> Fits<Expr> {
        match expr {
            Tree::Array(items, pos) if items.is_empty() && is_list(ty) => self.empty_list(ty, *pos),
            _ => self.expr(expr),
        }
    }

    /// `list * count`, `count * list`, `list + list`; `None` for other operators and values.
    pub(super) fn list_operator(
        &mut self,
        op: Op,
        left: &Expr,
        right: &Expr,
        pos: Position,
    ) -> Fits<Option<Expr>> {
        let (list, count) = match (op, left.ty(), right.ty()) {
            (Op::Mul, ty, Ty::Int) if is_list(ty) && !writes(right) => (left, right),
            (Op::Mul, Ty::Int, ty) if is_list(ty) && is_plain(left) && !writes(right) => {
                (right, left)
            }
            (Op::Add, ty, other) if is_list(ty) && ty == other && !writes(right) => {
                let (left, right) = (self.settled(left.clone()), self.settled(right.clone()));
                let make = Make::Join(left.into(), right.into());
                return self.make(make, ty, pos).map(Some);
            }
            _ => return Ok(None),
        };
        let (ty, count) = (list.ty(), count.clone().into());
        if let Expr::Make(var, Make::Items(items), _) = list
            && let [item] = &items[..]
        {
            let make = Make::Fill(item.clone().into(), count);
            return Ok(Some(Expr::Make(*var, make, ty)));
        }
        let make = Make::Copies(self.settled(list.clone()).into(), count);
        self.make(make, ty, pos).map(Some)
    }

    /// A list that stays what it is while others are made: what a function has given is kept.
    pub(super) fn settled(&mut self, value: Expr) -> Expr {
        let ty = value.ty();
        if !is_list(ty) || matches!(value, Expr::Var(..) | Expr::Row(..) | Expr::Make(..)) {
            return value;
        }
        let mut body = Vec::new();
        let kept = self.keep(value, &mut body);
        let value = Some(Box::new(kept));
        Expr::Block(Block { body, value }, ty)
    }

    /// Appends a list to a list of lists, or to a list of which it is not known yet that it is one.
    pub(super) fn append_list(
        &mut self,
        var: crate::native::code::Var,
        value: Expr,
        to: &mut Vec<Stmt>,
    ) -> Fits<bool> {
        let Ty::List(item) = value.ty() else {
            return Ok(false);
        };
        self.is_used_as(var, Ty::Rows(item))?;
        if self.vars[var] != Ty::Rows(item) {
            return Ok(false);
        }
        to.push(Stmt::PushRow(var, value));
        Ok(true)
    }

    /// Begins a variable that is a list.
    pub(super) fn begin_list(&mut self, var: crate::native::code::Var, value: &Expr) {
        if let Expr::Make(made, ..) = value
            && let Some(place) = self.empty_place(*made)
        {
            self.begins_empty(var, place);
        }
    }

    /// Notes that a list is returned, where another type of list may have been only assumed.
    pub(super) fn returns_list(&mut self, value: &Expr) -> Fits<()> {
        let ty = value.ty();
        if !is_list(ty) {
            return Ok(());
        }
        let var = match value {
            Expr::Var(var, _) | Expr::Make(var, ..) => Some(*var),
            _ => None,
        };
        let empty = var.filter(|var| self.empty_place(*var).is_some());
        match (empty, self.ret) {
            (Some(empty), Ty::Never) if ty == ASSUMED => self.returned_empty = Some(empty),
            (Some(empty), ret) if is_list(ret) && ret != ty => self.is_used_as(empty, ret)?,
            (None, ret) if is_list(ret) && ret != ty => {
                if let Some(empty) = self.returned_empty {
                    self.is_used_as(empty, ty)?;
                }
            }
            _ => (),
        }
        Ok(())
    }
}
