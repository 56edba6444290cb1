//! Methods under names that other classes, libraries and languages give them.

/// The classes, the names that are used, and what to write. `{x}` is the value and `{a}` the arguments, as the source shows them.
type Row = (
    &'static [&'static str],
    &'static [&'static str],
    &'static str,
);

const QUEUES: &[&str] = &[
    "Queue",
    "JoinableQueue",
    "SimpleQueue",
    "queue.Queue",
    "queue.LifoQueue",
    "queue.PriorityQueue",
    "queue.SimpleQueue",
];
const DICTS: &[&str] = &["dict", "DictProxy"];
const LISTS: &[&str] = &["list", "ListProxy"];

#[rustfmt::skip]
const TABLE: &[Row] = &[
    (QUEUES, &["push", "append", "add", "enqueue", "send", "offer", "insert"], "write {x}.put({a})"),
    (QUEUES, &["pop", "dequeue", "recv", "receive", "shift", "poll", "take", "next"], "write {x}.get({a})"),
    (QUEUES, &["size", "len", "length", "count", "__len__"], "write {x}.qsize()"),
    (LISTS, &["add"], "write {x}.append({a}), or to keep the items distinct, as those of a set: if {a} !in {x} { {x}.append({a}); }"),
    (LISTS, &["put", "push_back"], "write {x}.append({a})"),
    (LISTS, &["discard"], "write if {a} in {x} { {x}.remove({a}); }"),
    (LISTS, &["intersection"], "write {x}.filter(|item| item in {a})"),
    (LISTS, &["difference"], "write {x}.filter(|item| item !in {a})"),
    (LISTS, &["union"], "write set({x} + {a})"),
    (LISTS, &["issubset"], "write {x}.all(|item| item in {a})"),
    (LISTS, &["length", "size"], "write len({x})"),
    (&["list"], &["join"], "strings join: {a}.join({x}); processes one by one: for p in {x} { p.join(); }"),
    (&["list"], &["start", "terminate", "kill", "is_alive", "close", "acquire", "release"], "each item has it: for item in {x} { item.{m}({a}); }"),
    (&["list"], &["send", "recv", "poll", "send_bytes", "recv_bytes"], "Pipe() returns a list of two connections: {x}[0].{m}({a})"),
    (&["str", "bytes"], &["length", "size"], "write len({x})"),
    (&["str"], &["push", "append", "add"], "write {x} += {a};"),
    (&["str"], &["includes", "has", "contains_key"], "write {a} in {x}"),
    (DICTS, &["has_key", "has", "contains_key", "containsKey", "includes", "exists"], "write {a} in {x}"),
    (DICTS, &["length", "size"], "write len({x})"),
    (DICTS, &["append", "push", "add", "put"], "a dict has keys: {x}[key] = {a};"),
    (&["Lock", "RLock", "Semaphore", "BoundedSemaphore", "Condition"], &["lock", "wait", "down", "p", "enter"], "write {x}.acquire(), or: with {x} { … }"),
    (&["Lock", "RLock", "Semaphore", "BoundedSemaphore", "Condition"], &["unlock", "signal", "up", "v", "leave"], "write {x}.release(), or: with {x} { … }"),
    (&["Event"], &["is_alive", "isSet", "get", "value"], "write {x}.is_set()"),
    (&["Event"], &["notify", "notify_all", "signal", "trigger", "fire"], "write {x}.set()"),
    (&["Process"], &["result", "get", "value", "output", "return_value"], "a process returns nothing: put the result into a Queue, or use Pool().apply(f, [args])"),
    (&["Process"], &["stop", "cancel", "exit"], "write {x}.terminate()"),
    (&["Process", "Thread"], &["wait"], "write {x}.join({a})"),
    (&["Process", "Thread"], &["begin", "launch", "run_async"], "write {x}.start()"),
    (&["Process"], &["status", "returncode", "exit_code"], "write {x}.exitcode"),
    (&["Thread"], &["result", "get", "value", "output", "return_value"], "a thread returns nothing: put the result into a queue.Queue, or use ThreadPoolExecutor().submit(f).result()"),
    (&["Thread"], &["terminate", "kill", "stop", "cancel"], "a thread cannot be stopped from outside: let it look at an Event: while !stop.is_set() { … }"),
    (&["Pool", "ThreadPool"], &["submit", "run", "execute"], "write {x}.apply_async({a})"),
    (&["Pool", "ThreadPool"], &["shutdown", "stop"], "write {x}.close(); {x}.join();"),
    (&["ProcessPoolExecutor", "ThreadPoolExecutor"], &["close", "join", "terminate", "stop"], "write {x}.shutdown()"),
    (&["ProcessPoolExecutor", "ThreadPoolExecutor"], &["apply", "apply_async", "run", "execute"], "write {x}.submit(f, …)"),
    (&["Future"], &["get", "wait", "join", "value"], "write {x}.result({a})"),
    (&["AsyncResult"], &["result", "join", "value"], "write {x}.get({a})"),
    (&["Synchronized", "RawValue"], &["get"], "write {x}.value"),
    (&["Synchronized", "RawValue"], &["set"], "write {x}.value = {a};"),
    (&["Synchronized", "RawValue"], &["inc", "increment", "incr", "fetch_add"], "write {x}.add(1)"),
    (&["SynchronizedArray", "RawArray"], &["append", "push", "add", "insert", "remove", "pop", "extend"], "an Array keeps its size; a list that grows: Manager().list()"),
    (&["Connection"], &["put", "write", "push"], "write {x}.send({a})"),
    (&["Connection"], &["get", "read", "receive", "pop"], "write {x}.recv()"),
    (&["File"], &["print", "puts", "println"], "write {x}.write({a})"),
    (&["set"], &["append", "push", "put"], "write {x}.add({a})"),
];

/// Returns what to write in place of a method or an attribute of a class; `value` and `args` are the user's code.
pub(super) fn instead(class: &str, name: &str, value: &str, args: &str) -> Option<String> {
    let is_it = |(classes, names, _): &&Row| classes.contains(&class) && names.contains(&name);
    let (.., help) = TABLE.iter().find(is_it)?;
    let help = help.replace("{x}", value).replace("{m}", name);
    match args {
        "" if help.contains("{a}") && !help.contains("({a})") => Some(help.replace("{a}", "key")),
        args => Some(help.replace("{a}", args)),
    }
}
