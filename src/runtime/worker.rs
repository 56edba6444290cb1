//! The start of a spawned child: it joins the session, rebuilds the program, and makes one call.

use std::sync::Arc;

use rhai::{Engine, EvalAltResult, NativeCallContext, Position};

use super::BuildError;
use super::Runtime;
use super::engine;
use super::isolated::{Served, serve};
use super::modules::Modules;
use super::setup::Setup;
use super::shortcuts;
use super::state::State;
use crate::process::{signals, spawn};
use crate::program::call::{self, Head};
use crate::script::bind::Vocabulary;
use crate::script::interp::Interp;
use crate::script::names::Names;
use crate::script::report::Reports;
use crate::stdlib;
use crate::stdlib::multiprocessing::child;
use crate::stdlib::multiprocessing::family::Family;
use crate::stdlib::multiprocessing::process::Process;
use crate::stdlib::multiprocessing::start_method::StartMethods;
use crate::stdlib::multiprocessing::work::{Orders, Work};
use crate::stdlib::signal::handlers::Handlers;
use crate::sync::{self, ProcessId};
use crate::sys;
use crate::sys::deep_stack::on_deep_stack;
use crate::wire::{DecodeError, Values};

/// The exit code of a child that could not start.
const NOT_STARTED: i32 = 1;

/// Runs a spawned child if this process is one, and then does not return; in other processes it does nothing.
///
/// A program that starts children by spawn must call this first in `main`: a spawned child is a fresh run
/// of the program, so code before this call runs in every child too.
///
/// A program whose scripts call its own functions calls [`init_with`] instead.
pub fn init() {
    init_with([]);
}

/// Like [`init`], with the setups of this program: the functions and types that its children may need.
///
/// Each child uses the setups that [`Builder::setup`](crate::Builder::setup) gave to the runtime of its parent.
pub fn init_with(setups: impl IntoIterator<Item = Setup>) {
    let setups: Vec<Setup> = setups.into_iter().collect();
    let names = setups.iter().filter_map(Setup::name);
    spawn::have(names.map(ToString::to_string).collect());
    Setup::give_to_children(setups);
    let Some(orders) = spawn::worker_args() else {
        return;
    };
    sys::limits::raise_stack(engine::STACK_WANTED);
    let code = orders
        .map_err(|error| error.to_string())
        .and_then(|orders| on_deep_stack(|| begin(orders)))
        .unwrap_or_else(|why| {
            let text = format!("procscript: a spawned process could not start: {why}\n");
            let _ = sys::stdio::write_all(sys::stdio::Stream::Err, text.as_bytes());
            NOT_STARTED
        });
    sys::process::exit_now(code)
}

fn begin(orders: spawn::WorkerArgs) -> Result<i32, String> {
    let lost = |error: sync::ShmError| error.to_string();
    let session = sync::attach_session(orders.session).map_err(lost)?;
    match session.enter_child(ProcessId::unpack(orders.place)) {
        // Its parent was killed in the middle of starting it, and nobody waits for it: it ends in silence, as a forked child does.
        Err(sync::ShmError::NoSuchProcess) => return Ok(NOT_STARTED),
        entered => entered.map_err(lost)?,
    }
    let depot = match orders.depot {
        Some((entrance, exit, turn)) => {
            let turn = sync::Mutex::open(&session, sync::Offset(turn)).map_err(lost)?;
            Some(sync::Depot::adopt(&session, (entrance, exit), turn))
        }
        None => None,
    };
    let bytes = session.take_payload().map_err(lost)?;
    let (head, values) = call::unpack::<Orders>(&bytes)?;
    let settings = head.orders.settings.clone();
    let setups = settings.setups.iter().map(|name| {
        Setup::of_children(name).ok_or_else(|| {
            format!(
                "it does not have its parent's setup '{name}': give it to `procscript::init_with([…]);` in the first line \
                 of this program's main function"
            )
        })
    });
    let setups = setups.collect::<Result<Vec<_>, _>>()?;
    let interp = Interp::new(head.start_dir.clone().into(), settings, stdlib::states());
    if interp.settings.limits.of_memory().is_some() && !sys::alloc::is_counting() {
        return Err(BuildError::NotCounting.to_string());
    }
    sys::limits::keep_freed_memory();
    let (engine, modules, names) = engine::build(&interp, &setups, vocabulary(&head));
    interp.adopt_session(session, depot);
    let loaded = interp
        .held
        .run(|| load(&engine, &modules, &names, &interp, head, values));
    loaded.map_err(|error| error.to_string())
}

