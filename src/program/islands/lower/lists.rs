//! Lists: items, lengths, growing.

use rhai::{ASTFlags, BinaryExpr, Expr as Tree, ImmutableString, Position};

use super::lowering::{Done, Lower, done, give_up, item_of, name_of, no_variable};
use crate::native::code::{Expr, Item, ListRef, Stmt, Ty, Var};
use crate::program::islands::numeric::{self, Numeric};
use crate::program::islands::unfit::{Fits, unfit};

/// An item of a list.
pub(super) struct ItemPlace {
    pub list: ListRef,
    pub index: Expr,
    pub item: Item,
    /// The variable that has the list, and where it is named.
    pub root: (ImmutableString, Position),
}

impl Lower<'_, '_> {
    /// Returns the item that `list[index]` or `rows[row][index]` is; `None` if an index is no integer, which is an error.
    pub(super) fn item_place(
        &mut self,
        sides: &BinaryExpr,
        flags: ASTFlags,
    ) -> Fits<Option<ItemPlace>> {
        let (var, ty, root) = self.list_variable(&sides.lhs, flags)?;
        let place = |list, index, item| ItemPlace {
            list,
            index,
            item,
            root: root.clone(),
        };
        // One link of a chain, or the last one.
        if let Tree::Index(inner, inner_flags, pos) = &sides.rhs
            && !flags.contains(ASTFlags::BREAK)
        {
            if inner_flags.contains(ASTFlags::NEGATED) {
                return unfit("uses '?['", *pos);
            }
            let Ty::Rows(item) = ty else {
                return unfit(format!("takes a part of an item of '{}'", root.0), *pos);
            };
            let (row, index) = (self.expr(&inner.lhs)?, self.expr(&inner.rhs)?);
            if row.ty() != Ty::Int || index.ty() != Ty::Int {
                return Ok(None);
            }
            let list = ListRef::Row(var, Box::new(row));
            return Ok(Some(place(list, index, item)));
        }
        let Ty::List(item) = ty else {
            return unfit(format!("uses a whole row of '{}'", root.0), root.1);
        };
        let index = self.expr(&sides.rhs)?;
        if index.ty() != Ty::Int {
            return Ok(None);
        }
        Ok(Some(place(ListRef::Var(var), index, item)))
    }

    /// Returns the variable that an index is applied to.
    fn list_variable(
        &mut self,
        lhs: &Tree,
        flags: ASTFlags,
    ) -> Fits<(Var, Ty, (ImmutableString, Position))> {
        let Tree::Variable(variable, _, pos) = lhs else {
            return unfit(
                "takes an item of something other than a variable",
                lhs.position(),
            );
        };
        if flags.contains(ASTFlags::NEGATED) {
            return unfit("uses '?['", *pos);
        }
        let (var, ty, _) = self.variable(&variable.1, *pos)?;
        match ty {
            Ty::List(_) | Ty::Rows(_) => Ok((var, ty, (variable.1.clone(), *pos))),
            _ => unfit(
                format!(
                    "takes an item of '{}', which is {}",
                    variable.1,
                    name_of(ty)
                ),
                *pos,
            ),
        }
    }

