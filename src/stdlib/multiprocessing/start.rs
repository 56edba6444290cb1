//! `Process.start()`: the checks, and the two ways to a running child.
//!
//! Both ways show the child the same: functions, `global::` constants, imports, arguments, attributes and
//! captured values as they are at this moment. A forked child finds them in its copy of the memory; a spawned
//! one is sent them through the session ([`crate::program::call`]).

use std::os::fd::AsFd;
use std::sync::Arc;

use rhai::{Array, Dynamic, Map, NativeCallContext};

use super::child;
use super::family::Family;
use super::messages::refused;
use super::process::{Process, Stage, State};
use super::start_method::StartMethod;
use super::start_method::StartMethods;
use super::synchronize::lock::Lock;
use super::workers::Workers;
use crate::permissions::Permissions;
use crate::process::{Child, fork, signals, spawn};
use crate::program::call::{handles_of_constants, pack};
use crate::program::diagnostic::ErrorFormat;
use crate::program::environment::Environment;
use crate::script::Outcome;
use crate::script::dialect::Dialect;
use crate::script::exceptions::{Failure, os_failure, raise, raise_os};
use crate::script::interp::Interp;
use crate::script::report::Reports;
use crate::script::session::session_failure;
use crate::script::values::unshare_deeply;
use crate::stdlib::builtins::flush_everything;
use crate::stdlib::signal::handlers::Handlers;
use crate::stdlib::signal::handlers::signals_of;
use crate::sync::{self, Barrier, Birth, Offset, ProcessId, Session};
use crate::{sys, wire};

/// `p.start()`.
pub(crate) fn start(
    interp: &Arc<Interp>,
    context: &NativeCallContext,
    process: &Process,
) -> Outcome {
    may_start(interp, process)?;
    let started = interp
        .permissions()
        .start()
        .and_then(|at_once| start_claimed(interp, context, process, at_once));
    process.with(|state| state.starting = false);
    started
}

/// Starts a process that nobody else is starting.
fn start_claimed(
    interp: &Arc<Interp>,
    context: &NativeCallContext,
    process: &Process,
    at_once: Option<u32>,
) -> Outcome {
    Family::of(interp).active_children(interp);
    process.with(detach);
    if StartMethods::of(interp).current() == StartMethod::Spawn {
        knows_texts(interp, context)?;
    }
    let objects = may_cross(interp, process)?;
    flush_everything(interp)?;
    let ready = signals_of(interp).begin_parent();
    ready.map_err(os_failure)?;
    let session = interp.session()?;
    // Made before there is a child that would write to the streams of the host.
    let entrances = interp.output.entrances();
    entrances.map_err(os_failure)?;
    // Made now if it never was: parent and child have the same.
    Family::of(interp).authkey();
    let identity = process.identity();
    let birth = Birth {
        name: &identity.name,
        daemon: identity.daemon,
    };
    let place = reserve(interp, &session, &birth, at_once)?;
    let barriers = barriers_among(&session, &objects);
    let may_fork = StartMethods::of(interp).current() == StartMethod::Fork;
    let prepared = may_fork.then(|| interp.prepare_fork());
    let started = match StartMethods::of(interp).next() {
        StartMethod::Fork => start_by_fork(interp, context, process, (&session, place), &barriers),
        StartMethod::Spawn => {
            start_by_spawn(interp, context, process, (&session, place), &barriers)
        }
    };
    drop(prepared);
    match started {
        Ok(child) => {
            session.child_started(place, child.pid());
            process.with(|state| state.stage = Stage::Started { child, place });
            Family::of(interp).add_child(process.clone());
            Ok(Dynamic::UNIT)
        }
        Err(failure) => {
            for barrier in &barriers {
                let _ = barrier.unexpect(place);
            }
            let _ = session.cancel_child(place);
            Err(failure)
        }
    }
}

