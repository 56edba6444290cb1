//! Calls of a script's functions by the host, which are found once and called again and again.

use std::sync::Arc;

use procscript::{Limits, Runtime};
use rhai::Dynamic;

use crate::support::cases::Case;

pub(crate) const CASES: &[Case] = &[
    Case::new("a_call_is_the_same_however_it_is_made", however_made),
    Case::new("a_call_leaves_nothing_behind", nothing_left),
    Case::new("a_call_finds_the_function_of_its_arguments", by_arguments),
];

const FUNCTIONS: &str = r#"
    const STEP = 3;
    fn sum(a, b) { a + b }
    fn nothing(a, b) { }
    fn early(a, b) { if a == 1 { return b; } a }
    fn shadow(a, b) { let a = a + 1; let b = [a, b]; b }
    fn change(a, b) { a += b; a }
    fn constant(a, b) { global::STEP * a + b }
    fn inner(a, b) { sum(sum(a, b), b) }
    fn closure(a, b) { let f = |x| x + a + b; a = 10; f.call(1) }
    fn loops(a, b) { let s = 0; for i in 0..100 { s += i * b; } s + a }
    fn lists(a, b) { let l = []; for i in 0..a { l.push(b); } l.len() }
    fn deep(a, b) { if a > 100000 { a } else { deep(a + 1, b) } }
    fn fails(a, b) { sum(a, b) / 0 }
    fn throws(a, b) { throw "no " + a; }
    fn unknown(a, b) { unknown_one(a, b) }
    fn missing(a, b) { a + c }
    fn this_one(a, b) { this + a }
    fn caught(a, b) { try { a / 0 } catch (error) { `${type(error)}` } }
    fn evaluates(a, b) { eval("let c = a; c + b") }
    fn exits(a, b) { sys.exit(a) }
"#;

/// Calls each function of the script again and again, with and without a count of operations, for which Rhai has to make each step.
fn however_made() {
    let runtime = |limits| {
        let mut runtime = Runtime::builder().limits(limits).build().unwrap();
        runtime.eval::<()>(FUNCTIONS).unwrap();
        runtime
    };
    let mut usual = runtime(Limits::new());
    let mut counted = runtime(Limits::new().operations(u64::MAX));
    let names = FUNCTIONS.lines().filter_map(|line| {
        let rest = line.trim().strip_prefix("fn ")?;
        rest.split_once('(').map(|(name, _)| name)
    });
    for name in names {
        for args in [(1_i64, 2_i64), (4, 5), (1, 2)] {
            let call = |runtime: &mut Runtime| match runtime.call_fn::<Dynamic>(name, args) {
                Ok(value) => format!("{value:?}"),
                Err(error) => format!("{error:?} {error}"),
            };
            assert_eq!(call(&mut usual), call(&mut counted), "{name}{args:?}");
        }
    }
}

fn nothing_left() {
    let mut runtime = Runtime::builder().build().unwrap();
    runtime
        .eval::<()>("fn keep(x) { x } fn drop_it(x) { 1 } fn fail(x) { throw 1 } fn more(x) { let y = x; y = 2; y }")
        .unwrap();
    let held = Arc::new(());
    for _ in 0..3 {
        for name in ["keep", "drop_it", "fail", "more"] {
            let value = Dynamic::from(held.clone());
            drop(runtime.call_fn::<Dynamic>(name, (value,)));
            assert_eq!(Arc::strong_count(&held), 1, "{name}");
        }
    }
    // A cell that others have too stays one.
    runtime.eval::<()>("fn set(x) { x += 1; x }").unwrap();
    let cell = Dynamic::from(1_i64).into_shared();
    for _ in 0..2 {
        runtime.call_fn::<i64>("set", (cell.clone(),)).unwrap();
    }
    // A constant of the host's is a variable there.
    let constant = Dynamic::from(vec![Dynamic::ONE]).into_read_only();
    runtime
        .eval::<()>("fn push(x) { x.push(2); x.len() }")
        .unwrap();
    for _ in 0..2 {
        let length = runtime.call_fn::<i64>("push", (constant.clone(),));
        assert_eq!(length.unwrap(), 2);
    }
}

fn by_arguments() {
    let mut runtime = Runtime::builder().build().unwrap();
    let call = |runtime: &mut Runtime, args: Vec<i64>| runtime.call_fn::<i64>("f", args);
    runtime
        .eval::<()>("fn f() { 0 } fn f(a) { 1 } fn f(a, b) { 2 } fn int.f(a) { 10 }")
        .unwrap();
    for _ in 0..3 {
        for count in 0..3 {
            let args = vec![7; count];
            assert_eq!(call(&mut runtime, args).unwrap(), count as i64);
        }
        let error = call(&mut runtime, vec![7; 3]).unwrap_err();
        assert!(error.to_string().contains("f()"), "{error}");
    }
    // A later piece of the program redefines one of them.
    runtime.eval::<()>("fn f(a) { a }").unwrap();
    assert_eq!(call(&mut runtime, vec![7]).unwrap(), 7);
    assert_eq!(call(&mut runtime, vec![7; 2]).unwrap(), 2);
    runtime.eval::<i64>("1 + 1").unwrap();
    assert_eq!(call(&mut runtime, vec![8]).unwrap(), 8);
}
