//! The node by which the interpreter comes to an island.

use rhai::{CustomExpr, Dynamic, Expr, ImmutableString, Position};

/// The name of the node. Scripts cannot write one.
pub(crate) const KEY: &str = "__island__";

/// A node with this state.
pub(super) fn node(key: &ImmutableString, state: Dynamic, position: Position) -> Expr {
    let custom = CustomExpr {
        inputs: std::iter::empty().collect(),
        tokens: std::iter::once(key.clone()).collect(),
        state,
        scope_may_be_changed: false,
        self_terminated: true,
    };
    Expr::Custom(custom.into(), position)
}
