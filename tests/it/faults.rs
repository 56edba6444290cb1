//! Small faults that checks from outside have found, each with what Python does.

use super::support::script::{Script, prints};

#[test]
fn waits_of_any_length_have_an_answer() {
    prints(
        r#"
        let p = Process(|| 1);
        p.start();
        print(p.join(1e300), p.join(1.0 / 0.0));
        let p = Process(|| print(parent_process().join(0), parent_process().join(0.01)));
        p.start();
        p.join();
        try { Event().wait(0.0 / 0.0); } catch (e) { print(e.type, e); }
        "#,
        "
        True True
        False False
        ValueError Invalid value NaN (not a number)
        ",
    );
}

#[test]
fn arguments_by_keyword_are_taken_everywhere() {
    prints(
        r#"
        time.sleep(#{ secs: 0 });
        print(list(Array("i", #{ size_or_initializer: 2 })));
        print(Manager().Value(#{ typecode: "i", value: 3 }).value);
        let t = threading.Timer(#{ interval: 0.5, function: print_it, args: [1] });
        fn print_it(x) { }
        print(t.interval, t.function, t.args, t.finished.is_set());
        let p = Process(#{ target: |a, b| print(a, b), args: range(2) });
        p.start();
        p.join();
        "#,
        "
        [0, 0]
        3
        0.5 <function print_it> [1] False
        0 1
        ",
    );
}

#[test]
fn names_of_python_that_were_missing_are_there() {
    prints(
        r#"
        let c = Condition();
        with c { c.notifyAll(); }
        print(Event().isSet(), Thread(#{ target: || 1, name: "" }).name, hasattr(current_process(), "terminate"));
        let n = Manager().Namespace();
        n.a = 1;
        delattr(n, "a");
        print(hasattr(n, "a"));
        try { delattr(n, "a"); } catch (e) { print(e.type, e); }
        get_context("spawn");
        print(get_context("fork").cpu_count() > 0);
        "#,
        "
        False Thread-1 (<lambda>) True
        False
        AttributeError 'Namespace' object has no attribute 'a'
        True
        ",
    );
}

#[test]
fn bytes_are_numbers_and_need_an_encoding() {
    prints(
        r#"
        let sum = 0;
        for byte in "ab".encode() { sum += byte; }
        print(sum);
        try { bytes("abc"); } catch (e) { print(e.type, e); }
        print(bytes("abc", "utf-8"), bytes([1, 2]), bytes(2));
        "#,
        "
        195
        TypeError string argument without an encoding
        b'abc' b'\\x01\\x02' b'\\x00\\x00'
        ",
    );
}

#[test]
fn a_child_shows_itself_as_python_does() {
    let script = "let p = Process(|| print(current_process()));\np.start();\np.join();\n";
    let run = Script::text(script).run();
    let folded = run.folded();
    assert_eq!(
        folded, "<Process name='Process-1' parent=<main> started>\n",
        "{folded}"
    );
}

#[test]
fn lists_and_bytes_have_an_order() {
    prints(
        r#"
        print([1, 2] < [1, 3], [2] > [1, 5], [1] <= [1], [1] >= [2], [] < [0], "a".encode() < "b".encode());
        try { [1] < ["a"] } catch (e) { print(e.type, e); }
        "#,
        "
        True True True False True True
        TypeError '<' not supported between instances of 'int' and 'str'
        ",
    );
}

#[test]
fn a_format_inside_a_string_gets_the_right_cure() {
    Script::text("let x = 1.5;\nprint(`about ${x:.2f}`);\n")
        .run()
        .assert(
            1,
            "",
            "
        SyntaxError: there are no formats in `${…}` here
          --> main.rhai:2:17
             |
           2 | print(`about ${x:.2f}`);
             |                 ^
        help: write: \"{:.2f}\".format(x)
        ",
        );
}

#[test]
fn check_warns_of_functions_that_a_method_hides() {
    let script = "fn get() { this.x }\nfn append(n) { n + 1 }\nfn area() { this.w }\n";
    let run = Script::command(&["check", "main.rhai"])
        .beside("main.rhai", script)
        .run();
    let warning = "Warning: get() is also a method of ";
    assert_eq!(run.code(), 0);
    assert!(run.stderr.starts_with(warning), "{}", run.stderr);
    assert_eq!(run.stderr.matches("Warning").count(), 1, "{}", run.stderr);
}

#[test]
fn nothing_is_added_to_an_item_that_is_not_there() {
    prints(
        r#"
        let shared = Manager().dict();
        let ordered = collections.OrderedDict();
        let without = collections.defaultdict();
        for d in [shared, ordered, without] {
            for times in 0..3 {
                try { d["a"] += 5; print("added", d["a"]); } catch (e) { print(e.type, e.message); }
            }
            try { d["b"] } catch { d["b"] = 1; }
            d["b"] += 5;
            print(d["b"], d.contains("a"));
        }
        let counts = collections.Counter();
        counts["x"] += 2;
        let made = collections.defaultdict(|| 10);
        made["y"] -= 1;
        print(counts["x"], made["y"]);
        "#,
        "
        KeyError 'a'
        KeyError 'a'
        KeyError 'a'
        6 False
        KeyError 'a'
        KeyError 'a'
        KeyError 'a'
        6 False
        KeyError 'a'
        KeyError 'a'
        KeyError 'a'
        6 False
        2 9
        ",
    );
}

#[test]
fn a_missing_name_of_a_module_that_is_a_file_says_that_it_is_a_module() {
    let output = Script::text(
        r#"
        import "lib" as lib;
        try { lib.nothing } catch (e) { print(e.type, e.message); }
        print(isinstance(concurrent.futures.process.BrokenProcessPool("x"), BrokenExecutor), concurrent.futures.thread.BrokenThreadPool().args);
        "#,
    )
    .beside("lib.rhai", "export const LIMIT = 3;\n")
    .run();
    output.assert_quiet();
    let (start, rest) = output.stdout.split_once(": ").unwrap_or_default();
    assert_eq!(
        start,
        "AttributeError module 'lib' has no attribute 'nothing'"
    );
    assert!(rest.ends_with("lib.rhai has LIMIT\nTrue []\n"), "{rest}");
}
