//! Modules that the host has, scripts that it forgets, and queues with many items at once.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use procscript::objects::GetError;
use procscript::{Permissions, Runtime, Script, Setup};

use crate::support::cases::Case;

pub(crate) const CASES: &[Case] = &[
    Case::new("modules_come_from_the_host_in_children_too", from_the_host),
    Case::new(
        "a_module_of_the_host_is_loaded_again_when_forgotten",
        reloaded,
    ),
    Case::new("scripts_are_replaced_and_forgotten_by_name", forgotten),
    Case::new("many_items_are_taken_without_a_wait", many_items),
    Case::new("a_panic_of_a_hosts_function_is_called_that", panics),
];

static EDITION: AtomicI64 = AtomicI64::new(1);

pub(crate) fn library() -> Setup {
    Setup::new("library")
        .register(|engine| {
            engine.register_fn("fails", || -> i64 { panic!("out of cheese") });
        })
        .module_texts(|name| match name {
            "rules" => Some(
                "import \"inner\" as inner; const N = 40; fn work(q, n) { q.put(n + global::N + inner::one()) }".into(),
            ),
            "inner" => Some("fn one() { 1 }".into()),
            "edition" => Some(format!("fn number() {{ {} }}", EDITION.load(Ordering::Relaxed))),
            _ => None,
        })
}

fn runtime() -> Runtime {
    let builder = Runtime::builder().setup(library());
    builder.permissions(Permissions::all()).build().unwrap()
}

fn from_the_host() {
    let mut runtime = runtime();
    let text = "
        import \"rules\" as rules;
        fn later(q) { import \"inner\" as inner; q.put(inner::one()) }
        let q = Queue();
        for target in [[rules::work, [q, 1]], [later, [q]]] {
            let p = Process(target[0], target[1]);
            p.start();
            p.join();
        }
        [q.get(), q.get()]
    ";
    let both = runtime.eval::<[i64; 2]>(text);
    assert_eq!(both.unwrap_or_else(|error| panic!("{error}")), [42, 1]);
    let error = runtime.eval::<()>("import \"missing\" as m").unwrap_err();
    assert!(error.to_string().contains("missing"), "{error}");
    assert!(
        runtime
            .check(&Script::from_text(
                "checked",
                "import \"rules\" as r; r::work(1, 2)"
            ))
            .is_ok()
    );
}

fn reloaded() {
    let mut runtime = runtime();
    let text = "import \"edition\" as e; e::number()";
    assert_eq!(runtime.eval::<i64>(text).unwrap(), 1);
    EDITION.store(2, Ordering::Relaxed);
    assert_eq!(runtime.eval::<i64>(text).unwrap(), 1);
    assert!(runtime.forget("edition"));
    assert_eq!(runtime.eval::<i64>(text).unwrap(), 2);
}

fn forgotten() {
    forgotten_by(runtime());
    forgotten_by(Runtime::builder().isolated().build().unwrap());
}

fn forgotten_by(mut runtime: Runtime) {
    let run = |runtime: &mut Runtime, text: &str| {
        let _ = runtime
            .run_script(&Script::from_text("fees", text))
            .unwrap();
    };
    run(&mut runtime, "fn fee() { 1 } fn old() { 1 }");
    run(&mut runtime, "fn fee() { 2 }");
    runtime.eval::<()>("fn other() { 3 }").unwrap();
    assert_eq!(runtime.call_fn::<i64>("fee", ()).unwrap(), 2);
    assert!(runtime.forget("fees") && !runtime.forget("fees"));
    assert!(runtime.call_fn::<i64>("fee", ()).is_err());
    assert!(runtime.call_fn::<i64>("old", ()).is_err());
    assert_eq!(runtime.call_fn::<i64>("other", ()).unwrap(), 3);
    run(&mut runtime, "fn fee() { 4 }");
    assert_eq!(runtime.call_fn::<i64>("fee", ()).unwrap(), 4);
}

fn many_items() {
    let runtime = runtime();
    let numbers = runtime.joinable_queue::<i64>(0).unwrap();
    assert!(matches!(numbers.try_get_many(5), Err(GetError::Empty)));
    let nothing = numbers.get_many_timeout(5, Duration::from_millis(1));
    assert!(matches!(nothing, Err(GetError::Empty)));
    numbers.put_many(&[1, 2, 3]).unwrap();
    let two = numbers.try_get_many(2).unwrap();
    let two: Vec<i64> = two.into_iter().map(Result::unwrap).collect();
    assert_eq!(two, [1, 2]);
    let rest = numbers
        .get_many_timeout(9, Duration::from_secs(60))
        .unwrap();
    assert_eq!(rest.len(), 1);
}

fn panics() {
    std::panic::set_hook(Box::new(|_| ()));
    let mut runtime = runtime();
    let error = runtime.eval::<i64>("fails()").unwrap_err();
    let report = error.diagnostic().unwrap();
    assert_eq!(
        (&*report.kind, &*report.message),
        (
            "SystemError",
            "a function of the embedding program panicked: out of cheese"
        )
    );
}
