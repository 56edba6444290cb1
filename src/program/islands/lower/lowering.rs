//! The state of lowering one function or loop, blocks, and what all parts of it need.

use rhai::Position;

use super::named::Named;
use super::plan::Plan;
use crate::native::code::{Block, Expr, Item, Place, Stmt, Ty, Var};
use crate::program::islands::unfit::{Fits, unfit};

/// Lowers the body of one function or loop.
pub(super) struct Lower<'l, 'w> {
    pub(super) plan: &'l mut Plan<'w>,
    /// The types of all variables.
    pub(super) vars: Vec<Ty>,
    /// Which of them are written to.
    pub(super) written: Vec<bool>,
    /// Names in reach, the newest last.
    pub(super) names: Vec<Named>,
    /// Of a loop: the variables outside of it.
    pub(super) outer: Vec<Named>,
    pub(super) is_loop: bool,
    /// The number of this lowering, which stays when it is repeated.
    pub(super) number: usize,
    /// Variables that began as empty lists, and where those are.
    pub(super) empties: Vec<(Var, Place)>,
    /// An empty list that was returned.
    pub(super) returned_empty: Option<Var>,
    /// The type that it returns, as far as that is known.
    pub(super) ret: Ty,
    /// How many loops are around the statement.
    pub(super) loops: usize,
}

/// The result of lowering a statement.
pub(super) enum Done {
    /// Its value, if that was wanted; else `Unit`.
    Value(Expr),
    /// The statements after it are not reached.
    Never,
}

impl<'l, 'w> Lower<'l, 'w> {
    pub(super) fn new(plan: &'l mut Plan<'w>, is_loop: bool, number: usize) -> Self {
        Self {
            plan,
            vars: Vec::new(),
            written: Vec::new(),
            names: Vec::new(),
            outer: Vec::new(),
            is_loop,
            number,
            empties: Vec::new(),
            returned_empty: None,
            ret: Ty::Never,
            loops: usize::from(is_loop),
        }
    }

    /// Lowers statements of a block of their own.
    pub(super) fn block(&mut self, statements: &[rhai::Stmt], want: bool) -> Fits<(Block, Ty)> {
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
    pub(super) fn returns(&mut self, ty: Ty) -> bool {
        if self.ret == Ty::Never {
            self.ret = ty;
        }
        self.ret == ty
    }
}

/// A value, or the end of the path that would have given it.
pub(super) fn done(value: Expr, to: &mut Vec<Stmt>, want: bool) -> Done {
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
pub(super) fn give_up(to: &mut Vec<Stmt>) -> Done {
    to.push(Stmt::Do(Expr::GiveUp));
    Done::Never
}

/// Whether evaluating it neither does anything nor can fail.
pub(super) fn is_plain(value: &Expr) -> bool {
    matches!(
        value,
        Expr::Int(_) | Expr::Float(_) | Expr::Bool(_) | Expr::Unit | Expr::Var(..)
    )
}

/// The type of a list's items.
pub(super) fn item_of(ty: Ty) -> Option<Item> {
    match ty {
        Ty::Int => Some(Item::Int),
        Ty::Float => Some(Item::Float),
        Ty::Bool => Some(Item::Bool),
        _ => None,
    }
}

pub(super) fn is_number(ty: Ty) -> bool {
    matches!(ty, Ty::Int | Ty::Float | Ty::Bool)
}

/// Whether values of this type are lists.
pub(super) fn is_list(ty: Ty) -> bool {
    matches!(ty, Ty::List(_) | Ty::Rows(_))
}

/// A position as code notes it.
pub(super) fn place(position: Position) -> Place {
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

/// Returns the name of a type in reasons.
pub(super) fn name_of(ty: Ty) -> &'static str {
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
pub(super) fn no_variable<T>(name: &str, position: Position) -> Fits<T> {
    unfit(
        format!("uses '{name}', which is not a variable of its own"),
        position,
    )
}

impl Lower<'_, '_> {
    /// Returns the index of a new variable.
    pub(super) fn temporary(&mut self, ty: Ty) -> Var {
        self.vars.push(ty);
        self.written.push(false);
        self.vars.len() - 1
    }

    /// Keeps a value until it is used, so that it is evaluated now.
    pub(super) fn keep(&mut self, value: Expr, to: &mut Vec<Stmt>) -> Expr {
        if matches!(value, Expr::Int(_) | Expr::Float(_) | Expr::Bool(_)) {
            return value;
        }
        let ty = value.ty();
        let var = self.temporary(ty);
        to.push(Stmt::Set(var, value));
        Expr::Var(var, ty)
    }
}
