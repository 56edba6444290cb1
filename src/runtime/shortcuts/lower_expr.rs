//! Rhai's tree of a function or a loop as a tree of shortcuts: expressions.

use std::sync::OnceLock;

use rhai::{ASTFlags, Dynamic, Expr, FnCallExpr, Position, Stmt, Token};

use super::by_name::{Lowered, Refused};
use super::known::Known;
use super::lower::Lowering;
use super::node::{Binary, Call, Item, Method, Node};
use super::operators::op_of;

/// The most arguments of a call that is made here.
pub(super) const MOST_ARGS: usize = 3;

/// The functions that Rhai runs itself, or whose result it uses further.
const RHAIS: [&str; 9] = [
    "Fn",
    "call",
    "curry",
    "debug",
    "is_def_fn",
    "is_shared",
    "print",
    "type_of",
    "import",
];

impl Lowering<'_> {
    pub(super) fn node(&mut self, expr: &Expr) -> Lowered<Node> {
        if let Some(value) = constant(expr) {
            return Ok(Node::Constant(value));
        }
        if let Some(local) = self.local(expr) {
            return Ok(Node::Local(local));
        }
        if let Some(item) = self.item(expr)? {
            return Ok(Node::Item(Box::new(item)));
        }
        match expr {
            Expr::ThisPtr(_) => Err(Refused),
            Expr::FnCall(call, at) if call.namespace.is_empty() => self.call(expr, call, *at),
            Expr::Dot(sides, options, _) if !options.contains(ASTFlags::NEGATED) => {
                match (self.local(&sides.lhs), &sides.rhs) {
                    (Some(local), Expr::MethodCall(call, at)) if may_be_called(call) => {
                        Ok(Node::Method(Box::new(Method {
                            local,
                            name: call.name.clone(),
                            args: self.nodes(&call.args)?,
                            at: *at,
                            whole: self.asked(expr)?,
                            known: Known::default(),
                        })))
                    }
                    _ => self.rhai(expr),
                }
            }
            Expr::And(all, _) => Ok(Node::And(self.conditions(all)?)),
            Expr::Or(all, _) => Ok(Node::Or(self.conditions(all)?)),
            Expr::Array(items, _) => Ok(Node::List(self.nodes(items)?)),
            Expr::Stmt(block) => match block.statements() {
                [Stmt::Share(shared), Stmt::Expr(rest)] => {
                    let mut locals = Vec::new();
                    for (name, _) in shared.iter() {
                        let Some(place) = self.find(&name.name) else {
                            return Err(Refused);
                        };
                        locals.push(super::node::Local {
                            place,
                            name: name.name.clone(),
                            at: name.pos,
                        });
                    }
                    let rest = self.asked(rest)?;
                    Ok(Node::Closure(locals.into(), Box::new(rest)))
                }
                _ => self.rhai(expr),
            },
            _ => self.rhai(expr),
        }
    }

    /// Returns a condition. One that is never a truth value is left to Rhai.
    pub(super) fn condition(&mut self, expr: &Expr) -> Lowered<Node> {
        match self.node(expr)? {
            Node::Constant(value) if !value.is_bool() => self.rhai_condition(expr),
            Node::List(_) | Node::Closure(..) => self.rhai_condition(expr),
            node => Ok(node),
        }
    }

    fn rhai_condition(&mut self, expr: &Expr) -> Lowered<Node> {
        let both = Expr::And(
            Box::new([expr.clone()].into_iter().collect()),
            expr.position(),
        );
        self.rhai(&both)
    }

    fn rhai(&mut self, expr: &Expr) -> Lowered<Node> {
        Ok(Node::Rhai(Box::new(self.asked(expr)?)))
    }

    fn nodes(&mut self, exprs: &[Expr]) -> Lowered<Box<[Node]>> {
        exprs.iter().map(|expr| self.node(expr)).collect()
    }

    fn conditions(&mut self, exprs: &[Expr]) -> Lowered<Box<[Node]>> {
        exprs.iter().map(|expr| self.condition(expr)).collect()
    }

    fn call(&mut self, expr: &Expr, call: &FnCallExpr, at: Position) -> Lowered<Node> {
        match (&call.op_token, &*call.args) {
            (Some(token), [left, right]) => Ok(Node::Binary(Box::new(Binary {
                op: op_of(token),
                left: self.node(left)?,
                right: self.node(right)?,
                whole: self.asked(expr)?,
                known: Known::default(),
            }))),
            (Some(Token::Bang), [value]) => {
                let value = self.node(value)?;
                Ok(Node::Not(Box::new((value, self.asked(expr)?))))
            }
            (None, args) if may_be_called(call) => Ok(Node::Call(Box::new(Call {
                name: call.name.clone(),
                args: self.nodes(args)?,
                at,
                whole: self.asked(expr)?,
                known: Known::default(),
                function: OnceLock::new(),
            }))),
            _ => self.rhai(expr),
        }
    }

    /// Returns `local[key]` or `local.key`.
    pub(super) fn item(&mut self, expr: &Expr) -> Lowered<Option<Item>> {
        let (sides, key) = match expr {
            Expr::Index(sides, options, _) if !options.contains(ASTFlags::NEGATED) => {
                let goes_on = matches!(sides.rhs, Expr::Index(..) | Expr::Dot(..));
                if goes_on && !options.contains(ASTFlags::BREAK) {
                    return Ok(None);
                }
                (sides, None)
            }
            Expr::Dot(sides, options, _) if !options.contains(ASTFlags::NEGATED) => {
                match &sides.rhs {
                    Expr::Property(names, _) => (sides, Some(names.2.clone())),
                    _ => return Ok(None),
                }
            }
            _ => return Ok(None),
        };
        let Some(local) = self.local(&sides.lhs) else {
            return Ok(None);
        };
        let key = match key {
            Some(name) => Node::Constant(name.into()),
            None => self.node(&sides.rhs)?,
        };
        let whole = self.asked(expr)?;
        Ok(Some(Item { local, key, whole }))
    }
}

fn may_be_called(call: &FnCallExpr) -> bool {
    call.args.len() <= MOST_ARGS && !RHAIS.contains(&call.name.as_str())
}

/// Returns the value of an expression that has always the same one.
fn constant(expr: &Expr) -> Option<Dynamic> {
    Some(match expr {
        Expr::DynamicConstant(value, _) => (**value).clone(),
        Expr::BoolConstant(value, _) => (*value).into(),
        Expr::IntegerConstant(value, _) => (*value).into(),
        Expr::FloatConstant(value, _) => (**value).into(),
        Expr::CharConstant(value, _) => (*value).into(),
        Expr::StringConstant(value, _) => value.clone().into(),
        Expr::Unit(_) => Dynamic::UNIT,
        _ => return None,
    })
}
