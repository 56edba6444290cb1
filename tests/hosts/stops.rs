//! Stops between evaluations and at the prompt, stops that last, and the thread that watches the time.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use procscript::error::Exceeded;
use procscript::objects::{GetError, ProcessOptions, PutError, PutManyError, Queue};
use procscript::prompt::Outcome;
use procscript::{Error, Limits, Permissions, Runtime, StartMethod};

use crate::support::cases::Case;
use crate::support::watchdog::poll;

pub(crate) const CASES: &[Case] = &[
    Case::new(
        "a_stop_between_evaluations_ends_threads_and_children",
        between_evaluations,
    ),
    Case::new("a_stop_of_everything_lasts_until_the_host_resumes", lasting),
    Case::new("resuming_takes_back_a_stop_that_came_early", taken_back),
    Case::new("a_stop_in_a_package_ends_its_children", in_a_package),
    Case::new("inputs_at_the_prompt_have_limits", at_the_prompt),
    Case::new("one_thread_watches_the_time_of_all_runtimes", one_watcher),
    Case::new("a_process_with_a_time_limit_can_fork", forks),
    Case::new("a_wait_that_is_given_up_loses_no_item", nothing_lost),
];

/// Longer than anything here takes.
const LONG: Duration = Duration::from_secs(60);

fn runtime(limits: Limits) -> Runtime {
    Runtime::builder()
        .permissions(Permissions::all())
        .limits(limits)
        .build()
        .unwrap()
}

/// The threads of this process whose name begins with this.
fn threads_named(name: &str) -> usize {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap();
    let names = tasks
        .map(|task| std::fs::read_to_string(task.unwrap().path().join("comm")).unwrap_or_default());
    names.filter(|found| found.starts_with(name)).count()
}

fn exists(pid: i32) -> bool {
    std::path::Path::new(&format!("/proc/{pid}")).exists()
}

/// Waits until this is so.
fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let found = poll(Instant::now() + LONG, || is_so().then_some(()));
    assert!(found.is_some(), "{what}");
}

/// A thread and a child that do not end by themselves, and a grandchild. Its value is the number of the child and its child.
const LASTING: &str = "
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
    [pids.get(), pids.get()]
";

fn begin_lasting(runtime: &mut Runtime) -> Vec<i32> {
    let pids = runtime.eval::<rhai::Array>(LASTING).unwrap();
    let pids: Vec<i32> = pids
        .iter()
        .map(|pid| pid.as_int().unwrap() as i32)
        .collect();
    assert!(pids.iter().all(|pid| exists(*pid)));
    assert_eq!(threads_named("Thread-"), 1);
    pids
}

fn wait_until_nobody_is_left(pids: &[i32]) {
    wait_until("children are left", || !pids.iter().any(|pid| exists(*pid)));
    wait_until("threads are left", || threads_named("Thread-") == 0);
}

fn between_evaluations() {
    let mut runtime = runtime(Limits::new());
    for _ in 0..2 {
        let pids = begin_lasting(&mut runtime);
        runtime.stopper().stop();
        wait_until_nobody_is_left(&pids);
        assert!(matches!(runtime.eval::<i64>("1"), Err(Error::Stopped)));
        assert_eq!(runtime.eval::<i64>("pids.qsize()").unwrap(), 0);
    }
    // The next evaluation waits for the end of those who are being ended.
    let pids = begin_lasting(&mut runtime);
    runtime.stopper().stop();
    assert!(matches!(runtime.eval::<i64>("1"), Err(Error::Stopped)));
    assert!(!pids.iter().any(|pid| exists(*pid)));
    // So does the end of the runtime.
    let pids = begin_lasting(&mut runtime);
    runtime.stopper().stop();
    drop(runtime);
    assert!(!pids.iter().any(|pid| exists(*pid)));
}

