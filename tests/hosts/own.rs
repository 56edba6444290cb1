//! A host's own functions and types, and the script modules that it turns on and off.

use procscript::error::BuildError;
use procscript::{Builder, Capture, Error, Permissions, Runtime, Setup, StartMethod};
use rhai::{Dynamic, Engine, NativeCallContext};
use serde::{Deserialize, Serialize};

use crate::support::cases::Case;

pub(crate) const CASES: &[Case] = &[
    Case::new("a_type_of_the_hosts_crosses_wherever_values_do", crossing),
    Case::new(
        "a_type_that_is_not_named_is_refused_with_the_line_to_add",
        refused,
    ),
    Case::new(
        "a_value_that_cannot_be_made_again_is_an_error_where_it_arrives",
        not_made,
    ),
    Case::new(
        "a_setup_that_children_do_not_have_is_missed_at_start",
        missing_setup,
    ),
    Case::new(
        "functions_of_one_process_alone_are_missed_at_start",
        only_here,
    ),
    Case::new("types_and_setups_that_clash_are_refused", clashes),
    Case::new(
        "the_error_of_a_wrong_call_lists_the_forms_of_the_hosts_function",
        wrong_calls,
    ),
    Case::new(
        "a_function_of_the_hosts_is_a_value_and_overrides_a_builtin",
        functions,
    ),
    Case::new("a_module_that_is_off_is_off_in_children_too", modules_off),
    Case::new("an_engine_that_the_host_tags_keeps_its_tag", tagged),
    Case::new("runtimes_share_natives_and_nothing_else", shared),
];

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Point {
    x: u64,
    label: Option<String>,
}

#[derive(Debug, Clone)]
struct Even(i64);

#[derive(Debug, Clone)]
struct Unknown;

pub(crate) fn shapes() -> Setup {
    Setup::new("shapes")
        .register(|engine| {
            engine
                .register_fn("point", |x: i64| Point {
                    x: u64::MAX - x.unsigned_abs(),
                    label: Some("p".into()),
                })
                .register_fn("point", |x: i64, label: &str| Point {
                    x: x.unsigned_abs(),
                    label: Some(label.into()),
                })
                .register_fn("==", |a: Point, b: Point| a == b)
                .register_fn("even", |n: i64| Even(n))
                .register_get("n", |even: &mut Even| even.0)
                .register_fn("unknown", || Unknown);
        })
        .sendable::<Point>("Point")
        .sendable_with::<Even>(
            "EvenNumber",
            |even| even.0.into(),
            |plain: Dynamic| match plain.as_int() {
                Ok(n) if n % 2 == 0 => Ok(Even(n)),
                other => Err(format!("{other:?} is odd")),
            },
        )
}

fn permitted() -> Builder {
    Runtime::builder().permissions(Permissions::all())
}

fn runtime(method: StartMethod) -> Runtime {
    permitted()
        .start_method(method)
        .setup(shapes())
        .build()
        .unwrap()
}

fn told(error: Error) -> String {
    error
        .diagnostic()
        .map(ToString::to_string)
        .unwrap_or_else(|| error.to_string())
}

