//! What a wrapper in the tree stands for: the body of a function, or a loop.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock};

use rhai::{
    ASTNode, Dynamic, Expr, FlowControl, Ident, ImmutableString, Position, ScriptFuncDef, Shared,
    Stmt, StmtBlock,
};

use super::Unfit;
use super::form::Form;
use crate::program::bodies::{node, walk_function};
use crate::program::guarded;

/// The key of the nodes of islands.
pub(crate) const KEY: &str = "<island>";

/// A function or a loop that may become machine code, and what it has become.
pub(crate) struct Island {
    pub tree: Tree,
    /// It is no function of which only the loops fit.
    pub fits: bool,
    /// The compiled forms, each for its types.
    pub forms: RwLock<Vec<Arc<Form>>>,
    /// Compiled code gave up so often.
    pub failures: AtomicU32,
    /// It is left to the interpreter for good.
    pub is_left: AtomicBool,
    /// Nodes that the interpreter has visited in it, about.
    pub work: AtomicU64,
    /// The nodes of a run that the interpreter did alone.
    pub usual: AtomicU64,
    /// Attempts that found it unfit, and the last reason.
    pub refusals: AtomicU32,
    refused: Mutex<Option<Unfit>>,
}

/// The parts of the script's tree that the interpreter runs and machine code is made of.
pub(crate) enum Tree {
    Function(FunctionTree),
    Loop(LoopTree),
}

/// The body of a function.
pub(crate) struct FunctionTree {
    pub name: ImmutableString,
    pub params: Vec<ImmutableString>,
    /// A block, whose loops are islands too.
    pub body: Expr,
    pub has_loop: bool,
    /// About how many nodes the interpreter visits in it, without passes of loops.
    pub weight: u32,
    /// The number that its loops have too.
    pub number: u64,
    pub position: Position,
}

/// A loop.
pub(crate) struct LoopTree {
    pub over: Over,
    /// A block, whose loops are islands too.
    pub body: Expr,
    /// About how many nodes the interpreter visits in one pass.
    pub weight: u32,
    /// The number of the function that it is in; 0 outside of functions.
    pub owner: u64,
    pub position: Position,
    /// The `for` statement over a [`Held`] value, once somebody needed it.
    pub(super) plain: OnceLock<Expr>,
}

/// The state of a node in place of a value that has been evaluated already.
#[derive(Debug, Clone)]
pub(crate) struct Held;

impl LoopTree {
    /// Returns the loop as Rhai's own statement, which goes through the value that its node of [`Held`] gives.
    pub(crate) fn plain(&self) -> Option<&Expr> {
        let Over::For {
            var,
            counter,
            iterable,
        } = &self.over
        else {
            return None;
        };
        Some(self.plain.get_or_init(|| {
            let body = match &self.body {
                Expr::Stmt(body) => (**body).clone(),
                _ => StmtBlock::empty(self.position),
            };
            let flow = FlowControl {
                expr: node(KEY, Dynamic::from(Held), iterable.start_position()),
                body,
                branch: StmtBlock::NONE,
            };
            let parts = (var.clone(), counter.clone(), flow);
            let statement = Stmt::For(parts.into(), self.position);
            Expr::Stmt(StmtBlock::new([statement], self.position, self.position).into())
        }))
    }
}

/// The condition or the values that a loop goes over.
pub(crate) enum Over {
    /// `loop`.
    Forever,
    /// As an `&&` of one side, so that Rhai itself says what is wrong with a condition that is not one.
    While(Expr),
    For {
        var: Ident,
        counter: Option<Ident>,
        iterable: Expr,
    },
}

impl Island {
    pub(super) fn new(tree: Tree, unfit: Option<Unfit>) -> Self {
        Self {
            tree,
            fits: unfit.is_none(),
            forms: RwLock::default(),
            failures: AtomicU32::new(0),
            is_left: AtomicBool::new(unfit.is_some()),
            work: AtomicU64::new(0),
            usual: AtomicU64::new(0),
            refusals: AtomicU32::new(0),
            refused: Mutex::new(unfit),
        }
    }

    /// Leaves it to the interpreter for good.
    pub(crate) fn leave(&self) {
        self.is_left.store(true, Ordering::Relaxed);
    }

    /// Notes why it could not be compiled.
    pub(crate) fn note_refusal(&self, why: Unfit) {
        *locked(&self.refused) = Some(why);
    }

    /// Returns the last reason why it could not be compiled.
    pub(crate) fn refusal(&self) -> Option<Unfit> {
        locked(&self.refused).clone()
    }

    /// Returns its name and line in reports.
    pub(crate) fn title(&self) -> (String, usize) {
        let (title, position) = match &self.tree {
            Tree::Function(tree) if tree.name.starts_with("anon$") => {
                ("closure".to_string(), tree.position)
            }
            Tree::Function(tree) => (format!("function {}", tree.name), tree.position),
            Tree::Loop(tree) => ("loop".to_string(), tree.position),
        };
        (title, position.line().unwrap_or(0))
    }
}

impl fmt::Debug for Island {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Island").field(&self.title()).finish()
    }
}

/// Locks what a panic cannot leave half done.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An island as the state of its node.
#[derive(Debug, Clone)]
pub(crate) struct Handle(pub Arc<Island>);

impl Handle {
    pub(super) fn new(tree: Tree, unfit: Option<Unfit>) -> Self {
        Self(Arc::new(Island::new(tree, unfit)))
    }

    /// Returns the island that an expression is.
    pub(super) fn in_expr(expr: &Expr) -> Option<Self> {
        match expr {
            Expr::Custom(custom, _) => Some(custom.state.read_lock::<Self>()?.clone()),
            _ => None,
        }
    }

    /// Returns the island that is the whole body of a function.
    pub(crate) fn of(function: &Shared<ScriptFuncDef>) -> Option<Self> {
        let mut found = None;
        first_statement(function, |statement| {
            if let Stmt::Expr(expr) = statement {
                // A call from machine code is never one of a method.
                let guard = guarded::inside(expr);
                let inner = guard.as_ref().map(|guard| guard.statements());
                found = match inner {
                    Some([Stmt::Expr(expr)]) => Self::in_expr(expr),
                    Some(_) => None,
                    None => Self::in_expr(expr),
                };
            }
        });
        found
    }
}

/// Shows the first statement of a function's body.
fn first_statement(function: &Shared<ScriptFuncDef>, mut show: impl FnMut(&Stmt)) {
    walk_function(function, &mut |path| {
        if let [ASTNode::Stmt(statement)] = path {
            show(statement);
        }
        false
    });
}
