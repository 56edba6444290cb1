//! Limits of memory and of sizes.

use std::time::Instant;

use procscript::error::Exceeded;
use procscript::{Error, Limits, Permissions, Runtime};

use crate::support::cases::Case;

pub(crate) const CASES: &[Case] = &[
    Case::new("memory_above_the_limit_is_a_memory_error", above_the_limit),
    Case::new("a_script_that_catches_it_may_drop_values_and_go_on", caught),
    Case::new("a_script_that_cannot_catch_it_is_ended", ended),
    Case::new("each_runtime_has_a_count_of_its_own", two_runtimes),
    Case::new(
        "threads_count_with_their_script_and_children_for_themselves",
        threads_and_children,
    ),
    Case::new("results_count_until_the_host_drops_them", results),
    Case::new("a_push_costs_the_same_in_a_long_list", pushes),
    Case::new("sizes_are_errors_that_can_be_caught", sizes),
];

const LIMIT: usize = 8 << 20;

fn limited() -> Runtime {
    Runtime::builder()
        .permissions(Permissions::all())
        .limits(Limits::new().memory(LIMIT))
        .build()
        .unwrap()
}

#[track_caller]
fn fails(runtime: &mut Runtime, text: &str) {
    let error = runtime.eval::<()>(text).unwrap_err();
    let report = error
        .diagnostic()
        .unwrap_or_else(|| panic!("{text}: {error:?}"));
    assert_eq!(report.kind, "MemoryError", "{text}");
}

fn above_the_limit() {
    for text in [
        "let all = []; loop { all.push(`item ${len(all)}`); }",
        "let all = [1]; loop { all = [all, all]; }",
        "let s = `x`; loop { s += s; }",
        "let m = #{}; let n = 0; loop { m[`key ${n}`] = n; n += 1; }",
        "let all = []; loop { all.append([0] * 1000); }",
        "let b = bytes(10); loop { b = b + b; }",
        "`x` * 9000000",
        "fn wrap(all) { let more = [all, all]; wrap(more) } wrap([0] * 1000)",
    ] {
        let mut runtime = limited();
        fails(&mut runtime, text);
        runtime.reset();
        assert_eq!(runtime.eval::<i64>("len([0] * 100000)").unwrap(), 100_000);
    }
}

fn caught() {
    let mut runtime = limited();
    let text = r#"
        let found = [];
        fn fill() { let all = []; loop { all.push(`item ${len(all)}`); } }
        for i in range(3) {
            try { fill(); } catch (e) { found.push(e.type); }
        }
        let all = [];
        try { loop { all.push(`item ${len(all)}`); } } catch (e) { all.clear(); }
        found.len() == 3 && found[2] == "MemoryError" && all.is_empty()
    "#;
    assert!(runtime.eval::<bool>(text).unwrap());
}

fn ended() {
    for text in [
        "fn grow() { loop { this.push([1, 2, 3]); } } let all = []; all.grow();",
        "let all = []; loop { try { loop { all.push([1, 2, 3]); } } catch { } }",
    ] {
        let mut runtime = limited();
        let result = runtime.eval::<()>(text);
        let is_it = matches!(result, Err(Error::Limit(Exceeded::Memory(LIMIT))));
        assert!(is_it, "{text}: {result:?}");
        runtime.reset();
        assert_eq!(runtime.eval::<i64>("6 * 7").unwrap(), 42);
    }
}

fn two_runtimes() {
    let (mut one, mut other) = (limited(), limited());
    one.eval::<()>("let all = [0] * 400000;").unwrap();
    other.eval::<()>("let all = [0] * 400000;").unwrap();
    fails(&mut one, "let more = [0] * 400000;");
    // What the host allocates is not the script's.
    let host = vec![1_u8; 2 * LIMIT];
    other.eval::<()>("let n = len(all);").unwrap();
    drop(host);
}

