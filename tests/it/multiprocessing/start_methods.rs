//! Fork and spawn show a child the same: functions, constants, imports, arguments, captured values.

use crate::support::script::{START_METHODS, Script, each_start_method, prints};

#[test]
fn the_start_method_is_asked_for_and_set_once() {
    Script::text(
        r#"
        print(get_all_start_methods(), get_start_method());
        print(error_of(|| set_start_method("zzz")));
        set_start_method("spawn");
        print(multiprocessing.get_start_method());
        print(error_of(|| set_start_method("fork")));
        multiprocessing.set_start_method("fork", #{ force: true });
        print(get_start_method());
        "#,
    )
    .run()
    .assert(
        0,
        "
        ['fork', 'spawn'] fork
        ValueError: cannot find context for 'zzz'
        spawn
        RuntimeError: context has already been set
        fork
        ",
        "",
    );
}

#[test]
fn the_command_line_and_the_script_choose_how_children_start() {
    let code = r#"
        fn child() {
            let file = open("/proc/self/cmdline");
            print(get_start_method(), file.read().contains("worker"));
            file.close();
        }
        if len(sys.argv) > 1 { set_start_method(sys.argv[1]); }
        let p = Process(child);
        p.start();
        p.join();
    "#;
    Script::text(code).run().assert(0, "fork False\n", "");
    for method in START_METHODS {
        let wanted = if method == "fork" {
            "fork False\n"
        } else {
            "spawn True\n"
        };
        Script::text(code)
            .start_method(method)
            .run()
            .assert(0, wanted, "");
        Script::text(code).arg(method).run().assert(0, wanted, "");
    }
}

#[test]
fn a_child_sees_functions_constants_and_imports() {
    each_start_method(|method| {
        Script::text(
            r#"
            import "os" as system;
            import "lib/tools" as tools;
            import "multiprocessing" as mp;
            const FACTOR = 3;
            const TABLE = #{ a: [1, 2] };
            fn triple(x) { x * global::FACTOR }
            fn child(x) {
                print(triple(x), global::TABLE, tools::double(x), tools::NAME, system::getpid() == os.getpid());
                print(tools::counted([1, 2, 3]), mp::current_process().name);
            }
            let p = Process(child, [14]);
            p.start();
            p.join();
            "#,
        )
        .beside(
            "lib/tools.rhai",
            r#"
            import "deeper" as deeper;
            const SECRET = 2;
            export const NAME = "tools";
            fn double(x) { x * global::SECRET }
            fn counted(list) { deeper::count(list) }
            print("the module's top level", __name__ == "__main__");
            "#,
        )
        .beside("lib/deeper.rhai", "fn count(list) { `${list.len()} items` }")
        .start_method(method)
        .run()
        .assert(
            0,
            "
            the module's top level False
            42 {'a': [1, 2]} 28 tools True
            3 items Process-1
            ",
            "",
        );
    });
}

#[test]
fn a_module_s_function_can_be_a_target() {
    each_start_method(|method| {
        Script::text(
            r#"
            import "workers" as workers;
            let p = Process(workers::work, [20]);
            p.start();
            p.join();
            let p = workers::started("in the module");
            p.join();
            print(p.exitcode);
            "#,
        )
        .beside(
            "workers.rhai",
            r#"
            print("once");
            const STEP = 1;
            fn work(x) { print("works", x + global::STEP, __name__ != "__main__"); }
            fn started(text) {
                let p = Process(|| print(text));
                p.start();
                p
            }
            "#,
        )
        .start_method(method)
        .run()
        .assert(0, "once\nworks 21 True\nin the module\n0\n", "");
    });
}

#[test]
fn closures_bring_their_captured_values_as_they_were_at_start() {
    prints(
        r#"
        let n = 1;
        let words = ["a"];
        let m = 7;
        let nested = |x| [x, m];
        let p = Process(|| {
            n += 10;
            words += "child";
            print(n, words, nested.call("x"));
        });
        n = 2;
        words += "b";
        p.start();
        p.join();
        print(n, words);
        n = 3;
        let q = Process(|| print(n));
        q.start();
        q.join();
        "#,
        "
        12 ['a', 'b', 'child'] ['x', 7]
        2 ['a', 'b']
        3
        ",
    );
}

#[test]
fn closures_nest_and_start_children_of_their_own() {
    prints(
        r#"
        fn twice(f) { |x| f.call(f.call(x)) }
        let add = |x| x + 5;
        let p = Process(|| {
            let inner = Process(|x| print("inner", twice(add).call(x)), [1]);
            inner.start();
            inner.join();
        });
        p.start();
        p.join();
        print(p.exitcode);
        "#,
        "inner 11\n0\n",
    );
}

#[test]
fn the_top_level_never_runs_again_in_a_child() {
    prints(
        r#"
        print("top", __name__);
        fn child() { print("child", __name__ == "__main__"); }
        let p = Process(child);
        p.start();
        p.join();
        if __name__ == "__main__" {
            let p = Process(child);
            p.start();
            p.join();
        }
        "#,
        "top __main__\nchild True\nchild True\n",
    );
}

#[test]
fn a_child_has_the_same_arguments_and_directory() {
    each_start_method(|method| {
        Script::text(
            r#"
            fn child(where) { print(sys.argv, os.getcwd() == where, os.environ["TZ"]); }
            os.mkdir("inside");
            os.chdir("inside");
            let p = Process(child, [os.getcwd()]);
            p.start();
            p.join();
            "#,
        )
        .start_method(method)
        .arg("one")
        .arg("--two")
        .arg("三")
        .run()
        .assert(0, "['main.rhai', 'one', '--two', '三'] True UTC\n", "");
    });
}

#[test]
fn two_children_draw_different_random_numbers() {
    prints(
        r#"
        fn draw(q) { q.put(random.randint(0, 1000000000000)); }
        let q = Queue();
        random.seed(1);
        for i in range(3) {
            let p = Process(draw, [q]);
            p.start();
            p.join();
        }
        let a = q.get();
        let b = q.get();
        let c = q.get();
        print(a != b, b != c, a != c);
        "#,
        "True True True\n",
    );
}

#[test]
fn chinese_names_and_texts_cross() {
    prints(
        r#"
        const 问候 = "你好";
        fn 任务(名字) { print("%s,%s" % [global::问候, 名字], current_process().name); }
        let p = Process(#{ target: 任务, args: ["世界"], name: "进程1" });
        p.start();
        p.join();
        print(p.name);
        "#,
        "你好,世界 进程1\n进程1\n",
    );
}

#[test]
fn large_arguments_cross() {
    prints(
        r#"
        fn child(list, text) { print(len(list), sum(list), len(text)); }
        let list = [];
        for i in range(100000) { list.push(i); }
        let p = Process(child, [list, "x" * 3000000]);
        p.start();
        p.join();
        "#,
        "100000 4999950000 3000000\n",
    );
}

#[test]
fn a_script_from_standard_input_or_the_command_line_has_children_too() {
    each_start_method(|method| {
        let code = "fn f() { print(\"child\"); }\nlet p = Process(f); p.start(); p.join(); print(p.exitcode)";
        let options = ["--start-method", method];
        let run = |words: &[&str]| {
            Script::command(words)
                .stdin(code)
                .run()
                .assert(0, "child\n0\n", "")
        };
        run(&[&["run"], &options[..], &["-"]].concat());
        run(&[&["eval"], &options[..], &[code]].concat());
    });
}

#[test]
fn a_failed_start_keeps_no_copy_of_a_socket() {
    prints(
        r#"
        fn run(args) {}
        set_start_method("spawn");
        let pair = socket.socketpair();
        print(error_of(|| Process(run, [[pair[0], open("/dev/null")]]).start()).split(":")[0]);
        pair[0].close();
        pair[1].settimeout(20);
        print(len(pair[1].recv(1)));
        "#,
        "
        TypeError
        0
        ",
    );
}
