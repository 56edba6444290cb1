//! Running the statements of shortcuts.

use std::ops::RangeInclusive;

use rhai::{Array, BinaryExpr, Dynamic, EvalAltResult, Expr, Position, Stmt, StmtBlock};

use super::expressions::{constant, put_args, put_key};
use super::node::{Assign, Block, For, Items, Op, SetItem, Step};
use super::operators;
use super::run::{Run, Seen};
use crate::script::exceptions::Failure;
use crate::script::values::writable;

/// How a statement has ended.
pub(super) enum Flow {
    /// The next one follows; this was its value.
    On(Dynamic),
    Continue,
    Break(Dynamic),
    Return(Dynamic),
}

type Ended = Result<Flow, Failure>;

impl Run<'_, '_, '_, '_, '_, '_, '_> {
    pub(super) fn block(&mut self, block: &Block) -> Ended {
        let ended = self.lines(block);
        for place in block.places.clone() {
            self.stack[self.base + place] = Dynamic::UNIT;
        }
        ended
    }

    /// As [`block`](Self::block), but its variables keep their values.
    pub(super) fn lines(&mut self, block: &Block) -> Ended {
        let mut value = Dynamic::UNIT;
        for line in &block.lines {
            match self.line(&line.step, line.at)? {
                Flow::On(next) => value = next,
                other => return Ok(other),
            }
        }
        Ok(Flow::On(value))
    }

    fn line(&mut self, step: &Step, place: Position) -> Ended {
        self.step(place)?;
        match step {
            Step::Value(node) => return Ok(Flow::On(self.unshared(node)?)),
            Step::Let(variable, node) => {
                let value = self.unshared(node)?;
                self.stack[self.base + variable] = writable(value);
            }
            Step::Assign(assign) => self.assign(assign)?,
            Step::SetItem(set) => self.set_item(set)?,
            Step::If(choice) => {
                return match self.truth(&choice.condition)? {
                    true => self.block(&choice.then),
                    false => self.block(&choice.otherwise),
                };
            }
            Step::While(repeated) => loop {
                if let Some(condition) = &repeated.condition
                    && !self.truth(condition)?
                {
                    break;
                }
                self.step(place)?;
                match pass(self.block(&repeated.body))? {
                    None => (),
                    Some(Flow::Break(value)) => return Ok(Flow::On(value)),
                    Some(flow) => return Ok(flow),
                }
            },
            Step::For(repeated) => return self.repeat(repeated),
            Step::Block(block) => return self.block(block),
            Step::With(with) => return self.with(&with.items, &with.body),
            Step::Return(node) => return Ok(Flow::Return(self.optional(node.as_ref())?)),
            Step::Break(node) => return Ok(Flow::Break(self.optional(node.as_ref())?)),
            Step::Continue => return Ok(Flow::Continue),
        }
        Ok(Flow::On(Dynamic::UNIT))
    }

    fn optional(&mut self, node: Option<&super::node::Node>) -> Result<Dynamic, Failure> {
        node.map_or(Ok(Dynamic::UNIT), |node| self.value(node))
    }

    fn repeat(&mut self, repeated: &For) -> Ended {
        match &repeated.items {
            Items::Range(from, to, is_inclusive) => {
                let (from, to) = (self.value(from)?, self.value(to)?);
                match (from.as_int(), to.as_int()) {
                    (Ok(from), Ok(to)) => {
                        let numbers = range(from, to, *is_inclusive).map(Dynamic::from_int);
                        self.passes(repeated, numbers)
                    }
                    _ => self.ask_to_repeat(repeated, [from, to]),
                }
            }
            Items::Of(node) => {
                let items = self.unshared(node)?;
                if let Some(items) = items.read_lock::<std::ops::Range<i64>>() {
                    let numbers = items.clone().map(Dynamic::from_int);
                    return self.passes(repeated, numbers);
                }
                match items.try_cast_result::<Array>() {
                    Ok(items) => {
                        let items = items.into_iter().map(Dynamic::flatten);
                        self.passes(repeated, items.map(writable))
                    }
                    Err(items) => self.ask_to_repeat(repeated, [items, Dynamic::UNIT]),
                }
            }
        }
    }

    fn passes(&mut self, repeated: &For, items: impl Iterator<Item = Dynamic>) -> Ended {
        self.stack[self.base + repeated.place] = Dynamic::UNIT;
        let mut ended = Ok(Flow::On(Dynamic::UNIT));
        for item in items {
            let variable = &mut self.stack[self.base + repeated.place];
            match variable.is_shared() {
                false => *variable = item,
                // A closure has it.
                true => {
                    if let Some(mut cell) = variable.write_lock::<Dynamic>() {
                        *cell = item;
                    }
                }
            }
            // A body without a line is a step too, or nothing could stop the loop.
            let done = match repeated.body.lines.is_empty() {
                true => self.step(repeated.at).map(|()| None),
                false => pass(self.block(&repeated.body)),
            };
            match done {
                Ok(None) => (),
                Ok(Some(Flow::Break(value))) => {
                    ended = Ok(Flow::On(value));
                    break;
                }
                Ok(Some(flow)) => {
                    ended = Ok(flow);
                    break;
                }
                Err(error) => {
                    ended = Err(error);
                    break;
                }
            }
        }
        self.stack[self.base + repeated.place] = Dynamic::UNIT;
        ended
    }

    /// Lets Rhai repeat the body for what only it can go through.
    fn ask_to_repeat(&mut self, repeated: &For, values: [Dynamic; 2]) -> Ended {
        let mut whole = repeated.whole.expr.clone();
        if let Expr::Stmt(block) = &mut whole
            && let [Stmt::For(parts, _)] = &mut block.statements_mut()[..]
        {
            let items = &mut parts.2.expr;
            let [first, second] = values;
            match repeated.items {
                Items::Range(..) => put_args(items, vec![first, second]),
                Items::Of(_) => *items = constant(first, items.start_position()),
            }
        }
        self.ask_for(&whole, &repeated.whole.names).map(Flow::On)
    }

    fn assign(&mut self, assign: &Assign) -> Result<(), Failure> {
        let value = self.unshared(&assign.value)?;
        self.step(assign.local.at)?;
        let seen = self.see(&assign.local)?;
        let variable = self.variable(&assign.local);
        if variable.is_read_only() {
            return self.ask_to_assign(assign, value);
        }
        let done = match (seen, assign.op) {
            (Seen::Plain, None) => {
                *variable = writable(value);
                return Ok(());
            }
            (Seen::Plain, Some(op)) => operators::assign(op, variable, &value),
            (_, op) => match (variable.write_lock::<Dynamic>(), op) {
                (None, _) => false,
                (Some(mut cell), None) => {
                    *cell = writable(value);
                    return Ok(());
                }
                (Some(mut cell), Some(op)) => operators::assign(op, &mut cell, &value),
            },
        };
        match done {
            true => Ok(()),
            false => self.ask_to_assign(assign, value),
        }
    }

    fn ask_to_assign(&mut self, assign: &Assign, value: Dynamic) -> Result<(), Failure> {
        let sides = BinaryExpr {
            lhs: assign.target.clone(),
            rhs: constant(value, assign.how.position()),
        };
        let local = &assign.local;
        let names = [(local.name.clone(), local.place)];
        self.ask_statement(
            Stmt::Assignment(Box::new((assign.how.clone(), sides))),
            &names,
        )
    }

    fn set_item(&mut self, set: &SetItem) -> Result<(), Failure> {
        let value = self.unshared(&set.value)?;
        let key = self.unshared(&set.item.key)?;
        let seen = self.see(&set.item.local)?;
        let variable = self.variable(&set.item.local);
        let is_usual = matches!(seen, Seen::Plain) && !variable.is_read_only();
        if is_usual && put(variable, &key, set.op, &value) {
            return Ok(());
        }
        let mut target = set.item.whole.expr.clone();
        put_key(&mut target, key);
        let sides = BinaryExpr {
            lhs: target,
            rhs: constant(value, set.how.position()),
        };
        let names = &set.item.whole.names;
        self.ask_statement(Stmt::Assignment(Box::new((set.how.clone(), sides))), names)
    }

    fn ask_statement(
        &mut self,
        statement: Stmt,
        names: &[(rhai::ImmutableString, usize)],
    ) -> Result<(), Failure> {
        let at = statement.position();
        let block = StmtBlock::new([statement], at, Position::NONE);
        self.ask_for(&Expr::Stmt(block.into()), names).map(drop)
    }
}

