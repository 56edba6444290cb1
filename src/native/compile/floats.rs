//! Operators and functions of floats.

use cranelift_codegen::ir::condcodes::FloatCC;
use cranelift_codegen::ir::{self, InstBuilder};

use super::emitter::{Emitter, FLOAT, Label};
use crate::native::code::{Expr, Math, Op};
use crate::native::run::Helper;

/// Numbers are far apart if their distance is greater than this times the sum of their sizes and 1.
const FAR: f64 = 4.0 * f64::EPSILON;

impl Emitter<'_> {
    pub(super) fn float_operator(&mut self, op: Op, left: &Expr, right: &Expr) -> ir::Value {
        let left = self.value(left, FLOAT);
        let right = self.value(right, FLOAT);
        match op {
            Op::Add => self.b.ins().fadd(left, right),
            Op::Sub => self.b.ins().fsub(left, right),
            Op::Mul => self.b.ins().fmul(left, right),
            Op::Div => self.b.ins().fdiv(left, right),
            Op::Min | Op::Max => {
                let condition = match op {
                    Op::Min => FloatCC::LessThanOrEqual,
                    _ => FloatCC::GreaterThanOrEqual,
                };
                let is_left = self.b.ins().fcmp(condition, left, right);
                self.b.ins().select(is_left, left, right)
            }
            Op::Rem => self.help(Helper::RemFloat, &[left, right]),
            Op::Pow => self.help(Helper::PowFloat, &[left, right]),
            _ => {
                self.fail();
                self.zero(FLOAT)
            }
        }
    }

    /// Compares as scripts do: finite numbers that differ by less than an epsilon, relative to the larger one, are equal; if one of them is
    /// 0, or their product is too small, the epsilon is absolute. Numbers that are far apart compare as usual, which is found out here; a
    /// helper compares the others, infinity and what is not a number among them.
    pub(super) fn branch_floats(
        &mut self,
        op: Op,
        left: &Expr,
        right: &Expr,
        yes: Label,
        no: Label,
    ) {
        let literal = match right {
            Expr::Float(number) => Some(number.abs()),
            _ => None,
        };
        let left = self.value(left, FLOAT);
        let right = self.value(right, FLOAT);
        let limit = self.far(left, right, literal);
        let difference = self.b.ins().fsub(left, right);
        let distance = self.b.ins().fabs(difference);
        let is_far = self.b.ins().fcmp(FloatCC::GreaterThan, distance, limit);
        let (far, near) = (self.b.create_block(), self.cold());
        self.b.ins().brif(is_far, far, &[], near, &[]);
        self.begin(far);
        let (condition, helper) = match op {
            Op::Lt => (Some(FloatCC::LessThan), Helper::Lt),
            Op::Le => (Some(FloatCC::LessThan), Helper::Le),
            Op::Gt => (Some(FloatCC::GreaterThan), Helper::Gt),
            Op::Ge => (Some(FloatCC::GreaterThan), Helper::Ge),
            Op::Ne => (None, Helper::Ne),
            _ => (None, Helper::Eq),
        };
        match condition {
            Some(condition) => {
                let truth = self.b.ins().fcmp(condition, left, right);
                self.b.ins().brif(truth, yes, &[], no, &[]);
            }
            None => self.jump(if op == Op::Ne { yes } else { no }, &[]),
        }
        self.begin(near);
        let truth = self.ask(helper, &[left, right]);
        self.b.ins().brif(truth, yes, &[], no, &[]);
    }

    /// The distance beyond which two numbers are far apart. It is infinite where one of them is, so that nothing is.
    fn far(&mut self, left: ir::Value, right: ir::Value, literal: Option<f64>) -> ir::Value {
        let far = self.float(FAR);
        let size = self.b.ins().fabs(left);
        if let Some(other) = literal {
            let scaled = self.b.ins().fmul(size, far);
            let rest = self.float(FAR * (other + 1.0));
            return self.b.ins().fadd(scaled, rest);
        }
        let other = self.b.ins().fabs(right);
        let sum = self.b.ins().fadd(size, other);
        let one = self.float(1.0);
        let sum = self.b.ins().fadd(sum, one);
        self.b.ins().fmul(sum, far)
    }

    pub(super) fn float_function(&mut self, function: Math, e: &Expr) -> ir::Value {
        let number = self.value(e, FLOAT);
        match function {
            Math::Abs => self.b.ins().fabs(number),
            Math::Sqrt => {
                self.fail_if_compares(FloatCC::LessThan, number);
                self.b.ins().sqrt(number)
            }
            Math::Floor => self.b.ins().floor(number),
            Math::Ceiling => self.b.ins().ceil(number),
            Math::Nearest => self.b.ins().nearest(number),
            Math::Sin => self.help(Helper::Sin, &[number]),
            Math::Cos => self.help(Helper::Cos, &[number]),
            Math::Tan => self.help(Helper::Tan, &[number]),
            Math::Exp => self.help(Helper::Exp, &[number]),
            Math::Ln => self.logarithm(Helper::Ln, number),
            Math::Log10 => self.logarithm(Helper::Log10, number),
        }
    }

    fn logarithm(&mut self, helper: Helper, number: ir::Value) -> ir::Value {
        self.fail_if_compares(FloatCC::LessThanOrEqual, number);
        self.help(helper, &[number])
    }

    /// Gives up if the number compares with 0 so.
    fn fail_if_compares(&mut self, condition: FloatCC, number: ir::Value) {
        let zero = self.float(0.0);
        let flag = self.b.ins().fcmp(condition, number, zero);
        self.fail_if(flag);
    }
}
