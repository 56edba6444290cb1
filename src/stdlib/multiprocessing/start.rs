//! `Process.start()`: the checks, and the two ways to a running child.
//!
//! Both ways show the child the same: functions, `global::` constants, imports, arguments, attributes and
//! captured values as they are at this moment. A forked child finds them in its copy of the memory; a spawned
//! one is sent them through the session ([`crate::program::call`]).

use std::os::fd::AsFd;
use std::path::PathBuf;
use std::sync::Arc;

use rhai::{Dynamic, NativeCallContext};

use super::child;
use super::family::Family;
use super::messages::refused;
use super::process::{Process, Stage, State};
use super::start_method::StartMethod;
use super::start_method::StartMethods;
use super::work::{Orders, Sending};
use super::workers::Workers;
use crate::permissions::Permissions;
use crate::process::seed::Wanted;
use crate::process::{Child, fork, signals, spawn};
use crate::program::call::{pack, split};
use crate::script::events::{Weight, event};
use crate::script::values::unshare_deeply;
use crate::script::{Failure, Interp, Outcome, os_failure, raise, raise_os, session_failure};
use crate::stdlib::builtins::flush_everything;
use crate::stdlib::signal::handlers::signals_of;
use crate::sync::{self, Barrier, Birth, Offset, ProcessId, Session, called_by_nobody};
use crate::sys;
use crate::text::from_os;
use crate::trace;

/// `p.start()`.
pub(crate) fn start(
    interp: &Arc<Interp>,
    context: &NativeCallContext,
    process: &Process,
) -> Outcome {
    may_start(interp, process)?;
    let may = interp.permissions().start();
    let started = may
        .map_err(Failure::from)
        .and_then(|at_once| start_claimed(interp, context, process, at_once));
    process.with(|state| state.starting = false);
    started.inspect_err(|_| {
        // Copies of sockets that were to be sent would keep their connections open.
        let _ = interp.depot().map(|depot| depot.drop_unawaited());
    })
}

