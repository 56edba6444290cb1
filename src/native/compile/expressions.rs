//! Values of expressions.

use cranelift_codegen::ir::condcodes::FloatCC;
use cranelift_codegen::ir::{self, InstBuilder, Type};

use super::emitter::{BOOL, Emitter, FLOAT, INT, machine_type};
use crate::native::code::{Block, Expr, Ty};

impl Emitter<'_> {
    /// The value of an expression that has one of this type, unless it is never reached.
    pub(super) fn value(&mut self, e: &Expr, ty: Type) -> ir::Value {
        match self.expr(e) {
            Some(value) if self.b.func.dfg.value_type(value) == ty => value,
            _ => self.zero(ty),
        }
    }

    /// Evaluates an expression. `()` and what is never reached have no value.
    pub(super) fn expr(&mut self, e: &Expr) -> Option<ir::Value> {
        Some(match e {
            Expr::Int(number) => self.int(*number),
            Expr::Float(number) => self.float(*number),
            Expr::Bool(truth) => self.bool(*truth),
            Expr::Unit => return None,
            Expr::Var(var, ty) => {
                machine_type(*ty)?;
                self.get(*var)
            }
            Expr::ToFloat(e) => {
                let number = self.value(e, INT);
                self.b.ins().fcvt_from_sint(FLOAT, number)
            }
            Expr::ToInt(e) => self.truncated(e),
            Expr::Binary(op, Ty::Float, ..) if op.compares() => self.truth(e),
            Expr::Binary(op, Ty::Float, left, right) => self.float_operator(*op, left, right),
            Expr::Binary(op, Ty::Int, left, right) => self.int_operator(*op, left, right),
            Expr::Binary(op, ty, left, right) => self.small_operator(*op, *ty, left, right),
            Expr::Not(e) => {
                let truth = self.value(e, BOOL);
                self.b.ins().bxor_imm_u(truth, 1)
            }
            Expr::Neg(Ty::Float, e) => {
                let number = self.value(e, FLOAT);
                self.b.ins().fneg(number)
            }
            Expr::Neg(_, e) => {
                let number = self.value(e, INT);
                self.negative(number)
            }
            Expr::All(_) | Expr::Any(_) => self.truth(e),
            Expr::Call {
                function,
                args,
                ty,
                place,
            } => return self.call(*function, args, *ty, *place),
            Expr::If(condition, yes, no, ty) => return self.choice(condition, yes, no, *ty),
            Expr::Block(block, _) => return self.block(block),
            Expr::Item(list, index, item) => self.item(list, index, *item),
            Expr::Len(list) => self.len(list),
            Expr::RowCount(rows) => self.row_count(*rows),
            Expr::Row(rows, index, _) => self.row(*rows, index),
            Expr::Make(var, make, _) => self.make(*var, make),
            Expr::Math(function, Ty::Int, e) => self.int_function(*function, e),
            Expr::Math(function, _, e) => self.float_function(*function, e),
            Expr::Random => self.random(),
            Expr::GiveUp => {
                self.fail();
                return None;
            }
        })
    }

    pub(super) fn block(&mut self, block: &Block) -> Option<ir::Value> {
        self.statements(&block.body);
        block.value.as_ref().and_then(|value| self.expr(value))
    }

    fn choice(&mut self, condition: &Expr, yes: &Block, no: &Block, ty: Ty) -> Option<ir::Value> {
        let (then, otherwise) = (self.b.create_block(), self.b.create_block());
        let after = self.b.create_block();
        let ty = machine_type(ty);
        let result = ty.map(|ty| self.b.append_block_param(after, ty));
        self.branch(condition, then, otherwise);
        for (label, block) in [(then, yes), (otherwise, no)] {
            self.begin(label);
            let value = self.block(block);
            if self.b.is_unreachable() {
                self.jump(after, &[]);
                continue;
            }
            let value = ty.map(|ty| match value {
                Some(value) if self.b.func.dfg.value_type(value) == ty => value,
                _ => self.zero(ty),
            });
            self.jump(after, value.map(Into::into).as_slice());
        }
        self.begin(after);
        result
    }

    /// Toward zero. Gives up where a number does not fit, and at its edge.
    fn truncated(&mut self, e: &Expr) -> ir::Value {
        let number = self.value(e, FLOAT);
        let size = self.b.ins().fabs(number);
        let limit = self.float(9_223_372_036_854_775_808.0);
        let fits = self.b.ins().fcmp(FloatCC::LessThan, size, limit);
        self.fail_unless(fits);
        self.b.ins().fcvt_to_sint_sat(INT, number)
    }
}
