//! Pools of worker processes that do tasks for Rust: typed values, and deaths and time limits that fail no other task.

use std::thread;
use std::time::Duration;

use procscript::objects::{Job, Pool, PoolOptions, Queue, WaitError};
use procscript::{Error, ErrorKind, Permissions, Runtime};
use serde::{Deserialize, Serialize};

use crate::support::cases::Case;

pub(crate) const CASES: &[Case] = &[
    Case::new("a_pool_does_typed_tasks", typed_tasks),
    Case::new("a_pool_knows_functions_that_come_later", later_functions),
    Case::new("tasks_of_new_functions_run_once", tasks_of_new_functions),
    Case::new("a_killed_worker_fails_only_its_task", killed_workers),
    Case::new("a_worker_killed_from_outside_is_replaced", killed_outside),
    Case::new("a_task_that_takes_too_long_fails_alone", time_limits),
    Case::new("tasks_of_dead_workers_are_tried_again", retries),
    Case::new("a_pool_says_which_function_is_unknown", unknown_functions),
    Case::new(
        "a_failing_initializer_fails_the_tasks",
        failing_initializers,
    ),
    Case::new(
        "values_that_do_not_convert_fail_their_tasks_only",
        conversions,
    ),
    Case::new("an_error_of_a_task_has_its_report", reports),
    Case::new("a_job_can_be_waited_for_in_steps", waiting_in_steps),
    Case::new("threads_of_a_host_share_a_pool", several_threads),
    Case::new("a_pool_needs_permission", permissions),
];

/// Longer than anything here takes.
pub(crate) const LONG: Duration = Duration::from_secs(60);

pub(crate) fn runtime(script: &str) -> Runtime {
    let mut runtime = Runtime::builder()
        .permissions(Permissions::all())
        .build()
        .unwrap();
    runtime.eval::<()>(script).unwrap();
    runtime
}

