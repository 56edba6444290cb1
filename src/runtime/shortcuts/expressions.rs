//! Evaluating the expressions of shortcuts.

use rhai::{Array, BinaryExpr, Dynamic, Expr, FnCallExpr, Position};

use super::node::{Asked, Binary, Item, Node};
use super::operators::{apply, apply_to};
use super::run::{Run, Seen, flat};
use crate::script::bind::last_resolved;
use crate::script::exceptions::Failure;

impl Run<'_, '_, '_, '_, '_, '_, '_> {
    pub(super) fn value(&mut self, node: &Node) -> Result<Dynamic, Failure> {
        match node {
            Node::Constant(value) => Ok(value.clone()),
            Node::Local(local) => self.read(local),
            Node::Binary(binary) => self.binary(binary),
            Node::Not(parts) => {
                let value = self.unshared(&parts.0)?;
                match value.as_bool() {
                    Ok(truth) => Ok((!truth).into()),
                    Err(_) => self.ask_with(&parts.1, vec![value]),
                }
            }
            Node::And(nodes) => {
                for node in nodes {
                    if !self.truth(node)? {
                        return Ok(Dynamic::FALSE);
                    }
                }
                Ok(Dynamic::TRUE)
            }
            Node::Or(nodes) => {
                for node in nodes {
                    if self.truth(node)? {
                        return Ok(Dynamic::TRUE);
                    }
                }
                Ok(Dynamic::FALSE)
            }
            Node::Item(item) => self.item(item),
            Node::Method(method) => self.method(method),
            Node::Call(call) => self.call(call),
            Node::List(nodes) => {
                let mut items = Array::with_capacity(nodes.len());
                for node in nodes {
                    items.push(self.unshared(node)?);
                }
                Ok(items.into())
            }
            Node::Closure(shared, rest) => {
                for local in shared {
                    let seen = self.see(local)?;
                    let variable = self.variable(local);
                    if matches!(seen, Seen::Plain) && !variable.is_shared() {
                        *variable = std::mem::take(variable).into_shared();
                    }
                }
                self.ask(rest)
            }
            Node::Rhai(asked) => self.ask(asked),
        }
    }

    /// Returns the value of a node out of the cell that it may share with closures.
    ///
    /// # Errors
    /// Those of the script.
    #[inline]
    pub(super) fn unshared(&mut self, node: &Node) -> Result<Dynamic, Failure> {
        self.value(node).map(flat)
    }

    /// Returns whether the value of a node can be used where it is, after what comes before each use of a variable.
    ///
    /// # Errors
    /// Those of [`see`](Self::see).
    #[inline]
    fn is_there(&mut self, node: &Node) -> Result<bool, Failure> {
        match node {
            Node::Constant(_) => Ok(true),
            Node::Local(local) => Ok(matches!(self.see(local)?, Seen::Plain)),
            _ => Ok(false),
        }
    }

    /// Returns the value of a node that [is there](Self::is_there).
    #[inline]
    fn there<'v>(&'v self, node: &'v Node) -> Option<&'v Dynamic> {
        match node {
            Node::Constant(value) => Some(value),
            Node::Local(local) => Some(&self.stack[self.base + local.place]),
            _ => None,
        }
    }

    /// Returns the truth value of a condition.
    ///
    /// # Errors
    /// It is none.
    pub(super) fn truth(&mut self, node: &Node) -> Result<bool, Failure> {
        let value = self.value(node)?;
        match value.as_bool() {
            Ok(truth) => Ok(truth),
            Err(_) => {
                let is_shared = match node {
                    Node::Local(local) => self.variable(local).is_shared(),
                    _ => false,
                };
                let value = if is_shared {
                    value.into_shared()
                } else {
                    value
                };
                // Rhai's own error, whose text it does not export.
                let condition = [constant(value, place_of(node))];
                let both = Expr::And(Box::new(condition.into_iter().collect()), Position::NONE);
                self.ask_for(&both, &[])
                    .map(|value| value.as_bool().unwrap_or(false))
            }
        }
    }

    fn binary(&mut self, binary: &Binary) -> Result<Dynamic, Failure> {
        if self.is_costly(&binary.left) || self.is_costly(&binary.right) {
            return self.ask(&binary.whole);
        }
        let is_left_there = self.is_there(&binary.left)?;
        if is_left_there
            && self.is_there(&binary.right)?
            && let (Some(left), Some(right)) = (self.there(&binary.left), self.there(&binary.right))
            && let Some(result) = apply(binary.op, left, right)
        {
            return Ok(result);
        }
        let mut left = self.unshared(&binary.left)?;
        if self.is_there(&binary.right)?
            && let Some(right) = self.there(&binary.right)
            && let Some(result) = apply_to(binary.op, &mut left, right)
        {
            return Ok(result);
        }
        let mut right = self.unshared(&binary.right)?;
        if let Some(result) = apply_to(binary.op, &mut left, &right) {
            return Ok(result);
        }
        let Some((call, place)) = super::node::call_of(&binary.whole.expr) else {
            return self.ask(&binary.whole);
        };
        let name = call.name.as_str();
        let known = &binary.known;
        if known.is_new() {
            let (result, resolved) =
                last_resolved(|| self.ask_with(&binary.whole, vec![left, right]));
            let global = self.context.global_runtime_state();
            known.note(resolved, (name, place), (2, false), global);
            return result;
        }
        let global = self.context.global_runtime_state();
        match known.ours([&left, &right].into_iter(), global) {
            Some(native) => self.native(native, (name, place), &mut [&mut left, &mut right]),
            None => self.ask_with(&binary.whole, vec![left, right]),
        }
    }

    /// Returns whether a value would be copied only to be passed on to Rhai.
    #[inline]
    fn is_costly(&self, node: &Node) -> bool {
        let Node::Local(local) = node else {
            return false;
        };
        let value = &self.stack[self.base + local.place];
        !value.is_shared() && is_collection(value)
    }

    fn item(&mut self, item: &Item) -> Result<Dynamic, Failure> {
        let key = self.unshared(&item.key)?;
        if let Seen::Plain = self.see(&item.local)?
            && let Some(found) = get(self.variable(&item.local), &key)
        {
            return Ok(found);
        }
        let mut whole = item.whole.expr.clone();
        put_key(&mut whole, key);
        self.ask_for(&whole, &item.whole.names)
    }

    /// Evaluates a call or an operator as Rhai does, with arguments that have been evaluated. They are the last ones.
    pub(super) fn ask_with(
        &mut self,
        asked: &Asked,
        values: Vec<Dynamic>,
    ) -> Result<Dynamic, Failure> {
        let mut whole = asked.expr.clone();
        put_args(&mut whole, values);
        self.ask_for(&whole, &asked.names)
    }
}

