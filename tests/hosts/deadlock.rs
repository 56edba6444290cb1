//! Waits that can never end, in scripts of a host.

use std::thread;
use std::time::Duration;

use procscript::{Error, Permissions, Runtime};

use crate::support::cases::Case;

pub(crate) const CASES: &[Case] = &[
    Case::new("a_hopeless_wait_of_a_host_s_script_is_an_error", alone),
    Case::new(
        "a_hopeless_wait_of_an_isolated_script_is_an_error",
        isolated,
    ),
    Case::new(
        "a_host_s_script_and_its_child_get_one_error_for_a_circle",
        with_a_child,
    ),
    Case::new(
        "a_wait_for_an_object_of_the_host_is_not_hopeless",
        host_object,
    ),
];

fn runtime() -> Runtime {
    let builder = Runtime::builder().permissions(Permissions::all());
    builder.build().unwrap()
}

#[track_caller]
fn assert_deadlock(result: Result<(), Error>) {
    match result {
        Err(Error::Failed(report)) => assert_eq!(report.diagnostic().kind, "DeadlockError"),
        other => panic!("{other:?}"),
    }
}

const TWICE: &str = "let lock = Lock(); lock.acquire(); lock.acquire();";

fn alone() {
    let mut runtime = runtime();
    assert_deadlock(runtime.eval(TWICE));
    assert_eq!(runtime.eval::<i64>("1 + 1").unwrap(), 2);
}

fn isolated() {
    let builder = Runtime::builder().permissions(Permissions::all());
    let mut runtime = builder.isolated().build().unwrap();
    assert_deadlock(runtime.eval(TWICE));
    assert_eq!(runtime.eval::<i64>("1 + 1").unwrap(), 2);
}

fn with_a_child() {
    assert_deadlock(runtime().eval(
        "
        fn other(a, b, met) {
            b.acquire();
            met.wait();
            a.acquire();
        }
        let a = Lock();
        let b = Lock();
        let met = Barrier(2);
        let p = Process(other, [a, b, met]);
        p.daemon = true;
        p.start();
        a.acquire();
        met.wait();
        b.acquire();
        ",
    ));
}

fn host_object() {
    let mut runtime = runtime();
    let items = runtime.queue::<i64>(0).unwrap();
    runtime.set("items", items.clone()).unwrap();
    let host = thread::spawn(move || {
        thread::sleep(Duration::from_millis(1500));
        items.put(&7).unwrap();
    });
    assert_eq!(runtime.eval::<i64>("items.get()").unwrap(), 7);
    host.join().unwrap();
}