pub(crate) fn kind_and_message(error: &Error) -> (String, String) {
    let report = error.diagnostic().unwrap_or_else(|| panic!("{error:?}"));
    (report.kind.clone(), report.message.clone())
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Point {
    x: i64,
    label: Option<String>,
}

fn typed_tasks() {
    let runtime = runtime(
        r#"
        fn square(x) { x * x }
        fn mirrored(point) { point.x = -point.x; point.label = "mirrored"; point }
        fn area(width, height) { width * height }
        fn pass(queue, item) { queue.put(item); }
        fn pid() { os.getpid() }
        "#,
    );
    let pool = runtime.pool(3).unwrap();
    assert_eq!(pool.workers(), 3);
    let squares: Vec<i64> = pool.map("square", 0..1000).unwrap();
    assert!(squares.into_iter().eq((0..1000).map(|x| x * x)));
    let nothing: Vec<i64> = pool.map("square", Vec::<i64>::new()).unwrap();
    assert!(nothing.is_empty());
    let points = [Point { x: 3, label: None }];
    let mirrored: Vec<Point> = pool.map("mirrored", &points).unwrap();
    let label = Some("mirrored".into());
    assert_eq!(mirrored, [Point { x: -3, label }]);
    let areas: Vec<f64> = pool.starmap("area", [(2, 1.5), (3, 0.5)]).unwrap();
    assert_eq!(areas, [3.0, 1.5]);
    assert_eq!(
        pool.submit::<_, i64>("square", (7,))
            .unwrap()
            .wait()
            .unwrap(),
        49
    );
    let pid = pool.submit::<_, u32>("pid", ()).unwrap().wait().unwrap();
    assert_ne!(pid, std::process::id());
    // Shared objects are arguments too.
    let queue: Queue<String> = runtime.queue(0).unwrap();
    let job = pool.submit::<_, ()>("pass", (&queue, "hello")).unwrap();
    job.wait().unwrap();
    assert_eq!(queue.get().unwrap(), "hello");
    // Large ones cross whole.
    let long = "0123456789abcdef".repeat(1 << 16);
    pool.submit::<_, ()>("pass", (&queue, &long))
        .unwrap()
        .wait()
        .unwrap();
    assert!(queue.get().unwrap() == long);

    pool.close().unwrap();
    let stats = pool.stats().unwrap();
    let tasks: u64 = stats.workers.iter().map(|worker| worker.tasks).sum();
    assert_eq!((stats.workers.len(), tasks), (3, 1007));
    assert!(stats.slowest.len() == 5 && stats.slowest[0].time >= stats.slowest[4].time);
    let error = pool.map::<_, i64>("square", [1]).unwrap_err();
    assert_eq!(
        kind_and_message(&error),
        ("ValueError".into(), "Pool not running".into())
    );
}

fn later_functions() {
    let mut runtime = runtime("fn one() { 1 }");
    let pool = runtime.pool(2).unwrap();
    assert_eq!(pool.submit::<_, i64>("one", ()).unwrap().wait().unwrap(), 1);
    runtime
        .eval::<()>("fn one() { 10 } fn two() { 2 * one() }")
        .unwrap();
    assert_eq!(
        pool.submit::<_, i64>("two", ()).unwrap().wait().unwrap(),
        20
    );
    runtime.reset();
    let error = pool.map::<_, i64>("two", [()]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Failed);
    runtime.eval::<()>("fn three(x) { x * 3 }").unwrap();
    assert_eq!(pool.map::<_, i64>("three", [1, 2]).unwrap(), [3, 6]);
}

fn tasks_of_new_functions() {
    let mut runtime = runtime("fn first(n) { }");
    let runs: Queue<i64> = runtime.queue(0).unwrap();
    let pool = runtime.pool(2).unwrap();
    pool.map::<_, ()>("first", [0; 4]).unwrap();
    for round in 1..=3 {
        // The old workers leave meanwhile.
        let code = format!("fn f{round}(runs) {{ runs.put(1); time.sleep(0.3); }}");
        runtime.eval::<()>(&code).unwrap();
        let name = format!("f{round}");
        pool.submit::<_, ()>(&name, (&runs,))
            .unwrap()
            .wait()
            .unwrap();
        assert_eq!(runs.len(), round);
    }
}

const DEATHS: &str = r#"
    fn die(x) {
        if x == 3 { os.kill(os.getpid(), signal.SIGKILL); }
        if x == 5 { os._exit(7); }
        x
    }
"#;

fn killed_workers() {
    let runtime = runtime(DEATHS);
    let pool = runtime.pool(2).unwrap();
    for _ in 0..3 {
        let results = pool.map_results::<_, i64>("die", 0..8).unwrap();
        for (index, result) in results.iter().enumerate() {
            let code = match index {
                3 => -9,
                5 => 7,
                _ => {
                    assert_eq!(*result.as_ref().unwrap(), index as i64);
                    continue;
                }
            };
            let Err(Error::WorkerLost(lost)) = result else {
                panic!("{result:?}");
            };
            assert_eq!(
                (lost.exit_code(), lost.task()),
                (code, &*format!("die({index})"))
            );
            assert_ne!(lost.pid(), std::process::id() as i32);
            let how = match index {
                3 => "was killed by SIGKILL",
                _ => "ended with exit code 7",
            };
            let text = format!("worker {} {how} while it ran die({index})", lost.pid());
            assert_eq!(lost.to_string(), text);
        }
    }
    let error = pool.map::<_, i64>("die", 0..8).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WorkerLost);
}

/// Starts a task that never ends, and returns it with the pid of its worker.
pub(crate) fn endless(runtime: &Runtime, pool: &Pool) -> (Job<i64>, i32) {
    let pids = runtime.queue::<i32>(0).unwrap();
    let job = pool.submit::<_, i64>("endless", (&pids,)).unwrap();
    (job, pids.get_timeout(LONG).unwrap())
}

pub(crate) const ENDLESS: &str =
    "fn endless(pids) { pids.put(os.getpid()); time.sleep(3600); } fn one() { 1 }";

fn killed_outside() {
    let mut runtime = runtime(ENDLESS);
    let pool = runtime.pool(1).unwrap();
    let (job, pid) = endless(&runtime, &pool);
    let next = pool.submit::<_, i64>("one", ()).unwrap();
    runtime
        .eval::<()>(&format!("os.kill({pid}, signal.SIGKILL)"))
        .unwrap();
    let Err(Error::WorkerLost(lost)) = job.wait_timeout(LONG) else {
        panic!("the worker lives");
    };
    assert_eq!((lost.pid(), lost.exit_code()), (pid, -9));
    assert!(lost.task().starts_with("endless(<"), "{}", lost.task());
    assert_eq!(next.wait_timeout(LONG).unwrap(), 1);
    assert_eq!(pool.stats().unwrap().workers.len(), 2);
}

