//! The code of shortcuts, which is made when it is first needed, and kept for as long as what it was made from.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, Weak};

use rhai::{Expr, Scope, ScriptFuncDef, Shared, Stmt};

use super::lower;
use super::node::Code;
use super::unit::{Inside, Part, Unit};
use crate::program::bodies::statements_of;
use crate::program::guarded::unguarded;
use crate::script::bind::ClassTable;
use crate::script::foreign::Foreign;
use crate::script::interp::Interp;
use crate::sys::lock::locked;

/// The shortcuts of an engine.
pub(super) struct Shortcuts {
    pub interp: Arc<Interp>,
    /// The deepest recursion.
    pub levels: usize,
    /// Our own types.
    pub table: Arc<ClassTable>,
    /// The functions of the host.
    pub foreign: Arc<Vec<Foreign>>,
    codes: Mutex<Codes>,
}

/// All code. The trees have no part in it: code knows natives, which hold the interpreter, which holds the trees.
#[derive(Default)]
struct Codes {
    all: HashMap<usize, (Origin, Option<Arc<Code>>)>,
    /// At this number, those whose origin is gone are dropped.
    tidy_at: usize,
}

enum Origin {
    Unit(Weak<Inside>),
    Function(Weak<ScriptFuncDef>),
}

impl Origin {
    fn is_there(&self) -> bool {
        match self {
            Self::Unit(unit) => unit.strong_count() > 0,
            Self::Function(function) => function.strong_count() > 0,
        }
    }
}

impl Shortcuts {
    pub(super) fn new(
        interp: &Arc<Interp>,
        levels: usize,
        table: &Arc<ClassTable>,
        foreign: &Arc<Vec<Foreign>>,
    ) -> Self {
        Self {
            interp: interp.clone(),
            levels,
            table: table.clone(),
            foreign: foreign.clone(),
            codes: Mutex::default(),
        }
    }

    /// Returns the code of a unit in these surroundings; `None` if only Rhai can run it.
    pub(super) fn code_of_unit(&self, scope: &Scope, unit: &Arc<Inside>) -> Option<Arc<Code>> {
        let code = unit.code.get_or_init(|| {
            let code = match &unit.part {
                Part::Function(params) => lower::function(params, unit.statements()),
                Part::Loop => lower::a_loop(unit.statements(), &|name| scope.contains(name)),
            };
            let key = Arc::as_ptr(unit).addr();
            self.keep(key, Origin::Unit(Arc::downgrade(unit)), code.ok())
        });
        code.as_ref()?.upgrade()
    }

    /// Returns the code of a function of the script; `None` if only Rhai can run it.
    pub(super) fn code_of(&self, definition: &Shared<ScriptFuncDef>) -> Option<Weak<Code>> {
        let key = Shared::as_ptr(definition).addr();
        if let Some((origin, code)) = locked(&self.codes).all.get(&key)
            && origin.is_there()
        {
            return code.as_ref().map(Arc::downgrade);
        }
        // A call that is made here is none of a method.
        let statements = unguarded(statements_of(definition));
        let code = match unit_of(&statements) {
            _ if definition.this_type.is_some() || statements.is_empty() => None,
            Some(Unit(unit)) => match &unit.part {
                Part::Function(params) => lower::function(params, unit.statements()).ok(),
                Part::Loop => None,
            },
            None => lower::function(&definition.params, &statements).ok(),
        };
        self.keep(key, Origin::Function(Shared::downgrade(definition)), code)
    }

    fn keep(&self, key: usize, origin: Origin, code: Option<Code>) -> Option<Weak<Code>> {
        let mut codes = locked(&self.codes);
        if codes.all.len() >= codes.tidy_at {
            codes.all.retain(|_, (origin, _)| origin.is_there());
            codes.tidy_at = 64 + 2 * codes.all.len();
        }
        let code = code.map(Arc::new);
        let kept = code.as_ref().map(Arc::downgrade);
        codes.all.insert(key, (origin, code));
        kept
    }
}

/// Returns the unit that is all of a function's body.
fn unit_of(statements: &[Stmt]) -> Option<Unit> {
    let [Stmt::Expr(expr)] = statements else {
        return None;
    };
    let Expr::Custom(custom, _) = &**expr else {
        return None;
    };
    let unit = custom.state.read_lock::<Unit>()?;
    Some(unit.clone())
}
