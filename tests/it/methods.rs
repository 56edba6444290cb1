//! Methods of values whose names are also those of the script's functions: the method of the value's own type is called.
//!
//! Each script runs by the interpreter alone, as usual, and with everything compiled as soon as possible.

use super::support::script::{Script, each_start_method, prints_in_every_mode as prints};

#[test]
fn a_method_of_the_values_type_comes_before_a_function_of_the_script() {
    prints(
        r#"
        fn get() { 42 }
        fn append(n) { n + 1 }
        fn push(x) { "mine" }
        fn upper() { "up " + this }
        fn start() { "start " + this.name }
        let q = Queue();
        q.put(7);
        print(q.get(), get());
        let xs = [1];
        xs.append(5);
        xs.push(6);
        print(xs, append(1), push(3));
        for i in range(3) { q.put(i); xs.append(q.get()); }
        print(xs, "a".upper(), 1.upper(), #{ name: "m" }.start());
        let f = || xs.len();
        xs.append(9);
        print(f.call(), xs);
        "#,
        "
        7 42
        [1, 5, 6] 2 mine
        [1, 5, 6, 0, 1, 2] A up 1 start m
        7 [1, 5, 6, 0, 1, 2, 9]
        ",
    );
}

#[test]
fn the_error_of_such_a_method_is_at_its_call() {
    let script =
        "fn get(timeout) { timeout }\nfn work(q) {\n    q.get(false);\n}\nwork(Queue());\n";
    Script::text(script).run().assert(
        1,
        "",
        "
        Empty
          --> main.rhai:3:7
             |
           3 |     q.get(false);
             |       ^
        Traceback (most recent call last):
          File \"main.rhai\", line 5, in <module>
            work(Queue());
          File \"main.rhai\", line 3, in work
            q.get(false);
        ",
    );
}

#[test]
fn a_function_keeps_its_speed_and_its_recursion() {
    prints(
        r#"
        fn index(x) { if x == 0 { 0 } else { index(x - 1) + 1 } }
        fn count(n) { let sum = 0; for i in range(n) { sum += i; } sum }
        print(index(200), count(100_000), [3, 4].index(4), [1, 1].count(1));
        fn find(x) { find(x + 1) }
        try { find(0); } catch (e) { print(e.type); }
        "#,
        "
        200 4999950000 1 2
        RecursionError
        ",
    );
}

#[test]
fn it_holds_in_modules_threads_and_children() {
    each_start_method(|method| {
        Script::text(
            r#"
            import "helpers" as helpers;
            fn get() { "main's" }
            fn put(x) { "main's" }
            fn work(q) { q.put(get()); helpers::work(q) }
            let q = Queue();
            for task in [Process(work, [q]), Thread(work, [q])] {
                task.start();
                task.join();
                print(q.get(), q.get());
            }
            print(helpers::get());
            "#,
        )
        .beside(
            "helpers.rhai",
            "fn get() { \"theirs\" }\nfn work(q) { let own = Queue(); own.put(1); q.put(own.get()); }",
        )
        .start_method(method)
        .run()
        .assert(0, "main's 1\nmain's 1\ntheirs\n", "");
    });
}

#[test]
fn a_loop_that_calls_such_a_function_becomes_machine_code() {
    let script = "fn index(x) { x * 2 + 1 }\nlet sum = 0;\nfor i in range(2_000_000) { sum += index(i); }\nprint(sum);\n";
    let run = Script::text(script).option("--explain-compile").run();
    assert_eq!(run.stdout, "4000000000000\n");
    let loops = run.stderr.lines().filter(|line| line.contains("loop"));
    assert!(
        loops.clone().any(|line| line.contains("compiled")),
        "{}",
        run.stderr
    );
}
