//! Isolated runtimes: whatever a script does to its process, the host lives.

use std::path::Path;
use std::time::{Duration, Instant};

use procscript::error::{BuildError, Exceeded};
use procscript::objects::{GetError, ProcessOptions};
use procscript::prompt::Outcome;
use procscript::{
    Builder, Capture, Error, ErrorKind, Limits, Permissions, Runtime, Script, Setup, StartMethod,
};
use rhai::{Array, Dynamic, FnPtr};
use rustix::process::{Resource, Rlimit, setrlimit};

use crate::own::shapes;
use crate::support::cases::Case;
use crate::support::watchdog::poll;

pub(crate) const CASES: &[Case] = &[
    Case::new("an_isolated_runtime_gives_the_same_results", same_results),
    Case::new(
        "an_isolated_script_that_kills_itself_is_an_error",
        kills_itself,
    ),
    Case::new("an_isolated_script_without_memory_is_an_error", no_memory),
    Case::new("an_isolated_script_cannot_overflow_the_host_s_stack", deep),
    Case::new("an_isolated_script_ends_when_its_time_is_over", times_out),
    Case::new("an_isolated_script_can_be_stopped", stopped),
    Case::new(
        "an_isolated_script_starts_as_many_processes_as_it_may",
        processes,
    ),
    Case::new("an_isolated_script_leaves_nobody", nobody_left),
    Case::new("an_isolated_script_shares_objects_with_its_host", shared),
    Case::new("an_isolated_script_has_the_functions_of_setups", setups),
    Case::new("what_an_isolated_runtime_prints_arrives_in_order", printed),
    Case::new("a_whole_program_runs_isolated", whole),
    Case::new("an_isolated_runtime_says_what_it_cannot_do", refusals),
];

const LONG: Duration = Duration::from_secs(60);

fn isolated() -> Builder {
    Runtime::builder()
        .isolated()
        .permissions(Permissions::all())
}

fn exists(pid: i64) -> bool {
    // A process that has ended and not been reaped is gone too.
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(')')
        .is_some_and(|(_, rest)| !rest.trim_start().starts_with('Z'))
}

fn wait_until_gone(pid: i64) {
    let gone = poll(Instant::now() + LONG, || (!exists(pid)).then_some(()));
    assert!(gone.is_some(), "process {pid} is still there");
}

/// The results of a runtime for these sources, one after the other.
fn results(mut runtime: Runtime) -> Vec<String> {
    let sources = [
        "6 * 7",
        "fn double(x) { x * 2 } let n = 21; const C = 3; double(n)",
        "n += 1; [n, C, `${n}`, 1.5, true, (), #{a: [1, #{b: 2}]}]",
        "double(n)",
        "let x = ;",
        "let broken = 1;\n1 / 0",
        "throw #{code: 5}",
        "throw ValueError(\"no such day\")",
        "fn fails(x) { undefined_name + x }\nfails(1)",
        "sys.exit(3)",
        "broken",
        "current_process().name",
        "let q = Queue(); let p = Process(|q| q.put(current_process().name), [q]); p.start(); p.join(); q.get()",
        "let t = Thread(|| n += 1); t.start(); t.join(); n",
        "given + 1",
        "parent_process() == None",
        "blob(3)",
        "limit",
    ];
    runtime.set("given", 41_i64).unwrap();
    let mut all = Vec::new();
    for source in sources {
        runtime.set("limit", 7_i64).unwrap();
        all.push(match runtime.eval::<Dynamic>(source) {
            Ok(value) => format!("{source}: {value:?}"),
            Err(Error::Failed(failure)) => {
                format!("{source}: {failure} {:?}", failure.value())
            }
            Err(error) => format!("{source}: {:?} {error}", error.kind()),
        });
    }
    let called = runtime.call_fn::<i64>("double", (4_i64,));
    all.push(format!("{called:?}"));
    let called = runtime.call_fn::<String>("double", (4_i64,));
    all.push(format!("{called:?}"));
    let called = runtime.call_fn::<i64>("nothing", (4_i64,));
    all.push(called.unwrap_err().to_string());
    runtime.reset();
    all.push(format!(
        "{:?}",
        runtime.eval::<i64>("n").unwrap_err().kind()
    ));
    all.push(format!("{:?}", runtime.eval::<i64>("given").unwrap()));
    runtime.finish().unwrap();
    all
}

