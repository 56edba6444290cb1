//! Limits on an engine that the host owns.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use procscript::error::{BuildError, Exceeded};
use procscript::{Error, Limits, Permissions, ProcessPackage, Runtime};
use rhai::{Array, Dynamic, Engine, EvalAltResult, Map, Scope};

use crate::support::cases::Case;

pub(crate) const CASES: &[Case] = &[
    Case::new("each_limit_holds_on_the_hosts_engine", each),
    Case::new("a_limit_ends_threads_and_children_of_a_package", everybody),
    Case::new("a_script_outside_of_limited_is_refused", outside),
    Case::new("sizes_and_levels_hold_in_every_evaluation", sizes),
    Case::new("what_the_host_has_set_stays", of_the_host),
    Case::new("limits_that_cannot_be_applied_are_errors", not_applied),
    Case::new("limited_inside_of_limited_belongs_to_the_outer", inside),
    Case::new("threads_of_the_host_take_turns", turns),
    Case::new("a_stop_holds_for_limited_scripts", stops),
    Case::new("a_panic_leaves_a_package_usable", panics),
    Case::new("a_hosts_small_stack_holds_deep_values", deep),
];

/// Longer than anything here takes.
const LONG: Duration = Duration::from_secs(60);

const SHORT: Duration = Duration::from_millis(50);

type Ended<T> = Result<Result<T, Box<EvalAltResult>>, Error>;

fn package(limits: Limits) -> ProcessPackage {
    let builder = Runtime::builder().permissions(Permissions::all());
    builder.limits(limits).package().unwrap()
}

fn engine(package: &ProcessPackage) -> Engine {
    let mut engine = Engine::new();
    package.register_into_engine(&mut engine);
    engine
}

fn with(limits: Limits) -> (ProcessPackage, Engine) {
    let package = package(limits);
    let engine = engine(&package);
    (package, engine)
}

/// Kind and message of a script's error.
fn told<T: std::fmt::Debug>(package: &ProcessPackage, ended: Ended<T>) -> String {
    let error = ended.expect("a script's error").unwrap_err();
    let report = package.diagnose("", &error);
    format!("{}: {}", report.kind, report.message)
}

fn each() {
    let time = Exceeded::Time(SHORT);
    let (operations, memory) = (Exceeded::Operations(1000), Exceeded::Memory(1 << 20));
    let of_time = Limits::new().time(SHORT);
    let of_memory = Limits::new().memory(1 << 20);
    let of_operations = Limits::new().operations(1000);
    for (limits, text, exceeded) in [
        (&of_time, "loop { }", time),
        (&of_time, "time.sleep(3600)", time),
        (&of_time, "Queue().get(true, 3600)", time),
        (&of_time, "try { loop { } } catch { } 1", time),
        (&of_operations, "loop { }", operations),
        (
            &of_operations,
            "[1, 2].map(|x| { let n = 0; while n < 2000 { n += x; } n }).len()",
            operations,
        ),
        (
            &of_memory,
            "let all = []; loop { try { loop { all.push([1, 2, 3]); } } catch { } }",
            memory,
        ),
    ] {
        let (package, engine) = with(limits.clone());
        for _ in 0..2 {
            let ended = package.limited(|| engine.run(text));
            assert!(
                matches!(ended, Err(Error::Limit(found)) if found == exceeded),
                "{text}: {ended:?}"
            );
            let value = package.limited(|| engine.eval::<i64>("6 * 7")).unwrap();
            assert_eq!(value.unwrap(), 42);
        }
    }
    let (package, engine) = with(of_memory);
    let ended = package.limited(|| engine.run("let all = []; loop { all.push([1, 2, 3]); }"));
    assert!(told(&package, ended).starts_with("MemoryError: "));
}

