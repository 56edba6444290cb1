//! Functions of the script module `math`. Where one has no value, the code gives up, and the interpreter raises the error.

use rhai::{Expr as Tree, FnCallExpr, Position};

use super::lowering::{Lower, name_of};
use crate::native::code::{Block, Expr, Math, Op, Stmt, Ty};
use crate::program::islands::numeric::{self, Numeric};
use crate::program::islands::unfit::{Fits, unfit};

impl Lower<'_, '_> {
    /// Returns whether an expression is the script module.
    pub(super) fn is_math(&mut self, expr: &Tree) -> Fits<bool> {
        let Tree::Variable(variable, _, at) = expr else {
            return Ok(false);
        };
        let is_module = variable.1 == "math" && self.find("math", *at)?.is_none();
        Ok(is_module && self.plan.world.is_global("math"))
    }

    /// `math.sqrt(x)`.
    pub(super) fn math(&mut self, call: &FnCallExpr, pos: Position) -> Fits<Expr> {
        let name = &call.name;
        let found = numeric::of_math(name, call.args.len());
        let (Some(numeric), [arg]) = (found, &*call.args) else {
            let text = format!("calls 'math.{name}', which machine code does not have");
            return unfit(text, pos);
        };
        let arg = self.expr(arg)?;
        let x = match arg.ty() {
            Ty::Never => return Ok(Expr::GiveUp),
            Ty::Int | Ty::Float => Self::as_float(arg),
            ty => return unfit(format!("calls 'math.{name}' with {}", name_of(ty)), pos),
        };
        let of = |math, x: &Expr| Expr::Math(math, Ty::Float, x.clone().into());
        let compare =
            |op, a: Expr, b: f64| Expr::Binary(op, Ty::Float, a.into(), Expr::Float(b).into());
        let mut body = Vec::new();
        let x = self.keep(x, &mut body);
        let is_finite = |x: &Expr| compare(Op::Le, of(Math::Abs, x), f64::MAX);
        let (holds, value) = match numeric {
            Numeric::Abs => return Ok(with(body, of(Math::Abs, &x))),
            Numeric::Floor => return Ok(with(body, Expr::ToInt(of(Math::Floor, &x).into()))),
            Numeric::Ceiling => return Ok(with(body, Expr::ToInt(of(Math::Ceiling, &x).into()))),
            Numeric::Sqrt => (compare(Op::Ge, x.clone(), 0.0), of(Math::Sqrt, &x)),
            Numeric::Ln => (compare(Op::Gt, x.clone(), 0.0), of(Math::Ln, &x)),
            Numeric::Log10 => (compare(Op::Gt, x.clone(), 0.0), of(Math::Log10, &x)),
            Numeric::Exp => {
                let value = self.keep(of(Math::Exp, &x), &mut body);
                (compare(Op::Le, value.clone(), f64::MAX), value)
            }
            Numeric::Sin => (is_finite(&x), of(Math::Sin, &x)),
            Numeric::Cos => (is_finite(&x), of(Math::Cos, &x)),
            _ => (is_finite(&x), of(Math::Tan, &x)),
        };
        let yes = Block {
            body: Vec::new(),
            value: Some(value.into()),
        };
        let no = Block {
            body: vec![Stmt::Do(Expr::GiveUp)],
            value: None,
        };
        Ok(with(body, Expr::If(holds.into(), yes, no, Ty::Float)))
    }

    /// `math.pi`.
    pub(super) fn math_constant(&self, name: &str, pos: Position) -> Fits<Expr> {
        match numeric::math_constant(name) {
            Some(number) => Ok(Expr::Float(number)),
            None => unfit(format!("uses 'math.{name}'"), pos),
        }
    }
}

/// Returns a value before which statements are run.
fn with(body: Vec<Stmt>, value: Expr) -> Expr {
    let ty = value.ty();
    let value = Some(Box::new(value));
    Expr::Block(Block { body, value }, ty)
}
