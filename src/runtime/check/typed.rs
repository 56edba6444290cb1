//! Methods of variables whose class is certain: wherever a text declares the name, it is what the same constructor returns, and nobody assigns to it.

use std::collections::{HashMap, HashSet};

use rhai::{AST, ASTNode, BinaryExpr, Expr, FnCallExpr, ImmutableString, Position, Stmt};

use super::uses::{Arguments, arguments};
use crate::program::with_block;

/// A call of a method of such a variable.
#[derive(Debug)]
pub(super) struct Method {
    pub variable: ImmutableString,
    /// The constructor of its class as it is written: `Queue`, `threading.Lock`.
    pub constructor: String,
    pub name: ImmutableString,
    pub call: Arguments,
    pub at: Position,
}

/// Returns the calls of methods of such variables. The tree has to be as the parser made it.
pub(super) fn methods_in(ast: &AST) -> Vec<Method> {
    let mut seen = Seen::default();
    for (.., function) in ast.shared_lib().iter_script_fn_info() {
        // A closure gets what it captures as parameters.
        function
            .params
            .iter()
            .for_each(|name| seen.declare(name, None));
    }
    ast.walk(&mut |path| {
        match path.last() {
            Some(ASTNode::Stmt(statement)) => seen.statement(statement),
            Some(ASTNode::Expr(expr)) => seen.expression(expr),
            _ => (),
        }
        true
    });
    let Seen {
        constructors,
        replaced,
        calls,
    } = seen;
    let calls = calls.into_iter().filter_map(|(variable, name, call, at)| {
        let constructor = constructors.get(&variable)?.clone()?;
        let is_replaced = replaced.contains(&name);
        (!is_replaced).then_some(Method {
            variable,
            constructor,
            name,
            call,
            at,
        })
    });
    calls.collect()
}

/// A call as it is seen: the variable, the method, the arguments, the place.
type Call = (ImmutableString, ImmutableString, Arguments, Position);

#[derive(Default)]
struct Seen {
    /// The constructors of variables; `None` for names that may be something else.
    constructors: HashMap<ImmutableString, Option<String>>,
    /// The names of attributes that the script sets: a function may be one.
    replaced: HashSet<ImmutableString>,
    calls: Vec<Call>,
}

impl Seen {
    fn declare(&mut self, name: &ImmutableString, constructor: Option<String>) {
        let known = self.constructors.entry(name.clone());
        let known = known.or_insert_with(|| constructor.clone());
        if *known != constructor {
            *known = None;
        }
    }

    fn statement(&mut self, statement: &Stmt) {
        match statement {
            Stmt::Var(parts, ..) => self.declare(&parts.0.name, constructor(&parts.1)),
            Stmt::For(parts, _) => {
                let counter = parts.1.as_ref().map(|counter| &counter.name);
                let names = [Some(&parts.0.name), counter].into_iter().flatten();
                names.for_each(|name| self.declare(name, None));
            }
            Stmt::TryCatch(flow, _) => {
                if let Expr::Variable(parts, ..) = &flow.expr {
                    self.declare(&parts.1, None);
                }
            }
            Stmt::Assignment(parts) => self.assigned(&parts.1.lhs),
            Stmt::Import(parts, _) => self.declare(&parts.1.name, None),
            _ => (),
        }
    }

    fn assigned(&mut self, to: &Expr) {
        match to {
            Expr::Variable(parts, ..) => self.declare(&parts.1, None),
            Expr::Property(parts, _) => {
                self.replaced.insert(parts.2.clone());
            }
            Expr::Dot(sides, ..) | Expr::Index(sides, ..) => self.assigned_inside(&sides.rhs),
            _ => (),
        }
    }

    /// What is behind the first dot: the last name is assigned to.
    fn assigned_inside(&mut self, rest: &Expr) {
        match rest {
            Expr::Variable(..) => (),
            other => self.assigned(other),
        }
    }

    fn expression(&mut self, expr: &Expr) {
        match expr {
            Expr::Custom(..) => {
                let names = with_block::declared_by(expr);
                names.iter().for_each(|name| self.declare(name, None));
            }
            Expr::Dot(sides, ..) => self.chain(sides),
            _ => (),
        }
    }

    fn chain(&mut self, sides: &BinaryExpr) {
        let Expr::Variable(variable, ..) = &sides.lhs else {
            return;
        };
        let first = match &sides.rhs {
            Expr::Dot(rest, ..) | Expr::Index(rest, ..) => &rest.lhs,
            only => only,
        };
        if let (Expr::MethodCall(call, at), true) = (first, variable.2.is_empty()) {
            let method = (variable.1.clone(), call.name.clone(), arguments(call), *at);
            self.calls.push(method);
        }
    }
}

/// Returns the constructor that an expression calls, as it is written. A call with a `url` returns another class.
fn constructor(expr: &Expr) -> Option<String> {
    let (module, call) = match expr {
        Expr::FnCall(call, _) if !call.is_qualified() => (None, call),
        Expr::Dot(sides, ..) => match (&sides.lhs, &sides.rhs) {
            (Expr::Variable(module, ..), Expr::MethodCall(call, _)) => (Some(&module.1), call),
            _ => return None,
        },
        _ => return None,
    };
    let is_class = call.name.starts_with(|c: char| c.is_ascii_uppercase());
    if !is_class || is_elsewhere(call) {
        return None;
    }
    Some(match module {
        Some(module) => format!("{module}.{}", call.name),
        None => call.name.to_string(),
    })
}

fn is_elsewhere(call: &FnCallExpr) -> bool {
    let keys = arguments(call).keys.unwrap_or_default();
    keys.iter().any(|(key, _)| key == "url")
}