fn everybody() {
    let text = "
        fn child() { loop { } }
        let p = Process(child);
        p.start();
        Thread(#{target: || { loop { } }, daemon: true}).start();
        found(p.pid);
        loop { }
    ";
    let package = package(Limits::new().time(Duration::from_millis(500)));
    let mut engine = engine(&package);
    let (send, receive) = std::sync::mpsc::channel();
    engine.register_fn("found", move |pid: i64| send.send(pid).unwrap());
    let engine = Arc::new(engine);
    package.share(&engine);
    let ast = package.compile(&engine, "main", text).unwrap();
    let ended = package.limited(|| engine.run_ast(&ast));
    assert!(matches!(ended, Err(Error::Limit(_))), "{ended:?}");
    for pid in receive.try_iter() {
        assert!(!std::path::Path::new(&format!("/proc/{pid}")).exists());
    }
    // A thread shares the operations of its script.
    let (package, engine) = with(Limits::new().operations(10_000));
    let engine = Arc::new(engine);
    package.share(&engine);
    let text = "let t = Thread(|| { loop { } }); t.start(); t.join();";
    let ended = package.limited(|| engine.run(text));
    assert!(matches!(ended, Err(Error::Limit(_))), "{ended:?}");
}

fn outside() {
    for limits in [
        Limits::new().time(LONG),
        Limits::new().operations(1_000_000),
        Limits::new().memory(1 << 30),
    ] {
        let (package, engine) = with(limits.string_bytes(10));
        for text in [
            "loop { }",
            "let a = 1; a",
            "Queue().get(true, 3600)",
            "try { loop { } } catch { }",
        ] {
            let error = engine.run(text).unwrap_err();
            let report = package.diagnose("", &error);
            assert!(
                report.kind == "RuntimeError" && report.message.contains("`package.limited("),
                "{text}: {report}"
            );
        }
        // Nor on another thread of the host during a stretch of this one.
        let refused = package.limited(|| {
            let there = thread::scope(|scope| scope.spawn(|| engine.run("1")).join());
            there.unwrap()
        });
        assert!(told(&package, refused).contains("`package.limited("));
    }
    // Other limits need no stretch; nor does a package without limits.
    for limits in [Limits::new(), Limits::new().call_levels(5).array_items(5)] {
        let (package, engine) = with(limits);
        assert_eq!(engine.eval::<i64>("let a = 6; a * 7").unwrap(), 42);
        let value = package.limited(|| engine.eval::<i64>("let a = 6; a * 7"));
        assert_eq!(value.unwrap().unwrap(), 42);
    }
}

const TOO_LARGE: [(&str, &str); 4] = [
    ("let s = `x`; loop { s += s; }", "Length of string"),
    ("let l = []; loop { l.push(1); }", "Size of array/BLOB"),
    ("let l = [1]; loop { l += l; }", "Size of array/BLOB"),
    (
        "let m = #{}; let n = 0; loop { m[`k${n}`] = 1; n += 1; }",
        "Size of object map",
    ),
];

fn small_sizes() -> Limits {
    let limits = Limits::new().string_bytes(1000).array_items(100);
    limits.map_entries(10).call_levels(7)
}

/// Calls so deep that the last has this level.
fn calls(levels: usize) -> String {
    let below = levels - 1;
    format!("fn f(n) {{ if n == 0 {{ 0 }} else {{ f(n - 1) }} }} f({below})")
}

#[allow(deprecated)]
fn sizes() {
    let (package, engine) = with(small_sizes());
    for (text, message) in TOO_LARGE {
        let error = engine.run(text).unwrap_err();
        let report = package.diagnose("", &error);
        assert!(report.message.starts_with(message), "{text}: {report}");
        assert_eq!(report.kind, "RuntimeError", "{text}: {report}");
    }
    engine.run(&calls(7)).unwrap();
    let error = engine.run(&calls(8)).unwrap_err();
    assert_eq!(package.diagnose("", &error).kind, "RecursionError");
    let mut of_the_host = Engine::new();
    of_the_host.on_var(|_, _, _| Ok(None));
    package.register_into_engine(&mut of_the_host);
    let refused = package.limited(|| of_the_host.run("1"));
    assert!(matches!(refused, Err(Error::Build(BuildError::NotLimited))));
    let refused = package.compile(&of_the_host, "main", "1").unwrap_err();
    assert!(refused.to_string().contains("`on_var`"), "{refused}");
    assert!(of_the_host.run(&calls(8)).is_err());
}

fn of_the_host() {
    let package = package(small_sizes());
    let mut engine = Engine::new();
    engine.set_max_call_levels(4);
    engine.register_fn("push", |list: &mut Array, item: Dynamic| {
        list.insert(0, item)
    });
    package.register_into_engine(&mut engine);
    let first = engine.eval::<i64>("let l = [1]; l.push(2); l[0]");
    assert_eq!(first.unwrap(), 2);
    engine.run(&calls(4)).unwrap();
    assert!(engine.run(&calls(5)).is_err());
}

fn not_applied() {
    for limits in [
        Limits::new().time(LONG),
        Limits::new().operations(1_000_000),
        Limits::new().memory(1 << 30),
    ] {
        let before = package(limits.clone());
        let mut engine = Engine::new();
        engine.on_progress(|_| None);
        before.register_into_engine(&mut engine);
        let refused = before.limited(|| engine.run("1"));
        assert!(matches!(refused, Err(Error::Build(BuildError::NotLimited))));
        let refused = before.compile(&engine, "main", "1").unwrap_err();
        assert!(refused.to_string().contains("`on_progress`"), "{refused}");
        assert!(engine.run("let a = 1; a").is_err());

        let (package, mut engine) = with(limits);
        engine.on_progress(|_| None);
        let refused = package.limited(|| engine.run("let a = 1; a"));
        assert!(told(&package, refused).contains("`on_progress`"));
    }
    // Nothing is wrong where no limit needs it.
    let package = package(small_sizes());
    let mut engine = Engine::new();
    engine.on_progress(|_| None);
    package.register_into_engine(&mut engine);
    let ast = package.compile(&engine, "main", "let a = 1; a").unwrap();
    assert_eq!(engine.eval_ast::<i64>(&ast).unwrap(), 1);
}

fn inside() {
    let (package, inner) = with(Limits::new().operations(10_000));
    let mut outer = engine(&package);
    let again = package.clone();
    outer.register_fn("nested", move |text: &str| {
        let ended = again.limited(|| inner.eval::<i64>(text));
        ended.map_err(|error| error.to_string())?
    });
    let value = package.limited(|| outer.eval::<i64>("nested(`6 * 7`)"));
    assert_eq!(value.unwrap().unwrap(), 42);
    let ended = package.limited(|| outer.eval::<i64>("nested(`loop { }`)"));
    assert!(matches!(ended, Err(Error::Limit(_))), "{ended:?}");
    // Two packages, one inside the other, and the first again.
    let (other, _) = with(Limits::new().time(LONG));
    let value = package.limited(|| {
        let value = other.limited(|| package.limited(|| outer.eval::<i64>("1")).unwrap());
        value.unwrap()
    });
    assert_eq!(value.unwrap().unwrap(), 1);
}

fn turns() {
    let (package, engine) = with(Limits::new().operations(50_000).time(LONG));
    let work = "let n = 0; for i in 0..5000 { n += 1; } n";
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..5 {
                    let value = package.limited(|| engine.eval::<i64>(work)).unwrap();
                    assert_eq!(value.unwrap(), 5000);
                }
            });
        }
    });
}