fn same_results() {
    let plain = Runtime::builder().permissions(Permissions::all());
    let (plain, isolated) = (
        results(plain.build().unwrap()),
        results(isolated().build().unwrap()),
    );
    assert_eq!(plain, isolated);
}

/// The signal or exit code of a script's death.
fn death(result: Result<(), Error>) -> (Option<i32>, Option<i32>) {
    match result {
        Err(Error::Died(death)) => (death.signal, death.code),
        other => panic!("{other:?}"),
    }
}

fn kills_itself() {
    let mut runtime = isolated().build().unwrap();
    for (text, expected) in [
        ("os.kill(os.getpid(), 9)", (Some(9), None)),
        ("os.kill(os.getpid(), 11)", (Some(11), None)),
        ("os._exit(3)", (None, Some(3))),
        ("os._exit(0)", (None, Some(0))),
        (
            "Thread(|| os.kill(os.getpid(), 9)).start(); loop { }",
            (Some(9), None),
        ),
    ] {
        runtime.eval::<()>("let kept = 1; fn f() { }").unwrap();
        assert_eq!(death(runtime.eval::<()>(text)), expected, "{text}");
        // A new process, without what the other had defined.
        let lost = runtime.eval::<i64>("kept").unwrap_err();
        assert_eq!(lost.kind(), ErrorKind::Failed);
        assert_eq!(runtime.eval::<i64>("6 * 7").unwrap(), 42);
    }
    // Between evaluations, too.
    let pid = runtime.eval::<i64>("os.getpid()").unwrap();
    nix::sys::signal::kill(
        nix::unistd::Pid::from_raw(pid as i32),
        nix::sys::signal::Signal::SIGKILL,
    )
    .unwrap();
    wait_until_gone(pid);
    let error = runtime.eval::<i64>("1").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Died);
    assert_eq!(
        error.to_string(),
        "the isolated script was killed by SIGKILL: it killed itself, or the system had no memory left; \
         its functions and variables are lost, and the next evaluation starts afresh"
    );
    assert_eq!(runtime.eval::<i64>("1").unwrap(), 1);
}

fn no_memory() {
    // The child inherits the limit.
    let limit = Rlimit {
        current: Some(300 << 20),
        maximum: Some(300 << 20),
    };
    setrlimit(Resource::Data, limit).unwrap();
    let mut runtime = isolated().stderr(std::io::sink()).build().unwrap();
    for text in [
        "let all = []; for i in range(1000) { all.push([]) } loop { for i in range(1000) { all[i].push([0, 0, 0, 0, 0, 0]) } }",
        "let l = [0]; loop { l = [l, l] }",
    ] {
        let result = runtime.eval::<()>(text);
        let is_end = match &result {
            Err(Error::Died(death)) => death.signal.is_some(),
            Err(Error::Failed(failure)) => failure.diagnostic().kind == "MemoryError",
            _ => false,
        };
        assert!(is_end, "{text}: {result:?}");
        assert_eq!(runtime.eval::<i64>("6 * 7").unwrap(), 42);
    }
}

fn deep() {
    let mut runtime = isolated().stderr(std::io::sink()).build().unwrap();
    for text in [
        "fn f(n) { f(n + 1) } f(0)",
        "let f = || 1; for i in range(200000) { let g = f; f = || g; } f = 0;",
        "let a = []; for i in range(2000) { a = [a]; } a = 0;",
    ] {
        // Caught, survived or fatal for the child: the host goes on.
        let _ = runtime.eval::<()>(text);
        let next = (0..2).find_map(|_| runtime.eval::<i64>("6 * 7").ok());
        assert_eq!(next, Some(42), "{text}");
    }
}

