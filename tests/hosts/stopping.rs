//! Limits, and stops from outside: wherever a script is, it ends.

use std::time::{Duration, Instant};

use procscript::error::Exceeded;
use procscript::{Error, Limits, Permissions, Runtime};

use rustix::thread::gettid;

use crate::support::cases::Case;
use crate::support::process_table::is_asleep;
use crate::support::watchdog::poll;

pub(crate) const CASES: &[Case] = &[
    Case::new("a_stop_ends_a_script_wherever_it_is", stops),
    Case::new("a_stop_that_comes_early_is_not_lost", early_stop),
    Case::new("the_time_limit_ends_a_script_wherever_it_is", time_limits),
    Case::new(
        "operations_count_in_callbacks_threads_and_children",
        operations,
    )
    .writes(
        "",
        "Process Process-1:\nRuntimeError: the script has used up its limit of 20000 operations\n",
    ),
    Case::new("sizes_are_limited_in_children", sizes),
    Case::new(
        "a_stopped_script_leaves_no_children_and_no_threads",
        nobody_left,
    ),
    Case::new("no_catch_holds_a_stop", uncaught),
];

/// Longer than any watchdog waits: only a stop ends these.
const ENDLESS: &[(&str, &str)] = &[
    ("a loop", "loop { }"),
    (
        "a loop in a function",
        "fn f() { let n = 0; while true { n += 1 } } f()",
    ),
    ("a callback", "[1].map(|x| { loop { } })"),
    ("sleep", "time.sleep(3600)"),
    ("get", "Queue().get(true, 3600)"),
    ("put", "let q = Queue(1); q.put(1); q.put(2, true, 3600)"),
    (
        "a lock",
        "let l = Lock(); l.acquire(); l.acquire(true, 3600)",
    ),
    ("an event", "Event().wait(3600)"),
    (
        "a condition",
        "let c = Condition(); c.acquire(); c.wait(3600)",
    ),
    ("a barrier", "Barrier(2).wait(3600)"),
    ("a semaphore", "Semaphore(0).acquire(true, 3600)"),
    ("a pipe", "let ends = Pipe(); ends[0].poll(3600)"),
    ("queue.get of a thread", "queue.Queue().get(true, 3600)"),
    (
        "join of a thread",
        "let t = Thread(|| time.sleep(3600)); t.start(); t.join()",
    ),
    (
        "join of a child",
        "fn child() { time.sleep(3600) } let p = Process(child); p.start(); p.join()",
    ),
    (
        "join of a child that loops",
        "fn child() { loop { } } let p = Process(child); p.start(); p.join()",
    ),
];

fn stops() {
    let mut runtime = Runtime::builder()
        .permissions(Permissions::all())
        .build()
        .unwrap();
    for (what, text) in ENDLESS {
        let stopper = runtime.stopper();
        let thread = gettid().as_raw_pid();
        let stop = std::thread::spawn(move || {
            // When it waits; a loop never does.
            let deadline = Instant::now() + Duration::from_millis(200);
            poll(deadline, || is_asleep(thread).then_some(()));
            stopper.stop();
        });
        let result = runtime.eval::<()>(text);
        assert!(matches!(result, Err(Error::Stopped)), "{what}: {result:?}");
        stop.join().unwrap();
        assert_eq!(runtime.eval::<i64>("1 + 1").unwrap(), 2, "after {what}");
    }
}

fn early_stop() {
    let mut runtime = Runtime::builder()
        .permissions(Permissions::all())
        .build()
        .unwrap();
    runtime.stopper().stop();
    assert!(matches!(runtime.eval::<i64>("1"), Err(Error::Stopped)));
    assert_eq!(runtime.eval::<i64>("1").unwrap(), 1);
}

fn time_limits() {
    let limit = Duration::from_millis(50);
    let mut runtime = Runtime::builder()
        .permissions(Permissions::all())
        .limits(Limits::new().time(limit))
        .build()
        .unwrap();
    for (what, text) in ENDLESS {
        let began = Instant::now();
        let result = runtime.eval::<()>(text);
        let is_it = matches!(&result, Err(Error::Limit(Exceeded::Time(found))) if *found == limit);
        assert!(is_it, "{what}: {result:?}");
        assert!(began.elapsed() >= limit, "{what}");
    }
    // The time of one evaluation is not that of another.
    assert_eq!(runtime.eval::<i64>("6 * 7").unwrap(), 42);
}