fn stops() {
    let (package, engine) = with(Limits::new().time(LONG));
    for text in ["loop { }", "time.sleep(3600)", "Queue().get(true, 3600)"] {
        let stopper = package.stopper();
        let stop = thread::spawn(move || stopper.stop());
        let ended = package.limited(|| engine.run(text));
        assert!(matches!(ended, Err(Error::Stopped)), "{text}: {ended:?}");
        stop.join().unwrap();
        let ended = package.limited(|| engine.run("1"));
        assert!(matches!(ended, Err(Error::Stopped)), "{text}: {ended:?}");
        package.resume();
        let value = package.limited(|| engine.eval::<i64>("6 * 7")).unwrap();
        assert_eq!(value.unwrap(), 42);
    }
    let ended = package.limited(|| engine.run("sys.exit(3)"));
    assert_eq!(told(&package, ended), "SystemExit: 3");
    let value = package.limited(|| engine.eval::<i64>("6 * 7")).unwrap();
    assert_eq!(value.unwrap(), 42);
}

fn panics() {
    std::panic::set_hook(Box::new(|_| ()));
    let (package, engine) = with(Limits::new().time(LONG));
    let fails = || package.limited(|| -> Result<(), _> { panic!("a mistake of the host's") });
    assert!(catch_unwind(AssertUnwindSafe(fails)).is_err());
    assert!(engine.run("1").is_err());
    let value = package.limited(|| engine.eval::<i64>("6 * 7")).unwrap();
    assert_eq!(value.unwrap(), 42);
}

fn deep() {
    let small = thread::Builder::new().stack_size(512 << 10);
    let test = || {
        let (package, engine) = with(Limits::new());
        for text in [
            "let d = []; loop { d = [d]; }",
            "let d = #{}; loop { d = #{key: d}; }",
            "let f = || 1; loop { let g = f; f = || g; }",
        ] {
            let ended = package.limited(|| engine.run(text));
            assert!(
                told(&package, ended).starts_with("RecursionError: "),
                "{text}"
            );
        }
        let nested = |levels: usize| format!("let d = []; for i in 0..{levels} {{ d = [d]; }} d");
        let map = |levels: usize| format!("#{{d: {{ {} }} }}", nested(levels));
        let thrown = format!("throw {{ {} }}", nested(4000));
        assert_eq!(
            package
                .limited(|| engine.eval::<Array>(&nested(400)))
                .unwrap()
                .unwrap()
                .len(),
            1
        );
        let message = "RecursionError: the result is nested more than 500 levels deep";
        let ended = package.limited(|| engine.eval::<Array>(&nested(4000)));
        assert_eq!(told(&package, ended), message);
        let ended = package.limited(|| engine.eval::<Dynamic>(&nested(4000)));
        assert_eq!(told(&package, ended), message);
        let ended = package.limited(|| engine.eval::<Map>(&map(4000)));
        assert_eq!(told(&package, ended), message);
        let ended = package.limited(|| engine.run(&thrown));
        assert_eq!(told(&package, ended), message);
        let length = package.limited(|| {
            let mut scope = Scope::new();
            engine.eval_with_scope::<i64>(&mut scope, &format!("{}; d.len()", nested(4000)))
        });
        assert_eq!(length.unwrap().unwrap(), 1);
    };
    small.spawn(test).unwrap().join().unwrap();
}