fn times_out() {
    let limit = Duration::from_millis(150);
    let mut runtime = isolated()
        .limits(Limits::new().time(limit))
        .build()
        .unwrap();
    let is_limit = |result: Result<(), Error>| {
        assert!(
            matches!(&result, Err(Error::Limit(Exceeded::Time(found))) if *found == limit),
            "{result:?}"
        );
    };
    // The start of a process may take longer than this time on a busy machine.
    let pid = poll(Instant::now() + LONG, || {
        runtime.eval::<i64>("let kept = 1; os.getpid()").ok()
    });
    for text in [
        "loop { }",
        "time.sleep(3600)",
        "Queue().get(true, 3600)",
        "loop { try { loop { } } catch { } }",
    ] {
        is_limit(runtime.eval::<()>(text));
    }
    // These ended in order.
    assert_eq!(runtime.eval::<i64>("kept").unwrap(), 1);
    assert_eq!(runtime.eval::<i64>("os.getpid()").unwrap(), pid.unwrap());
    // This one does not notice anything any more, and is killed.
    is_limit(runtime.eval::<()>("os.kill(os.getpid(), 19)"));
    wait_until_gone(pid.unwrap());
    let lives = poll(Instant::now() + LONG, || runtime.eval::<i64>("6 * 7").ok());
    assert_eq!(lives, Some(42));

    let mut runtime = isolated()
        .limits(Limits::new().operations(20_000))
        .build()
        .unwrap();
    for _ in 0..2 {
        let result = runtime.eval::<()>("let kept = 1; loop { }");
        let is_limit = matches!(result, Err(Error::Limit(Exceeded::Operations(20_000))));
        assert!(is_limit, "{result:?}");
        assert_eq!(runtime.eval::<i64>("kept").unwrap(), 1);
    }
}

