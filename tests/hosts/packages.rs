//! The API on engines that the host owns.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use procscript::{Builder, Permissions, ProcessPackage, Runtime};
use rhai::{Dynamic, Engine};

use crate::own::shapes;
use crate::support::cases::Case;

pub(crate) const CASES: &[Case] = &[
    Case::new(
        "an_engine_made_before_the_package_keeps_working",
        made_before,
    ),
    Case::new("the_hosts_callbacks_stay_the_hosts", callbacks),
    Case::new("the_host_can_replace_what_the_package_sets", taken_back),
    Case::new("a_function_of_the_hosts_overrides_the_packages", precedence),
    Case::new(
        "rhais_own_functions_stay_unless_builtins_are_asked_for",
        builtins,
    ),
    Case::new(
        "the_error_of_a_script_compiled_elsewhere_names_the_line_to_change",
        compiled_elsewhere,
    ),
    Case::new(
        "scripts_of_one_package_keep_to_their_own_functions",
        several_scripts,
    ),
    Case::new("threads_need_a_shared_engine", threads),
    Case::new("everything_can_be_in_a_module_in_children_too", in_a_module),
    Case::new("children_end_with_the_package_and_its_engines", ending),
    Case::new("a_package_can_be_dropped_before_its_engine", dropped_first),
    Case::new("two_packages_on_one_engine_do_no_harm", two_packages),
    Case::new("a_stop_reaches_loops_and_waits", stopping),
    Case::new("exit_ends_one_script_and_not_the_next", exit),
    Case::new("a_panic_of_the_hosts_in_a_callback_is_an_error", panics),
    Case::new("types_of_the_hosts_cross_from_a_package_too", own_types),
];

fn permitted() -> Builder {
    Runtime::builder().permissions(Permissions::all())
}

fn package() -> ProcessPackage {
    permitted().package().unwrap()
}

fn engine(package: &ProcessPackage) -> Engine {
    let mut engine = Engine::new();
    package.register_into_engine(&mut engine);
    engine
}

const CHILD: &str = r#"
    const N = 40;
    fn work(q, f) { q.put(f.call(global::N)); }
    let q = Queue();
    let two = 2;
    let p = Process(work, [q, |n| n + two]);
    p.start();
    let n = q.get();
    p.join();
    n
"#;

fn made_before() {
    // No runtime or package exists yet.
    let mut first = Engine::new();
    first.register_fn("mine", |n: i64| n + 1);
    let early = first.compile("let a = [1, 2]; mine(a.len())").unwrap();
    let package = package();
    package.register_into_engine(&mut first);
    assert_eq!(first.eval_ast::<i64>(&early).unwrap(), 3);
    let ast = package.compile(&first, "main", CHILD).unwrap();
    assert_eq!(first.eval_ast::<i64>(&ast).unwrap(), 42);
    let mut runtime = permitted().build().unwrap();
    assert_eq!(runtime.eval::<i64>(CHILD).unwrap(), 42);
    assert_eq!(first.eval::<i64>("mine([1].len())").unwrap(), 2);
}

#[allow(deprecated)]
fn callbacks() {
    let steps = Arc::new(AtomicUsize::new(0));
    let counted = steps.clone();
    let printed = Arc::new(AtomicUsize::new(0));
    let lines = printed.clone();
    let mut engine = Engine::new();
    engine.on_progress(move |_| {
        counted.fetch_add(1, Ordering::Relaxed);
        None
    });
    engine.on_var(|name, _, _| Ok((name == "hosts").then(|| Dynamic::from_int(5))));
    engine.on_parse_token(|token, _, _| match token {
        rhai::Token::Identifier(word) if word.as_str() == "seven" => {
            rhai::Token::IntegerConstant(7)
        }
        other => other,
    });
    engine.on_print(move |_| {
        lines.fetch_add(1, Ordering::Relaxed);
    });
    package().register_into_engine(&mut engine);
    let text = "print(1); let q = Queue(); q.put(hosts + seven); q.get()";
    assert_eq!(engine.eval::<i64>(text).unwrap(), 12);
    assert!(steps.load(Ordering::Relaxed) > 0);
    assert_eq!(printed.load(Ordering::Relaxed), 1);
    // What ours would have done.
    let text = "let k = (); try { [1][5] } catch (e) { k = type_of(e); } k";
    assert_eq!(engine.eval::<String>(text).unwrap(), "map");
    assert!(engine.compile("let l = Lock(); l.with(|| 1)").is_err());
}