fn operations() {
    let mut runtime = Runtime::builder()
        .permissions(Permissions::all())
        .limits(Limits::new().operations(20_000))
        .build()
        .unwrap();
    let is_limit = |result: Result<(), Error>| {
        matches!(result, Err(Error::Limit(Exceeded::Operations(20_000))))
    };
    assert!(is_limit(runtime.eval::<()>("loop { }")));
    // Rhai itself forgets the operations of callbacks.
    let text = "let n = 0; while n < 100 { [1, 2, 3].map(|x| { let i = 0; while i < 100 { i += 1 } }); n += 1 }";
    assert!(is_limit(runtime.eval::<()>(text)));
    let text = "let t = Thread(|| { loop { } }); t.start(); t.join()";
    assert!(is_limit(runtime.eval::<()>(text)));
    let text = r#"
        fn child() { loop { } }
        let p = Process(child);
        p.start();
        p.join();
        p.exception.message
    "#;
    let told = "the script has used up its limit of 20000 operations";
    assert_eq!(runtime.eval::<String>(text).unwrap(), told);
    assert_eq!(
        runtime
            .eval::<i64>("let n = 0; while n < 100 { n += 1 } n")
            .unwrap(),
        100
    );
}

fn sizes() {
    let limits = Limits::new()
        .string_bytes(1000)
        .array_items(50)
        .map_entries(50);
    let mut runtime = Runtime::builder()
        .permissions(Permissions::all())
        .limits(limits)
        .build()
        .unwrap();
    for grow in [
        "let s = \"x\"; loop { s += s }",
        "let a = [1]; loop { a.push(1) }",
        "let m = #{}; let n = 0; loop { m[`k${n}`] = 1; n += 1 }",
    ] {
        let in_child = format!(
            "fn grow() {{ try {{ {grow} }} catch {{ sys.exit(3); }} }} let p = Process(grow); p.start(); p.join(); p.exitcode"
        );
        assert_eq!(runtime.eval::<i64>(&in_child).unwrap(), 3, "{grow}");
        let error = runtime.eval::<()>(grow).unwrap_err();
        assert!(matches!(error, Error::Failed(_)), "{grow}: {error:?}");
    }
}

fn nobody_left() {
    let mut runtime = Runtime::builder()
        .permissions(Permissions::all())
        .limits(Limits::new().time(Duration::from_millis(300)))
        .build()
        .unwrap();
    let text = r#"
        fn grandchild(q) { q.put(os.getpid()); loop { } }
        fn child(q) {
            q.put(os.getpid());
            let p = Process(grandchild, [q]);
            p.start();
            p.join();
        }
        let pids = Queue();
        Process(child, [pids]).start();
        Thread(#{target: || { loop { } }, daemon: true}).start();
        let first = [pids.get(), pids.get()];
        loop { }
    "#;
    // On a busy machine the time may be over before both have begun.
    for _ in 0..20 {
        assert!(matches!(runtime.eval::<()>(text), Err(Error::Limit(_))));
        assert_eq!(threads_of_scripts(), 0);
        let Ok(pids) = runtime.eval::<rhai::Array>("first") else {
            continue;
        };
        for pid in pids {
            let pid = i32::try_from(pid.as_int().unwrap()).unwrap();
            let alive = nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), None).is_ok();
            assert!(!alive, "process {pid} is still there");
        }
        return;
    }
    panic!("the children never began in time");
}

/// The threads of this process but for this one and those the crate keeps.
fn threads_of_scripts() -> usize {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap();
    let names = tasks
        .map(|task| std::fs::read_to_string(task.unwrap().path().join("comm")).unwrap_or_default());
    names.filter(|name| name.starts_with("Thread-")).count()
}

fn uncaught() {
    let mut runtime = Runtime::builder()
        .permissions(Permissions::all())
        .limits(Limits::new().time(Duration::from_millis(50)))
        .build()
        .unwrap();
    let text = "loop { try { [1].map(|x| { Queue().get(true, 3600) }); } catch (e) { } }";
    assert!(matches!(runtime.eval::<()>(text), Err(Error::Limit(_))));
    let text = "loop { try { loop { } } catch { } }";
    assert!(matches!(runtime.eval::<()>(text), Err(Error::Limit(_))));
}
