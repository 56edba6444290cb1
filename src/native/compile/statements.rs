//! Statements.

use super::emitter::{Emitter, machine_type};
use crate::native::code::Stmt;

impl Emitter<'_> {
    pub(super) fn statements(&mut self, statements: &[Stmt]) {
        for statement in statements {
            if self.b.is_unreachable() {
                break;
            }
            self.statement(statement);
        }
    }

    fn statement(&mut self, statement: &Stmt) {
        match statement {
            Stmt::Set(var, e) if self.lists[*var].is_some() => self.set_list(*var, e),
            Stmt::Set(var, e) => match machine_type(self.types[*var]) {
                Some(ty) => {
                    let value = self.value(e, ty);
                    self.set(*var, value);
                }
                None => {
                    self.expr(e);
                }
            },
            Stmt::Store(list, index, value) => self.store_item(list, index, value),
            Stmt::Push(list, value) => self.push(*list, value),
            Stmt::PushRow(rows, row) => self.push_row(*rows, row),
            Stmt::Do(e) => {
                self.expr(e);
            }
            Stmt::While(condition, body, place) => {
                self.while_loop(condition.as_ref(), body, *place, false);
            }
            Stmt::For { .. } => self.for_numbers(statement),
            Stmt::ForItems {
                var,
                counter,
                list,
                body,
                place,
            } => self.for_items(*var, *counter, *list, body, *place),
            Stmt::Break | Stmt::Continue => {
                let innermost = self.loops.last().copied();
                if let Some((go_on, after)) = innermost {
                    let is_break = matches!(statement, Stmt::Break);
                    self.jump(if is_break { after } else { go_on }, &[]);
                    self.unreachable();
                }
            }
            Stmt::Return(e) => {
                let value = self.given_value(e);
                self.give(value, true);
                self.unreachable();
            }
        }
    }
}