#[allow(deprecated)]
fn taken_back() {
    let mut engine = engine(&package());
    let text = "let k = (); try { [1][5] } catch (e) { k = e.type; } k";
    assert_eq!(engine.eval::<String>(text).unwrap(), "IndexError");
    engine.on_var(|name, _, _| Ok((name == "hosts").then(|| Dynamic::from_int(5))));
    assert_eq!(
        engine
            .eval::<i64>("let q = Queue(); q.put(hosts); q.get()")
            .unwrap(),
        5
    );
}

fn precedence() {
    let package = package();
    let mut before = Engine::new();
    before.register_fn("cpu_count", || 1000_i64);
    package.register_into_engine(&mut before);
    assert_eq!(before.eval::<i64>("cpu_count()").unwrap(), 1000);
    let mut after = engine(&package);
    after.register_fn("cpu_count", || 1000_i64);
    assert_eq!(after.eval::<i64>("cpu_count()").unwrap(), 1000);
}

fn builtins() {
    let plain = engine(&package());
    assert_eq!(
        plain
            .eval::<String>(r#"let s = "aa"; s.replace("a", "b"); s"#)
            .unwrap(),
        "bb"
    );
    assert_eq!(plain.eval::<String>("true.to_string()").unwrap(), "true");
    assert!(plain.eval::<String>(r#""%s" % 1"#).is_err());
    let package = permitted().modules(["builtins", "os"]).package().unwrap();
    let mut python = engine(&package);
    python.on_print(|text| assert_eq!(text, "1 two"));
    assert_eq!(
        python
            .eval::<String>(r#"print(1, "two"); "%s" % True"#)
            .unwrap(),
        "True"
    );
    assert!(python.eval::<()>("Queue()").is_err());
}

fn compiled_elsewhere() {
    let package = package();
    let engine = engine(&package);
    let error = engine.eval::<i64>(CHILD).unwrap_err();
    let told = package.diagnose("", &error);
    assert!(
        told.kind == "RuntimeError" && told.message.contains("package.compile("),
        "{told}"
    );
    let ast = package.compile(&engine, "main", CHILD).unwrap();
    assert_eq!(engine.eval_ast::<i64>(&ast).unwrap(), 42);
}

fn several_scripts() {
    let package = package();
    let engine = engine(&package);
    let script = |n: i64| {
        let text = format!(
            "fn work(q) {{ q.put({n}); }} let q = Queue(); let p = Process(work, [q]); p.start(); let n = q.get(); p.join(); n"
        );
        package
            .compile(&engine, &format!("script {n}"), &text)
            .unwrap()
    };
    let (one, two) = (script(1), script(2));
    assert_eq!(engine.eval_ast::<i64>(&one).unwrap(), 1);
    assert_eq!(engine.eval_ast::<i64>(&two).unwrap(), 2);
    assert_eq!(engine.eval_ast::<i64>(&one).unwrap(), 1);
}

fn threads() {
    let text =
        "let q = Queue(); let t = Thread(|| q.put(7)); t.start(); let n = q.get(); t.join(); n";
    let package = package();
    let engine = Arc::new(engine(&package));
    let error = engine.eval::<i64>(text).unwrap_err();
    let told = package.diagnose("", &error);
    assert!(told.message.contains("package.share(&engine);"), "{told}");
    package.share(&engine);
    assert_eq!(engine.eval::<i64>(text).unwrap(), 7);
    // Another engine of the same package is another matter.
    let mut other = Engine::new();
    package.register_into_engine(&mut other);
    assert!(other.eval::<i64>(text).is_err());
}

fn in_a_module() {
    let package = package();
    let mut engine = Engine::new();
    package.register_into_engine_as(&mut engine, "mp");
    assert!(engine.eval::<()>("Queue()").is_err());
    assert!(
        engine
            .eval::<bool>("mp::os::getpid() > 1 && mp::os::path::exists(\"/\")")
            .unwrap()
    );
    let text = r#"
        fn work(q) { let inner = mp::Queue(); inner.put(mp::os::getpid()); q.put(inner.get()); }
        let q = mp::Queue();
        let p = mp::Process(work, [q]);
        p.start();
        let same = q.get() == p.pid;
        p.join();
        same && p.exitcode == 0
    "#;
    let ast = package.compile(&engine, "main", text).unwrap();
    assert!(engine.eval_ast::<bool>(&ast).unwrap());
}

fn start_sleeper(package: &ProcessPackage, engine: &Engine) -> i64 {
    let text = "fn nap() { time.sleep(3600); } let p = Process(nap); p.start(); p.pid";
    let ast = package.compile(engine, "main", text).unwrap();
    engine.eval_ast(&ast).unwrap()
}

fn is_there(pid: i64) -> bool {
    std::path::Path::new(&format!("/proc/{pid}")).exists()
}

fn ending() {
    let package = package();
    let (one, two) = (engine(&package), engine(&package));
    let pid = start_sleeper(&package, &one);
    drop(one);
    drop(package);
    assert!(is_there(pid), "an engine of the package is still there");
    drop(two);
    assert!(!is_there(pid));
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    assert!(!maps.contains("memfd:"), "{maps}");
}

fn dropped_first() {
    let mut engine = Engine::new();
    package().register_into_engine(&mut engine);
    assert_eq!(
        engine
            .eval::<i64>("let q = Queue(); q.put(3); q.get()")
            .unwrap(),
        3
    );
}

fn two_packages() {
    let (one, two) = (package(), package());
    let mut engine = Engine::new();
    one.register_into_engine(&mut engine);
    two.register_into_engine(&mut engine);
    let ast = two.compile(&engine, "main", CHILD).unwrap();
    assert_eq!(engine.eval_ast::<i64>(&ast).unwrap(), 42);
}

fn stopping() {
    let package = package();
    let engine = engine(&package);
    for text in ["loop { }", "time.sleep(3600)", "Queue().get(true, 3600)"] {
        let stopper = package.stopper();
        let stop = std::thread::spawn(move || stopper.stop());
        assert!(engine.eval::<()>(text).is_err(), "{text}");
        stop.join().unwrap();
        package.resume();
    }
    assert_eq!(engine.eval::<i64>("6 * 7").unwrap(), 42);
}

fn exit() {
    let package = package();
    let engine = engine(&package);
    let error = engine.eval::<()>("sys.exit(3)").unwrap_err();
    let told = package.diagnose("", &error);
    assert_eq!(
        (told.kind.as_str(), told.message.as_str()),
        ("SystemExit", "3")
    );
    assert_eq!(engine.eval::<i64>("6 * 7").unwrap(), 42);
}

fn panics() {
    std::panic::set_hook(Box::new(|_| ()));
    let package = package();
    let mut engine = engine(&package);
    engine.register_fn("fails", || -> i64 { panic!("a mistake of the host's") });
    let error = engine
        .eval::<()>("let l = Lock(); l.with(|| fails())")
        .unwrap_err();
    let told = package.diagnose("", &error);
    assert!(told.message.contains("a mistake of the host's"), "{told}");
}

fn own_types() {
    let package = permitted().setup(shapes()).package().unwrap();
    let engine = engine(&package);
    let text = r#"
        fn work(q, p) { q.put(p == point(1)); q.put(point(2)); }
        let q = Queue();
        let p = Process(work, [q, point(1)]);
        p.start();
        let good = q.get() && q.get() == point(2);
        p.join();
        good
    "#;
    let ast = package.compile(&engine, "main", text).unwrap();
    assert!(engine.eval_ast::<bool>(&ast).unwrap());
}
