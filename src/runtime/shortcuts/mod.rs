//! Shortcuts: code of a script that does more than arithmetic, run without asking Rhai for each step.
//!
//! Rhai searches at each step for what a name, an operator or a method means, and puts each value where it can be found by name. A
//! *shortcut* is a node in Rhai's tree in place of a loop or of the body of a function. It gives each variable a place, knows the
//! operators of numbers and strings, and remembers the native that Rhai has found for a method. Whatever it does not know, it asks Rhai
//! to evaluate in the same place: an error, a text and a position are always Rhai's own. So a script cannot tell, except by the clock.
//!
//! - [`mod@register`]: the shortcuts of an engine; [`wrap`]: puts them into a tree; [`mod@unit`]: what they stand for there.
//! - [`node`]: the tree of a shortcut; [`lower`], [`lower_expr`]: made from Rhai's; [`by_name`]: parts that Rhai evaluates; [`codes`]: all
//!   of them.
//! - [`enter`]: from Rhai and back; [`run`]: running it: variables, and asking Rhai; [`statements`], [`expressions`], [`operators`],
//!   [`calls`], [`quick`], [`functions`], [`with`], [`known`]: the parts.
//!
//! A runtime with limits has none: they count each step of Rhai's.

mod by_name;
mod calls;
mod codes;
mod enter;
mod expressions;
mod functions;
mod known;
mod lower;
mod lower_expr;
mod node;
mod operators;
mod quick;
mod register;
mod run;
mod statements;
mod unit;
mod with;
mod wrap;

pub(super) use register::{put_into, register};