/// Puts a value into a list or dict, if that is usual.
fn put(variable: &mut Dynamic, key: &Dynamic, op: Option<Op>, value: &Dynamic) -> bool {
    if key.is_int() {
        if !variable.is_array() {
            return false;
        }
        let (Ok(index), Ok(mut items)) = (key.as_int(), variable.as_array_mut()) else {
            return false;
        };
        let index = usize::try_from(index).ok();
        let Some(item) = index.and_then(|index| items.get_mut(index)) else {
            return false;
        };
        return replace(item, op, value);
    }
    if !(key.is_string() && variable.is_map()) {
        return false;
    }
    let (Ok(key), Ok(mut entries)) = (key.as_immutable_string_ref(), variable.as_map_mut()) else {
        return false;
    };
    match (entries.get_mut(key.as_str()), op) {
        (Some(entry), op) => replace(entry, op, value),
        (None, None) => {
            entries.insert(key.as_str().into(), value.clone());
            true
        }
        (None, Some(_)) => false,
    }
}

fn replace(place: &mut Dynamic, op: Option<Op>, value: &Dynamic) -> bool {
    match op {
        _ if place.is_shared() || place.is_read_only() => false,
        None => {
            *place = value.clone();
            true
        }
        Some(op) => operators::assign(op, place, value),
    }
}

/// Returns how the loop ends after a pass; `None` if it goes on.
fn pass(ended: Ended) -> Result<Option<Flow>, Failure> {
    match ended {
        Ok(Flow::On(_) | Flow::Continue) => Ok(None),
        Ok(flow) => Ok(Some(flow)),
        // From a part that Rhai has run.
        Err(error) => match *error {
            EvalAltResult::LoopBreak(false, ..) => Ok(None),
            EvalAltResult::LoopBreak(true, value, _) => Ok(Some(Flow::Break(value))),
            other => Err(other.into()),
        },
    }
}

/// Returns the numbers of `from..to`, or `from..=to`.
fn range(from: i64, to: i64, is_inclusive: bool) -> RangeInclusive<i64> {
    match (is_inclusive, to.checked_sub(1)) {
        (true, _) => from..=to,
        (false, Some(last)) => from..=last,
        // An empty one.
        (false, None) => RangeInclusive::new(1, 0),
    }
}
