//! What is changed in Rhai's trees, because it was meant otherwise.
//!
//! **Calls of functions that variables hold**: `f(1)` after `let f = |x| x + 1;`. Rhai takes the name in such a call for that of a function,
//! and looks for no variable. So the call is changed in the tree, to `call(f, 1)`, where a variable of that name is visible and no function
//! of that name takes that many arguments. Nothing else changes: what ran before runs as it did.
//!
//! A closure does not capture a variable that is only called in it, so it gets that as a further parameter here, as Rhai would do it.
//!
//! **Variables of `with` in closures.** Rhai does not know the variable of `with lock as l { … }`, and lets a closure around it capture one of
//! that name. That is undone.
//!
//! **`d.setdefault("a", []).append(1)`** changes a copy of the list. It becomes `d.setdefault("a", []); d["a"].append(1)`.
//!
//! **`pool.map(f, xs)`** becomes a node, which lends the list `xs` to the method instead of copying it.
//!
//! **`eval(text)`** becomes a node, which changes the text in the same way when it is evaluated.
//!
//! - [`whole`]: of a program; [`walk`]: goes through a tree; [`scopes`]: which variables are visible there.
//! - [`closures`]: what closures capture; [`setdefault`]; [`lending`]: lists that are read in place; [`evaluating`]: `eval`.
//! - [`changed`]: functions that have changed; [`made`]: parts of trees.

mod changed;
mod closures;
mod evaluating;
pub(crate) mod lending;
mod made;
mod scopes;
mod setdefault;
mod walk;
mod whole;

pub(crate) use self::evaluating::EVAL;
pub(crate) use self::made::CALLEE;
pub(crate) use self::setdefault::SETDEFAULT;
pub(crate) use self::whole::{Functions, Names, Outside, put_into};
