//! Values nested in values, as deep as a script can make them: an error, and the process lives on.

use crate::support::script::{Script, each_start_method, prints};

/// Ways to nest a value `d` once more, for ever.
const WAYS: &[(&str, &str)] = &[
    ("closures", "let g = d; d = || g;"),
    ("lists", "d = [d];"),
    ("dicts", "d = #{key: d};"),
    ("curried functions", "d = Fn(`len`).curry(d);"),
    ("exceptions", "d = ValueError(d);"),
    ("all of them", "let g = d; d = [#{key: ValueError(|| g)}];"),
    ("appended", "let list = []; list.append(d); d = list;"),
    ("entries", "let map = #{}; map.key = d; d = map;"),
];

#[test]
fn endless_nesting_is_a_recursion_error() {
    for (name, step) in WAYS {
        eprintln!("{name}");
        let code = format!(
            "let d = 1;
             try {{ loop {{ {step} }} }} catch (e) {{ print(e.type, \"levels deep\" in e.message); }}
             d = 1;
             print(d);"
        );
        Script::text(&code)
            .run()
            .assert(0, "RecursionError True\n1\n", "");
    }
}

#[test]
fn an_uncaught_one_is_reported() {
    let run = Script::text("let f = || 1; loop { let g = f; f = || g; }").run();
    assert_eq!(run.code(), 1);
    let report = "RecursionError: the value of 'f' is nested more than 5000 levels deep\n";
    assert!(run.stderr.contains(report), "{}", run.stderr);
}

#[test]
fn four_thousand_levels_are_no_error() {
    let code = "
        let lists = [];
        for i in range(4000) { lists = [lists]; }
        let dicts = #{};
        for i in range(4000) { dicts = #{key: dicts}; }
        let functions = || 1;
        for i in range(4000) { let inner = functions; functions = || inner; }
        let again = lists;
        print(again == lists, dicts == dicts, type(functions.call().call()));
        print(str(lists).endswith(\"]]]]\"), repr(dicts).endswith(\"}}}}\"));
    ";
    prints(code, "True True <class 'function'>\nTrue True\n");
}

#[test]
fn a_closure_that_captures_itself_is_no_error() {
    let code = "
        let f = 1;
        f = || f;
        for i in range(10000) { let g = f; g = g.call(); }
        print(error_of(|| Process(f).start()));
    ";
    each_start_method(|method| {
        let run = Script::text(code).start_method(method).run();
        assert_eq!((run.code(), run.stderr.as_str()), (0, ""));
        assert!(run.stdout.starts_with("TypeError: "), "{}", run.stdout);
    });
}

/// Each chain is within the bound when it is read; all of them together are never read.
const LINKED: &str = "
    fn chain() {
        let end = ();
        let f = || end;
        for i in range(4000) { let g = f; f = || g; }
        [f, |next| { end = next; }]
    }
    fn linked() {
        let first = chain();
        let last = first[1];
        for i in range(100) {
            let next = chain();
            last.call(next[0]);
            last = next[1];
        }
    }
";

#[test]
fn values_far_beyond_the_bound_do_not_overflow_the_stack() {
    let code = format!(
        "{LINKED}
         linked();
         print(\"main\");
         let thread = Thread(linked);
         thread.start();
         thread.join();
         print(\"thread\");
         let child = Process(linked);
         child.start();
         child.join();
         print(\"child\", child.exitcode);"
    );
    prints(&code, "main\nthread\nchild 0\n");
}

#[test]
fn arguments_and_messages_that_are_nested_too_deep_are_errors() {
    let code = "
        let deep = [];
        for i in range(4000) { deep = [deep]; }
        let thread = Thread(|value| print(type(value)), [deep]);
        thread.start();
        thread.join();
        let q = Queue();
        print(error_of(|| q.put(deep)).split(\":\")[0]);
        print(error_of(|| Process(|| deep).start()).split(\":\")[0]);
        try { throw deep; } catch (e) { print(len(e)); }
        print(len(`${deep}`) > 0);
    ";
    prints(code, "<class 'list'>\nTypeError\nTypeError\n1\nTrue\n");
}

#[test]
fn little_address_space_bounds_nesting_too() {
    let code = "
        let f = || 1;
        try { loop { let g = f; f = || g; } } catch (e) { print(e.type); }
        let d = #{};
        try { loop { d = #{key: d}; } } catch (e) { print(e.type); }
    ";
    for limits in ["ulimit -v 1000000", "ulimit -d 500000", "ulimit -s 1024"] {
        Script::text(code)
            .through_shell(&format!("{limits}; exec \"$@\""))
            .run()
            .assert(0, "RecursionError\nRecursionError\n", "");
    }
}