fn time_limits() {
    let runtime =
        runtime("fn stay(x) { if x == 1 { loop { } } if x == 2 { time.sleep(3600); } x }");
    let limit = Duration::from_millis(300);
    let options = PoolOptions::new(2).time_limit(limit);
    let pool = runtime.pool_with(options).unwrap();
    let results = pool.map_results::<_, i64>("stay", 0..4).unwrap();
    let shown: Vec<_> = results
        .iter()
        .map(|result| match result {
            Ok(value) => value.to_string(),
            Err(error) => {
                let (kind, message) = kind_and_message(error);
                format!("{kind}: {message}")
            }
        })
        .collect();
    assert_eq!(
        shown,
        [
            "0",
            "TimeoutError: stay(1) took longer than its time limit of 0.3 s",
            "TimeoutError: stay(2) took longer than its time limit of 0.3 s",
            "3"
        ]
    );
}

fn retries() {
    let runtime = runtime(
        r#"
        fn fragile(attempts) {
            let attempt = attempts.get();
            if attempt < 3 { os.kill(os.getpid(), signal.SIGKILL); }
            attempt
        }
        "#,
    );
    let attempts = runtime.queue::<i64>(0).unwrap();
    let options = PoolOptions::new(1).retries(2).tasks_per_worker(1);
    let pool = runtime.pool_with(options.clone()).unwrap();
    attempts.put_many(&[1, 2, 3]).unwrap();
    let job = pool.submit::<_, i64>("fragile", (&attempts,)).unwrap();
    assert_eq!(job.wait_timeout(LONG).unwrap(), 3);
    attempts.put_many(&[0, 1, 2, 3]).unwrap();
    // The pool keeps what the task may need again.
    let again = attempts.clone();
    let job = pool.submit::<_, i64>("fragile", (again,)).unwrap();
    let error = job.wait_timeout(LONG).unwrap_err();
    assert_eq!((error.kind(), attempts.len()), (ErrorKind::WorkerLost, 1));
}

fn unknown_functions() {
    let runtime = runtime("fn known() { 1 }");
    let pool = runtime.pool(1).unwrap();
    let unknown = "the program has no function 'unknown'";
    let wanted = ("NameError".to_string(), unknown.to_string());
    let error = pool.map::<_, i64>("unknown", [1]).unwrap_err();
    assert_eq!(kind_and_message(&error), wanted);
    let error = pool.submit::<_, i64>("unknown", ()).unwrap_err();
    assert_eq!(kind_and_message(&error), wanted);
    let options = PoolOptions::new(1).initializer("unknown", ());
    let error = runtime.pool_with(options).unwrap_err();
    assert_eq!(kind_and_message(&error), wanted);
    // As for a call: the number of arguments is wrong.
    let job = pool.submit::<_, i64>("known", (1, 2)).unwrap();
    let error = job.wait_timeout(LONG).unwrap_err();
    assert_eq!(kind_and_message(&error).0, "TypeError", "{error}");
}

fn failing_initializers() {
    let runtime = runtime(
        r#"
        fn prepare(ready, text) { ready.put(text); }
        fn fails() { throw ValueError("not today"); }
        fn one() { 1 }
        "#,
    );
    let ready = runtime.queue::<String>(0).unwrap();
    let options =
        PoolOptions::new(2).initializer("prepare", (ready.to_dynamic(), "ready".to_string()));
    let pool = runtime.pool_with(options).unwrap();
    for _ in 0..2 {
        assert_eq!(ready.get_timeout(LONG).unwrap(), "ready");
    }
    drop(pool);
    let options = PoolOptions::new(2).initializer("fails", ());
    let pool = runtime.pool_with(options).unwrap();
    for _ in 0..2 {
        let error = match pool.submit::<_, i64>("one", ()) {
            Ok(job) => job.wait_timeout(LONG).unwrap_err(),
            Err(error) => error,
        };
        assert_eq!(
            kind_and_message(&error),
            ("ValueError".into(), "not today".into())
        );
    }
}

fn conversions() {
    let runtime = runtime(
        r#"
        fn same(x) { x }
        fn odd(x) { if x == 1 { "one" } else if x == 2 { || x } else { x } }
        "#,
    );
    let pool = runtime.pool(2).unwrap();
    let error = pool.map::<_, u64>("same", [1, u64::MAX]).unwrap_err();
    assert_eq!(
        (error.kind(), &*error.to_string()),
        (
            ErrorKind::Conversion,
            "items[1] cannot be sent to a script: \
             18446744073709551615 does not fit in a script's signed 64-bit integer"
        )
    );
    let results = pool.map_results::<_, i64>("odd", 0..4).unwrap();
    assert!(matches!((&results[0], &results[3]), (Ok(0), Ok(3))));
    let Err(Error::Conversion(why)) = &results[1] else {
        panic!("{:?}", results[1]);
    };
    assert_eq!(
        why.to_string(),
        "results[1]: expected i64, found the string \"one\" (received a str: 'one')"
    );
    assert_eq!(
        results[2].as_ref().unwrap_err().kind(),
        ErrorKind::Conversion
    );
    let other = self::runtime("");
    let foreign = other.queue::<i64>(0).unwrap();
    let error = pool.submit::<_, ()>("same", (&foreign,)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "args[0] cannot be sent to a script: it belongs to another runtime"
    );
}

