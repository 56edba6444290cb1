//! A host that has threads, and whose `main` does not begin with `init`: the test harness is one.

#![allow(clippy::unwrap_used)]

use procscript::{Error, Permissions, Runtime, StartMethod};

/// `session_memory`: each of these tests has a session in this process.
fn runtime() -> procscript::Builder {
    Runtime::builder()
        .permissions(Permissions::all())
        .session_memory(16 << 20)
}

const START: &str = r#"
    fn child(q) { q.put("from a child") }
    let q = Queue();
    let p = Process(child, [q]);
    p.start();
    let told = q.get(#{timeout: 60});
    p.join();
    told
"#;

#[test]
fn starting_a_process_without_init_says_which_line_to_add() {
    let result = runtime().build().unwrap().eval::<String>(START);
    let Err(Error::Failed(failure)) = result else {
        panic!("{result:?}");
    };
    let told = failure.diagnostic();
    assert_eq!((told.kind.as_str(), told.line), ("RuntimeError", 5));
    let wanted = "add `procscript::init();` as the first line of its main function";
    assert!(told.message.contains(wanted), "{told}");
}

#[test]
fn a_process_with_threads_is_not_forked_even_if_the_host_asks_for_fork() {
    let mut runtime = runtime().start_method(StartMethod::Fork).build().unwrap();
    let error = runtime.eval::<String>(START).unwrap_err();
    // Spawn was tried in its place.
    assert!(error.to_string().contains("procscript::init();"), "{error}");
}

#[test]
fn a_named_worker_serves_a_host_without_init() {
    let mut runtime = runtime()
        .worker_program(env!("CARGO_BIN_EXE_procscript"))
        .build()
        .unwrap();
    assert_eq!(runtime.eval::<String>(START).unwrap(), "from a child");
}

#[test]
fn a_worker_that_is_missing_or_not_a_worker_is_an_error_at_once() {
    let mut missing = runtime().worker_program("/no/such/worker").build().unwrap();
    let error = missing.eval::<String>(START).unwrap_err();
    assert_eq!(error.diagnostic().unwrap().kind, "FileNotFoundError");
    assert!(error.to_string().contains("/no/such/worker"), "{error}");

    // It ends without having looked for its orders; nobody waits for what it does not do.
    let mut other = runtime().worker_program("/bin/true").build().unwrap();
    let text = "fn child() { 1 } let p = Process(child); p.start(); p.join(); p.exitcode";
    assert_eq!(other.eval::<i64>(text).unwrap(), 0);
}