fn stopped() {
    let mut runtime = isolated().build().unwrap();
    let begun = runtime.event().unwrap();
    runtime.set("begun", begun.clone()).unwrap();
    let queue = runtime.queue::<i64>(0).unwrap();
    runtime.eval::<()>("let kept = 1;").unwrap();
    for text in ["loop { }", "time.sleep(3600)", "Queue().get(true, 3600)"] {
        let stopper = runtime.stopper();
        let seen = begun.clone();
        let stop = std::thread::spawn(move || {
            seen.wait_timeout(LONG).unwrap();
            seen.clear();
            stopper.stop();
        });
        let result = runtime.eval::<()>(&format!("begun.set(); {text}"));
        assert!(matches!(result, Err(Error::Stopped)), "{text}: {result:?}");
        stop.join().unwrap();
        assert_eq!(runtime.eval::<i64>("kept").unwrap(), 1);
    }
    // Between evaluations, a stop ends those that are left, and the process stays.
    let text = "
        fn child() { time.sleep(3600) }
        let p = Process(child);
        p.start();
        Thread(#{target: || { loop { } }, daemon: true}).start();
        p.pid
    ";
    let pid = runtime.eval::<i64>(text).unwrap();
    assert!(exists(pid));
    runtime.stopper().stop_all();
    wait_until_gone(pid);
    for _ in 0..2 {
        assert!(matches!(runtime.eval::<i64>("1"), Err(Error::Stopped)));
        assert!(matches!(queue.get(), Err(GetError::Stopped)));
    }
    runtime.stopper().resume();
    assert_eq!(runtime.eval::<i64>("kept").unwrap(), 1);
    assert_eq!(runtime.eval::<i64>("active_children().len()").unwrap(), 0);
}

fn processes() {
    let permissions = Permissions::none().allow_processes(2, 1);
    let mut runtime = Runtime::builder()
        .isolated()
        .permissions(permissions)
        .stderr(std::io::sink())
        .build()
        .unwrap();
    let text = "
        fn bomb() { loop { let p = Process(bomb); p.start(); } }
        fn sleeps() { time.sleep(3600) }
        let all = [];
        try { loop { let p = Process(sleeps); p.start(); all.push(p); } } catch (e) { }
        let count = all.len();
        for p in all { p.terminate(); p.join(); }
        let p = Process(bomb);
        p.start();
        p.join();
        [count, p.exception.args[0]]
    ";
    let found = runtime.eval::<Array>(text).unwrap();
    assert_eq!(found[0].as_int(), Ok(2));
    let why = found[1].to_string();
    assert!(why.contains("another generation"), "{why}");
}

fn nobody_left() {
    let text = "
        fn grandchild(q) { q.put(os.getpid()); loop { } }
        fn child(q) {
            q.put(os.getpid());
            let p = Process(grandchild, [q]);
            p.start();
            p.join();
        }
        let pids = Queue();
        let p = Process(child, [pids]);
        p.start();
        let all = [os.getpid(), pids.get(), pids.get()];
        found.put(all);
    ";
    let begin = || {
        let mut runtime = isolated().build().unwrap();
        let found = runtime.queue::<Vec<i64>>(0).unwrap();
        runtime.set("found", found.clone()).unwrap();
        runtime.eval::<()>(text).unwrap();
        let pids = found.get().unwrap();
        assert!(pids.iter().all(|pid| exists(*pid)));
        (runtime, pids)
    };
    let (mut runtime, pids) = begin();
    death(runtime.eval::<()>("os.kill(os.getpid(), 9)"));
    pids.into_iter().for_each(wait_until_gone);
    let (runtime, pids) = begin();
    drop(runtime);
    assert!(!pids.into_iter().any(exists));
    let (mut runtime, pids) = begin();
    runtime.reset();
    assert!(!pids.into_iter().any(exists));
}

fn shared() {
    let mut runtime = isolated().build().unwrap();
    let (jobs, results) = (
        runtime.queue::<i64>(0).unwrap(),
        runtime
            .queue::<std::collections::BTreeMap<String, i64>>(0)
            .unwrap(),
    );
    let lock = runtime.lock().unwrap();
    for number in 0..100 {
        jobs.put(&number).unwrap();
    }
    let text = "
        fn work(jobs, results, lock) {
            for i in range(100) { lock.with(|| results.put(#{n: jobs.get() * 2})); }
        }
    ";
    runtime.eval::<()>(text).unwrap();
    let args = (jobs.to_dynamic(), results.to_dynamic(), lock.to_dynamic());
    runtime.call_fn::<()>("work", args).unwrap();
    for number in 0..100 {
        assert_eq!(results.get().unwrap()["n"], number * 2);
    }
    // One that dies with the lock leaves it to the host, which learns of that.
    runtime.set("lock", lock.clone()).unwrap();
    death(runtime.eval::<()>("lock.acquire(); os.kill(os.getpid(), 9)"));
    assert!(lock.acquire_timeout(LONG).unwrap().was_abandoned());
    // An object of a script goes to the host, and a value of the host to the script that comes later.
    let queue = runtime
        .eval::<Dynamic>("let q = Queue(); q.put(5); q")
        .unwrap();
    let queue = procscript::objects::Queue::<i64>::from_dynamic(queue).unwrap();
    assert_eq!(queue.get().unwrap(), 5);
    runtime.set("later", 6_i64).unwrap();
    assert_eq!(runtime.eval::<i64>("later").unwrap(), 6);
}

fn setups() {
    let mut runtime = isolated().setup(shapes()).build().unwrap();
    let plain = Runtime::builder().setup(shapes()).build();
    let mut plain = plain.unwrap();
    for source in [
        "even(4).n + 1",
        "even(4)",
        "point(3, \"a\")",
        "[point(1)]",
        "unknown()",
    ] {
        let expected = plain.eval::<Dynamic>(source);
        let found = runtime.eval::<Dynamic>(source);
        match source {
            // A type that cannot be sent stays there.
            "unknown()" => assert!(expected.is_ok() && found.is_err()),
            _ => assert_eq!(format!("{expected:?}"), format!("{found:?}")),
        }
    }
    let unknown = Setup::new("not given to init_with").register(|_| ());
    let error = isolated().setup(unknown).build().unwrap().eval::<()>("1");
    let text = error.unwrap_err().to_string();
    assert!(text.contains("init_with"), "{text}");
}

fn printed() {
    let (out, err) = (Capture::new(), Capture::new());
    let mut runtime = isolated()
        .stdout(out.clone())
        .stderr(err.clone())
        .build()
        .unwrap();
    for number in 0..50 {
        let text = format!("print({number}); sys.stderr.write(\"{number}\\n\");");
        runtime.eval::<()>(&text).unwrap();
        // All of it is here when the evaluation returns.
        assert!(
            out.text().ends_with(&format!("{number}\n")),
            "{}",
            out.text()
        );
        assert!(
            err.text().ends_with(&format!("{number}\n")),
            "{}",
            err.text()
        );
    }
    death(runtime.eval::<()>("print(\"last\"); sys.stdout.flush(); os.kill(os.getpid(), 9)"));
    assert!(out.text().ends_with("last\n"));
}

fn whole() {
    let run = |builder: Builder, text: &str| {
        let output = Capture::new();
        let runtime = builder
            .stdout(output.clone())
            .stderr(output.clone())
            .build()
            .unwrap();
        let code = runtime.run_main(Script::from_text("job", text));
        (code, output.text())
    };
    for text in [
        "fn f() { print(\"in the child\") } let p = Process(f); p.start(); p.join(); print(\"main\");",
        "print(1); throw ValueError(\"no such day\")",
        "sys.exit(3)",
        "let x = ;",
    ] {
        let plain = Runtime::builder().permissions(Permissions::all());
        assert_eq!(run(plain, text), run(isolated(), text), "{text}");
    }
    let (code, output) = run(isolated(), "print(1); os.kill(os.getpid(), 9)");
    assert_eq!(code, 137);
    assert!(output.contains("killed by SIGKILL"), "{output}");
    let limits = Limits::new().time(Duration::from_millis(300));
    let (code, output) = run(isolated().limits(limits), "loop { }");
    assert_eq!(code, 1);
    assert!(output.contains("time limit"), "{output}");
}

fn refusals() {
    let mut runtime = isolated().build().unwrap();
    runtime.eval::<()>("fn f() { 1 }").unwrap();
    for source in ["|x| x", "[1, #{a: |x| x}]", "Fn(\"f\")"] {
        let error = runtime.eval::<Dynamic>(source).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("call_fn"), "{source}: {text}");
    }
    let function = FnPtr::new("f").unwrap();
    let error = runtime.call::<i64>(&function, ()).unwrap_err();
    assert!(error.to_string().contains("call_fn"), "{error}");
    let error = runtime.start("f", (), ProcessOptions::new()).unwrap_err();
    assert!(error.to_string().contains("isolated"), "{error}");
    runtime.set("later", 5_i64).unwrap();
    let error = runtime.call_fn::<()>("f", (Dynamic::from(Instant::now()),));
    assert!(error.unwrap_err().to_string().contains("args[0]"));
    assert_eq!(runtime.eval::<i64>("later").unwrap(), 5);
    // None of these has cost it what it has defined, or what the host has given it.
    assert_eq!(runtime.call_fn::<i64>("f", ()).unwrap(), 1);
    let mut program = runtime.interactive();
    assert!(matches!(program.enter("1"), Outcome::Failed(_)));
    for builder in [
        isolated().stdin(|_| None),
        isolated().configure_engine(|_| ()),
        isolated().owns_process(),
    ] {
        let error = builder.build().unwrap_err();
        assert!(matches!(error, BuildError::NotIsolated(_)), "{error}");
    }
    assert!(isolated().package().is_err());
    // A fork of the host is never asked for.
    let mut runtime = isolated().start_method(StartMethod::Fork).build().unwrap();
    let pid = runtime.eval::<i64>("os.getpid()").unwrap();
    let command = std::fs::read_to_string(Path::new(&format!("/proc/{pid}/cmdline"))).unwrap();
    assert!(command.contains("procscript-worker"), "{command}");
}
