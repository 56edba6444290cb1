//! Scripts that start processes in a test program whose `main` is the harness's.

#![allow(clippy::unwrap_used)]

use procscript::{Permissions, Runtime, Setup};
use serde::{Deserialize, Serialize};

procscript::enable_test_support!(setup());

#[derive(Clone, Serialize, Deserialize)]
struct Count(u32);

fn setup() -> Setup {
    Setup::new("counts")
        .register(|engine| {
            engine.register_fn("count", |n: i64| Count(n.unsigned_abs() as u32));
        })
        .sendable::<Count>("Count")
}

#[track_caller]
fn evaluates_to_seven(text: &str) {
    let builder = Runtime::builder().setup(setup());
    let mut runtime = builder.permissions(Permissions::all()).build().unwrap();
    let seven = runtime.eval::<Count>(text);
    assert_eq!(seven.unwrap_or_else(|error| panic!("{error}")).0, 7);
}

#[test]
fn children_are_children_and_not_tests() {
    evaluates_to_seven(
        "let q = Queue(); for n in 1..4 { let p = Process(|| q.put(count(7))); p.start(); p.join(); q.get(); }
         let p = Process(|| q.put(count(7))); p.start(); p.join(); q.get()",
    );
}

#[test]
fn pools_work_beside_other_tests() {
    evaluates_to_seven("fn seven(n) { count(7) } Pool(2).map(seven, [1, 2])[1]");
}

#[test]
fn a_closed_pipe_does_not_kill_a_child() {
    evaluates_to_seven(
        "let ends = Pipe(); ends[0].close(); let q = Queue();
         let p = Process(|| { try { ends[1].send(1) } catch { } q.put(count(7)) }); p.start(); p.join(); q.get()",
    );
}
