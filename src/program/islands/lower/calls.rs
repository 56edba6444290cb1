//! Calls: of operators, of natives, and of the script's own functions.

use std::f64::consts;

use rhai::{Expr as Tree, FnCallExpr, Position};

use super::effects::writes;
use super::lowering::{Lower, is_list, name_of, place};
use super::operators::{binary, op_of, unary};
use crate::native::code::{Block, Expr, Math, Op, Ty};
use crate::program::islands::numeric::{self, Numeric};
use crate::program::islands::unfit::{Fits, unfit};

impl Lower<'_, '_> {
    pub(super) fn call(&mut self, call: &FnCallExpr, pos: Position) -> Fits<Expr> {
        if call.is_qualified() || call.capture_parent_scope {
            return unfit(format!("calls '{}' of a module", call.name), pos);
        }
        if let Some(token) = &call.op_token {
            return match &*call.args {
                [side] => unary(token, self.expr(side)?, pos),
                [left, right] => {
                    let Some(op) = op_of(token) else {
                        return unfit("uses an operator of another kind", pos);
                    };
                    let (left, right) = (self.expr(left)?, self.expr(right)?);
                    match self.list_operator(op, &left, &right, pos)? {
                        Some(list) => Ok(list),
                        None => binary(op, left, right, pos),
                    }
                }
                _ => unfit("uses an operator of another kind", pos),
            };
        }
        let (name, count) = (&call.name, call.args.len());
        if let Some(function) = self.plan.world.function(name, count) {
            let args = self.arguments(&call.args)?;
            if args.iter().any(|arg| arg.ty() == Ty::Never) {
                return Ok(Expr::GiveUp);
            }
            let types: Vec<Ty> = args.iter().map(Expr::ty).collect();
            let (function, ty) = self.plan.function(&function, &types, pos)?;
            // While nobody knows what it gives, what comes of that decides nothing.
            return Ok(match (function, ty) {
                (_, Ty::Never) | (None, _) => Expr::GiveUp,
                (Some(function), ty) => Expr::Call {
                    function,
                    args,
                    ty,
                    place: place(pos),
                },
            });
        }
        let found = numeric::of(name, count).filter(|_| !self.plan.world.hides(name));
        match found {
            None | Some(Numeric::Random) => unfit(
                format!("calls '{name}', which is not a numeric function"),
                pos,
            ),
            Some(Numeric::Len) => self.length(&call.args[0], pos),
            Some(Numeric::Range) => unfit("makes a range", pos),
            Some(Numeric::Append) => unfit(format!("calls '{name}' as a function"), pos),
            Some(numeric) => {
                let args: Vec<&Tree> = call.args.iter().collect();
                self.native(numeric, name, &args, pos)
            }
        }
    }

    /// Arguments of a function, of which Rhai reads the first one last if it is a variable.
    fn arguments(&mut self, args: &[Tree]) -> Fits<Vec<Expr>> {
        let args = args.iter().map(|arg| self.expr(arg));
        let args: Vec<Expr> = args.collect::<Fits<_>>()?;
        // A list is passed as it is when the function begins.
        let is_list = |arg: &Expr| is_list(arg.ty());
        let first = args.iter().position(is_list).unwrap_or(args.len());
        let first = match args.first() {
            Some(Expr::Var(..)) => 0,
            _ => first,
        };
        if args.iter().skip(first + 1).any(writes) {
            return unfit(
                "assigns to variables between the arguments of a call",
                Position::NONE,
            );
        }
        Ok(args.into_iter().map(|arg| self.settled(arg)).collect())
    }

