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

use crate::program::Source;
use crate::program::islands::KEY;
use crate::program::islands::wrap::{self, Noted};
use crate::script::interp::Interp;
use crate::script::settings::{Compile, Settings};
use crate::sys::lock::locked;
use making::Workshop;

/// The islands of one runtime.
pub(crate) struct Islands {
    /// The moment at which something is compiled.
    when: Compile,
    /// The reason why nothing is compiled.
    off: Option<&'static str>,
    /// The compiler, begun when it is first needed. Where a process forks it has one thread, so nobody holds this then.
    workshop: Mutex<Option<Workshop>>,
    /// The changes of the host and the settings to the names of scripts.
    names: OnceLock<Names>,
    /// The functions and loops that were looked at, with their sources, if somebody wants to know.
    notes: Option<Mutex<Vec<(String, Noted)>>>,
}

/// The names of this runtime, as far as islands depend on them.
#[derive(Debug, Default)]
struct Names {
    /// The functions of the host.
    foreign: HashSet<String>,
    /// The deepest recursion.
    levels: usize,
}

impl Islands {
    pub(super) fn new(settings: &Settings) -> Self {
        // The interpreter counts operations one by one.
        let counts = settings.limits.of_operations().is_some();
        let (when, off) = match settings.compile {
            Compile::Never => (Compile::Never, Some("--no-compile was given")),
            _ if counts => (Compile::Never, Some("the number of operations is limited")),
            when => (when, None),
        };
        Self {
            when,
            off,
            workshop: Mutex::default(),
            names: OnceLock::new(),
            notes: settings.explain_compile.then(Mutex::default),
        }
    }

    fn are_on(&self) -> bool {
        self.when != Compile::Never && self.names.get().is_some()
    }

    /// Returns whether somebody wants to know what was compiled.
    fn are_noted(&self) -> bool {
        self.notes.is_some()
    }

    fn is_at_once(&self) -> bool {
        self.when == Compile::AtOnce
    }

    /// Returns whether loops are compiled whether that pays or not.
    fn are_loops_due(&self) -> bool {
        matches!(self.when, Compile::AtOnce | Compile::AtLoops)
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
    if interp.islands.when == Compile::Never || !engine.fast_operators() {
        return;
    }
    let names = Names {
        foreign: foreign.map(ToString::to_string).collect(),
        levels,
    };
    let _ = interp.islands.names.set(names);
    // The engine's natives own the interpreter, and so may this.
    let interp = interp.clone();
    let _ = engine.register_custom_syntax_handler(KEY, false, move |context, _, state| {
        node::run(&interp, context, state)
    });
}

/// Returns the program with its islands wrapped.
pub(crate) fn wrap(interp: &Interp, source: &Source, ast: AST) -> AST {
    let islands = &interp.islands;
    if !islands.are_on() {
        return ast;
    }
    let knows = |name: &str| interp.program.grows() && interp.program.function(name).is_some();
    let (wrapped, notes) = wrap::wrap(ast, &knows, islands.notes.is_some());
    if let Some(all) = &islands.notes {
        let named = notes.into_iter().map(|note| (source.shown.clone(), note));
        locked(all).extend(named);
    }
    wrapped
}

impl fmt::Debug for Islands {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Islands")
            .field("when", &self.when)
            .finish_non_exhaustive()
    }
}
