//! Operators of integers and of truth values.

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, InstBuilder, types};

use super::emitter::{BOOL, Emitter, INT, machine_type};
use crate::native::code::{Expr, Math, Op, Ty};
use crate::native::run::Helper;

/// The condition of a comparison of integers.
fn condition(op: Op) -> IntCC {
    match op {
        Op::Lt => IntCC::SignedLessThan,
        Op::Le => IntCC::SignedLessThanOrEqual,
        Op::Gt => IntCC::SignedGreaterThan,
        Op::Ge => IntCC::SignedGreaterThanOrEqual,
        Op::Ne => IntCC::NotEqual,
        _ => IntCC::Equal,
    }
}

impl Emitter<'_> {
    pub(super) fn int_operator(&mut self, op: Op, left: &Expr, right: &Expr) -> ir::Value {
        let literal = match right {
            Expr::Int(number) => Some(*number),
            _ => None,
        };
        let left = self.value(left, INT);
        let right = self.value(right, INT);
        match op {
            Op::Add | Op::Sub if literal.is_some() => {
                let rises = (op == Op::Add) == (literal >= Some(0));
                self.moved(op, left, right, rises)
            }
            Op::Add => {
                let (sum, over) = self.b.ins().sadd_overflow(left, right);
                self.checked(sum, over)
            }
            Op::Sub => {
                let (difference, over) = self.b.ins().ssub_overflow(left, right);
                self.checked(difference, over)
            }
            Op::Mul => self.product(left, right),
            Op::Div | Op::Rem => self.quotient(op, left, right, literal),
            Op::Pow => self.power(left, right, literal),
            Op::Shl | Op::Shr => self.shift(op, left, right, literal),
            Op::And => self.b.ins().band(left, right),
            Op::Or => self.b.ins().bor(left, right),
            Op::Xor => self.b.ins().bxor(left, right),
            _ => self.b.ins().icmp(condition(op), left, right),
        }
    }

    fn checked(&mut self, result: ir::Value, over: ir::Value) -> ir::Value {
        self.fail_if(over);
        result
    }

    /// A number plus or minus a literal. That it has overflowed shows in that it has moved the wrong way, which is quicker to find out
    /// than by the processor's flag.
    fn moved(&mut self, op: Op, number: ir::Value, by: ir::Value, rises: bool) -> ir::Value {
        let moved = if op == Op::Add {
            self.b.ins().iadd(number, by)
        } else {
            self.b.ins().isub(number, by)
        };
        let wrong = if rises {
            IntCC::SignedLessThan
        } else {
            IntCC::SignedGreaterThan
        };
        let over = self.b.ins().icmp(wrong, moved, number);
        self.checked(moved, over)
    }

    fn product(&mut self, left: ir::Value, right: ir::Value) -> ir::Value {
        let (product, over) = self.b.ins().smul_overflow(left, right);
        self.checked(product, over)
    }

    pub(super) fn negative(&mut self, number: ir::Value) -> ir::Value {
        let zero = self.int(0);
        let (negative, over) = self.b.ins().ssub_overflow(zero, number);
        self.checked(negative, over)
    }

    /// Gives up if the right side is 0 or -1.
    fn quotient(
        &mut self,
        op: Op,
        left: ir::Value,
        right: ir::Value,
        literal: Option<i64>,
    ) -> ir::Value {
        match literal {
            Some(0 | -1) => {
                self.fail();
                return self.zero(INT);
            }
            Some(_) => return self.divide(op, left, right),
            None => (),
        }
        let shifted = self.b.ins().iadd_imm_s(right, 1);
        let is_odd = self
            .b
            .ins()
            .icmp_imm_u(IntCC::UnsignedLessThanOrEqual, shifted, 1);
        self.fail_if(is_odd);
        self.divide_shortly(op, left, right)
    }

    fn divide(&mut self, op: Op, left: ir::Value, right: ir::Value) -> ir::Value {
        if op == Op::Div {
            self.b.ins().sdiv(left, right)
        } else {
            self.b.ins().srem(left, right)
        }
    }

    /// Numbers of 32 bits are divided as such, which many processors do far more quickly.
    fn divide_shortly(&mut self, op: Op, left: ir::Value, right: ir::Value) -> ir::Value {
        let (short, long) = (self.b.create_block(), self.b.create_block());
        let after = self.b.create_block();
        let result = self.b.append_block_param(after, INT);
        let both = self.b.ins().bor(left, right);
        let upper = self.b.ins().ushr_imm_u(both, 32);
        self.b.ins().brif(upper, long, &[], short, &[]);
        self.begin(short);
        let a = self.b.ins().ireduce(types::I32, left);
        let b = self.b.ins().ireduce(types::I32, right);
        let number = if op == Op::Div {
            self.b.ins().udiv(a, b)
        } else {
            self.b.ins().urem(a, b)
        };
        let number = self.b.ins().uextend(INT, number);
        self.jump(after, &[number.into()]);
        self.begin(long);
        let number = self.divide(op, left, right);
        self.jump(after, &[number.into()]);
        self.begin(after);
        result
    }

    fn power(&mut self, left: ir::Value, right: ir::Value, literal: Option<i64>) -> ir::Value {
        match literal {
            Some(2) => self.product(left, left),
            Some(3) => {
                let square = self.product(left, left);
                self.product(square, left)
            }
            _ => {
                let results = self.help_all(Helper::PowInt, &[left, right]);
                self.checked(results[0], results[1])
            }
        }
    }

    /// A shift by less than 64 is the processor's. By 64 or more it leaves nothing, or the sign; by a negative number it goes the other way.
    fn shift(
        &mut self,
        op: Op,
        left: ir::Value,
        right: ir::Value,
        literal: Option<i64>,
    ) -> ir::Value {
        if literal.is_some_and(|count| (0..64).contains(&count)) {
            return self.short_shift(op, left, right);
        }
        let other = if op == Op::Shl { Op::Shr } else { Op::Shl };
        let (usual, unusual) = (self.b.create_block(), self.cold());
        let after = self.b.create_block();
        let result = self.b.append_block_param(after, INT);
        let is_usual = self.b.ins().icmp_imm_u(IntCC::UnsignedLessThan, right, 64);
        self.b.ins().brif(is_usual, usual, &[], unusual, &[]);
        self.begin(usual);
        let shifted = self.short_shift(op, left, right);
        self.jump(after, &[shifted.into()]);
        self.begin(unusual);
        let back = self.b.ins().ineg(right);
        let there = self.long_shift(op, left, right);
        let back = self.long_shift(other, left, back);
        let is_negative = self.b.ins().icmp_imm_s(IntCC::SignedLessThan, right, 0);
        let shifted = self.b.ins().select(is_negative, back, there);
        self.jump(after, &[shifted.into()]);
        self.begin(after);
        result
    }

    /// By less than 64.
    fn short_shift(&mut self, op: Op, left: ir::Value, right: ir::Value) -> ir::Value {
        if op == Op::Shl {
            self.b.ins().ishl(left, right)
        } else {
            self.b.ins().sshr(left, right)
        }
    }

    /// By any number, read as an unsigned one.
    fn long_shift(&mut self, op: Op, left: ir::Value, right: ir::Value) -> ir::Value {
        let is_short = self.b.ins().icmp_imm_u(IntCC::UnsignedLessThan, right, 64);
        let short = self.short_shift(op, left, right);
        let rest = if op == Op::Shl {
            self.int(0)
        } else {
            self.b.ins().sshr_imm_u(left, 63)
        };
        self.b.ins().select(is_short, short, rest)
    }

    /// Operators of truth values and of `()`.
    pub(super) fn small_operator(
        &mut self,
        op: Op,
        ty: Ty,
        left: &Expr,
        right: &Expr,
    ) -> ir::Value {
        if machine_type(ty).is_none() {
            self.expr(left);
            self.expr(right);
            return self.bool(op == Op::Eq);
        }
        let left = self.value(left, BOOL);
        let right = self.value(right, BOOL);
        match op {
            Op::And => self.b.ins().band(left, right),
            Op::Or => self.b.ins().bor(left, right),
            Op::Xor => self.b.ins().bxor(left, right),
            _ => self.b.ins().icmp(condition(op).unsigned(), left, right),
        }
    }

    pub(super) fn int_function(&mut self, function: Math, e: &Expr) -> ir::Value {
        let number = self.value(e, INT);
        if function != Math::Abs {
            self.fail();
            return self.zero(INT);
        }
        let negative = self.negative(number);
        self.b.ins().smax(number, negative)
    }
}