fn lasting() {
    let mut runtime = runtime(Limits::new());
    runtime.eval::<()>("fn f() { }").unwrap();
    let queue = runtime.queue::<i64>(0).unwrap();
    let pids = begin_lasting(&mut runtime);
    let stopper = runtime.stopper();
    stopper.stop_all();
    wait_until_nobody_is_left(&pids);
    for _ in 0..3 {
        assert!(matches!(runtime.eval::<i64>("1"), Err(Error::Stopped)));
        let called = runtime.call_fn::<()>("f", ());
        assert!(matches!(called, Err(Error::Stopped)));
        let started = runtime.start("f", (), ProcessOptions::new());
        assert!(matches!(started, Err(Error::Stopped)));
        assert!(matches!(queue.get(), Err(GetError::Stopped)));
    }
    stopper.resume();
    assert_eq!(runtime.eval::<i64>("6 * 7").unwrap(), 42);
    assert!(matches!(queue.try_get(), Err(GetError::Empty)));
    let child = runtime.start("f", (), ProcessOptions::new()).unwrap();
    assert_eq!(child.join().unwrap(), 0);
    // One that comes during an evaluation ends it, also when the host resumes at once.
    for resumes in [false, true] {
        let stopper = runtime.stopper();
        runtime.set("queue", queue.clone()).unwrap();
        let begun = queue.clone();
        let stop = thread::spawn(move || {
            begun.get().unwrap();
            stopper.stop_all();
            if resumes {
                stopper.resume();
            }
        });
        let result = runtime.eval::<()>("queue.put(1); loop { }");
        assert!(matches!(result, Err(Error::Stopped)), "{result:?}");
        stop.join().unwrap();
        let result = runtime.eval::<i64>("1");
        if !resumes {
            assert!(matches!(result, Err(Error::Stopped)), "{result:?}");
            runtime.stopper().resume();
        }
        assert_eq!(runtime.eval::<i64>("1").unwrap(), 1);
    }
}

fn taken_back() {
    let mut runtime = runtime(Limits::new());
    let stopper = runtime.stopper();
    stopper.stop();
    stopper.resume();
    assert_eq!(runtime.eval::<i64>("1").unwrap(), 1);
    stopper.stop();
    stopper.stop();
    assert!(matches!(runtime.eval::<i64>("1"), Err(Error::Stopped)));
    assert_eq!(runtime.eval::<i64>("1").unwrap(), 1);
}

fn in_a_package() {
    let mut engine = rhai::Engine::new();
    let package = Runtime::builder()
        .permissions(Permissions::all())
        .package()
        .unwrap();
    package.register_into_engine(&mut engine);
    let text = "
        fn child(q) { q.put(os.getpid()); time.sleep(3600); }
        let q = Queue();
        let p = Process(child, [q]);
        p.start();
        q.get()
    ";
    let ast = package.compile(&engine, "main", text).unwrap();
    let pid = engine.eval_ast::<i64>(&ast).unwrap() as i32;
    assert!(exists(pid));
    package.stopper().stop();
    wait_until("the child is left", || !exists(pid));
    assert!(engine.eval_ast::<i64>(&ast).is_err());
    package.resume();
    engine.eval_ast::<i64>(&ast).unwrap();
}

fn at_the_prompt() {
    let limit = Duration::from_millis(100);
    let mut program = runtime(Limits::new().time(limit)).interactive();
    for text in [
        "loop { }",
        "time.sleep(3600)",
        "Queue().get(true, 3600)",
        "loop { try { Event().wait(3600) } catch { } }",
    ] {
        let outcome = program.enter(text);
        let is_limit = matches!(outcome, Outcome::Limit(Exceeded::Time(found)) if found == limit);
        assert!(is_limit, "{text}: {outcome:?}");
        let next = program.enter("6 * 7");
        assert!(
            matches!(&next, Outcome::Value(text) if text == "42"),
            "{next:?}"
        );
    }

    let mut program = runtime(Limits::new().operations(20_000)).interactive();
    let outcome = program.enter("loop { }");
    let is_limit = matches!(outcome, Outcome::Limit(Exceeded::Operations(20_000)));
    assert!(is_limit, "{outcome:?}");
    // Each input has its own.
    for _ in 0..20 {
        let outcome = program.enter("let n = 0; while n < 1000 { n += 1 }");
        assert!(matches!(outcome, Outcome::Nothing), "{outcome:?}");
    }

    let mut runtime = runtime(Limits::new());
    let pids = begin_lasting(&mut runtime);
    let mut program = runtime.interactive();
    let stopper = program.stopper();
    let stop = thread::spawn(move || stopper.stop());
    let outcome = program.enter("loop { }");
    assert!(matches!(outcome, Outcome::Stopped), "{outcome:?}");
    stop.join().unwrap();
    assert!(!pids.iter().any(|pid| exists(*pid)));
    // Also one that comes early.
    program.stopper().stop();
    assert!(matches!(program.enter("1"), Outcome::Stopped));
    assert!(matches!(program.enter("1"), Outcome::Value(_)));
    program.finish();
}

fn one_watcher() {
    assert_eq!(threads_named("procscript-time"), 0);
    let limits = Limits::new().time(LONG);
    let runtimes: Vec<_> = (0..4).map(|_| runtime(limits.clone())).collect();
    assert_eq!(threads_named("procscript-time"), 0);
    thread::scope(|scope| {
        for mut runtime in runtimes {
            scope.spawn(move || {
                for _ in 0..100 {
                    assert_eq!(runtime.eval::<i64>("1").unwrap(), 1);
                    // A thread sets its own name, a little after its start.
                    assert!(threads_named("procscript-time") <= 1);
                }
            });
        }
    });
    wait_until("nobody watches", || threads_named("procscript-time") == 1);
    // A shorter limit is not late because of a longer one before.
    let short = Duration::from_millis(20);
    let mut patient = runtime(limits);
    let waits = thread::spawn(move || patient.eval::<()>("time.sleep(0.5)"));
    let result = runtime(Limits::new().time(short)).eval::<()>("loop { }");
    assert!(matches!(result, Err(Error::Limit(Exceeded::Time(found))) if found == short));
    waits.join().unwrap().unwrap();
}