/// Takes a place in the session for a child. When there are `at_once` processes beside the first, there is none: that is
/// decided where places are given, since others may start some at the same moment.
///
/// # Errors
/// `PermissionError` then; `OSError` or `MemoryError` when the session has no room.
pub(crate) fn reserve(
    interp: &Interp,
    session: &Session,
    birth: &Birth<'_>,
    at_once: Option<u32>,
) -> Result<ProcessId, Failure> {
    let most = at_once.map(u64::from);
    session
        .reserve_child(birth, most)
        .map_err(|error| match error {
            sync::ShmError::Crowded { most } => {
                let most = u32::try_from(most).unwrap_or(u32::MAX);
                interp.permissions().too_many_processes(most)
            }
            error => session_failure(error),
        })
}

/// Python's four checks, in its order. When they are passed, the process is this thread's to start.
fn may_start(interp: &Interp, process: &Process) -> Result<(), Failure> {
    let is_daemon = Family::of(interp).identity().daemon;
    process.with(|state| {
        if state.closed {
            Err(raise("ValueError", "process object is closed"))
        } else if state.creator != sys::process::pid() {
            let text = "can only start a process object created by current process";
            Err(raise("AssertionError", text))
        } else if state.starting || !matches!(state.stage, Stage::Initial) {
            Err(raise("AssertionError", "cannot start a process twice"))
        } else if is_daemon {
            let text = "daemonic processes are not allowed to have children";
            Err(raise("AssertionError", text))
        } else {
            state.starting = true;
            Ok(())
        }
    })
}

/// Checks a call that starts a child by spawn: the child has to compile the functions of the script.
///
/// # Errors
/// `RuntimeError` when the text of a script is not known.
fn knows_texts(interp: &Interp, context: &NativeCallContext) -> Result<(), Failure> {
    let libraries = &context.global_runtime_state().lib;
    let mut with_functions = libraries
        .iter()
        .filter(|library| library.iter_script_fn_info().next().is_some());
    let is_unknown = with_functions.any(|library| !interp.program.knows(library.id()));
    if !interp.host_engines.in_use() || !is_unknown {
        return Ok(());
    }
    let text = "the child process would not have the source of this script: compile the script with \
                `package.compile(&engine, name, text)` instead of Engine::compile or Engine::eval";
    Err(raise("RuntimeError", text))
}

/// Takes what the child gets out of the cells it shares with the parent's variables.
fn detach(state: &mut State) {
    if let Some(target) = &mut state.target {
        target.iter_curry_mut().for_each(unshare_deeply);
    }
    state.args.iter_mut().for_each(unshare_deeply);
    state.attributes.values_mut().for_each(unshare_deeply);
}

/// What cannot cross to another process is refused by name, whichever way the child is started; the shared objects that do cross.
fn may_cross(interp: &Arc<Interp>, process: &Process) -> Result<Vec<Offset>, Failure> {
    handles_of(interp, process)
        .map(|handles| handles.into_iter().map(Offset).collect())
        .map_err(refused)
}

/// The shared objects that a forked child is given: those that a spawned one would be sent.
fn given(interp: &Arc<Interp>, context: &NativeCallContext, process: &Process) -> Vec<Offset> {
    let mut handles = handles_of(interp, process).unwrap_or_default();
    let environment = Environment::of(context);
    handles.extend(handles_of_constants(&interp.program, &environment, interp));
    handles.extend(wire::handles(&given_values(interp), "given", interp).unwrap_or_default());
    handles.into_iter().map(Offset).collect()
}

/// The shared objects in the task of a process and in its attributes.
fn handles_of(interp: &Arc<Interp>, process: &Process) -> Result<Vec<u64>, wire::Refusal> {
    // Copied out first: the task may refer to its own process, which is looked at on the way.
    let (target, args, attributes) = process.with(|state| {
        let State {
            target,
            args,
            attributes,
            ..
        } = state;
        (target.clone(), args.clone(), attributes.clone())
    });
    let mut handles = match target {
        Some(target) => wire::handles(&Dynamic::from(target), "target", interp)?,
        None => Vec::new(),
    };
    handles.extend(wire::handles(&Dynamic::from(args), "args", interp)?);
    for (name, value) in &attributes {
        handles.extend(wire::handles(value, name, interp)?);
    }
    Ok(handles)
}

