//! Values nested in values: whatever a script makes, a host with small stacks lives on.

use std::time::Duration;

use procscript::rhai::Dynamic;
use procscript::{Error, Limits, Runtime};

use crate::support::cases::Case;

pub(crate) const CASES: &[Case] = &[
    Case::new(
        "endless_nesting_ends_the_evaluation_and_not_the_host",
        endless,
    ),
    Case::new("results_are_dropped_on_any_stack", results),
    Case::new("what_a_runtime_holds_is_dropped_on_any_stack", held),
    Case::new("calls_go_as_deep_on_a_small_stack", calls),
    Case::new("a_prompt_lives_on", prompt),
];

/// A small stack for a thread of a host.
const SMALL: usize = 512 << 10;

fn on_a_small_stack(body: fn()) {
    let thread = std::thread::Builder::new().stack_size(SMALL).spawn(body);
    thread.unwrap().join().unwrap();
}

const ENDLESS: &[&str] = &[
    "let f = || 1; loop { let g = f; f = || g; }",
    "let d = []; loop { d = [d]; }",
    "let d = #{}; loop { d = #{key: d}; }",
    "let f = Fn(`len`); loop { f = Fn(`len`).curry(f); }",
    "let e = 1; loop { e = ValueError(e); }",
    "let d = 1; loop { let e = d; d = [#{key: || e}]; }",
    "fn wrap(x) { || x } let d = 1; loop { d = wrap(d); }",
];

fn all_limits() -> Limits {
    Limits::new()
        .operations(10_000_000)
        .time(Duration::from_secs(60))
        .call_levels(100)
        .string_bytes(1 << 20)
        .array_items(100_000)
        .map_entries(100_000)
}

fn endless() {
    on_a_small_stack(|| {
        for limits in [Limits::new(), all_limits()] {
            let mut runtime = Runtime::builder().limits(limits).build().unwrap();
            for text in ENDLESS {
                let error = runtime.eval::<()>(text).unwrap_err();
                let report = error
                    .diagnostic()
                    .unwrap_or_else(|| panic!("{text}: {error:?}"));
                assert_eq!(report.kind, "RecursionError", "{text}");
                assert_eq!(runtime.eval::<i64>("1 + 1").unwrap(), 2);
            }
        }
    });
}

fn results() {
    on_a_small_stack(|| {
        let mut runtime = Runtime::builder().build().unwrap();
        let nested = "
            fn lists(n) { let d = []; for i in range(n) { d = [d]; } d }
            fn dicts(n) { let d = #{}; for i in range(n) { d = #{key: d}; } d }
            fn closures(n) { let f = || 1; for i in range(n) { let g = f; f = || g; } f }
            fn thrown(n) { throw lists(n); }
        ";
        runtime.eval::<()>(nested).unwrap();
        for function in ["lists", "dicts", "closures"] {
            drop(runtime.call_fn::<Dynamic>(function, (450_i64,)).unwrap());
            let error = runtime
                .call_fn::<Dynamic>(function, (4000_i64,))
                .unwrap_err();
            assert_eq!(error.diagnostic().unwrap().kind, "RecursionError");
        }
        for (levels, is_there) in [(400_i64, true), (4000, false)] {
            let Err(Error::Failed(failure)) = runtime.call_fn::<()>("thrown", (levels,)) else {
                panic!("it did not fail");
            };
            assert_eq!(failure.value().is_array(), is_there);
        }
    });
}

fn held() {
    on_a_small_stack(|| {
        let mut runtime = Runtime::builder().build().unwrap();
        let text = "
            let lists = []; for i in range(4900) { lists = [lists]; }
            let f = || 1; for i in range(4900) { let g = f; f = || g; }
            let e = ValueError(1); for i in range(4900) { e = ValueError(e); }
            let own = 1; own = || own;
            ()
        ";
        runtime.eval::<()>(text).unwrap();
        runtime.reset();
        runtime.eval::<()>(text).unwrap();
        drop(runtime);
    });
}

fn calls() {
    on_a_small_stack(|| {
        let mut runtime = Runtime::builder().build().unwrap();
        runtime
            .eval::<()>("fn count(n) { if n == 0 { 0 } else { 1 + count(n - 1) } }")
            .unwrap();
        assert_eq!(runtime.call_fn::<i64>("count", (900_i64,)).unwrap(), 900);
        let error = runtime.call_fn::<i64>("count", (2000_i64,)).unwrap_err();
        assert_eq!(error.diagnostic().unwrap().kind, "RecursionError");
    });
}

fn prompt() {
    use procscript::prompt::Outcome;
    on_a_small_stack(|| {
        let mut program = Runtime::builder().build().unwrap().interactive();
        for text in ENDLESS {
            let outcome = program.enter(text);
            let Outcome::Failed(report) = &outcome else {
                panic!("{text}: {outcome:?}");
            };
            assert_eq!(report.kind, "RecursionError", "{text}");
        }
        let text = "let deep = []; for i in range(4000) { deep = [deep]; } deep";
        assert!(matches!(program.enter(text), Outcome::Value(_)));
        program.finish();
    });
}