fn reports() {
    let runtime = runtime("fn inverse(x) {\n    1 / x\n}\nfn coded(x) { throw #{code: x} }");
    let pool = runtime.pool(1).unwrap();
    let error = pool.map::<_, i64>("inverse", [1, 0]).unwrap_err();
    let report = error.diagnostic().unwrap();
    assert_eq!(
        (report.kind.as_str(), report.file.as_str(), report.line),
        ("ZeroDivisionError", "<eval 1>", 2)
    );
    let job = pool.submit::<_, i64>("coded", (5,)).unwrap();
    let Err(Error::Failed(failure)) = job.wait_timeout(LONG) else {
        panic!("it did not fail");
    };
    let code = failure.value().read_lock::<procscript::rhai::Map>();
    assert_eq!(code.unwrap()["code"].as_int(), Ok(5));
}

fn waiting_in_steps() {
    let runtime = runtime("fn wait_for(event) { event.wait(); 5 }");
    let pool = runtime.pool(1).unwrap();
    let event = runtime.event().unwrap();
    let job = pool.submit::<_, i64>("wait_for", (&event,)).unwrap();
    let error = job.wait_timeout(Duration::from_millis(20)).unwrap_err();
    assert!(matches!(error, Error::Wait(WaitError::TimedOut)));
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    assert!(!job.is_done().unwrap());
    event.set().unwrap();
    assert_eq!(job.wait_timeout(LONG).unwrap(), 5);
    assert!(job.is_done().unwrap() && job.clone().wait().unwrap() == 5);
}

fn several_threads() {
    let mut runtime = runtime(
        "fn triple(x) { x * 3 } fn die(x) { if x % 50 == 7 { os.kill(os.getpid(), signal.SIGKILL); } x }",
    );
    let pool = runtime.pool(3).unwrap();
    let shared = pool.submit::<_, i64>("triple", (14,)).unwrap();
    let threads: Vec<_> = (0..4_i64)
        .map(|thread| {
            let (pool, shared) = (pool.clone(), shared.clone());
            thread::spawn(move || {
                let begin = thread * 1000;
                for _ in 0..3 {
                    let got: Vec<i64> = pool.map("triple", begin..begin + 300).unwrap();
                    assert!(got.into_iter().eq((begin..begin + 300).map(|x| x * 3)));
                    let got = pool
                        .map_results::<_, i64>("die", begin..begin + 50)
                        .unwrap();
                    for (index, result) in got.into_iter().enumerate() {
                        match result {
                            Ok(value) => assert!(value == begin + index as i64 && index != 7),
                            Err(Error::WorkerLost(lost)) => {
                                assert_eq!(lost.task(), format!("die({})", begin + 7));
                            }
                            Err(error) => panic!("{error}"),
                        }
                    }
                }
                shared.wait().unwrap()
            })
        })
        .collect();
    // The runtime evaluates meanwhile.
    for x in 0..50_i64 {
        assert_eq!(runtime.call_fn::<i64>("triple", (x,)).unwrap(), x * 3);
    }
    for thread in threads {
        assert_eq!(thread.join().unwrap(), 42);
    }
}

fn permissions() {
    let runtime = Runtime::builder().build().unwrap();
    let error = runtime.pool(1).unwrap_err();
    assert_eq!(kind_and_message(&error).0, "PermissionError");
    let permissions = Permissions::none().allow_processes(2, 1);
    let mut runtime = Runtime::builder().permissions(permissions).build().unwrap();
    runtime.eval::<()>("fn one() { 1 }").unwrap();
    assert_eq!(
        kind_and_message(&runtime.pool(3).unwrap_err()).0,
        "PermissionError"
    );
    let pool = runtime.pool(2).unwrap();
    assert_eq!(pool.submit::<_, i64>("one", ()).unwrap().wait().unwrap(), 1);
    let isolated = Runtime::builder().isolated().build().unwrap();
    assert_eq!(
        kind_and_message(&isolated.pool(1).unwrap_err()).1,
        "an isolated runtime has pools in its scripts only: call a function that uses `Pool`"
    );
}