    /// `list[index]`, `rows[row][index]`, `rows[row].len()`.
    pub(super) fn index(&mut self, sides: &BinaryExpr, flags: ASTFlags) -> Fits<Expr> {
        if let Tree::Dot(inner, inner_flags, pos) = &sides.rhs
            && !flags.contains(ASTFlags::BREAK)
        {
            let is_len = match &inner.rhs {
                Tree::Property(property, _) => property.2 == "len",
                Tree::MethodCall(call, _) => {
                    numeric::of(&call.name, call.args.len() + 1) == Some(Numeric::Len)
                        && !self.plan.world.hides(&call.name)
                }
                _ => false,
            };
            let (var, ty, root) = self.list_variable(&sides.lhs, flags)?;
            let (Ty::Rows(_), true) = (ty, is_len && inner_flags.is_empty()) else {
                return unfit(format!("uses a part of an item of '{}'", root.0), *pos);
            };
            let row = self.expr(&inner.lhs)?;
            return Ok(match row.ty() {
                Ty::Int => Expr::Len(ListRef::Row(var, row.into())),
                _ => Expr::GiveUp,
            });
        }
        let is_single = flags.contains(ASTFlags::BREAK) || !matches!(sides.rhs, Tree::Index(..));
        let (var, ty, _) = self.list_variable(&sides.lhs, flags)?;
        if let (Ty::Rows(item), true) = (ty, is_single) {
            self.may_make(sides.lhs.position())?;
            let row = self.expr(&sides.rhs)?;
            return Ok(match row.ty() {
                Ty::Int => Expr::Row(var, row.into(), item),
                _ => Expr::GiveUp,
            });
        }
        let place = self.item_place(sides, flags)?;
        Ok(place.map_or(Expr::GiveUp, |place| {
            Expr::Item(place.list, place.index.into(), place.item)
        }))
    }

    /// The length of a list.
    pub(super) fn length(&mut self, list: &Tree, pos: Position) -> Fits<Expr> {
        let Tree::Variable(variable, _, at) = list else {
            return match self.expr(list)? {
                Expr::Row(rows, row, _) => Ok(Expr::Len(ListRef::Row(rows, row))),
                value if value.ty() == Ty::Never => Ok(value),
                _ => unfit("takes the length of something other than a variable", pos),
            };
        };
        let (var, ty, _) = self.variable(&variable.1, *at)?;
        match ty {
            Ty::List(_) => Ok(Expr::Len(ListRef::Var(var))),
            Ty::Rows(_) => Ok(Expr::RowCount(var)),
            _ => unfit(format!("takes the length of '{}'", variable.1), pos),
        }
    }

    /// `list.append(value)` as a statement; `None` for other expressions.
    pub(super) fn method_statement(
        &mut self,
        expr: &Tree,
        to: &mut Vec<Stmt>,
    ) -> Fits<Option<Done>> {
        let Tree::Dot(sides, flags, _) = expr else {
            return Ok(None);
        };
        let (Tree::Variable(variable, _, at), Tree::MethodCall(call, pos)) =
            (&sides.lhs, &sides.rhs)
        else {
            return Ok(None);
        };
        if numeric::of(&call.name, call.args.len() + 1) != Some(Numeric::Append)
            || !flags.difference(ASTFlags::BREAK).is_empty()
        {
            return Ok(None);
        }
        if self.plan.world.hides(&call.name) {
            return unfit(
                format!("calls '{}', which the program defines", call.name),
                *pos,
            );
        }
        let Some((_, ty)) = self.find(&variable.1, *at)? else {
            return no_variable(&variable.1, *at);
        };
        let value = match ty {
            Ty::List(_) => self.expr(&call.args[0])?,
            Ty::Rows(item) => self.expr_as(&call.args[0], Ty::List(item))?,
            _ => {
                let what = name_of(ty);
                return unfit(
                    format!("appends to '{}', which is {what}", variable.1),
                    *pos,
                );
            }
        };
        let new = value.ty();
        if new == Ty::Never {
            return Ok(Some(done(value, to, false)));
        }
        // A native changes a constant's list not either; the interpreter says so.
        let (var, _) = self.writable(&variable.1, *at)?;
        let is_done = match item_of(new) {
            Some(item) => {
                self.is_used_as(var, Ty::List(item))?;
                let fits = self.vars[var] == Ty::List(item);
                if fits {
                    to.push(Stmt::Push(var, value));
                }
                fits
            }
            None => self.append_list(var, value, to)?,
        };
        Ok(Some(match is_done {
            true => Done::Value(Expr::Unit),
            false => give_up(to),
        }))
    }
}
