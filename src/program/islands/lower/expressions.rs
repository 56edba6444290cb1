//! Expressions.

use rhai::{ASTFlags, BinaryExpr, Expr as Tree, Position};

use super::lowering::{Lower, name_of, no_variable};
use crate::native::code::{Expr, Ty};
use crate::program::islands::numeric::{self, Numeric};
use crate::program::islands::repeated::Repeated;
use crate::program::islands::unfit::{Fits, unfit};
use crate::program::rewriting::lending;

impl Lower<'_, '_> {
    /// Lowers an expression whose value is wanted.
    pub(super) fn expr(&mut self, expr: &Tree) -> Fits<Expr> {
        match expr {
            Tree::IntegerConstant(number, _) => Ok(Expr::Int(*number)),
            Tree::FloatConstant(number, _) => Ok(Expr::Float(**number)),
            Tree::BoolConstant(value, _) => Ok(Expr::Bool(*value)),
            Tree::Unit(_) => Ok(Expr::Unit),
            Tree::Variable(variable, _, pos) => {
                if !variable.2.is_empty() {
                    return unfit(format!("uses '{}' of a module", variable.1), *pos);
                }
                self.named(&variable.1, *pos)
            }
            Tree::And(all, _) => self.truths(all).map(Expr::All),
            Tree::Or(any, _) => self.truths(any).map(Expr::Any),
            Tree::FnCall(call, pos) => self.call(call, *pos),
            Tree::Stmt(block) => {
                let (block, ty) = self.block(block.statements(), true)?;
                Ok(Expr::Block(block, ty))
            }
            Tree::Index(sides, flags, _) => self.index(sides, *flags),
            Tree::Array(items, pos) => self.array(items, *pos),
            Tree::Custom(..) => match Repeated::in_expr(expr) {
                Some(repeated) => self.expr(&repeated.0.whole),
                None => match lending::inside(expr) {
                    Some(call) => self.expr(call),
                    None => unfit("uses an expression of another kind", expr.position()),
                },
            },
            Tree::Dot(sides, flags, pos) => self.dot(sides, *flags, *pos),
            other => unfit("uses an expression of another kind", other.position()),
        }
    }

    fn named(&mut self, name: &str, pos: Position) -> Fits<Expr> {
        if let Some((found, ty)) = self.find(name, pos)? {
            return Ok(Expr::Var(found.var, ty));
        }
        match name {
            "True" | "False" if self.plan.world.is_global(name) => Ok(Expr::Bool(name == "True")),
            _ => no_variable(name, pos),
        }
    }

    fn truths(&mut self, all: &[Tree]) -> Fits<Vec<Expr>> {
        all.iter().map(|expr| self.truth(expr)).collect()
    }

    /// `value.method(…)`, `list.len`.
    fn dot(&mut self, sides: &BinaryExpr, flags: ASTFlags, pos: Position) -> Fits<Expr> {
        if flags.contains(ASTFlags::NEGATED) {
            return unfit("uses '?.'", pos);
        }
        if self.is_math(&sides.lhs)? {
            return match &sides.rhs {
                Tree::Property(property, pos) => self.math_constant(&property.2, *pos),
                Tree::MethodCall(call, pos) if !self.plan.world.hides(&call.name) => {
                    self.math(call, *pos)
                }
                other => unfit("uses a member of 'math' of another kind", other.position()),
            };
        }
        match &sides.rhs {
            Tree::Property(property, pos) if property.2 == "len" => self.length(&sides.lhs, *pos),
            Tree::MethodCall(call, pos) => {
                let found = numeric::of(&call.name, call.args.len() + 1);
                let Some(numeric) = found.filter(|_| !call.is_qualified()) else {
                    let name = &call.name;
                    return unfit(
                        format!("calls '{name}', which is not a numeric function"),
                        *pos,
                    );
                };
                if self.plan.world.hides(&call.name) {
                    return unfit(
                        format!("calls '{}', which the program defines", call.name),
                        *pos,
                    );
                }
                match numeric {
                    Numeric::Random => self.random(&sides.lhs, *pos),
                    Numeric::Len => self.length(&sides.lhs, *pos),
                    Numeric::Range => unfit("makes a range", *pos),
                    _ => {
                        let args = std::iter::once(&sides.lhs).chain(&call.args);
                        let args: Vec<&Tree> = args.collect();
                        self.native(numeric, &call.name, &args, *pos)
                    }
                }
            }
            other => unfit(
                "uses a method or property of another kind",
                other.position(),
            ),
        }
    }

    /// `random.random()`.
    fn random(&mut self, module: &Tree, pos: Position) -> Fits<Expr> {
        let Tree::Variable(variable, _, at) = module else {
            return unfit("calls 'random' of something", pos);
        };
        match self.find(&variable.1, *at)? {
            None if variable.1 == "random" && self.plan.world.is_global("random") => {
                Ok(Expr::Random)
            }
            None => no_variable(&variable.1, *at),
            Some((_, ty)) => unfit(format!("calls 'random' of {}", name_of(ty)), pos),
        }
    }

    /// A number, as a float.
    pub(super) fn as_float(value: Expr) -> Expr {
        match value.ty() {
            Ty::Int => Expr::ToFloat(value.into()),
            _ => value,
        }
    }
}
