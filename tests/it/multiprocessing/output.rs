//! What comes out: lines of many processes, tracebacks, outputs nobody reads.

use std::collections::BTreeMap;

use crate::support::script::{Script, each_start_method, prints};
use crate::support::text::count;

#[test]
fn long_lines_of_many_processes_are_never_mixed() {
    each_start_method(|method| {
        let output = Script::text(
            r#"
            fn write(name) {
                let line = name * 10000;
                for i in range(40) { print(line); }
            }
            for name in ["a", "b", "c", "d", "e", "f", "g", "h"] { Process(write, [name]).start(); }
            "#,
        )
        .start_method(method)
        .run();
        output.assert_quiet();
        let mut lines: BTreeMap<&str, usize> = BTreeMap::new();
        output
            .stdout
            .lines()
            .for_each(|line| *lines.entry(line).or_default() += 1);
        let wanted: Vec<String> = ('a'..='h')
            .map(|name| name.to_string().repeat(10_000))
            .collect();
        let wanted: BTreeMap<&str, usize> = wanted.iter().map(|line| (line.as_str(), 40)).collect();
        assert!(lines == wanted, "{} different lines", lines.len());
    });
}

#[test]
fn the_beginning_of_a_line_is_not_printed_twice() {
    prints(
        r#"
        fn child() { print("child"); }
        print("no end: ", #{ end: "" });
        let p = Process(child);
        p.start();
        p.join();
        print("parent");
        "#,
        "no end: child\nparent\n",
    );
}

#[test]
fn a_line_printed_in_parts_comes_out_whole() {
    each_start_method(|method| {
        let output = Script::text(
            r#"
            fn write(name) {
                for i in range(50) {
                    for part in range(10) { print(name, #{ end: "" }); }
                    print();
                }
            }
            for name in ["a", "b", "c"] { Process(write, [name]).start(); }
            "#,
        )
        .start_method(method)
        .run();
        output.assert_quiet();
        for name in ["a", "b", "c"] {
            assert_eq!(count(&output.stdout, &name.repeat(10)), 50);
        }
        assert_eq!(output.stdout.lines().count(), 150);
    });
}

#[test]
fn an_uncaught_error_shows_every_frame_with_its_line() {
    let output = Script::text(
        r#"
        fn inner(x) {
            throw ValueError("bad value %s" % x);
        }
        fn outer(x) {
            inner(x + 1);
        }
        print("before");
        outer(41);
        print("after");
        "#,
    )
    .run();
    output.assert(
        1,
        "before\n",
        r#"
        ValueError: bad value 42
          --> main.rhai:2:5
             |
           2 |     throw ValueError("bad value %s" % x);
             |     ^
        Traceback (most recent call last):
          File "main.rhai", line 8, in <module>
            outer(41);
          File "main.rhai", line 5, in outer
            inner(x + 1);
          File "main.rhai", line 2, in inner
            throw ValueError("bad value %s" % x);
        "#,
    );
}

#[test]
fn a_child_s_error_begins_in_its_task() {
    each_start_method(|method| {
        Script::text(
            r#"
            import "lib" as lib;
            fn task(x) {
                lib::divide(x);
            }
            let p = Process(#{ target: task, args: [7], name: "divider" });
            p.start();
            p.join();
            print(p.exitcode, p.exception);
            "#,
        )
        .beside("lib.rhai", "fn divide(x) {\n    x / 0\n}\n")
        .start_method(method)
        .run()
        .assert(
            0,
            "1 division by zero\n",
            r#"
            Process divider:
            ZeroDivisionError: division by zero
              --> lib.rhai:2:7
                 |
               2 |     x / 0
                 |       ^
            Traceback (most recent call last):
              File "main.rhai", line 3, in task
                lib::divide(x);
              File "lib.rhai", line 2, in divide
                x / 0
            "#,
        );
    });
}

#[test]
fn an_error_in_run_names_run() {
    each_start_method(|method| {
        Script::text(
            r#"
            fn Own() {
                let me = Process();
                me.run = || {
                    throw KeyError("key");
                };
                me
            }
            let p = Own();
            p.start();
            "#,
        )
        .start_method(method)
        .run()
        .assert(
            0,
            "",
            r#"
            Process Own-1:
            KeyError: 'key'
              --> main.rhai:4:9
                 |
               4 |         throw KeyError("key");
                 |         ^
            Traceback (most recent call last):
              File "main.rhai", line 4, in run
                throw KeyError("key");
            "#,
        );
    });
}

#[test]
fn bottomless_recursion_is_an_error_and_no_crash() {
    each_start_method(|method| {
        let code = r#"
            fn deeper(n) { deeper(n + 1) }
            print(error_of(|| deeper(0)).startswith("RecursionError: maximum recursion depth exceeded"));
            let p = Process(deeper, [0]);
            p.start();
            p.join();
            print(p.exitcode, p.exception.type);
        "#;
        let output = Script::text(code).start_method(method).run();
        assert_eq!(
            (output.code(), output.stdout.as_str()),
            (0, "True\n1 RecursionError\n"),
            "{}",
            output.stderr
        );
        assert!(
            output.stderr.starts_with(
                "Process Process-1:\nRecursionError: maximum recursion depth exceeded\n"
            ),
            "{}",
            output.stderr
        );
        assert!(output.stderr.contains("more times]\n"), "{}", output.stderr);
        assert!(output.stderr.lines().count() < 20, "{}", output.stderr);
    });
}

#[test]
fn deep_recursion_inside_loops_and_callbacks_is_no_crash_either() {
    each_start_method(|method| {
        let output = Script::text(
            r#"
            fn deeper(n) {
                for i in range(1) { while true { if true { [n].map(|x| deeper(x + 1)); } break; } }
            }
            let p = Process(deeper, [0]);
            p.start();
            p.join();
            print(p.exitcode);
            deeper(0);
            "#,
        )
        .start_method(method)
        .run();
        assert_eq!(
            (output.code(), output.stdout.as_str()),
            (1, "1\n"),
            "{}",
            output.stderr
        );
        assert_eq!(
            output.stderr.matches("\nRecursionError: ").count(),
            2,
            "{}",
            output.stderr
        );
    });
}

#[test]
fn standard_error_is_written_at_once_and_whole() {
    each_start_method(|method| {
        Script::text(
            r#"
            fn child() { sys.stderr.write("from the child\n"); }
            let p = Process(child);
            p.start();
            p.join();
            sys.stderr.write("no end");
            sys.stderr.write(" of line\n");
            print("out");
            "#,
        )
        .start_method(method)
        .run()
        .assert(0, "out\n", "from the child\nno end of line\n");
    });
}
