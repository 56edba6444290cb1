//! Going one way or another by a truth value.

use cranelift_codegen::ir::{self, InstBuilder};

use super::emitter::{BOOL, Emitter, Label};
use crate::native::code::{Expr, Ty};

impl Emitter<'_> {
    /// Goes on at `yes` or at `no`.
    pub(super) fn branch(&mut self, condition: &Expr, yes: Label, no: Label) {
        match condition {
            Expr::All(parts) => {
                for part in parts {
                    let next = self.b.create_block();
                    self.branch(part, next, no);
                    self.begin(next);
                }
                self.jump(yes, &[]);
            }
            Expr::Any(parts) => {
                for part in parts {
                    let next = self.b.create_block();
                    self.branch(part, yes, next);
                    self.begin(next);
                }
                self.jump(no, &[]);
            }
            Expr::Not(part) => self.branch(part, no, yes),
            Expr::Bool(truth) => self.jump(if *truth { yes } else { no }, &[]),
            Expr::Binary(op, Ty::Float, left, right) if op.compares() => {
                self.branch_floats(*op, left, right, yes, no);
            }
            _ => {
                let value = self.value(condition, BOOL);
                self.b.ins().brif(value, yes, &[], no, &[]);
            }
        }
    }

    /// The value of a condition that has parts.
    pub(super) fn truth(&mut self, condition: &Expr) -> ir::Value {
        let (yes, no) = (self.b.create_block(), self.b.create_block());
        let after = self.b.create_block();
        let result = self.b.append_block_param(after, BOOL);
        self.branch(condition, yes, no);
        for (label, truth) in [(yes, true), (no, false)] {
            self.begin(label);
            let truth = self.bool(truth);
            self.jump(after, &[truth.into()]);
        }
        self.begin(after);
        result
    }
}