    /// A native of numbers.
    pub(super) fn native(
        &mut self,
        numeric: Numeric,
        name: &str,
        args: &[&Tree],
        pos: Position,
    ) -> Fits<Expr> {
        match numeric {
            Numeric::Pi => return Ok(Expr::Float(consts::PI)),
            Numeric::E => return Ok(Expr::Float(consts::E)),
            _ => {}
        }
        let args = args.iter().map(|arg| self.expr(arg));
        let mut args: Vec<Expr> = args.collect::<Fits<_>>()?;
        if args.iter().any(|arg| arg.ty() == Ty::Never) {
            return Ok(Expr::GiveUp);
        }
        let second = (args.len() == 2).then(|| args.pop()).flatten();
        let Some(first) = args.pop() else {
            return unfit(format!("calls '{name}' without arguments"), pos);
        };
        let (ty, other) = (first.ty(), second.as_ref().map(Expr::ty));
        let of_float = |math| Ok(Expr::Math(math, Ty::Float, first.clone().into()));
        match (numeric, ty, other) {
            (Numeric::Abs, Ty::Int | Ty::Float, None) => {
                Ok(Expr::Math(Math::Abs, ty, first.into()))
            }
            (Numeric::Sqrt, Ty::Float, None) => of_float(Math::Sqrt),
            (Numeric::Floor, Ty::Float, None) => of_float(Math::Floor),
            (Numeric::Ceiling, Ty::Float, None) => of_float(Math::Ceiling),
            (Numeric::Sin, Ty::Float, None) => of_float(Math::Sin),
            (Numeric::Cos, Ty::Float, None) => of_float(Math::Cos),
            (Numeric::Tan, Ty::Float, None) => of_float(Math::Tan),
            (Numeric::Exp, Ty::Float, None) => of_float(Math::Exp),
            (Numeric::Ln, Ty::Float, None) => of_float(Math::Ln),
            (Numeric::Log10, Ty::Float, None) => of_float(Math::Log10),
            (Numeric::Round, Ty::Float, None) => {
                let nearest = Expr::Math(Math::Nearest, Ty::Float, first.into());
                Ok(Expr::ToInt(nearest.into()))
            }
            (Numeric::ToInt, Ty::Float, None) => Ok(Expr::ToInt(first.into())),
            (Numeric::ToFloat, Ty::Int, None) => Ok(Expr::ToFloat(first.into())),
            (Numeric::ToInt | Numeric::Round, Ty::Int, None) if name != "to_int" => Ok(first),
            (Numeric::ToFloat, Ty::Float, None) if name != "to_float" => Ok(first),
            (Numeric::Pow, Ty::Int, Some(Ty::Int)) => match second {
                Some(second) => binary(Op::Pow, first, second, pos),
                None => Ok(Expr::GiveUp),
            },
            (Numeric::Min | Numeric::Max, Ty::Float, Some(Ty::Float)) => match second {
                Some(second) if numeric == Numeric::Min => binary(Op::Min, first, second, pos),
                Some(second) => binary(Op::Max, first, second, pos),
                None => Ok(Expr::GiveUp),
            },
            (Numeric::Min, Ty::Int, Some(Ty::Int)) => Ok(self.one_of(Op::Le, first, second)),
            (Numeric::Max, Ty::Int, Some(Ty::Int)) => Ok(self.one_of(Op::Ge, first, second)),
            _ => unfit(format!("calls '{name}' with {}", name_of(ty)), pos),
        }
    }

    /// The first value if the comparison holds, else the second.
    fn one_of(&mut self, op: Op, first: Expr, second: Option<Expr>) -> Expr {
        let Some(second) = second else {
            return Expr::GiveUp;
        };
        let ty = first.ty();
        let mut body = Vec::new();
        let first = self.keep(first, &mut body);
        let second = self.keep(second, &mut body);
        let value = |value: &Expr| Block {
            body: Vec::new(),
            value: Some(Box::new(value.clone())),
        };
        let (yes, no) = (value(&first), value(&second));
        let holds = Expr::Binary(op, ty, first.into(), second.into());
        let value = Some(Box::new(Expr::If(holds.into(), yes, no, ty)));
        Expr::Block(Block { body, value }, ty)
    }
}
