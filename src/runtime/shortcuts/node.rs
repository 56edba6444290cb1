//! The trees of shortcuts: functions and loops as they are run by [`Run`](super::run::Run).
//!
//! Each node that may meet something unusual keeps the part of Rhai's tree that it was made from.

use std::ops::Range;
use std::sync::{OnceLock, Weak};

use rhai::{Dynamic, Expr, FnCallExpr, ImmutableString, OpAssignment, Position};

use super::known::{Among, Known};

/// A function's body or a loop, with a place for each of its variables.
pub(super) struct Code {
    /// The variables that are there at the beginning, with their places: the parameters, or what a loop names of its surroundings.
    pub given: Box<[(ImmutableString, usize)]>,
    /// Other names in it, which are none of its variables.
    pub foreign: Box<[ImmutableString]>,
    pub body: Block,
    /// How many places its variables take.
    pub places: usize,
}

pub(super) struct Block {
    pub lines: Box<[Line]>,
    /// The places of the variables that end with it.
    pub places: Range<usize>,
}

pub(super) struct Line {
    pub step: Step,
    pub at: Position,
}

pub(super) enum Step {
    Value(Node),
    Let(usize, Node),
    Assign(Box<Assign>),
    SetItem(Box<SetItem>),
    If(Box<If>),
    While(Box<While>),
    For(Box<For>),
    Block(Block),
    With(Box<With>),
    Return(Option<Node>),
    Break(Option<Node>),
    Continue,
}

/// `local = value`, `local += value`.
pub(super) struct Assign {
    pub local: Local,
    /// The operator of `+=`.
    pub op: Option<Op>,
    pub value: Node,
    /// Rhai's own form of the assignment.
    pub how: OpAssignment,
    pub target: Expr,
}

/// `local[key] = value`, `local.key += value`.
pub(super) struct SetItem {
    pub item: Item,
    pub op: Option<Op>,
    pub value: Node,
    pub how: OpAssignment,
}

pub(super) struct If {
    pub condition: Node,
    pub then: Block,
    pub otherwise: Block,
}

/// A loop without a condition is one that is always true.
pub(super) struct While {
    pub condition: Option<Node>,
    pub body: Block,
}

pub(super) struct For {
    pub place: usize,
    pub items: Items,
    pub body: Block,
    /// Where the body is.
    pub at: Position,
    /// The loop without what it goes through, for iterators of other types.
    pub whole: Asked,
}

/// `with a, b as c { … }`
pub(super) struct With {
    pub items: Box<[Held]>,
    pub body: Block,
}

/// An item of a `with`.
pub(super) struct Held {
    pub manager: Node,
    /// The variable that it is entered as.
    pub place: Option<usize>,
    pub at: Position,
}

pub(super) enum Items {
    /// `from..to`, where the second may be included.
    Range(Node, Node, bool),
    Of(Node),
}

/// An expression.
pub(super) enum Node {
    Constant(Dynamic),
    Local(Local),
    Binary(Box<Binary>),
    Not(Box<(Node, Asked)>),
    And(Box<[Node]>),
    Or(Box<[Node]>),
    Item(Box<Item>),
    Method(Box<Method>),
    Call(Box<Call>),
    List(Box<[Node]>),
    /// A closure: the variables that it shares, and the rest.
    Closure(Box<[Local]>, Box<Asked>),
    /// Anything else.
    Rhai(Box<Asked>),
}

/// A part of Rhai's tree that Rhai evaluates, and the variables that it names.
pub(super) struct Asked {
    pub expr: Expr,
    pub names: Box<[(ImmutableString, usize)]>,
}

/// A variable of the code.
#[derive(Clone)]
pub(super) struct Local {
    pub place: usize,
    pub name: ImmutableString,
    pub at: Position,
}

pub(super) struct Binary {
    pub op: Op,
    pub left: Node,
    pub right: Node,
    pub whole: Asked,
    pub known: Known,
}

/// `local[key]`, `local.key`.
pub(super) struct Item {
    pub local: Local,
    pub key: Node,
    pub whole: Asked,
}

/// `local.name(args)`.
pub(super) struct Method {
    pub local: Local,
    pub name: ImmutableString,
    pub args: Box<[Node]>,
    pub at: Position,
    pub whole: Asked,
    pub known: Known,
}

/// `name(args)`.
pub(super) struct Call {
    pub name: ImmutableString,
    pub args: Box<[Node]>,
    pub at: Position,
    pub whole: Asked,
    pub known: Known,
    pub function: OnceLock<Function>,
}

/// The meaning of a call's name.
pub(super) enum Function {
    /// A function of the script that is run here.
    Ours(Callee),
    /// A function of the script that Rhai runs.
    Rhais,
    /// No function of the script, in these libraries.
    None(Among),
}

/// A function of the script.
pub(super) struct Callee {
    /// The functions that were there when it was found.
    pub among: Among,
    /// The name of its source.
    pub source: Option<ImmutableString>,
    pub code: Weak<Code>,
}

/// The operators that are known here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Op {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    /// Any other.
    Other,
}

/// Returns the call inside an expression that is one.
pub(super) fn call_of(expr: &Expr) -> Option<(&FnCallExpr, Position)> {
    match expr {
        Expr::FnCall(call, at) | Expr::MethodCall(call, at) => Some((call, *at)),
        _ => None,
    }
}
