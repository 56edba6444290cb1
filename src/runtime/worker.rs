//! The start of a spawned child: it joins the session, rebuilds the program, and makes one call.

use std::os::fd::OwnedFd;
use std::sync::Arc;

use rhai::{EvalAltResult, NativeCallContext, Position};

use super::Runtime;
use super::engine;
use super::groundwork::Groundwork;
use super::isolated::{Served, serve};
use super::setup::Setup;
use super::state::State;
use crate::process::seed::SeedLife;
use crate::process::{signals, spawn};
use crate::program::call::{self, Head};
#[cfg(feature = "redis")]
use crate::remote::keeper::serve as serve_family;
use crate::script::interp::Interp;
use crate::script::report::Reports;
use crate::stdlib::multiprocessing::child;
use crate::stdlib::multiprocessing::family::Family;
use crate::stdlib::multiprocessing::process::Process;
use crate::stdlib::multiprocessing::start_method::StartMethods;
use crate::stdlib::multiprocessing::work::{Orders, Work};
use crate::stdlib::signal::handlers::Handlers;
use crate::sync::{self, ProcessId};
use crate::sys;
use crate::sys::deep_stack::on_deep_stack;
use crate::trace;
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
    let Some(started) = spawn::started() else {
        return;
    };
    sys::limits::raise_stack(engine::STACK_WANTED);
    let code = started
        .map_err(|error| error.to_string())
        .and_then(|started| on_deep_stack(|| begin(started)))
        .unwrap_or_else(|why| {
            let text = format!("procscript: a spawned process could not start: {why}\n");
            let _ = sys::stdio::write_all(sys::stdio::Stream::Err, text.as_bytes());
            NOT_STARTED
        });
    sys::process::exit_now(code)
}

/// Begins as what this process was started for, and returns the exit code.
fn begin(started: spawn::Started) -> Result<i32, String> {
    let args = match started {
        spawn::Started::Child(orders) => return work(orders, None),
        spawn::Started::Seed(args) => args,
        spawn::Started::Keeper(listener) => return keep(listener),
    };
    // A seed that cannot begin is none of the script's business: its parent starts children another way.
    let Ok((life, blueprint)) = SeedLife::begin(args) else {
        return Ok(NOT_STARTED);
    };
    let ground = Groundwork::lay(&blueprint)?;
    match life.serve().map_err(|error| error.to_string())? {
        Some(orders) => work(orders, Some(ground)),
        None => Ok(0),
    }
}

/// Watches over a family, for servers that its processes use.
#[cfg(feature = "redis")]
fn keep(listener: OwnedFd) -> Result<i32, String> {
    sys::process::set_command_name("procscript-keep");
    serve_family(listener.into());
    Ok(0)
}

/// Only a program with the feature starts one.
#[cfg(not(feature = "redis"))]
fn keep(_listener: OwnedFd) -> Result<i32, String> {
    Ok(NOT_STARTED)
}

/// Does the work of a child, and returns its exit code.
fn work(orders: spawn::WorkerArgs, ground: Option<Groundwork>) -> Result<i32, String> {
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
    let (blueprint, rest) = call::split(&bytes)?;
    let ground = match ground {
        Some(ground) if ground.blueprint == blueprint => ground,
        _ => Groundwork::lay(blueprint)?,
    };
    let (head, values) = call::unpack::<Orders>(rest)?;
    let interp = ground.interp.clone();
    if let Some(directory) = &head.orders.timeline {
        trace::join(directory.as_ref());
        session.trace_process();
    }
    interp.permissions().begin(head.orders.permissions.clone());
    interp.adopt_session(session, depot);
    let loaded = interp.held.run(|| load(ground, head, values));
    loaded.map_err(|error| error.to_string())
}

/// Brings the parent's values into the program and makes the call. The process ends with it.
fn load(ground: Groundwork, head: Head<Orders>, values: &[u8]) -> Result<i32, Box<EvalAltResult>> {
    let Groundwork {
        interp,
        engine,
        modules,
        names,
        compiled,
        ..
    } = ground;
    let interp = &interp;
    Family::of(interp).expect_oneself();
    let unreadable = |error: DecodeError| error.to_string();
    let mut values = Values::new(values, interp);
    let mut work = head.orders.work;
    let process = work.receive(&mut values)?;
    let received = head.surroundings.receive(&mut values);
    let (environment, carried) = received.map_err(unreadable)?;
    let inherited = work.inherit(values)?;
    for ((source, ast), carried) in compiled.into_iter().zip(carried) {
        modules.adopt(&engine, interp, source, &ast, carried)?;
    }
    let process = Family::of(interp).recognise(process);
    let global = environment.restore(&engine, &interp.program)?;
    let (handlers, interactive) = (inherited.handlers, work.interactive);
    let served = work.serves.then(|| Served {
        args: process.with(|state| std::mem::take(&mut state.args)),
        host: work.parent.0,
    });
    interp.given.adopt(inherited.given);
    interp.inherit(&inherited.set);
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
            state: State::new(&engine),
            evaluations: 0,
            engine,
            interp: interp.clone(),
            modules,
            names,
            isolated: None,
        };
        sys::process::exit_now(serve(runtime, served));
    }
    let context =
        NativeCallContext::new_with_all_fields(&engine, "start", None, &global, Position::NONE);
    Handlers::of(interp).adopt(interp, &context, handlers)?;
    // At once: taking the engine apart would only take time.
    sys::process::exit_now(child::live(interp, &context, &process, interactive))
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
