//! The node of a program from which the host calls the script's functions.
//!
//! Whatever calls a function from outside copies the state of the running script first, with its list of libraries: one for each piece that the
//! host has run. A node that is evaluated has that state itself, and what was found out about functions is kept from one call to the next.

use std::sync::{Arc, Mutex};

use rhai::{Array, Caches, Dynamic, Engine, GlobalRuntimeState, Identifier, Position, Scope, Stmt};

use super::direct::Functions;
use crate::program::bodies::node;
use crate::script::exceptions::Failure;
use crate::script::interp::Interp;
use crate::sys::lock::locked;

/// The key of the node.
const KEY: &str = "<call>";

/// The node of one runtime.
pub(in crate::runtime) struct CallNode {
    statements: [Stmt; 1],
    asked: Asked,
    /// The functions that names were found to mean in calls of functions.
    found: Caches,
    /// Functions that need no node.
    functions: Functions,
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
            functions: Functions::default(),
        }
    }

    /// Forgets what names mean: there are other functions now.
    pub(in crate::runtime) fn forget(&mut self) {
        self.found = Caches::new();
        self.functions = Functions::default();
    }

    /// Notes that there may be other functions of imported modules, which Rhai finds after those of the program.
    pub(in crate::runtime) fn note_imports(&mut self) {
        self.found = Caches::new();
    }

    /// Returns whether a function of this name was found.
    pub(in crate::runtime) fn knows(&self, name: &str) -> bool {
        self.functions.know(name)
    }

    /// Calls a function.
    ///
    /// # Errors
    /// Those of the function.
    pub(in crate::runtime) fn call(
        &mut self,
        (engine, interp): (&Engine, &Arc<Interp>),
        global: &mut GlobalRuntimeState,
        name: &str,
        args: Array,
    ) -> Result<Dynamic, Failure> {
        if may_be_direct(engine, interp, &args)
            && let Some(function) = self.functions.get(interp, global, name, args.len())
        {
            return function.call((engine, interp), global, &mut self.found, args);
        }
        *locked(&self.asked.0) = Some((name.into(), args));
        #[allow(deprecated)]
        engine.eval_statements_raw(global, &mut self.found, &mut Scope::new(), &self.statements)
    }
}

/// Returns whether a call needs no node: nothing counts the steps that it takes, Rhai measures no values, and no other thread can have an argument.
fn may_be_direct(engine: &Engine, interp: &Interp, args: &[Dynamic]) -> bool {
    let sizes = [
        engine.max_string_size(),
        engine.max_array_size(),
        engine.max_map_size(),
    ];
    interp.settings.limits.of_operations().is_none()
        && engine.max_operations() == 0
        && sizes == [0; 3]
        && args.len() <= engine.max_variables()
        && !args.iter().any(Dynamic::is_shared)
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
