//! What a shortcut in a tree stands for.

use std::sync::{Arc, OnceLock, Weak};

use rhai::{Expr, ImmutableString, Stmt, StmtBlock};

use super::node::Code;

/// A function's body or a loop in a tree.
#[derive(Clone)]
pub(super) struct Unit(pub Arc<Inside>);

pub(super) struct Inside {
    /// The part as Rhai runs it: a block.
    pub plain: Expr,
    pub part: Part,
    /// Its code, once it was needed; `None` if only Rhai can run it.
    pub code: OnceLock<Option<Weak<Code>>>,
}

pub(super) enum Part {
    /// The body of a function with these parameters.
    Function(Vec<ImmutableString>),
    Loop,
}

impl Unit {
    pub(super) fn new(block: StmtBlock, part: Part) -> Self {
        Self(Arc::new(Inside {
            plain: Expr::Stmt(block.into()),
            part,
            code: OnceLock::new(),
        }))
    }
}

impl Inside {
    /// Returns the statements in it.
    pub(super) fn statements(&self) -> &[Stmt] {
        match &self.plain {
            Expr::Stmt(block) => block.statements(),
            _ => &[],
        }
    }
}