fn threads_and_children() {
    let mut runtime = limited();
    let text = r#"
        fn too_much() { let all = []; loop { all.push("x" * 1000); } }
        fn fill(failed) { try { too_much(); } catch (e) { failed.put(e.type); } }
        let failed = queue.Queue();
        // One after the other: while both are above the limit, `put` may fail too.
        for i in range(2) { let t = Thread(fill, [failed]); t.start(); t.join(); }
        failed.get() == "MemoryError" && failed.get() == "MemoryError"
    "#;
    assert!(runtime.eval::<bool>(text).unwrap());
    let text = r#"
        let q = Queue();
        let p = Process(fill, [q]);
        p.start();
        p.join();
        q.get()
    "#;
    assert_eq!(runtime.eval::<String>(text).unwrap(), "MemoryError");
}

fn results() {
    let mut runtime = limited();
    for _ in 0..100 {
        drop(
            runtime
                .eval::<procscript::rhai::Array>("[0] * 100000")
                .unwrap(),
        );
    }
    let mut kept = Vec::new();
    let error = loop {
        match runtime.eval::<procscript::rhai::Array>("[0] * 100000") {
            Ok(result) => kept.push(result),
            Err(error) => break error,
        }
        assert!(kept.len() < 10);
    };
    assert_eq!(error.diagnostic().unwrap().kind, "MemoryError");
    kept.clear();
    drop(
        runtime
            .eval::<procscript::rhai::Array>("[0] * 100000")
            .unwrap(),
    );
}

fn pushes() {
    let limits = Limits::new().array_items(2_000_000).map_entries(100);
    let mut runtime = Runtime::builder().limits(limits).build().unwrap();
    let text = "let short = [0] * 10; let long = [0] * 1000000;";
    runtime.eval::<()>(text).unwrap();
    // The first push moves all items to where there is room for more.
    runtime.eval::<()>("short.push(0); long.push(0);").unwrap();
    let mut time = |list: &str| {
        let began = Instant::now();
        let text = format!("for i in range(2000) {{ {list}.push(i); }}");
        runtime.eval::<()>(&text).unwrap();
        began.elapsed()
    };
    let (short, long) = (time("short"), time("long"));
    // The long list may be copied once, into machine code and back; copied for each push, it would take 20,000 times as long.
    assert!(long < short * 1000, "{short:?} {long:?}");
}

fn sizes() {
    let limits = Limits::new()
        .string_bytes(1000)
        .array_items(100)
        .map_entries(10);
    let mut runtime = Runtime::builder().limits(limits).build().unwrap();
    for (step, message) in [
        (
            "let s = `x`; loop { s += s; }",
            "Length of string too large",
        ),
        ("let s = `x`; s * 1001", "Length of string too large"),
        (
            "let l = []; loop { l.push(1); }",
            "Size of array/BLOB too large",
        ),
        (
            "let l = [1]; loop { l += l; }",
            "Size of array/BLOB too large",
        ),
        (
            "let l = []; loop { l.append([1]); }",
            "Size of array/BLOB too large",
        ),
        ("let l = []; l.pad(101, 0)", "Size of array/BLOB too large"),
        (
            "let l = []; loop { l.extend([1, 2]); }",
            "Size of array/BLOB too large",
        ),
        (
            "let l = []; loop { l.insert(0, 1); }",
            "Size of array/BLOB too large",
        ),
        (
            "let b = blob(1); loop { b += b; }",
            "Size of array/BLOB too large",
        ),
        (
            "let m = #{}; let n = 0; loop { m[`k${n}`] = 1; n += 1; }",
            "Size of object map too large",
        ),
    ] {
        let text = format!(
            "let found = (); try {{ {step} }} catch (e) {{ found = e.type + `: ` + e.message; }} found"
        );
        let found = runtime.eval::<String>(&text).unwrap();
        assert_eq!(found, format!("RuntimeError: {message}"), "{step}");
    }
    let text =
        "let l = []; for i in range(100) { l.push(i); } try { l.push(100); } catch { } len(l)";
    assert_eq!(runtime.eval::<i64>(text).unwrap(), 100);
}
