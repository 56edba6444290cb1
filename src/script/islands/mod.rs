//! Compiled islands at work: how a script comes into machine code, and back.
//!
//! - `node`: what the interpreter meets where an island is; `function`, `looping`: the two kinds; `source`, `held`: what a loop goes through
//! - `making`: compiling, under one lock; `reach`: what the program looks like from there; `paying`, `work`: when it is worth it
//! - `whole`: a function that the interpreter has begun, done by machine code
//! - [`direct`]: entering a function that a native was given
//! - `explain`: what was compiled, in words
//! - `values`: scripts' values as code has them; `world`: what code asks for while it runs; `ending`: how it ended, for the script

mod direct;
mod ending;
mod explain;
mod function;
mod held;
mod looping;
mod making;
mod node;
mod paying;
mod reach;
mod source;
mod values;
mod whole;
mod work;
mod world;

use std::collections::HashSet;
use std::fmt;
use std::sync::{Mutex, OnceLock};

use rhai::{AST, Engine};

pub(crate) use direct::{Calls, Direct};
pub(crate) use explain::explanation;
pub(crate) use paying::plain_body;

use crate::program::Source;
use crate::program::islands::KEY;
use crate::program::islands::wrap::{self, Noted};
use crate::script::interp::Interp;
use crate::script::settings::{Compile, Settings};
use crate::script::state::State;
use crate::sys::lock::locked;
use making::Workshop;

/// The islands of one runtime.
#[derive(Default)]
pub(crate) struct Islands {
    /// Set once the engine is ready, if something may be compiled.
    rules: OnceLock<Rules>,
    /// The compiler, begun when it is first needed. Where a process forks it has one thread, so nobody holds this then.
    workshop: Mutex<Option<Workshop>>,
    /// The functions and loops that were looked at, with their sources, if somebody wants to know.
    notes: Mutex<Vec<(String, Noted)>>,
}

impl State for Islands {}

/// What islands depend on in this runtime.
#[derive(Debug)]
struct Rules {
    /// The moment at which something is compiled.
    when: Compile,
    /// The functions of the host.
    foreign: HashSet<String>,
    /// The deepest recursion.
    levels: usize,
}

/// Returns why nothing is compiled, if that is so.
fn off(settings: &Settings) -> Option<&'static str> {
    match settings.compile {
        Compile::Never => Some("--no-compile was given"),
        // The interpreter counts operations one by one.
        _ if settings.limits.of_operations().is_some() => {
            Some("the number of operations is limited")
        }
        _ => None,
    }
}

impl Islands {
    pub(super) fn of(interp: &Interp) -> &Self {
        interp.state()
    }

    fn when(&self) -> Compile {
        self.rules.get().map_or(Compile::Never, |rules| rules.when)
    }

    fn are_on(&self) -> bool {
        self.rules.get().is_some()
    }

    fn is_at_once(&self) -> bool {
        self.when() == Compile::AtOnce
    }

    /// Returns whether loops are compiled whether that pays or not.
    fn are_loops_due(&self) -> bool {
        matches!(self.when(), Compile::AtOnce | Compile::AtLoops)
    }
}

/// Lets an engine run islands. `foreign` are the functions of the host, `levels` is the deepest recursion.
pub(crate) fn register<'n>(
    engine: &mut Engine,
    interp: &std::sync::Arc<Interp>,
    foreign: impl Iterator<Item = &'n str>,
    levels: usize,
) {
    // Otherwise functions of the host may take the place of operators.
    if off(&interp.settings).is_some() || !engine.fast_operators() {
        return;
    }
    let rules = Rules {
        when: interp.settings.compile,
        foreign: foreign.map(ToString::to_string).collect(),
        levels,
    };
    let _ = Islands::of(interp).rules.set(rules);
    // The engine's natives own the interpreter, and so may this.
    let interp = interp.clone();
    let _ = engine.register_custom_syntax_handler(KEY, false, move |context, _, state| {
        node::run(&interp, context, state)
    });
}

/// Returns the program with its islands wrapped.
pub(crate) fn wrap(interp: &Interp, source: &Source, ast: AST) -> AST {
    let islands = Islands::of(interp);
    if !islands.are_on() {
        return ast;
    }
    let knows = |name: &str| interp.program.grows() && interp.program.function(name).is_some();
    let (wrapped, notes) = wrap::wrap(ast, &knows, interp.settings.explain_compile);
    let named = notes.into_iter().map(|note| (source.shown.clone(), note));
    locked(&islands.notes).extend(named);
    wrapped
}

impl fmt::Debug for Islands {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Islands")
            .field("rules", &self.rules)
            .finish_non_exhaustive()
    }
}
