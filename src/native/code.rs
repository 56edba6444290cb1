//! Typed code: a function or a loop in which the type of every variable and of every value is known.
//!
//! It is what `program/islands/lower` makes of a script's tree, and what `native/compile` makes machine code of. It knows neither side.
//!
//! Code has no effect outside until it ends: it gives a value, or it *gives up*, and then nothing has happened. A loop that gives up
//! restores the variables and lists to what they were when its last pass began, so the interpreter goes on with that pass.

/// The type of a variable or a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Ty {
    Int,
    Float,
    Bool,
    /// Rhai's `()`.
    Unit,
    /// A list whose items all have this type.
    List(Item),
    /// A list of such lists, which may differ in length.
    Rows(Item),
    /// The type of code that does not reach its end: it returns, jumps or gives up.
    Never,
}

/// The type of a list's items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Item {
    Int,
    Float,
    Bool,
}

/// The index of a variable in [`Function::vars`] or [`Loop::vars`].
pub(crate) type Var = usize;

/// The number that the compiler has given a function.
pub(crate) type FunctionId = usize;

/// A line and column of the script (each 16 bits, line first); 0 if it is not known.
pub(crate) type Place = u32;

/// Operators whose sides have the same type. Integer operators give up on overflow; `Div` and `Rem` of integers also if the
/// right side is 0 or -1. Floats compare with a relative epsilon. Shifts are Rhai's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Op {
    Add,
    Sub,
    Mul,
    Div,
    Rem,
    Pow,
    Shl,
    Shr,
    And,
    Or,
    Xor,
    Lt,
    Le,
    Gt,
    Ge,
    Eq,
    Ne,
    /// Of floats: the left side if it is at most the right one, else the right side.
    Min,
    /// Of floats: the left side if it is at least the right one, else the right side.
    Max,
}

/// Functions of one number. `Abs` takes and gives an integer or a float, the others a float.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Math {
    Abs,
    /// Gives up below 0.
    Sqrt,
    Floor,
    Ceiling,
    /// To the nearest whole number, halves to the even one.
    Nearest,
    Sin,
    Cos,
    Tan,
    Exp,
    /// The natural logarithm; gives up at 0 and below.
    Ln,
    Log10,
}

/// A list that code reads or writes.
#[derive(Debug, Clone)]
pub(crate) enum ListRef {
    /// A variable of type [`Ty::List`].
    Var(Var),
    /// An item of a variable of type [`Ty::Rows`]. The index may be negative; outside of the list, the code gives up.
    Row(Var, Box<Expr>),
}

/// A list that code makes.
#[derive(Debug, Clone)]
pub(crate) enum Make {
    /// Of these items.
    Items(Vec<Expr>),
    /// Of one item, this many times; below 1, of none.
    Fill(Box<Expr>, Box<Expr>),
    /// A list of these lists.
    Rows(Vec<Expr>),
    /// The items of a list, this many times.
    Copies(Box<Expr>, Box<Expr>),
    /// The items of two lists.
    Join(Box<Expr>, Box<Expr>),
}

/// An expression.
#[derive(Debug, Clone)]
pub(crate) enum Expr {
    Int(i64),
    Float(f64),
    Bool(bool),
    Unit,
    Var(Var, Ty),
    /// Of an integer.
    ToFloat(Box<Expr>),
    /// Of a float, toward zero; gives up if it does not fit.
    ToInt(Box<Expr>),
    /// The type is that of both sides.
    Binary(Op, Ty, Box<Expr>, Box<Expr>),
    Not(Box<Expr>),
    Neg(Ty, Box<Expr>),
    /// True if all are; the first that is false ends it.
    All(Vec<Expr>),
    /// True if one is; the first that is true ends it.
    Any(Vec<Expr>),
    Call {
        function: FunctionId,
        args: Vec<Expr>,
        ty: Ty,
        place: Place,
    },
    If(Box<Expr>, Block, Block, Ty),
    Block(Block, Ty),
    /// An item of a list, by an index that may be negative. Outside of the list, the code gives up.
    Item(ListRef, Box<Expr>, Item),
    Len(ListRef),
    /// A list in a variable of type [`Ty::Rows`], as a value.
    Row(Var, Box<Expr>, Item),
    /// A list that is made in this variable, which has no other use.
    Make(Var, Make, Ty),
    /// The number of lists in a variable of type [`Ty::Rows`].
    RowCount(Var),
    Math(Math, Ty, Box<Expr>),
    /// The next random number of the process, at least 0.0 and below 1.0.
    Random,
    /// Gives up.
    GiveUp,
}