fn crossing() {
    let text = r#"
        let m = Manager();
        let shared = m.dict();
        shared["p"] = point(1);
        let ends = Pipe();
        let q = Queue();
        let captured = point(2);
        fn plain(at, q, conn, shared) {
            q.put(at.list[0] == point(1));
            q.put(shared["p"] == point(1));
            conn.send(at.list[0]);
        }
        let p = Process(plain, [#{ list: [point(1)] }, q, ends[1], shared]);
        p.start();
        let results = [q.get(), q.get(), ends[0].recv() == point(1)];
        p.join();
        let p = Process(|| q.put(captured == point(2)));
        p.start();
        results.push(q.get());
        p.join();
        let p = Process();
        p.mine = point(3);
        p.run = || q.put([this.mine == point(3), even(4).n]);
        p.start();
        results.push(q.get());
        p.join();
        q.put(even(6));
        results.push(q.get().n);
        results.push(type(even(2)).name);
        repr(results)
    "#;
    for method in [StartMethod::Fork, StartMethod::Spawn] {
        let found = runtime(method).eval::<String>(text).unwrap();
        assert_eq!(
            found,
            "[True, True, True, True, [True, 4], 6, 'EvenNumber']"
        );
    }
}

fn refused() {
    for method in [StartMethod::Fork, StartMethod::Spawn] {
        let error = runtime(method)
            .eval::<()>("Queue().put([1, unknown()])")
            .unwrap_err();
        let told = told(error);
        let text = "item[1] is a Unknown, a type of the embedding program that cannot be sent";
        assert!(told.contains(text), "{told}");
        assert!(told.contains("Setup::sendable::<"), "{told}");
        let error = runtime(method)
            .eval::<()>("fn f(x) {} Process(f, [unknown()]).start()")
            .unwrap_err();
        assert!(error.to_string().contains("args[0] is"), "{error}");
    }
}

fn not_made() {
    let text = r#"
        let q = Queue();
        q.put(even(3));
        try { q.get(); } catch (e) { return e.type + ": " + e.message; }
    "#;
    let found = runtime(StartMethod::Spawn).eval::<String>(text).unwrap();
    assert_eq!(
        found,
        "ValueError: cannot decode a message: received a value that has no meaning in this process: cannot convert it to \
         EvenNumber: Ok(3) is odd"
    );
}

fn missing_setup() {
    let stranger = Setup::new("stranger").register(|_| ());
    let mut runtime = permitted().setup(stranger).build().unwrap();
    let error = runtime
        .eval::<()>("fn f() {} Process(f).start()")
        .unwrap_err();
    let told = told(error);
    assert!(
        told.contains("the setup 'stranger'") && told.contains("init_with"),
        "{told}"
    );
}

fn only_here() {
    let register = |engine: &mut Engine| {
        engine.register_fn("here", || 7_i64);
    };
    let text = "fn f(q) { q.put(here()); } let q = Queue(); let p = Process(f, [q]); p.start(); let n = q.get(); p.join(); n";
    let mut runtime = permitted().configure_engine(register).build().unwrap();
    assert_eq!(runtime.eval::<i64>("here()").unwrap(), 7);
    let told = told(runtime.eval::<i64>(text).unwrap_err());
    assert!(
        told.contains("Builder::configure_engine") && told.contains("procscript::Setup"),
        "{told}"
    );
    let mut runtime = permitted()
        .start_method(StartMethod::Fork)
        .configure_engine(register)
        .build()
        .unwrap();
    assert_eq!(runtime.eval::<i64>(text).unwrap(), 7);
}

fn clashes() {
    let queue = Setup::new("a").sendable::<Point>("Queue");
    let built = permitted().setup(queue.clone()).build();
    assert_eq!(
        built.unwrap_err(),
        BuildError::TypeNameTaken("Queue".into())
    );
    let package = permitted().setup(queue).package();
    assert_eq!(
        package.unwrap_err(),
        BuildError::TypeNameTaken("Queue".into())
    );

    let built = permitted().setup(shapes()).setup(shapes()).build();
    assert_eq!(built.unwrap_err(), BuildError::SetupTwice("shapes".into()));
    let other = Setup::new("other").sendable::<Point>("Place");
    let built = permitted().setup(shapes()).setup(other).build();
    assert_eq!(built.unwrap_err(), BuildError::TypeTwice("Place".into()));
    let built = permitted().without_module("sokcet").build();
    assert_eq!(built.unwrap_err(), BuildError::NoModule("sokcet".into()));
}

fn wrong_calls() {
    let mut runtime = runtime(StartMethod::Spawn);
    let told = told(runtime.eval::<()>(r#"point("x")"#).unwrap_err());
    assert!(
        told.contains("TypeError: point() cannot be called with (str)"),
        "{told}"
    );
    assert!(
        told.contains("help: point(int)") && told.contains("help: point(int, str)"),
        "{told}"
    );
    let error = runtime.eval::<()>("poitn(1)").unwrap_err();
    assert!(
        error.to_string().contains("did you mean 'point'?"),
        "{error}"
    );
}

fn functions() {
    let setup = Setup::new("own").register(|engine| {
        engine.register_fn("cpu_count", || 1000_i64);
    });
    let mut runtime = permitted().setup(setup).setup(shapes()).build().unwrap();
    assert_eq!(runtime.eval::<i64>("cpu_count()").unwrap(), 1000);
    assert_eq!(
        runtime
            .eval::<String>("let f = point; type(f.call(1)).name")
            .unwrap(),
        "Point"
    );
}

fn modules_off() {
    let mut runtime = permitted()
        .without_module("os")
        .without_module("socket")
        .build()
        .unwrap();
    for text in [
        "os.getpid()",
        "os::getpid()",
        r#"import "os" as os;"#,
        "fn f() { os.getpid() } f()",
    ] {
        let told = told(runtime.eval::<()>(text).unwrap_err());
        assert!(
            told.contains("has turned the module 'os' off"),
            "{text}: {told}"
        );
    }
    let text = r#"
        fn child(q) { try { os.getpid(); } catch (e) { q.put(e.type); } }
        let q = Queue();
        let p = Process(child, [q]);
        p.start();
        let found = q.get();
        p.join();
        found
    "#;
    assert_eq!(runtime.eval::<String>(text).unwrap(), "NameError");
    let mut few = permitted().modules(["time"]).build().unwrap();
    assert!(few.eval::<f64>("time.time()").unwrap() > 0.0);
    assert!(few.eval::<()>("Queue()").is_err());
}

fn tagged() {
    let mut runtime = permitted()
        .configure_engine(|engine| {
            engine.set_default_tag(41_i64);
            engine.register_fn("tag", |context: NativeCallContext| {
                context.tag().cloned().unwrap_or_default()
            });
        })
        .build()
        .unwrap();
    let text = r#"
        let q = Queue();
        let t = Thread(|| q.put(tag() + 1));
        t.start();
        t.join();
        [tag(), q.get(), [1, 2].map(|x| x + tag())]
    "#;
    let found = runtime.eval::<(i64, i64, Vec<i64>)>(text).unwrap();
    assert_eq!(found, (41, 42, vec![42, 43]));
}

fn shared() {
    let text = r#"
        let seen = [];
        for x in Manager().list([1, 2]) { seen.append(x); }
        for x in Array("i", [3, 4]) { seen.append(x); }
        for x in progress([5]) { seen.append(x); }
        print(seen, WHO);
    "#;
    let mut all: Vec<(Runtime, Capture)> = ["a", "b"]
        .into_iter()
        .map(|who| {
            let printed = Capture::new();
            let mut runtime = permitted().stdout(printed.clone()).build().unwrap();
            runtime.set("WHO", who).unwrap();
            (runtime, printed)
        })
        .collect();
    for (runtime, _) in all.iter_mut().rev() {
        runtime.eval::<()>(text).unwrap();
    }
    let (first, printed) = all.remove(0);
    assert_eq!(printed.text(), "[1, 2, 3, 4, 5] a\n");
    drop(first);
    let (mut second, printed) = all.remove(0);
    second.eval::<()>("print(WHO, \"still\")").unwrap();
    assert_eq!(printed.text(), "[1, 2, 3, 4, 5] b\nb still\n");
}
