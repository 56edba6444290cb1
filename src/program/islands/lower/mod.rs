//! From Rhai's tree to typed code, for given types of the arguments or of the variables outside.
//!
//! - `plan`: which functions have to be lowered for one island, and what they give
//! - `scope`: names and the variables that they mean
//! - `statements`, `loops`, `choices`: statements; `assignments`: to variables and items
//! - `expressions`, `operators`, `lists`, `calls`: expressions
//!
//! Where the types rule something out on one path only, the code gives up there. Where that would be each time, it is [`Unfit`](super::Unfit).

mod assignments;
mod calls;
mod choices;
mod expressions;
mod lists;
mod loops;
mod operators;
mod plan;
mod scope;
mod statements;

use rhai::{ImmutableString, Position, ScriptFuncDef, Shared};

pub(crate) use plan::{Compiled, Known, Plan};

use super::unfit::{Fits, unfit};
use crate::native::code::{Block, Expr, Item, Loop, Place, Stmt, Ty, Var};
use scope::Named;

/// What lowering has to know of the program.
pub(crate) trait Surroundings {
    /// Returns the type of a variable outside of the loop, and whether it is a constant. The error names the type it has instead.
    fn variable(&self, name: &str) -> Option<Result<(Ty, bool), String>>;

    /// Returns the script's function of this name that a call would find.
    fn function(&self, name: &str, params: usize) -> Option<Shared<ScriptFuncDef>>;

    /// Returns whether the script or the host has a function that takes the place of a native of this name, called with so many arguments.
    fn hides(&self, name: &str, args: usize) -> bool;

    /// Returns whether this name, if it is no variable, means the value that it usually means.
    fn is_global(&self, name: &str) -> bool;
}

/// A loop as typed code.
#[derive(Debug)]
pub(crate) struct LoweredLoop {
    pub code: Loop,
    /// The names of its parameters; of the list that it goes through, an empty one.
    pub names: Vec<ImmutableString>,
    /// The types of its parameters.
    pub types: Vec<Ty>,
    /// The parameters that it writes to.
    pub written: Vec<bool>,
}

/// Lowers the body of one function or loop.
struct Lower<'l, 'w> {
    plan: &'l mut Plan<'w>,
    /// The types of all variables.
    vars: Vec<Ty>,
    /// Which of them are written to.
    written: Vec<bool>,
    /// Names in reach, the newest last.
    names: Vec<Named>,
    /// Of a loop: the variables outside of it.
    outer: Vec<Named>,
    is_loop: bool,
    /// What it returns, as far as that is known.
    ret: Ty,
    /// How many loops are around the statement.
    loops: usize,
}

/// What became of a statement.
enum Done {
    /// Its value, if that was wanted; else `Unit`.
    Value(Expr),
    /// What follows is not reached.
    Never,
}

impl<'l, 'w> Lower<'l, 'w> {
    fn new(plan: &'l mut Plan<'w>, is_loop: bool) -> Self {
        Self {
            plan,
            vars: Vec::new(),
            written: Vec::new(),
            names: Vec::new(),
            outer: Vec::new(),
            is_loop,
            ret: Ty::Never,
            loops: usize::from(is_loop),
        }
    }

    /// Lowers statements of a block of their own.
    fn block(&mut self, statements: &[rhai::Stmt], want: bool) -> Fits<(Block, Ty)> {
        let names = self.names.len();
        let mut body = Vec::new();
        let mut last = Done::Value(Expr::Unit);
        for (place, statement) in statements.iter().enumerate() {
            let want = want && place + 1 == statements.len();
            last = self.statement(statement, &mut body, want)?;
            if matches!(last, Done::Never) {
                break;
            }
        }
        self.names.truncate(names);
        Ok(match last {
            Done::Never => (Block { body, value: None }, Ty::Never),
            Done::Value(value) if want => {
                let ty = value.ty();
                let value = Some(Box::new(value));
                (Block { body, value }, ty)
            }
            Done::Value(_) => (Block { body, value: None }, Ty::Unit),
        })
    }

    /// Notes what the function or loop returns. Returns false if it returns something else elsewhere.
    fn returns(&mut self, ty: Ty) -> bool {
        if self.ret == Ty::Never {
            self.ret = ty;
        }
        self.ret == ty
    }
}

/// A value, or the end of the path that would have given it.
fn done(value: Expr, to: &mut Vec<Stmt>, want: bool) -> Done {
    if value.ty() == Ty::Never {
        to.push(Stmt::Do(value));
        return Done::Never;
    }
    if want {
        return Done::Value(value);
    }
    if !is_plain(&value) {
        to.push(Stmt::Do(value));
    }
    Done::Value(Expr::Unit)
}

/// Gives up at this point.
fn give_up(to: &mut Vec<Stmt>) -> Done {
    to.push(Stmt::Do(Expr::GiveUp));
    Done::Never
}

/// Whether evaluating it neither does anything nor can fail.
fn is_plain(value: &Expr) -> bool {
    matches!(
        value,
        Expr::Int(_) | Expr::Float(_) | Expr::Bool(_) | Expr::Unit | Expr::Var(..)
    )
}

/// The type of a list's items.
fn item_of(ty: Ty) -> Option<Item> {
    match ty {
        Ty::Int => Some(Item::Int),
        Ty::Float => Some(Item::Float),
        Ty::Bool => Some(Item::Bool),
        _ => None,
    }
}

fn is_number(ty: Ty) -> bool {
    matches!(ty, Ty::Int | Ty::Float | Ty::Bool)
}

/// A position as code notes it.
fn place(position: Position) -> Place {
    let part = |part: Option<usize>| part.and_then(|part| u16::try_from(part).ok()).unwrap_or(0);
    Place::from(part(position.line())) << 16 | Place::from(part(position.position()))
}

/// Returns the position that code has noted.
pub(crate) fn position(place: Place) -> Position {
    let (line, column) = ((place >> 16) as u16, (place & 0xffff) as u16);
    match line {
        0 => Position::NONE,
        _ => Position::new(line, column),
    }
}

/// What a type is called in reasons.
fn name_of(ty: Ty) -> &'static str {
    match ty {
        Ty::Int => "an integer",
        Ty::Float => "a float",
        Ty::Bool => "a truth value",
        Ty::Unit => "None",
        Ty::List(_) => "a list",
        Ty::Rows(_) => "a list of lists",
        Ty::Never => "nothing",
    }
}

/// The error for a variable that code cannot have.
fn no_variable<T>(name: &str, position: Position) -> Fits<T> {
    unfit(
        format!("uses '{name}', which is not a variable of its own"),
        position,
    )
}

/// The index of a new variable.
impl Lower<'_, '_> {
    fn temporary(&mut self, ty: Ty) -> Var {
        self.vars.push(ty);
        self.written.push(false);
        self.vars.len() - 1
    }

    /// Keeps a value until it is used, so that it is evaluated now.
    fn keep(&mut self, value: Expr, to: &mut Vec<Stmt>) -> Expr {
        if matches!(value, Expr::Int(_) | Expr::Float(_) | Expr::Bool(_)) {
            return value;
        }
        let ty = value.ty();
        let var = self.temporary(ty);
        to.push(Stmt::Set(var, value));
        Expr::Var(var, ty)
    }
}