/// Starts the process that runs the scripts of an isolated runtime: it has all permissions of the script, and is not counted.
pub(crate) fn start_server(
    interp: &Arc<Interp>,
    context: &NativeCallContext,
    process: &Process,
) -> Outcome {
    interp.have_no_hands();
    start_claimed(interp, context, process, None)
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
    let serves = process.with(|state| state.serves);
    let wanted = process.with(|state| state.method);
    let current = wanted.unwrap_or_else(|| StartMethods::of(interp).current());
    let spawns = serves || current == StartMethod::Spawn;
    if spawns {
        knows_texts(interp, context)?;
    }
    let sending = Sending::task(interp, process, spawns)?;
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
    let since = trace::now();
    let birth = Birth {
        name: &identity.name,
        daemon: identity.daemon,
    };
    let place = reserve(interp, &session, &birth, at_once)?;
    let barriers = barriers_among(&session, sending.objects());
    let prepared = (!spawns).then(|| interp.prepare_fork());
    let method = match serves {
        true => StartMethod::Spawn,
        false => StartMethods::of(interp).next(wanted),
    };
    let started = match method {
        StartMethod::Fork => start_by_fork(context, sending, (&session, place), &barriers),
        StartMethod::Spawn => start_by_spawn(context, sending, (&session, place), &barriers),
    };
    drop(prepared);
    match started {
        Ok(child) => {
            session.child_started(place, child.pid());
            let (name, pid) = (&identity.name, child.pid());
            session.trace_child(since, pid, name);
            event(Weight::Usual, || {
                format!("process {name} started (pid {pid})")
            });
            // The child has its own copies; what they refer to is given up when the lock of the object is free.
            let _given = process.with(|state| state.begin(child, place));
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

/// Takes a slot of the session for a child. When there are `at_once` processes beside the first, there is none: that is
/// decided where slots are allocated, because others may start processes at the same moment.
///
/// # Errors
/// `PermissionError` then; `OSError` or `MemoryError` when the session has no room.
pub(crate) fn reserve(
    interp: &Interp,
    session: &Session,
    birth: &Birth<'_>,
    at_once: Option<u32>,
) -> Result<ProcessId, Failure> {
    // The process that runs the script of an isolated runtime is not one of its children.
    let extra = u64::from(interp.settings.isolated);
    let most = at_once.map(|at_once| u64::from(at_once) + extra);
    session
        .reserve_child(birth, most)
        .map_err(|error| match error {
            sync::ShmError::Crowded { most } => {
                let most = u32::try_from(most - extra.min(most)).unwrap_or(u32::MAX);
                interp.permissions().too_many_processes(most).into()
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
    if !interp.host_engines.in_use() {
        return Ok(());
    }
    let missing = interp.host_engines.missing(context.engine());
    if let Some(word) = missing {
        let text = format!(
            "the child process would not have '{word}', an operator or syntax of this engine: register it in a Setup that \
             `Builder::setup` and `init_with` are given"
        );
        return Err(raise("RuntimeError", text));
    }
    let libraries = &context.global_runtime_state().lib;
    if interp.program.origins(libraries).is_some() {
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

/// Returns the barriers that the child gets: it is expected there.
fn barriers_among(session: &Session, mut places: Vec<Offset>) -> Vec<Barrier> {
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

/// Returns the permissions of the child: at most those of this process.
fn permissions_of(interp: &Interp, process: &Process) -> Permissions {
    let narrowed = process.with(|state| state.permissions.clone());
    let permissions = narrowed.unwrap_or_else(|| (*interp.permissions().permissions()).clone());
    match process.with(|state| state.serves) {
        true => permissions,
        false => permissions.of_child(),
    }
}

fn start_by_fork(
    context: &NativeCallContext,
    sending: Sending<'_>,
    (session, place): (&Session, ProcessId),
    barriers: &[Barrier],
) -> Result<Child, Failure> {
    let (interp, process) = (sending.interp, sending.process);
    let (given, is_all) = sending.all_objects(context);
    if !is_all {
        // It may have the objects of other children, too.
        let shared = Family::of(interp).share_children(session);
        shared.map_err(session_failure)?;
    }
    sync::grant_inheritance(session, place, (&given, is_all)).map_err(session_failure)?;
    tell(barriers, place)?;
    let parent = (sys::process::pid(), Family::of(interp).name());
    let interactive = interp.is_interactive();
    // Here and not in the child, for which the kernel would have to map the code again.
    let permissions = permissions_of(interp, process);
    fork::fork(signals_of(interp), || {
        if session.enter_child(place).is_err() {
            return fork::NOT_ENTERED;
        }
        interp.permissions().begin(permissions);
        if !interp.owns_signals() {
            // The process is the script's alone, as a spawned one: what the host does about signals is not for it.
            interp.own_signals();
            signals::reset();
        }
        Family::of(interp).begin_as(process.clone(), parent.clone());
        called_by_nobody(|| child::live(interp, context, process, interactive))
    })
    .map_err(os_failure)
}

fn start_by_spawn(
    context: &NativeCallContext,
    sending: Sending<'_>,
    (session, place): (&Session, ProcessId),
    barriers: &[Barrier],
) -> Result<Child, Failure> {
    let (interp, process) = (sending.interp, sending.process);
    let permissions = permissions_of(interp, process);
    // The permissions may differ from child to child, and are not part of what all have in common.
    let mut settings = interp.settings.with_permissions(Permissions::none());
    if interp.host_engines.in_use() {
        settings.mounts = interp.host_engines.mounts();
        settings.of_host = Some(interp.host_engines.settings(context.engine()));
    }
    let mut sending = sending.written()?;
    let (surroundings, work) = sending.inherit(context).map_err(refused)?;
    let mut handles = sending.objects();
    let orders = Orders {
        permissions,
        work,
        timeline: trace::directory().map(PathBuf::into_os_string),
    };
    let program = &interp.program;
    let message = pack(program, surroundings, settings, orders, sending.values);
    let message = message.map_err(|misfit| {
        let text = format!("the program cannot be sent: {misfit}");
        raise("ValueError", text)
    })?;
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
        own_group: interp.is_interactive() || process.with(|state| state.serves),
    };
    let (blueprint, _) = split(&message.bytes).map_err(|why| raise("ValueError", why))?;
    let wanted = Wanted { program, blueprint };
    let seeds = &Workers::of(interp).seeds;
    let started = seeds.spawn(wanted, &given, place.pack());
    started.map_err(|error| raise_os(&error, program.map(from_os).as_deref()))
}