/// Returns whether a copy of a value has copies of items.
pub(super) fn is_collection(value: &Dynamic) -> bool {
    value.is_array() || value.is_map() || value.is_blob()
}

/// Returns an item of a list or an entry of a dict, if it is there.
fn get(variable: &Dynamic, key: &Dynamic) -> Option<Dynamic> {
    let found = if key.is_int() && variable.is_array() {
        let index = usize::try_from(key.as_int().ok()?).ok()?;
        variable.as_array_ref().ok()?.get(index)?.clone()
    } else if key.is_string() && variable.is_map() {
        let key = key.as_immutable_string_ref().ok()?;
        variable.as_map_ref().ok()?.get(key.as_str())?.clone()
    } else {
        return None;
    };
    (!found.is_shared()).then_some(found)
}

/// Returns an expression that has this value.
pub(super) fn constant(value: Dynamic, place: Position) -> Expr {
    Expr::DynamicConstant(Box::new(value), place)
}

/// Puts values in the place of a call's last arguments.
pub(super) fn put_args(expr: &mut Expr, values: Vec<Dynamic>) {
    let call: &mut FnCallExpr = match expr {
        Expr::FnCall(call, _) => call,
        Expr::Dot(sides, ..) => match &mut sides.rhs {
            Expr::MethodCall(call, _) => call,
            _ => return,
        },
        _ => return,
    };
    for (arg, value) in call.args.iter_mut().rev().zip(values.into_iter().rev()) {
        *arg = constant(value, arg.start_position());
    }
}

/// Puts a value in the place of the key of `local[key]`.
pub(super) fn put_key(expr: &mut Expr, key: Dynamic) {
    if let Expr::Index(sides, ..) = expr {
        let BinaryExpr { rhs, .. } = &mut **sides;
        *rhs = constant(key, rhs.start_position());
    }
}

/// Returns where an expression is, for an error about its value.
fn place_of(node: &Node) -> Position {
    match node {
        Node::Local(local) => local.at,
        Node::Binary(binary) => binary.whole.expr.position(),
        Node::Not(parts) => parts.1.expr.position(),
        Node::Item(item) => item.whole.expr.position(),
        Node::Method(method) => method.whole.expr.position(),
        Node::Call(call) => call.at,
        Node::Rhai(asked) => asked.expr.position(),
        _ => Position::NONE,
    }
}
