//! What a host gets from an evaluation, and what stays for the next.

use procscript::{Error, Limits, Permissions, Runtime, Script};
use rhai::{Dynamic, Map};

use crate::support::cases::Case;

pub(crate) const CASES: &[Case] = &[
    Case::new("a_value_has_the_type_that_is_asked_for", values),
    Case::new("declarations_stay_for_the_next_evaluation", what_stays),
    Case::new("an_error_says_what_happened_and_where", errors),
    Case::new("a_function_is_called_by_name", calls),
    Case::new("a_call_means_what_is_defined_by_then", calls_of_today),
    Case::new(
        "a_value_of_the_hosts_is_known_in_functions_and_children",
        given_values,
    ),
    Case::new(
        "children_of_one_evaluation_go_on_in_the_next",
        children_go_on,
    ),
    Case::new("a_function_can_be_redefined", redefined),
    Case::new("a_prompt_in_a_host_ends_with_its_children", prompt),
    Case::new(
        "recursion_goes_as_deep_as_the_stack_of_the_thread",
        recursion,
    ),
];

fn values() {
    let mut runtime = Runtime::builder()
        .permissions(Permissions::all())
        .build()
        .unwrap();
    assert_eq!(runtime.eval::<i64>("6 * 7").unwrap(), 42);
    assert_eq!(runtime.eval::<String>(r#""a" + "b""#).unwrap(), "ab");
    assert_eq!(runtime.eval::<f64>("0.5").unwrap(), 0.5);
    assert_eq!(runtime.eval::<rhai::Array>("[1, 2]").unwrap().len(), 2);
    assert_eq!(runtime.eval::<Map>("#{a: 1}").unwrap().len(), 1);
    assert!(runtime.eval::<Dynamic>("()").unwrap().is_unit());
    runtime.eval::<()>("1").unwrap();
    let error = runtime.eval::<i64>(r#""seven""#).unwrap_err();
    assert_eq!(
        error.to_string(),
        "result: expected i64, found the string \"seven\" (received a str: 'seven')"
    );
}

fn what_stays() {
    let mut runtime = Runtime::builder()
        .permissions(Permissions::all())
        .build()
        .unwrap();
    runtime
        .eval::<()>("let n = 20; const STEP = 2; fn next(x) { x + global::STEP }")
        .unwrap();
    assert_eq!(runtime.eval::<i64>("n = next(n); n").unwrap(), 22);
    assert_eq!(runtime.call_fn::<i64>("next", (1_i64,)).unwrap(), 3);
    runtime.eval::<()>("fn next(x) { x * 10 }").unwrap();
    assert_eq!(runtime.eval::<i64>("next(n)").unwrap(), 220);
    let again = Script::from_text("again", "let n = n + 1; n");
    let values: Vec<i64> = (0..3)
        .map(|_| runtime.run_script(&again).unwrap().as_int().unwrap())
        .collect();
    assert_eq!(values, [23, 24, 25]);
}

fn errors() {
    let mut runtime = Runtime::builder()
        .permissions(Permissions::all())
        .build()
        .unwrap();
    let Err(Error::Failed(failure)) = runtime.eval::<()>("let x = 1;\nfn f() { nothing }\nf()")
    else {
        panic!("it did not fail");
    };
    let told = failure.diagnostic();
    assert_eq!((told.kind.as_str(), told.line), ("NameError", 2));
    assert!(told.to_string().contains("<eval 1>:2"), "{told}");
    let error = runtime.eval::<()>("let = 1").unwrap_err();
    assert!(matches!(error, Error::Syntax(_)), "{error:?}");
    assert!(matches!(
        runtime.eval::<()>("sys.exit(3)"),
        Err(Error::Exited(3))
    ));
    let error = runtime.run_file("no/such/file.rhai").unwrap_err();
    assert!(matches!(error, Error::Read { .. }), "{error:?}");
    assert!(
        error
            .to_string()
            .starts_with("cannot read no/such/file.rhai: ")
    );
    // What was declared before is still there.
    assert_eq!(runtime.eval::<i64>("x").unwrap(), 1);
}

fn calls() {
    let mut runtime = Runtime::builder()
        .permissions(Permissions::all())
        .build()
        .unwrap();
    runtime
        .eval::<()>("fn add(a, b) { a + b } fn fail(why) { throw ValueError(why) }")
        .unwrap();
    assert_eq!(runtime.call_fn::<i64>("add", (1_i64, 2_i64)).unwrap(), 3);
    let args: Vec<Dynamic> = vec!["x".into(), "y".into()];
    assert_eq!(runtime.call_fn::<String>("add", args).unwrap(), "xy");
    let error = runtime.call_fn::<()>("fail", ("no reason".to_string(),));
    let Err(Error::Failed(failure)) = error else {
        panic!("{error:?}");
    };
    let told = failure.diagnostic();
    assert_eq!(
        (told.kind.as_str(), told.message.as_str(), told.line),
        ("ValueError", "no reason", 1)
    );
    let error = runtime.call_fn::<()>("ad", ()).unwrap_err().to_string();
    assert!(
        error.starts_with("NameError: the program has no function 'ad'"),
        "{error}"
    );
    let error = runtime.call_fn::<()>("add", (1_i64,)).unwrap_err();
    assert!(matches!(error, Error::Failed(_)), "{error:?}");
}

fn calls_of_today() {
    let mut runtime = Runtime::builder()
        .permissions(Permissions::all())
        .build()
        .unwrap();
    let called = |runtime: &mut Runtime| runtime.call_fn::<i64>("outer", (1_i64,));
    runtime.eval::<()>("fn outer(x) { inner(x) + 1 }").unwrap();
    let error = called(&mut runtime).unwrap_err();
    assert_eq!(error.diagnostic().map(|told| told.line), Some(1));
    runtime.eval::<()>("fn inner(x) { x * 10 }").unwrap();
    assert_eq!(called(&mut runtime).unwrap(), 11);
    assert_eq!(called(&mut runtime).unwrap(), 11);
    runtime.eval::<()>("fn inner(x) { x * 20 }").unwrap();
    assert_eq!(called(&mut runtime).unwrap(), 21);
    runtime
        .eval::<()>("import \"math\" as m; fn inner(x) { m.floor(x + 0.5) }")
        .unwrap();
    assert_eq!(called(&mut runtime).unwrap(), 2);
    // An error inside leaves nothing behind.
    runtime.eval::<()>("fn inner(x) { throw x }").unwrap();
    assert!(called(&mut runtime).is_err() && called(&mut runtime).is_err());
    let long = vec![7_i64; 1000];
    runtime.eval::<()>("fn size(list) { list.len() }").unwrap();
    assert_eq!(runtime.call_fn::<i64>("size", (long,)).unwrap(), 1000);
}

fn given_values() {
    let mut runtime = Runtime::builder()
        .permissions(Permissions::all())
        .build()
        .unwrap();
    runtime.set("limit", 10_i64).unwrap();
    runtime
        .set("names", vec![Dynamic::from("Ada"), Dynamic::from("Bob")])
        .unwrap();
    let text = r#"
        fn fits(n) { n <= limit }
        fn child(q) { q.put([limit, names[1], fits(11)]) }
        let q = Queue();
        let p = Process(child, [q]);
        p.start();
        let told = q.get(#{timeout: 60});
        p.join();
        str(told)
    "#;
    assert_eq!(runtime.eval::<String>(text).unwrap(), "[10, 'Bob', False]");
    runtime.set("limit", 20_i64).unwrap();
    assert!(runtime.call_fn::<bool>("fits", (15_i64,)).unwrap());
    let error = runtime.eval::<()>("limit = 5").unwrap_err();
    assert!(matches!(error, Error::Failed(_)), "{error:?}");
}

fn children_go_on() {
    let mut runtime = Runtime::builder()
        .permissions(Permissions::all())
        .build()
        .unwrap();
    let text = r#"
        let asked = Queue();
        let told = Queue();
        fn answer(asked, told) { for n in asked.iter_until(None) { told.put(n * n) } }
        let p = Process(answer, [asked, told]);
        p.start();
    "#;
    runtime.eval::<()>(text).unwrap();
    for n in [3_i64, 4] {
        let code = format!("asked.put({n}); told.get(#{{timeout: 60}})");
        assert_eq!(runtime.eval::<i64>(&code).unwrap(), n * n);
    }
    assert_eq!(
        runtime
            .eval::<i64>("asked.put(None); p.join(); p.exitcode")
            .unwrap(),
        0
    );
    runtime.finish().unwrap();
}

fn redefined() {
    let mut runtime = Runtime::builder()
        .permissions(Permissions::all())
        .build()
        .unwrap();
    let text = r#"
        fn answer() { "old" }
        let asked = queue.Queue();
        let told = queue.Queue();
        let t = Thread(#{target: || { while asked.get() { told.put(answer()) } }, daemon: true});
        t.start();
    "#;
    runtime.eval::<()>(text).unwrap();
    let ask = "asked.put(True); told.get(#{timeout: 60})";
    assert_eq!(runtime.eval::<String>(ask).unwrap(), "old");
    // The thread goes on with what it has begun with; what is started from now on has the new one.
    runtime.eval::<()>(r#"fn answer() { "new" }"#).unwrap();
    assert_eq!(runtime.eval::<String>("answer()").unwrap(), "new");
    let text = "let q = queue.Queue(); let t = Thread(|| q.put(answer())); t.start(); q.get(#{timeout: 60})";
    assert_eq!(runtime.eval::<String>(text).unwrap(), "new");
}

fn prompt() {
    use procscript::prompt::Outcome;
    let mut program = Runtime::builder()
        .permissions(Permissions::all())
        .build()
        .unwrap()
        .interactive();
    assert!(matches!(program.enter("let n = 6"), Outcome::Nothing));
    let Outcome::Value(text) = program.enter("n * 7") else {
        panic!("no value");
    };
    assert_eq!(text, "42");
    let child = "fn f(q) { q.put(1); loop { } } let q = Queue(); let p = Process(f, [q]); p.start(); q.get(); p.pid";
    let Outcome::Value(pid) = program.enter(child) else {
        panic!("no value");
    };
    // Nobody calls `finish`.
    drop(program);
    let pid = nix::unistd::Pid::from_raw(pid.parse().unwrap());
    assert!(nix::sys::signal::kill(pid, None).is_err());
}

fn recursion() {
    let deep = |runtime: &mut Runtime| {
        runtime
            .eval::<()>("fn down(n) { if n > 0 { 1 + down(n - 1) } else { 0 } }")
            .unwrap();
        assert_eq!(runtime.call_fn::<i64>("down", (100_i64,)).unwrap(), 100);
        let error = runtime.eval::<()>("down(1000000)").unwrap_err();
        assert_eq!(error.diagnostic().unwrap().kind, "RecursionError");
        // A function without variables does not look for them.
        let error = runtime
            .eval::<()>("fn round() { round() } round()")
            .unwrap_err();
        assert_eq!(error.diagnostic().unwrap().kind, "RecursionError");
    };
    deep(
        &mut Runtime::builder()
            .permissions(Permissions::all())
            .build()
            .unwrap(),
    );
    let large = move || {
        deep(
            &mut Runtime::builder()
                .permissions(Permissions::all())
                .build()
                .unwrap(),
        )
    };
    let thread = std::thread::Builder::new().stack_size(8 << 20).spawn(large);
    thread.unwrap().join().unwrap();
    let mut runtime = Runtime::builder()
        .permissions(Permissions::all())
        .limits(Limits::new().call_levels(20))
        .build()
        .unwrap();
    runtime
        .eval::<()>("fn down(n) { if n > 0 { 1 + down(n - 1) } else { 0 } }")
        .unwrap();
    assert_eq!(runtime.call_fn::<i64>("down", (10_i64,)).unwrap(), 10);
    let error = runtime.call_fn::<i64>("down", (30_i64,)).unwrap_err();
    assert_eq!(error.diagnostic().unwrap().kind, "RecursionError");
}