/// Statements in order, and the value of the last one if it is wanted.
#[derive(Debug, Clone, Default)]
pub(crate) struct Block {
    pub body: Vec<Stmt>,
    pub value: Option<Box<Expr>>,
}

/// A statement.
#[derive(Debug, Clone)]
pub(crate) enum Stmt {
    /// Assigns to a variable, or begins it. A list is copied; code does not assign to one that it was given.
    Set(Var, Expr),
    /// Assigns to an item: list, index, value, evaluated in this order. The index may be negative; outside of the list, the code gives up.
    Store(ListRef, Expr, Expr),
    /// Appends to a list.
    Push(Var, Expr),
    /// Appends a list to a list of lists.
    PushRow(Var, Expr),
    /// Evaluates an expression for its effect.
    Do(Expr),
    /// Without a condition, until something ends it.
    While(Option<Expr>, Block, Place),
    /// A loop over a range of integers that is evaluated once. Assigning to `var` does not steer it.
    For {
        var: Var,
        /// Counts the passes from 0.
        counter: Option<Var>,
        from: Expr,
        until: Expr,
        including: bool,
        /// Evaluated once, after `until`; at 0 the code gives up.
        step: Expr,
        body: Block,
        place: Place,
    },
    /// A loop over the items of a list variable as they are when the loop begins. The body does not write to that list.
    ForItems {
        var: Var,
        counter: Option<Var>,
        list: Var,
        body: Block,
        place: Place,
    },
    Break,
    Continue,
    Return(Expr),
}

/// A function for one set of argument types. Of a list that it is given and writes to, it has a copy.
#[derive(Debug, Clone)]
pub(crate) struct Function {
    /// The types of all variables.
    pub vars: Vec<Ty>,
    /// Those that are parameters, in order.
    pub params: Vec<Var>,
    pub body: Block,
    pub ret: Ty,
}

/// A loop whose variables from outside are parameters, and get their values back when it ends or gives up.
#[derive(Debug, Clone)]
pub(crate) struct Loop {
    /// The types of all variables.
    pub vars: Vec<Ty>,
    /// Those from outside, in order. They do not include the loop's own variable and counter.
    pub params: Vec<Var>,
    pub over: Over,
    pub body: Block,
    /// The type of what `return` in it returns; [`Ty::Never`] if it has none.
    pub ret: Ty,
    pub place: Place,
}

/// What a [`Loop`] goes over.
#[derive(Debug, Clone)]
pub(crate) enum Over {
    /// A condition before each pass; none for `loop`.
    While(Option<Expr>),
    /// Numbers: where it goes on, by which step, and how many passes are left is given at each entry, as a `Progress`.
    Numbers { var: Var, counter: Option<Var> },
    /// The items of a list that is one of the parameters and that the body does not write to. Where it goes on is given at each entry.
    Items {
        var: Var,
        counter: Option<Var>,
        list: Var,
    },
}

impl Op {
    /// Returns whether the result is a truth value.
    pub(crate) fn compares(self) -> bool {
        matches!(
            self,
            Self::Lt | Self::Le | Self::Gt | Self::Ge | Self::Eq | Self::Ne
        )
    }
}

impl Item {
    pub(crate) fn ty(self) -> Ty {
        match self {
            Self::Int => Ty::Int,
            Self::Float => Ty::Float,
            Self::Bool => Ty::Bool,
        }
    }
}

impl Expr {
    /// Returns whether its value is a list that nobody else has.
    pub(crate) fn is_fresh(&self) -> bool {
        match self {
            Self::Make(..) | Self::Call { .. } => true,
            Self::Block(block, _) => block.value.as_ref().is_some_and(|value| value.is_fresh()),
            _ => false,
        }
    }

    /// Returns the type of its value.
    pub(crate) fn ty(&self) -> Ty {
        match self {
            Self::Int(_) | Self::Len(_) | Self::RowCount(_) | Self::ToInt(_) => Ty::Int,
            Self::Float(_) | Self::ToFloat(_) | Self::Random => Ty::Float,
            Self::Bool(_) | Self::Not(_) | Self::All(_) | Self::Any(_) => Ty::Bool,
            Self::Unit => Ty::Unit,
            Self::Item(_, _, item) => item.ty(),
            Self::Row(_, _, item) => Ty::List(*item),
            Self::Binary(op, ..) if op.compares() => Ty::Bool,
            Self::Var(_, ty)
            | Self::Binary(_, ty, ..)
            | Self::Neg(ty, _)
            | Self::Call { ty, .. }
            | Self::If(_, _, _, ty)
            | Self::Block(_, ty)
            | Self::Make(_, _, ty)
            | Self::Math(_, ty, _) => *ty,
            Self::GiveUp => Ty::Never,
        }
    }
}
