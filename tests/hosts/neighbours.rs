//! Several runtimes in one process, and what is left when they are gone.

use std::cell::RefCell;
use std::time::Duration;

use procscript::{Capture, Error, Limits, Permissions, Runtime};

use crate::support::cases::Case;

pub(crate) const CASES: &[Case] = &[
    Case::new("a_thousand_runtimes_leave_nothing_behind", leaves_nothing),
    Case::new(
        "runtimes_that_run_at_once_do_not_disturb_each_other",
        at_once,
    ),
    Case::new(
        "dropping_a_runtime_ends_its_children_and_nobody_elses",
        drops,
    ),
    Case::new("children_of_the_host_are_left_to_the_host", hosts_children),
    Case::new("a_runtime_moves_between_threads", moves),
    Case::new("a_runtime_that_a_thread_keeps_ends_with_the_thread", kept),
];

/// What this process has of the system.
#[derive(Debug, PartialEq, Eq)]
struct Taken {
    descriptors: usize,
    threads: usize,
    children: usize,
    mappings: usize,
}

fn taken() -> Taken {
    let entries = |path: &str| std::fs::read_dir(path).unwrap().count();
    let pid = std::process::id();
    let children = std::fs::read_to_string(format!("/proc/self/task/{pid}/children"));
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    Taken {
        descriptors: entries("/proc/self/fd"),
        threads: entries("/proc/self/task"),
        children: children.unwrap_or_default().split_whitespace().count(),
        mappings: maps.lines().filter(|line| line.contains("memfd")).count(),
    }
}

/// Resident memory in KiB.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS:"))
        .unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

const WORK: &str = r#"
    fn child(q) { q.put(os.getpid()) }
    let q = Queue();
    let lock = Lock();
    lock.with(|| q.put(1));
    let t = Thread(|| q.put(2));
    t.start();
    t.join();
"#;

fn leaves_nothing() {
    let one = |n: usize| {
        let mut runtime = Runtime::builder()
            .permissions(Permissions::all())
            .session_memory(16 << 20)
            .build()
            .unwrap();
        runtime.eval::<()>(WORK).unwrap();
        if n.is_multiple_of(50) {
            let text = "let p = Process(child, [q]); p.start(); let d = Process(child, [Queue(1)]); d.start();";
            runtime.eval::<()>(text).unwrap();
            // Also in the middle of things.
            runtime
                .eval::<()>("Thread(#{target: || time.sleep(3600), daemon: true}).start()")
                .unwrap();
        }
    };
    // What is made once for the whole process is made now.
    (0..60).for_each(one);
    let (before, memory) = (taken(), resident());
    (0..1000).for_each(one);
    assert_eq!(taken(), before);
    let grown = resident().saturating_sub(memory);
    // A runtime takes about 7 MiB while it lives; 1,000 of them may not leave the size of one.
    assert!(grown < 7 << 10, "{grown} KiB more than before");
}

fn at_once() {
    let threads: Vec<_> = (0..4_i64)
        .map(|n| {
            std::thread::spawn(move || {
                for round in 0..10 {
                    let limits = Limits::new().time(Duration::from_secs(60));
                    let mut runtime = Runtime::builder()
                        .permissions(Permissions::all())
                        .limits(limits)
                        .build()
                        .unwrap();
                    runtime.set("me", n).unwrap();
                    if n == 0 {
                        // One is stopped again and again, by hand.
                        let stopper = runtime.stopper();
                        stopper.stop();
                        assert!(matches!(
                            runtime.eval::<()>("loop { }"),
                            Err(Error::Stopped)
                        ));
                        continue;
                    }
                    let text = r#"
                        fn child(q, n) { q.put([me, n]) }
                        let q = Queue();
                        for n in range(3) { let p = Process(child, [q, n]); p.start(); p.join() }
                        let all = [];
                        for n in range(3) { all.push(q.get(#{timeout: 60})) }
                        str(all)
                    "#;
                    let told = runtime.eval::<String>(text).unwrap();
                    assert_eq!(
                        told,
                        format!("[[{n}, 0], [{n}, 1], [{n}, 2]]"),
                        "round {round}"
                    );
                }
            })
        })
        .collect();
    threads
        .into_iter()
        .for_each(|thread| thread.join().unwrap());
}

fn drops() {
    let start = "fn child(q) { q.put(os.getpid()); loop { } } let q = Queue(); let p = Process(child, [q]); p.start(); q.get()";
    let mut first = Runtime::builder()
        .permissions(Permissions::all())
        .build()
        .unwrap();
    let mut second = Runtime::builder()
        .permissions(Permissions::all())
        .build()
        .unwrap();
    let ends = first.eval::<i64>(start).unwrap();
    let stays = second.eval::<i64>(start).unwrap();
    let alive = |pid: i64| {
        let pid = nix::unistd::Pid::from_raw(i32::try_from(pid).unwrap());
        nix::sys::signal::kill(pid, None).is_ok()
    };
    drop(first);
    assert!(!alive(ends));
    assert!(alive(stays));
    assert!(second.eval::<bool>("p.is_alive()").unwrap());
    drop(second);
    assert!(!alive(stays));
}

fn hosts_children() {
    let mut own = std::process::Command::new("true").spawn().unwrap();
    let mut runtime = Runtime::builder()
        .permissions(Permissions::all())
        .build()
        .unwrap();
    let text = "fn f() { } for n in range(3) { let p = Process(f); p.start(); p.join() } len(active_children())";
    assert_eq!(runtime.eval::<i64>(text).unwrap(), 0);
    drop(runtime);
    assert!(own.wait().unwrap().success());
}

fn moves() {
    let mut runtime = Runtime::builder()
        .permissions(Permissions::all())
        .build()
        .unwrap();
    runtime
        .eval::<()>("let q = Queue(); q.put(1); let n = 5;")
        .unwrap();
    let mut runtime = std::thread::spawn(move || {
        runtime.eval::<()>("q.put(n)").unwrap();
        runtime
    })
    .join()
    .unwrap();
    assert_eq!(runtime.eval::<i64>("q.get() + q.get()").unwrap(), 6);
}

/// The runtime is dropped when the thread's other values are gone.
fn kept() {
    thread_local! {
        static KEPT: RefCell<Option<Runtime>> = const { RefCell::new(None) };
    }
    const TEXT: &str = r#"
        fn child(q) { q.put(os.getpid()); loop { } }
        let q = Queue(); let inner = Queue(); inner.put(Lock()); q.put([inner, "x" * 5000]);
        let m = Manager().dict(); m["list"] = [1, q]; m["list"];
        let mine = threading.local(); mine.x = m;
        let t = Thread(|| loop { }); t.start();
        try { [1].missing(); } catch { }
        let pids = Queue(); let p = Process(child, [pids]); p.start(); pids.get()
    "#;
    for last in [
        "",
        "sys.exit(q)",
        "throw m",
        "let t = Thread(|| sys.exit(1)); t.start(); t.join();",
    ] {
        let work = move || {
            KEPT.with_borrow_mut(|kept| {
                let runtime = Runtime::builder()
                    .permissions(Permissions::all())
                    .stderr(Capture::new()); // The value of `sys.exit`.
                let runtime = kept.insert(runtime.build().unwrap());
                let pid = runtime.eval::<i64>(TEXT).unwrap();
                let _ = runtime.eval::<()>(last);
                pid
            })
        };
        let pid = std::thread::spawn(work).join().unwrap();
        let pid = nix::unistd::Pid::from_raw(i32::try_from(pid).unwrap());
        assert!(nix::sys::signal::kill(pid, None).is_err(), "{last}");
    }
}