/// The barriers that the child gets: it is expected there.
fn barriers_among(session: &Session, objects: &[Offset]) -> Vec<Barrier> {
    let mut places = objects.to_vec();
    places.sort_unstable();
    places.dedup();
    // An object of another kind cannot be opened as a barrier.
    let open = |place: &Offset| Barrier::open(session, *place).ok();
    places.iter().filter_map(open).collect()
}

/// Makes the barriers expect a child that has been granted them and does not run yet, so that they learn of its end.
fn tell(barriers: &[Barrier], child: ProcessId) -> Result<(), Failure> {
    let mut expected = barriers.iter().map(|barrier| barrier.expect(child));
    expected.try_for_each(|result| result.map_err(session_failure))
}

/// What the child may do: at most what this process may.
fn permissions_of(interp: &Interp, process: &Process) -> Permissions {
    let narrowed = process.with(|state| state.permissions.clone());
    let permissions = narrowed.unwrap_or_else(|| (*interp.permissions().permissions()).clone());
    permissions.of_child()
}

fn start_by_fork(
    interp: &Arc<Interp>,
    context: &NativeCallContext,
    process: &Process,
    (session, place): (&Session, ProcessId),
    barriers: &[Barrier],
) -> Result<Child, Failure> {
    sync::grant_inheritance(session, place, || given(interp, context, process))
        .map_err(session_failure)?;
    tell(barriers, place)?;
    let parent = (sys::process::pid(), Family::of(interp).name());
    let interactive = interp.is_interactive();
    fork::fork(signals_of(interp), || {
        if session.enter_child(place).is_err() {
            return fork::NOT_ENTERED;
        }
        interp.permissions().begin(permissions_of(interp, process));
        if !interp.owns_signals() {
            // The process is the script's alone, as a spawned one: what the host does about signals is not for it.
            interp.own_signals();
            signals::reset();
        }
        Family::of(interp).begin_as(process.clone(), parent.clone());
        child::live(interp, context, process, interactive)
    })
    .map_err(os_failure)
}

fn start_by_spawn(
    interp: &Arc<Interp>,
    context: &NativeCallContext,
    process: &Process,
    (session, place): (&Session, ProcessId),
    barriers: &[Barrier],
) -> Result<Child, Failure> {
    let permissions = permissions_of(interp, process);
    let mut furnishing = interp.furnishing.with_permissions(permissions);
    if interp.host_engines.in_use() {
        furnishing.doors = interp.host_engines.mounts();
    }
    let orders = (furnishing.pack(), pack_work(interp, process));
    let message =
        pack(&interp.program, &Environment::of(context), orders, interp).map_err(refused)?;
    let mut handles: Vec<_> = message.handles.iter().copied().map(Offset).collect();
    let depot = interp.depot();
    let depot = depot.as_ref().map(|depot| depot.parts());
    handles.extend(depot.iter().map(|(_, turn)| turn.handle().offset()));
    session.grant(place, &handles).map_err(session_failure)?;
    tell(barriers, place)?;
    session
        .set_payload(place, &message.bytes)
        .map_err(session_failure)?;
    let program = Workers::of(interp).program(interp)?;
    let streams = interp.output.entrances().map_err(os_failure)?;
    let given = spawn::SpawnOptions {
        session: session.fd(),
        streams: streams
            .each_ref()
            .map(|end| end.as_ref().map(|end| end.as_fd())),
        depot: depot.map(|(ends, turn)| (ends, turn.handle().offset().0)),
        own_group: interp.is_interactive(),
    };
    let shown = program.map(|program| program.display().to_string());
    spawn::spawn(program, &given, place.pack()).map_err(|error| raise_os(&error, shown.as_deref()))
}

/// Those of the host's values that can be sent.
fn given_values(interp: &Arc<Interp>) -> Dynamic {
    let mut values = interp.given.all();
    values.retain(|name, value| wire::check(value, name, interp).is_ok());
    values.into()
}

