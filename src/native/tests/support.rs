//! Short ways to write typed code, and a world for it to run in.

use crate::native::code::{
    Block, Expr, Function, FunctionId, Item, ListRef, Loop, Op, Over, Stmt, Ty, Var,
};
use crate::native::{Entry, Exit, Machine, Outside, Progress, Value};

/// A world that counts what it is asked.
#[derive(Debug, Default)]
pub(super) struct World {
    /// Answers that the next questions get; afterwards nobody must stop.
    pub stops: Vec<bool>,
    pub asked: usize,
    /// The random words are 0, 1, 2 and so on, shifted so that each gives another number.
    pub drawn: u64,
    pub items_max: Option<usize>,
}

impl Outside for World {
    fn must_stop(&mut self) -> bool {
        self.asked += 1;
        !self.stops.is_empty() && self.stops.remove(0)
    }

    fn draw(&mut self, words: &mut [u64]) {
        for word in words {
            *word = self.drawn << 40;
            self.drawn += 1;
        }
    }

    fn put_back(&mut self, words: &[u64]) {
        for word in words.iter().rev() {
            self.drawn -= 1;
            assert_eq!(*word, self.drawn << 40, "words are put back in order");
        }
    }

    fn may_grow(&mut self, items: usize) -> bool {
        self.items_max.is_none_or(|max| items <= max)
    }
}

/// The number that a random word of the world becomes.
pub(super) fn unit(word: u64) -> f64 {
    ((word << 40) >> 11) as f64 / (1_u64 << 53) as f64
}

pub(super) fn int(number: i64) -> Expr {
    Expr::Int(number)
}

pub(super) fn float(number: f64) -> Expr {
    Expr::Float(number)
}

pub(super) fn var(index: Var) -> Expr {
    Expr::Var(index, Ty::Int)
}

pub(super) fn fvar(index: Var) -> Expr {
    Expr::Var(index, Ty::Float)
}

/// An operator of integers.
pub(super) fn op(op: Op, left: Expr, right: Expr) -> Expr {
    Expr::Binary(op, Ty::Int, left.into(), right.into())
}

pub(super) fn add(left: Expr, right: Expr) -> Expr {
    op(Op::Add, left, right)
}

pub(super) fn when(condition: Expr, yes: Vec<Stmt>) -> Stmt {
    Stmt::Do(Expr::If(
        condition.into(),
        block(yes),
        Block::default(),
        Ty::Unit,
    ))
}

pub(super) fn block(body: Vec<Stmt>) -> Block {
    Block { body, value: None }
}

pub(super) fn item(list: Var, index: Expr, item: Item) -> Expr {
    Expr::Item(ListRef::Var(list), index.into(), item)
}

pub(super) fn for_range(var: Var, from: Expr, until: Expr, step: Expr, body: Vec<Stmt>) -> Stmt {
    Stmt::For {
        var,
        counter: None,
        from,
        until,
        including: false,
        step,
        body: block(body),
        place: 7,
    }
}

pub(super) fn call(function: FunctionId, args: Vec<Expr>) -> Expr {
    Expr::Call {
        function,
        args,
        ty: Ty::Int,
        place: 9,
    }
}

/// A function whose first variables are its parameters.
pub(super) fn function(vars: &[Ty], params: usize, body: Vec<Stmt>, value: Expr) -> Function {
    Function {
        vars: vars.to_vec(),
        params: (0..params).collect(),
        ret: value.ty(),
        body: Block {
            body,
            value: Some(value.into()),
        },
    }
}

/// A loop whose first variables are its parameters.
pub(super) fn looping(vars: &[Ty], params: usize, over: Over, body: Vec<Stmt>) -> Loop {
    Loop {
        vars: vars.to_vec(),
        params: (0..params).collect(),
        over,
        body: block(body),
        ret: Ty::Never,
        place: 5,
    }
}

pub(super) fn machine() -> Machine {
    Machine::new().expect("this processor is supported")
}

/// Compiles one function that calls no others, or itself as number 0.
pub(super) fn compiled(function: &Function) -> Entry {
    let mut machine = machine();
    let params: Vec<Ty> = function
        .params
        .iter()
        .map(|var| function.vars[*var])
        .collect();
    let id = machine.declare(&params, function.ret);
    machine.define(id, function).expect("it is right");
    machine.entry(id).expect("it can be entered")
}

/// What a function gives in a world where nothing happens.
pub(super) fn result(entry: &Entry, values: &[Value]) -> Exit {
    entry.call(&mut World::default(), 100, &mut values.to_vec())
}

/// Passes from a number on, by steps of 1.
pub(super) fn passes(next: i64, left: u64) -> Progress {
    Progress {
        next,
        step: 1,
        left,
        done: 0,
    }
}
