//! Entering functions.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{OnceLock, PoisonError};

use rhai::{Dynamic, EvalContext, Module, Shared};

use super::world::World;
use super::{Islands, ending, making, paying, values, work};
use crate::native::code::Ty;
use crate::native::{Exit, Value};
use crate::program::islands::form::{Code, Form, Libraries};
use crate::program::islands::island::FunctionTree;
use crate::program::islands::{Handle, Island, Unfit};
use crate::script::Outcome;
use crate::script::interp::Interp;

/// Runs the code of a function whose arguments are the newest variables; `None` if the interpreter has to.
pub(super) fn enter(
    interp: &Arc<Interp>,
    handle: &Handle,
    tree: &FunctionTree,
    context: &EvalContext,
) -> Option<Outcome> {
    let count = tree.params.len();
    let newest = context.scope().iter_raw().take(count);
    let mut args: Vec<&Dynamic> = newest.map(|(.., value)| value).collect();
    args.reverse();
    let libraries = context.namespaces();
    let form = form(interp, &handle.0, tree, libraries, &args)?;
    let place = (context.source(), context.call_level());
    call(interp, &handle.0, &form, &args, place)
}

/// Returns the form of a function for these arguments, if it has been compiled or is compiled now.
pub(super) fn form(
    interp: &Interp,
    island: &Island,
    tree: &FunctionTree,
    libraries: &[Shared<Module>],
    args: &[&Dynamic],
) -> Option<Arc<Form>> {
    form_if(interp, island, tree, libraries, args, |met| {
        let call = met.fetch_add(1, Ordering::Relaxed) + 1;
        Islands::of(interp).is_call_due(call, tree.has_loop)
    })
}

/// Returns the form of a function for these arguments, compiled now if it has not been, and `is_due` says so.
pub(super) fn form_if(
    interp: &Interp,
    island: &Island,
    tree: &FunctionTree,
    libraries: &[Shared<Module>],
    args: &[&Dynamic],
    is_due: impl FnOnce(&AtomicU32) -> bool,
) -> Option<Arc<Form>> {
    let types: Vec<Ty> = args
        .iter()
        .map(|arg| type_of(arg, tree))
        .collect::<Option<_>>()?;
    let form = known(island, &types, libraries).unwrap_or_else(|| add(island, types, libraries));
    if form.code.get().is_none() {
        if !is_due(&form.met) {
            return None;
        }
        let mut pairs = args.iter().zip(&form.types);
        if !pairs.all(|(arg, ty)| values::is_all(arg, *ty)) {
            let why = "is called with a list that has items of several types";
            island.note_refusal(Unfit::new(why, tree.position));
            return None;
        }
        let code = making::function(interp, (island, tree), libraries, &form.types);
        if let Err(why) = &code {
            refuse(island, why.clone());
        }
        let _ = form.code.set(code);
    }
    Some(form)
}

/// The type of an argument. A captured variable is read once, which is as good as reading it where it is used if that is soon.
fn type_of(arg: &Dynamic, tree: &FunctionTree) -> Option<Ty> {
    match arg.is_shared() && !tree.has_loop && !arg.is_locked() {
        true => values::type_of_shared_number(arg),
        false => values::type_of(arg),
    }
}

fn known(island: &Island, types: &[Ty], libraries: &[Shared<Module>]) -> Option<Arc<Form>> {
    let forms = island.forms.read().unwrap_or_else(PoisonError::into_inner);
    let mut forms = forms.iter();
    let found = forms.find(|form| form.types == types && form.libraries.are(libraries));
    found.cloned()
}

fn add(island: &Island, types: Vec<Ty>, libraries: &[Shared<Module>]) -> Arc<Form> {
    let form = Form {
        types,
        names: Vec::new(),
        items: None,
        libraries: Libraries::of(libraries),
        met: AtomicU32::new(0),
        code: OnceLock::new(),
    };
    keep(island, form)
}

/// Adds a form to an island, in place of the oldest one if there are many.
pub(super) fn keep(island: &Island, form: Form) -> Arc<Form> {
    let form = Arc::new(form);
    let mut forms = island.forms.write().unwrap_or_else(PoisonError::into_inner);
    if forms.len() >= paying::FORMS {
        forms.remove(0);
    }
    forms.push(form.clone());
    form
}

/// Notes that an island could not be compiled.
pub(super) fn refuse(island: &Island, why: Unfit) {
    island.note_refusal(why);
    if island.refusals.fetch_add(1, Ordering::Relaxed) + 1 >= paying::REFUSALS {
        island.leave();
    }
}

/// Notes that code has given up.
pub(super) fn fail(island: &Island) {
    if island.failures.fetch_add(1, Ordering::Relaxed) + 1 >= paying::FAILURES {
        island.leave();
    }
}

/// Runs a form of a function, which is in this file and is called at this level.
pub(super) fn call(
    interp: &Interp,
    island: &Island,
    form: &Form,
    args: &[&Dynamic],
    place: (Option<&str>, usize),
) -> Option<Outcome> {
    let code = form.code.get()?.as_ref().ok()?;
    let is_fine = |arg: &&&Dynamic| match arg.is_shared() {
        true => !code.assigns,
        false => values::is_within_limits(interp, arg),
    };
    if !args.iter().all(|arg| is_fine(&arg)) {
        return None;
    }
    let pairs = args.iter().zip(&form.types);
    let values = pairs.map(|(arg, ty)| values::value_of(arg, *ty));
    let mut values: Vec<Value> = values.collect::<Option<_>>()?;
    run(interp, island, code, &mut values, place)
}

/// Runs the code of a function, as [`call`] does.
pub(super) fn run(
    interp: &Interp,
    island: &Island,
    code: &Code,
    values: &mut [Value],
    (file, level): (Option<&str>, usize),
) -> Option<Outcome> {
    let depth = ending::depth(interp, level)?;
    work::enter();
    let mut world = World::of(interp, island, file);
    match code.entry.call(&mut world, depth, values) {
        Exit::Done(value) | Exit::Returned(value) => Some(Ok(values::dynamic_of(value))),
        Exit::Stopped(place) => Some(Err(ending::stopped(interp, place))),
        Exit::GaveUp => {
            fail(island);
            None
        }
    }
}