fn forks() {
    let mut runtime = Runtime::builder()
        .permissions(Permissions::all())
        .limits(Limits::new().time(Duration::from_millis(1500)))
        .start_method(StartMethod::Fork)
        .build()
        .unwrap();
    let text = r#"
        fn child(q) { q.put(os.getpid()); time.sleep(3600); }
        let q = Queue();
        let p = Process(child, [q]);
        p.start();
        let pid = q.get();
    "#;
    runtime.eval::<()>(text).unwrap();
    let pid = runtime.eval::<i64>("pid").unwrap();
    let command = std::fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap();
    assert!(!command.contains("procscript-worker"), "{command}");
    // The time is watched after the fork as before.
    let result = runtime.eval::<()>("Process(child, [q]).start(); loop { }");
    assert!(matches!(result, Err(Error::Limit(_))), "{result:?}");
    assert!(!exists(pid as i32));
}

/// Takes items, by waits of all kinds that may be given up at any moment, until there are no more.
fn take(queue: &Queue<u64>, over: &AtomicBool) -> Vec<u64> {
    let mut taken = Vec::new();
    for round in 0_u64.. {
        let got = match round % 4 {
            0 => queue
                .get_timeout(Duration::from_micros(20))
                .map(|item| vec![item]),
            1 => queue.try_get().map(|item| vec![item]),
            2 if !over.load(Ordering::SeqCst) => queue.get().map(|item| vec![item]),
            3 if !over.load(Ordering::SeqCst) => {
                let items = queue.get_many(5);
                items.map(|items| items.into_iter().map(Result::unwrap).collect())
            }
            _ => Err(GetError::Stopped),
        };
        match got {
            Ok(items) => taken.extend(items),
            Err(GetError::Stopped | GetError::Empty) => {
                if over.load(Ordering::SeqCst) && queue.is_empty() {
                    return taken;
                }
            }
            Err(other) => panic!("{other}"),
        }
    }
    taken
}

/// Puts these numbers, again where a stop ended the wait.
fn put(queue: &Queue<u64>, mut numbers: std::ops::Range<u64>) {
    while let Some(number) = numbers.next() {
        loop {
            match queue.put(&number) {
                Ok(()) => break,
                Err(PutError::Stopped) => (),
                Err(other) => panic!("{other}"),
            }
        }
        let mut more: Vec<u64> = numbers.by_ref().take(3).collect();
        while !more.is_empty() {
            match queue.put_many(&more) {
                Ok(()) => break,
                Err(PutManyError {
                    sent,
                    error: PutError::Stopped,
                    ..
                }) => drop(more.drain(..sent)),
                Err(other) => panic!("{other}"),
            }
        }
    }
}

fn nothing_lost() {
    const ITEMS: u64 = 6_000;
    let runtime = runtime(Limits::new());
    let queue = runtime.queue::<u64>(7).unwrap();
    let stopper = runtime.stopper();
    let (over, done) = (AtomicBool::new(false), AtomicBool::new(false));
    let mut all = Vec::new();
    thread::scope(|scope| {
        let takers: Vec<_> = (0..3)
            .map(|_| scope.spawn(|| take(&queue, &over)))
            .collect();
        let putters: Vec<_> = [0..ITEMS, ITEMS..2 * ITEMS]
            .map(|numbers| scope.spawn(|| put(&queue, numbers)))
            .into();
        scope.spawn(|| {
            while !done.load(Ordering::SeqCst) {
                stopper.stop();
                thread::yield_now();
                stopper.resume();
                thread::sleep(Duration::from_micros(300));
            }
        });
        putters
            .into_iter()
            .for_each(|putter| putter.join().unwrap());
        over.store(true, Ordering::SeqCst);
        for taker in takers {
            all.extend(taker.join().unwrap());
        }
        done.store(true, Ordering::SeqCst);
    });
    assert_eq!(
        all.len() as u64,
        2 * ITEMS,
        "items are lost, or there twice"
    );
    let different: HashSet<u64> = all.into_iter().collect();
    assert_eq!(different.len() as u64, 2 * ITEMS);
    assert!(different.iter().all(|number| *number < 2 * ITEMS));
}
