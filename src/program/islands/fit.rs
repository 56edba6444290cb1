//! Whether a tree may become machine code, as far as that shows before any type is known.

use rhai::{ASTFlags, Expr, FnCallExpr, Position, Stmt, Token};

use super::numeric::{self, Numeric};
use super::unfit::{Fits, unfit};
use crate::program::rewriting::lending;
use crate::program::with_block;

/// The cost of entering an inner loop for the interpreter, in nodes.
const ENTERING: u32 = 30;

/// Looks at trees for one program.
#[derive(Clone, Copy)]
pub(super) struct Fitting<'k> {
    /// Whether the program has a function of this name.
    pub knows: &'k dyn Fn(&str) -> bool,
}

impl Fitting<'_> {
    /// Returns about how many nodes are visited to run the statements.
    ///
    /// # Errors
    /// They do not fit.
    pub(super) fn statements(self, all: &[Stmt]) -> Fits<u32> {
        sum(all.iter().map(|statement| self.statement(statement)))
    }

    fn statement(self, statement: &Stmt) -> Fits<u32> {
        let inside = match statement {
            Stmt::Noop(_) | Stmt::Return(None, ..) | Stmt::BreakLoop(None, ..) => Ok(0),
            Stmt::Var(var, flags, pos) => match flags.contains(ASTFlags::EXPORTED) {
                true => unfit("exports a variable", *pos),
                false => self.expr(&var.1),
            },
            Stmt::Assignment(assignment) => {
                let sides = &assignment.1;
                sum([self.expr(&sides.lhs), self.expr(&sides.rhs)])
            }
            Stmt::If(flow, _) => sum([
                self.expr(&flow.expr),
                self.statements(flow.body.statements()),
                self.statements(flow.branch.statements()),
            ]),
            Stmt::While(..) | Stmt::For(..) => self.a_loop(statement),
            Stmt::Return(Some(value), ..) | Stmt::BreakLoop(Some(value), ..) => self.expr(value),
            Stmt::Expr(expr) => self.expr(expr),
            Stmt::FnCall(call, pos) => self.call(call, *pos),
            Stmt::Block(block) => self.statements(block.statements()),
            Stmt::Switch(_, pos) => unfit("uses switch", *pos),
            Stmt::Do(.., pos) => unfit("uses do", *pos),
            Stmt::TryCatch(_, pos) => unfit("catches errors", *pos),
            Stmt::Import(_, pos) | Stmt::Export(_, pos) => unfit("imports or exports", *pos),
            Stmt::Share(..) => unfit(
                "has a closure that captures a variable",
                statement.position(),
            ),
            _ => unfit("uses a statement of another kind", statement.position()),
        };
        Ok(inside?.saturating_add(1))
    }

    /// Returns the weight of a loop inside of something else, without its passes, which are counted when it runs.
    fn a_loop(self, statement: &Stmt) -> Fits<u32> {
        let over = match statement {
            Stmt::For(parts, _) => self.expr(&parts.2.expr)?,
            _ => 0,
        };
        self.pass(statement)?;
        Ok(over.saturating_add(ENTERING))
    }

    /// Returns the weight of one pass of a loop. What a `for` loop goes through is not part of it.
    pub(super) fn pass(self, statement: &Stmt) -> Fits<u32> {
        let (condition, body) = match statement {
            Stmt::While(flow, _) => (self.expr(&flow.expr)?, &flow.body),
            Stmt::For(parts, _) => (1, &parts.2.body),
            other => return unfit("is no loop", other.position()),
        };
        Ok(self
            .statements(body.statements())?
            .saturating_add(condition + 1))
    }

    pub(super) fn expr(self, expr: &Expr) -> Fits<u32> {
        let inside = match expr {
            Expr::IntegerConstant(..)
            | Expr::FloatConstant(..)
            | Expr::BoolConstant(..)
            | Expr::Unit(_) => Ok(0),
            Expr::Variable(name, _, pos) => match name.2.is_empty() {
                true => Ok(0),
                false => unfit(format!("uses '{}' of a module", name.1), *pos),
            },
            Expr::And(all, _) | Expr::Or(all, _) => sum(all.iter().map(|expr| self.expr(expr))),
            Expr::FnCall(call, pos) => self.call(call, *pos),
            Expr::Stmt(block) => self.statements(block.statements()),
            Expr::Index(sides, ..) => sum([self.expr(&sides.lhs), self.index(&sides.rhs)]),
            Expr::Dot(sides, ..) => match (&sides.lhs, &sides.rhs) {
                (Expr::Variable(name, ..), Expr::MethodCall(call, _))
                    if name.1 == "math"
                        && numeric::of_math(&call.name, call.args.len()).is_some() =>
                {
                    let args = sum(call.args.iter().map(|arg| self.expr(arg)))?;
                    Ok(args.saturating_add(4))
                }
                (Expr::Variable(name, ..), Expr::Property(property, _))
                    if name.1 == "math" && numeric::math_constant(&property.2).is_some() =>
                {
                    Ok(1)
                }
                _ => sum([self.expr(&sides.lhs), self.link(&sides.rhs)]),
            },
            Expr::StringConstant(..) | Expr::CharConstant(..) | Expr::InterpolatedString(..) => {
                unfit("uses a string", expr.position())
            }
            Expr::Array(items, pos) => match items.is_empty() || items.iter().any(is_computed) {
                true => sum(items.iter().map(|item| self.expr(item))),
                false => unfit("makes a list of nothing but variables", *pos),
            },
            Expr::Map(..) => unfit("makes a dict", expr.position()),
            Expr::ThisPtr(pos) => unfit("uses 'this'", *pos),
            Expr::Custom(_, pos) => match with_block::of(expr) {
                Some(_) => unfit("uses with", *pos),
                None => match lending::inside(expr) {
                    Some(call) => self.expr(call),
                    None => Ok(ENTERING),
                },
            },
            _ => unfit("uses an expression of another kind", expr.position()),
        };
        Ok(inside?.saturating_add(1))
    }

    /// Weighs an index between brackets, and perhaps the methods after them.
    fn index(self, expr: &Expr) -> Fits<u32> {
        match expr {
            Expr::Dot(sides, ..) => sum([self.index(&sides.lhs), self.link(&sides.rhs)]),
            _ => self.expr(expr),
        }
    }

    /// Weighs the method or property after a dot.
    fn link(self, expr: &Expr) -> Fits<u32> {
        match expr {
            Expr::MethodCall(call, pos) => {
                let args = sum(call.args.iter().map(|arg| self.expr(arg)))?;
                match numeric::of(&call.name, call.args.len() + 1) {
                    Some(_) => Ok(args.saturating_add(4)),
                    None => no_native(&call.name, *pos),
                }
            }
            Expr::Property(property, _) if property.2 == "len" => Ok(4),
            Expr::Property(property, pos) => {
                unfit(format!("uses the property '{}'", property.2), *pos)
            }
            other => unfit(
                "uses a method or property of another kind",
                other.position(),
            ),
        }
    }

    fn call(self, call: &FnCallExpr, pos: Position) -> Fits<u32> {
        if call.is_qualified() {
            return unfit(format!("calls '{}' of a module", call.name), pos);
        }
        if call.capture_parent_scope {
            return unfit("passes its variables to a function", pos);
        }
        let args = sum(call.args.iter().map(|arg| self.expr(arg)))?;
        if let Some(operator) = &call.op_token {
            return match operator {
                Token::In | Token::NotIn => unfit("uses 'in'", pos),
                _ => Ok(args),
            };
        }
        match numeric::of(&call.name, call.args.len()) {
            Some(Numeric::Random) | None if !(self.knows)(&call.name) => no_native(&call.name, pos),
            Some(_) if !(self.knows)(&call.name) => Ok(args.saturating_add(ENTERING)),
            // A function of the script.
            _ => Ok(args.saturating_add(2 * ENTERING)),
        }
    }
}

/// Returns whether an item of a list is a number by what it looks like. Lists of other things are left to quicker ways of interpreting.
fn is_computed(item: &Expr) -> bool {
    match item {
        Expr::Array(items, _) => items.is_empty() || items.iter().any(is_computed),
        Expr::Variable(name, ..) => matches!(name.1.as_str(), "True" | "False"),
        Expr::Index(..) => false,
        _ => true,
    }
}

fn no_native(name: &str, pos: Position) -> Fits<u32> {
    if name.starts_with("anon$") {
        return unfit("makes a closure", pos);
    }
    if name == "contains" {
        return unfit("uses 'in' or 'contains'", pos);
    }
    unfit(
        format!("calls '{name}', which is not a numeric function"),
        pos,
    )
}

fn sum(all: impl IntoIterator<Item = Fits<u32>>) -> Fits<u32> {
    all.into_iter()
        .try_fold(0_u32, |sum, one| Ok(sum.saturating_add(one?)))
}