/// The words of the program, if its texts show all that it can name.
fn vocabulary(head: &Head<Orders>) -> Vocabulary {
    if !head.orders.settings.by_text {
        return Vocabulary::Any;
    }
    let inputs = head.inputs.iter();
    let modules = head
        .surroundings
        .modules
        .iter()
        .map(|module| &module.source);
    let texts = inputs.chain(modules).map(|source| &*source.text);
    Vocabulary::of(texts, stdlib::is_built_in)
}

/// Rebuilds the program of the parent, makes the call, and returns the exit code.
fn load(
    engine: &Arc<Engine>,
    modules: &Arc<Modules>,
    names: &Arc<Names>,
    interp: &Arc<Interp>,
    head: Head<Orders>,
    values: &[u8],
) -> Result<i32, Box<EvalAltResult>> {
    interp.program.set_argv(head.argv);
    for directory in head.directories.into_iter().rev() {
        interp.program.add_directory(directory.into());
    }
    for source in head.inputs {
        let ast = shortcuts::compile(interp, engine, &source)?;
        interp.program.add_input(source, ast.shared_lib().clone());
    }
    // Functions come first, because the values may refer to any of them.
    let mut compiled = Vec::new();
    for module in &head.surroundings.modules {
        let ast = modules.compile(engine, interp, &module.source)?;
        compiled.push((module.source.clone(), ast));
    }
    Family::of(interp).expect_oneself();
    let unreadable = |error: DecodeError| error.to_string();
    let mut values = Values::new(values, interp);
    let mut work = head.orders.work;
    let process = work.receive(&mut values)?;
    let received = head.surroundings.receive(&mut values);
    let (environment, carried) = received.map_err(unreadable)?;
    let inherited = work.inherit(values)?;
    for ((source, ast), carried) in compiled.into_iter().zip(carried) {
        modules.adopt(engine, interp, source, &ast, carried)?;
    }
    let process = Family::of(interp).recognise(process);
    let global = environment.restore(engine, &interp.program)?;
    let (handlers, interactive) = (inherited.handlers, work.interactive);
    let served = work.serves.then(|| Served {
        args: process.with(|state| std::mem::take(&mut state.args)),
        host: work.parent.0,
    });
    interp.given.adopt(inherited.given);
    if let Some(turn) = inherited.turn {
        interp.output.share(turn);
    }
    settle(interp, work, &process);
    if let Some(session) = interp.existing_session() {
        // The objects of the call are open now; grants that were not used are returned.
        let _ = session.release_unopened();
    }
    if let Some(served) = served {
        let runtime = Runtime {
            state: State::new(engine),
            evaluations: 0,
            engine: engine.clone(),
            interp: interp.clone(),
            modules: modules.clone(),
            names: names.clone(),
            isolated: None,
        };
        return Ok(serve(runtime, served));
    }
    let context =
        NativeCallContext::new_with_all_fields(engine, "start", None, &global, Position::NONE);
    Handlers::of(interp).adopt(interp, &context, handlers)?;
    Ok(child::live(interp, &context, &process, interactive))
}

/// Takes this process's place in the family.
fn settle(interp: &Arc<Interp>, work: Work, process: &Process) {
    // This process exists for the script alone, even if a host started it.
    interp.own_signals();
    let _ = signals::install();
    if work.under_host {
        interp.set_under_host();
    }
    if work.interactive || work.serves {
        signals::Signals::begin_spawned();
    }
    Reports::of(interp).set_format(work.error_format);
    StartMethods::of(interp).prefer(work.start_method);
    if let Some(method) = work.start_method.filter(|_| work.start_method_fixed) {
        StartMethods::of(interp).fix(method, false);
    }
    Family::of(interp).inherit_authkey(work.authkey);
    // The process that serves an isolated runtime is the main process of its scripts.
    if !work.serves {
        Family::of(interp).begin_as(process.clone(), work.parent);
    }
}
