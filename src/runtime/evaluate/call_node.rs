//! The node of a program from which the host calls the script's functions.
//!
//! Whatever calls a function from outside copies the state of the running script first, with its list of libraries: one for each piece that the
//! host has run. A node that is evaluated has that state itself, and what was found out about functions is kept from one call to the next.

use std::sync::{Arc, Mutex};

use rhai::{Array, Caches, Dynamic, Engine, GlobalRuntimeState, Identifier, Position, Scope, Stmt};

use crate::program::bodies::node;
use crate::script::exceptions::Failure;
use crate::sys::lock::locked;

/// The key of the node.
const KEY: &str = "<call>";

/// The node of one runtime.
pub(in crate::runtime) struct CallNode {
    statements: [Stmt; 1],
    asked: Asked,
    /// The functions that names were found to mean.
    found: Caches,
}

/// The call that is to be made: a function's name, and its arguments.
#[derive(Clone, Default)]
struct Asked(Arc<Mutex<Option<(Identifier, Array)>>>);

impl CallNode {
    pub(in crate::runtime) fn new() -> Self {
        let asked = Asked::default();
        let node = node(KEY, Dynamic::from(asked.clone()), Position::NONE);
        Self {
            statements: [Stmt::Expr(node.into())],
            asked,
            found: Caches::new(),
        }
    }

    /// Forgets what names mean: there are other functions now.
    pub(in crate::runtime) fn forget(&mut self) {
        self.found = Caches::new();
    }

    /// Calls a function.
    ///
    /// # Errors
    /// Those of the function.
    pub(in crate::runtime) fn call(
        &mut self,
        engine: &Engine,
        global: &mut GlobalRuntimeState,
        name: &str,
        args: Array,
    ) -> Result<Dynamic, Failure> {
        *locked(&self.asked.0) = Some((name.into(), args));
        #[allow(deprecated)]
        engine.eval_statements_raw(global, &mut self.found, &mut Scope::new(), &self.statements)
    }
}

/// Lets an engine evaluate the node.
pub(in crate::runtime) fn register(engine: &mut Engine) {
    let _ = engine.register_custom_syntax_handler(KEY, false, |context, _, asked| {
        let asked = asked.read_lock::<Asked>().map(|asked| asked.clone());
        let asked = asked.and_then(|asked| locked(&asked.0).take());
        let Some((name, mut args)) = asked else {
            return Ok(Dynamic::UNIT);
        };
        let mut args: Vec<_> = args.iter_mut().collect();
        context.call_fn_raw(name, false, false, &mut args)
    });
}
