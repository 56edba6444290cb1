//! Compiles one thing at a time; the compiler is made when first needed.

use rhai::{EvalContext, Module, Shared};

use super::Islands;
use super::reach::Reach;
use crate::native::Machine;
use crate::native::code::{Item, Ty};
use crate::program::islands::form::{Code, Libraries};
use crate::program::islands::island::{FunctionTree, LoopTree};
use crate::program::islands::lower::{Compiled, Known, LoweredLoop, Plan};
use crate::program::islands::{Island, Unfit};
use crate::script::interp::Interp;
use crate::sys::lock::locked;

/// The compiler, and what it has compiled.
pub(super) struct Workshop {
    /// The error says why this machine cannot compile.
    machine: Result<Machine, String>,
    /// Functions that were compiled while these libraries were in reach.
    known: Known,
    libraries: Libraries,
}

/// A loop as code.
pub(super) struct MadeLoop {
    pub code: Code,
    pub lowered: LoweredLoop,
}

/// Compiles a function for these types of arguments.
///
/// # Errors
/// It does not fit.
pub(super) fn function(
    interp: &Interp,
    (island, tree): (&Island, &FunctionTree),
    libraries: &[Shared<Module>],
    types: &[Ty],
) -> Result<Code, Unfit> {
    let reach = Reach {
        interp,
        libraries,
        scope: None,
    };
    let compiled = |plan: &mut Plan| plan.entered(island, tree, types);
    with_plan(&reach, compiled, |machine, compiled: Compiled| {
        Ok(Code {
            entry: machine.entry(compiled.id)?,
            written: Vec::new(),
            assigns: compiled.assigns,
            changes_lists: compiled.changes_lists,
        })
    })
}

/// Compiles a loop for the variables as they are.
///
/// # Errors
/// It does not fit.
pub(super) fn a_loop(
    interp: &Interp,
    tree: &LoopTree,
    context: &EvalContext,
    items: Option<Item>,
) -> Result<MadeLoop, Unfit> {
    let reach = Reach {
        interp,
        libraries: context.namespaces(),
        scope: Some(context.scope()),
    };
    let lowered = |plan: &mut Plan| plan.a_loop(tree, items);
    with_plan(&reach, lowered, |machine, lowered: LoweredLoop| {
        let entry = machine.looping(&lowered.code)?;
        let written = lowered.written.clone();
        Ok(MadeLoop {
            code: Code {
                entry,
                written,
                assigns: false,
                changes_lists: false,
            },
            lowered,
        })
    })
}

/// Lowers something, defines the functions that it needs, and makes it.
fn with_plan<L, M>(
    reach: &Reach,
    lower: impl FnOnce(&mut Plan) -> Result<L, Unfit>,
    make: impl FnOnce(&mut Machine, L) -> Result<M, String>,
) -> Result<M, Unfit> {
    let refused = |why: String| Unfit::new(why, rhai::Position::NONE);
    let mut workshop = locked(&Islands::of(reach.interp).workshop);
    let workshop = workshop.get_or_insert_with(Workshop::new);
    let machine = match &mut workshop.machine {
        Ok(machine) => machine,
        Err(why) => return Err(refused(why.clone())),
    };
    if !workshop.libraries.are(reach.libraries) {
        workshop.known.clear();
        workshop.libraries = Libraries::of(reach.libraries);
    }
    let mut declare = |params: &[Ty], ret: Ty| machine.declare(params, ret);
    let mut plan = Plan::new(reach, &workshop.known, &mut declare);
    let lowered = lower(&mut plan)?;
    let (functions, fresh) = (plan.functions, plan.fresh);
    for (id, function) in &functions {
        machine.define(*id, function).map_err(refused)?;
    }
    let made = match make(machine, lowered) {
        Ok(made) => made,
        // Cranelift panics if it goes on after it has compiled callers of a function that it has not.
        Err(why) => {
            workshop.machine = Err(why.clone());
            return Err(refused(why));
        }
    };
    workshop.known.extend(fresh);
    Ok(made)
}

impl Workshop {
    fn new() -> Self {
        Self {
            machine: Machine::new(),
            known: Known::new(),
            libraries: Libraries::default(),
        }
    }
}