/// What a spawned child needs to know beside the program: itself, its parent, and the family's ways.
fn pack_work(interp: &Arc<Interp>, process: &Process) -> Dynamic {
    let mut work = Map::new();
    let mut set = |name: &str, value: Dynamic| drop(work.insert(name.into(), value));
    process.with(|state| {
        set(
            "target",
            state.target.clone().map_or(Dynamic::UNIT, Dynamic::from),
        );
        set("args", state.args.clone().into());
        set("attributes", state.attributes.clone().into());
        set("name", state.identity.name.clone().into());
        set("daemon", state.identity.daemon.into());
        let numbers = state
            .identity
            .numbers
            .iter()
            .map(|n| Dynamic::from_int((*n).into()));
        set("numbers", numbers.collect::<Array>().into());
    });
    set("parent_pid", Dynamic::from_int(sys::process::pid().into()));
    set("parent_name", Family::of(interp).name().into());
    let json = Reports::of(interp).format() == ErrorFormat::Json;
    set("errors_as_json", json.into());
    set("interactive", interp.is_interactive().into());
    set("of_guest", interp.is_under_host().into());
    let (method, fixed) = StartMethods::of(interp).inherited();
    set(
        "start_method",
        method.map_or(Dynamic::UNIT, |m| m.name().into()),
    );
    set("start_method_fixed", fixed.into());
    set("given", given_values(interp));
    set("handlers", Handlers::of(interp).parts().into());
    set("authkey", Dynamic::from_blob(Family::of(interp).authkey()));
    set(
        "turn",
        interp.output.turn().map_or(Dynamic::UNIT, |turn| {
            Dynamic::from(Lock {
                shared: turn,
                dialect: Dialect::default(),
            })
        }),
    );
    work.into()
}

/// What [`pack_work`] packed, in the child.
pub(crate) struct Work {
    pub process: Process,
    pub parent: (i32, String),
    pub error_format: ErrorFormat,
    /// Somebody types at its parent.
    pub interactive: bool,
    /// The family's main process is another program.
    pub of_guest: bool,
    pub start_method: Option<StartMethod>,
    pub start_method_fixed: bool,
    pub turn: Option<crate::sync::Mutex>,
    /// What its parent's script does when signals come.
    pub handlers: Array,
    pub authkey: Vec<u8>,
    /// What the host has given its scripts.
    pub given: Map,
}

/// Reads the work of a spawned child.
pub(crate) fn unpack_work(interp: &Interp, work: Dynamic) -> Option<Work> {
    let mut fields = work.try_cast::<Map>()?;
    let mut take = |name: &str| fields.remove(name).unwrap_or(Dynamic::UNIT);
    let numbers = take("numbers").into_array().ok()?;
    let identity = super::identity::Identity {
        numbers: numbers
            .iter()
            .filter_map(|n| u32::try_from(n.as_int().ok()?).ok())
            .collect(),
        name: take("name").to_string(),
        daemon: take("daemon").as_bool().ok()?,
    };
    let parent_pid = i32::try_from(take("parent_pid").as_int().ok()?).ok()?;
    let process = Process::from_state(State {
        identity,
        target: take("target").try_cast(),
        args: take("args").into_array().ok()?,
        attributes: take("attributes").try_cast()?,
        creator: parent_pid,
        stage: Stage::Elsewhere {
            pid: sys::process::pid(),
        },
        closed: false,
        starting: false,
        permissions: None,
        exception: None,
    });
    let process = Family::of(interp).recognise(process);
    Some(Work {
        process,
        parent: (parent_pid, take("parent_name").to_string()),
        error_format: match take("errors_as_json").as_bool() {
            Ok(true) => ErrorFormat::Json,
            _ => ErrorFormat::Human,
        },
        interactive: take("interactive").as_bool().unwrap_or(false),
        of_guest: take("of_guest").as_bool().unwrap_or(false),
        start_method: StartMethod::named(&take("start_method").to_string()),
        start_method_fixed: take("start_method_fixed").as_bool().unwrap_or(false),
        handlers: take("handlers").into_array().unwrap_or_default(),
        given: take("given").try_cast().unwrap_or_default(),
        authkey: take("authkey").into_blob().unwrap_or_default(),
        turn: take("turn").try_cast::<Lock>().map(|lock| lock.shared),
    })
}
