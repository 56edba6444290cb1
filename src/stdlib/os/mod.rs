//! `os`: this process, the files around it, its environment.
//!
//! - [`files`]: directories and files by name; [`status`]: facts about them; [`path`]: names themselves, `os.path`.
//! - [`environment`]: `environ`, `getenv`; [`command`]: `system`; [`fork`]: children made by hand; [`descriptors`]: `pipe`.

mod command;
mod descriptors;
mod environment;
pub(in crate::stdlib) mod files;
pub(crate) mod fork;
pub(in crate::stdlib) mod path;
mod status;

use rhai::Dynamic;

pub(crate) use self::environment::is_environ;

use self::descriptors::Descriptors;
use self::fork::Forked;
use super::multiprocessing;
use crate::script::{Call, Failure, Outcome, Registry, States, memory, os_failure, raise};
use crate::sys;
use crate::trace;

/// The value of the global constant `os`.
#[derive(Debug, Clone)]
pub(crate) struct Os;

/// Adds what the module keeps.
pub(super) fn states(states: &mut States) {
    states.add::<Forked>().add::<Descriptors>();
}

pub(super) fn register(registry: &mut Registry) {
    let mut os = registry.namespace("os", Os);
    os.function("getpid", &[], |_| {
        Ok(Dynamic::from_int(sys::process::pid().into()))
    })
    .function("getppid", &[], |_| {
        Ok(Dynamic::from_int(sys::process::parent_pid().into()))
    })
    .function("cpu_count", &[], |_| Ok(multiprocessing::cpu_count()))
    .function("kill", &["pid", "sig"], kill)
    .function("killpg", &["pgid", "sig"], killpg)
    .function("getpgid", &["pid"], |call| {
        let pid = i32::try_from(call.int(0)?).unwrap_or(-1);
        let group = sys::process::group_of(pid).map_err(os_failure)?;
        Ok(Dynamic::from_int(group.into()))
    })
    .function("_exit", &["status"], |call| {
        call.interp.permissions().change_process("os._exit()")?;
        // The kernel keeps the low eight bits.
        let code = (call.int(0)? & 0xff) as i32;
        call.interp.leave_directory();
        trace::leaving(code);
        sys::process::exit_now(code)
    })
    .function("urandom", &["size"], urandom)
    .constant("name", "posix", |_| Ok("posix".into()))
    .constant("sep", "/", |_| Ok("/".into()))
    .constant("pathsep", ":", |_| Ok(":".into()))
    .constant("curdir", ".", |_| Ok(".".into()))
    .constant("pardir", "..", |_| Ok("..".into()))
    .constant("linesep", "\n", |_| Ok("\n".into()))
    .constant("devnull", "/dev/null", |_| Ok("/dev/null".into()));
    files::register(&mut os);
    status::register(&mut os);
    environment::register(&mut os);
    command::register(&mut os);
    fork::register(&mut os);
    descriptors::register(&mut os);
    os.constant("path", path::Path, |_| Ok(Dynamic::from(path::Path)));
    environment::register_class(registry);
    status::register_class(registry);
    path::register(registry);
}

/// Parameter `index` as an integer of 32 bits.
pub(in crate::stdlib) fn number(call: &mut Call<'_>, index: usize) -> Result<i32, Failure> {
    i32::try_from(call.int(index)?).map_err(|_| {
        let text = "signed integer is greater than maximum";
        raise("OverflowError", text)
    })
}

/// `os.killpg(pgid, sig)`.
fn killpg(call: &mut Call<'_>) -> Outcome {
    let (group, signal) = (number(call, 0)?, number(call, 1)?);
    if group < 0 || group == 1 {
        let text = "the ID of a group is 0 or at least 2: 1 would be all processes";
        return Err(raise("ValueError", text));
    }
    let guard = call.interp.permissions();
    guard.signals(&format!("sending signal {signal} to process group {group}"))?;
    if sys::signal::reaches_this_process(-group) {
        guard.change_process("os.killpg() of this process")?;
    }
    sys::signal::send(-group, signal).map_err(os_failure)?;
    Ok(Dynamic::UNIT)
}

/// `os.kill(pid, sig)`.
fn kill(call: &mut Call<'_>) -> Outcome {
    let (pid, signal) = (number(call, 0)?, number(call, 1)?);
    let guard = call.interp.permissions();
    guard.signals(&format!("sending signal {signal} to process {pid}"))?;
    if sys::signal::reaches_this_process(pid) {
        guard.change_process("os.kill() of this process")?;
    }
    sys::signal::send(pid, signal).map_err(os_failure)?;
    Ok(Dynamic::UNIT)
}

/// `os.urandom(size)`: unpredictable bytes from the kernel.
fn urandom(call: &mut Call<'_>) -> Outcome {
    let Ok(size) = usize::try_from(call.int(0)?) else {
        return Err(raise("ValueError", "negative argument not allowed"));
    };
    memory::for_bytes(call, size)?;
    let mut bytes = vec![0; size];
    let filled = sys::random::fill(&mut bytes);
    filled.map_err(os_failure)?;
    Ok(Dynamic::from_blob(bytes))
}
