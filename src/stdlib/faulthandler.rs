//! `faulthandler`: what the processes and threads of the program do, as text.

use super::traceback::print_to;
use crate::script::{Call, Outcome, Registry};
use crate::sys::identity;

/// The value of the global constant `faulthandler`.
#[derive(Debug, Clone)]
struct FaultHandler;

pub(super) fn register(registry: &mut Registry) {
    registry.namespace("faulthandler", FaultHandler).function(
        "dump_traceback",
        &["file?", "all_threads?"],
        dump,
    );
}

/// `dump_traceback(file=sys.stderr, all_threads=True)`: in this program, of all processes too.
fn dump(call: &mut Call<'_>) -> Outcome {
    let file = call.given(0);
    let all = call.bool_or(1, true);
    let mut family = call.interp.family()?;
    if !all {
        let (pid, tid) = (identity::process_id(), identity::thread_id());
        family.processes.retain(|process| process.pid == pid);
        for process in &mut family.processes {
            process.threads.retain(|thread| thread.tid == tid);
        }
        family.queues.clear();
    }
    print_to(call, file, family.dump() + "\n")
}
