//! Messages that always mean the same: methods that were called too early, too late or once too often, and unknown codes.

use super::asked::Asked;

/// A message, and what to do. `{x}` is the object, `{X}` its class and `{m}` the method or function, as the source shows them.
type Row = (&'static [&'static str], &'static str);

#[rustfmt::skip]
const TABLE: &[Row] = &[
    (&["can only join a started process", "cannot join thread before it is started"], "write {x}.start(); before {x}.join();"),
    (&["cannot start a process twice", "threads can only be started once"], "create a new {X} for each start()"),
    (&["process has already started", "cannot set daemon status of active thread"], "set it before {x}.start(), or create it with daemon: true"),
    (&["can only join a child process", "can only test a child process"], "only the process that created it can do this; current_process() is the one that runs here"),
    (&["cannot join current thread"], "another thread has to join it: this one would wait for its own end"),
    (&["process object is closed"], "call {x}.close() after the last use of it"),
    (&["process not started"], "write {x}.start(); first"),
    (&["daemonic processes are not allowed to have children"], "create this process with daemon: false"),
    (&["semaphore or lock released too many times", "release unlocked lock", "cannot release un-acquired lock", "Semaphore released too many times"],
     "each release() needs an acquire() before it; `with` does both: with {x} { … }"),
    (&["attempt to release recursive lock not owned by thread"], "only the thread that holds it can release it; `with` does both: with {x} { … }"),
    (&["lock is not owned", "must acquire() condition before using wait()", "cannot wait on un-acquired lock", "cannot notify on un-acquired lock", "must acquire() condition before using notify()"],
     "hold it during the call: with {x} { {x}.{m}(); }"),
    (&["Pool is still running"], "write {x}.close(); before {x}.join();"),
    (&["Pool not running"], "call {x}.{m}() before {x}.close(); a block ends the pool at its end: with Pool() as {x} { … }"),
    (&["task_done() called too many times"], "call {x}.task_done() once for each {x}.get()"),
    (&["invalid mode"], "the modes are \"r\" to read, \"w\" to write, \"a\" to append, \"x\" to create, each with \"b\" for bytes or \"+\" for both"),
    (&["I/O operation on closed file."], "use {x} before {x}.close(), or inside the block: with open(path) as {x} { … }"),
    (&["cannot schedule new futures after shutdown", "cannot schedule new futures after interpreter shutdown"], "call {x}.submit() before {x}.shutdown(), or inside the block: with ProcessPoolExecutor() as {x} { … }"),
    (&["this type has no size"], "the type is a letter: \"i\" for integers, \"d\" for floats, \"c\" for a byte, as in {m}(\"i\", …)"),
];

pub(super) fn help(asked: &Asked<'_>) -> Option<String> {
    let row = TABLE.iter().find(|(messages, _)| {
        let mut messages = messages.iter();
        messages.any(|message| asked.message.starts_with(message))
    });
    let (_, help) = row?;
    let outline = &asked.outline;
    let method = asked.word();
    let owner = asked
        .at
        .checked_sub(1)
        .filter(|dot| outline.piece(*dot) == ".");
    let owner = owner.and_then(|dot| outline.value_before(dot));
    let owner = owner.map_or("it", |(_, text)| text);
    let class = if asked.message.contains("thread") {
        "Thread"
    } else {
        "Process"
    };
    Some(
        help.replace("{x}", owner)
            .replace("{X}", class)
            .replace("{m}", method),
    )
}
