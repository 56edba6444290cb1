//! Every way to end, and what the parent learns of it.

use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::support::process_table::is_running;
use crate::support::script::{Script, each_start_method, prints};

#[test]
fn case_031_a_child_that_returns_ends_with_0() {
    prints(
        "let p = Process(|| 42); p.start(); p.join(); print(p.exitcode);",
        "0\n",
    );
}

#[test]
fn case_031_an_uncaught_exception_ends_with_1_and_is_shown_once() {
    each_start_method(|method| {
        Script::text(
            r#"
            fn task(x) {
                throw ValueError("bad", x);
            }
            let p = Process(#{ target: task, args: [3], name: "worker" });
            p.start();
            p.join();
            print(p.exitcode);
            "#,
        )
        .start_method(method)
        .run()
        .assert(
            0,
            "1\n",
            r#"
            Process worker:
            ValueError: ('bad', 3)
              --> main.rhai:2:5
                 |
               2 |     throw ValueError("bad", x);
                 |     ^
            Traceback (most recent call last):
              File "main.rhai", line 2, in task
                throw ValueError("bad", x);
            "#,
        );
    });
}

#[test]
fn case_032_sys_exit_gives_its_number() {
    prints(
        "
        fn code(ending) {
            let p = Process(ending);
            p.start();
            p.join();
            p.exitcode
        }
        print(code(|| sys.exit()), code(|| sys.exit(None)), code(|| sys.exit(true)), code(|| sys.exit(false)));
        print(code(|| sys.exit(8)), code(|| exit(9)), code(|| exit()), code(|| { throw SystemExit(3); }));
        ",
        "
        0 0 1 0
        8 9 0 3
        ",
    );
}

#[test]
fn case_034_exit_codes_are_taken_modulo_256() {
    prints(
        "
        fn code(ending) {
            let p = Process(ending);
            p.start();
            p.join();
            p.exitcode
        }
        print(code(|| sys.exit(256)), code(|| sys.exit(257)), code(|| sys.exit(-1)));
        print(code(|| os._exit(7)), code(|| os._exit(256)), code(|| os._exit(-1)));
        ",
        "
        0 1 255
        7 0 255
        ",
    );
}

#[test]
fn case_035_a_signal_is_the_exit_code_with_a_minus() {
    prints(
        r#"
        let p = Process(|| time.sleep(3600));
        p.start();
        p.terminate();
        p.join();
        print(p.exitcode, p, active_children());
        let p = Process(|| time.sleep(3600));
        p.start();
        p.kill();
        p.join();
        print(p.exitcode, p, active_children());
        p.terminate();
        p.kill();
        print(p.exitcode);
        "#,
        "
        -15 <Process name='Process-1' pid=<pid 1> parent=<main> stopped exitcode=-SIGTERM> []
        -9 <Process name='Process-2' pid=<pid 2> parent=<main> stopped exitcode=-SIGKILL> []
        -9
        ",
    );
}

#[test]
fn case_035_a_signal_from_outside_is_seen_by_the_parent() {
    each_start_method(|method| {
        for (signal, shown) in [
            (Signal::SIGSEGV, "-11 -SIGSEGV"),
            (Signal::SIGKILL, "-9 -SIGKILL"),
            (Signal::SIGTERM, "-15 -SIGTERM"),
        ] {
            let running = Script::text(
                r#"
                let p = Process(|| { print("child", os.getpid()); time.sleep(3600); });
                p.start();
                p.join();
                print(p.exitcode, str(p).split("exitcode=")[1].split(">")[0]);
                "#,
            )
            .start_method(method)
            .start();
            let child = running.wait_for_line("child ").parse().unwrap();
            kill(Pid::from_raw(child), signal).unwrap();
            let output = running.finish();
            output.assert_quiet();
            assert_eq!(output.stdout.lines().last(), Some(shown));
        }
    });
}

#[test]
fn case_038_a_terminated_child_runs_no_handler_for_errors() {
    each_start_method(|method| {
        Script::text(
            r#"
            fn task(q) {
                try { q.put("ready"); time.sleep(3600); } catch { print("caught"); }
                print("went on");
            }
            let q = Queue();
            let p = Process(task, [q]);
            p.start();
            q.get();
            p.terminate();
            p.join();
            print(p.exitcode);
            "#,
        )
        .start_method(method)
        .run()
        .assert(0, "-15\n", "");
    });
}

// Rhai has no `finally`; the end of `with` stands for it.
#[test]
fn case_038_sigterm_ends_at_once_and_sigint_leaves_with_in_order() {
    each_start_method(|method| {
        let output = Script::text(
            r#"
            fn hold(lock, held) {
                lock.with(|| {
                    held.put(1);
                    time.sleep(3600);
                });
            }
            for signal in [15, 2] {
                let lock = Lock();
                let held = Queue();
                let p = Process(#{ target: hold, args: [lock, held], name: "holder" });
                p.start();
                held.get();
                os.kill(p.pid, signal);
                p.join();
                print(p.exitcode, lock.acquire(false), lock.abandoned);
            }
            "#,
        )
        .start_method(method)
        .run();
        assert_eq!(
            (output.code(), output.stdout.as_str()),
            (0, "-15 True True\n1 True False\n"),
            "{}",
            output.stderr
        );
        assert!(
            output.stderr.ends_with("KeyboardInterrupt\n"),
            "{}",
            output.stderr
        );
    });
}

#[test]
fn case_040_a_child_reads_an_empty_standard_input() {
    each_start_method(|method| {
        Script::text(
            r#"
            fn ask() { print(error_of(|| input("name? "))); }
            let p = Process(ask);
            p.start();
            p.join();
            print(input(), p.exitcode);
            "#,
        )
        .start_method(method)
        .stdin("the parent's line\n")
        .run()
        .assert(
            0,
            "name? EOFError: EOF when reading a line\nthe parent's line 0\n",
            "",
        );
    });
}

#[test]
fn case_041_closed_outputs_do_not_change_the_exit_code() {
    each_start_method(|method| {
        let code = r#"
            let p = Process(|| 1);
            p.start();
            p.join();
            sys.exit(40 + p.exitcode);
        "#;
        for closing in [">&-", "2>&-", ">&- 2>&-", "<&-", "<&- >&- 2>&-"] {
            let script = Script::text(code)
                .start_method(method)
                .through_shell(&format!("exec \"$@\" {closing}"));
            assert_eq!(script.run().code(), 40, "with {closing}");
        }
    });
}

#[test]
fn case_043_a_daemon_ends_with_the_main_process() {
    prints(
        r#"
        fn daemon(q) {
            q.put("ready");
            time.sleep(3600);
            print("never");
        }
        let q = Queue();
        Process(#{ target: daemon, args: [q], daemon: true }).start();
        q.get();
        print("main is done");
        "#,
        "main is done\n",
    );
}

#[test]
fn case_044_os_exit_of_the_main_process_leaves_a_child_behind() {
    each_start_method(|method| {
        let mut running = Script::text(
            r#"
            fn child(q) { print("child", os.getpid()); q.put(1); time.sleep(3600); }
            let q = Queue();
            Process(child, [q]).start();
            q.get();
            os._exit(5);
            "#,
        )
        .start_method(method)
        .start();
        let child: i32 = running.wait_for_line("child ").parse().unwrap();
        assert_eq!(running.wait_for_main().code(), Some(5));
        assert!(is_running(child));
        kill(Pid::from_raw(child), Signal::SIGKILL).unwrap();
        running.finish_within(Duration::from_secs(10));
    });
}

/// A script that starts `body` as a child and prints its exit code.
fn exit_code_of(body: &str) -> Script {
    Script::text(&format!(
        "let p = Process(|| {{ {body} }});\np.start();\np.join();\nprint(p.exitcode);\n"
    ))
}

/// The child ends with `code` and prints nothing.
fn ends_with(body: &str, code: i32) {
    ends_with_message(body, code, "");
}

fn ends_with_message(body: &str, code: i32, stderr: &str) {
    each_start_method(|method| {
        exit_code_of(body)
            .start_method(method)
            .run()
            .assert(0, &format!("{code}\n"), stderr)
    });
}

// Table of exit codes: anything that is not a number is printed and means 1.
#[test]
fn sys_exit_with_a_text_prints_it_and_ends_with_1() {
    ends_with_message("sys.exit(\"no more work\")", 1, "no more work\n");
    ends_with_message("sys.exit([1, \"a\"])", 1, "[1, 'a']\n");
    ends_with_message("sys.exit(2.5)", 1, "2.5\n");
}

#[test]
fn sys_exit_cannot_be_caught_by_a_handler_for_errors() {
    ends_with("try { sys.exit(4); } catch { print(\"caught\"); }", 4);
    ends_with("[1].map(|x| sys.exit(5)); print(\"went on\");", 5);
}

#[test]
fn the_parent_finds_the_exception_of_its_child() {
    each_start_method(|method| {
        let output = Script::text(
            r#"
            fn task(x) { throw ValueError("bad", x); }
            let p = Process(task, [[1, #{ a: 2 }]]);
            p.start();
            p.join();
            let e = p.exception;
            print(e.type, e.args, p.exitcode);
            print(e.traceback.contains("in task"), e.message);
            let q = Process(|| 1);
            q.start();
            q.join();
            print(q.exception);
            "#,
        )
        .start_method(method)
        .run();
        let stdout = "ValueError ['bad', [1, {'a': 2}]] 1\nTrue ('bad', [1, {'a': 2}])\nNone\n";
        assert_eq!(
            (output.code(), output.stdout.as_str()),
            (0, stdout),
            "{}",
            output.stderr
        );
        assert_eq!(
            output.stderr.matches("ValueError: ").count(),
            1,
            "{}",
            output.stderr
        );
    });
}

#[test]
fn whatever_a_child_throws_arrives_as_an_exception() {
    each_start_method(|method| {
        let output = Script::text(
            r#"
            fn show(f) {
                let p = Process(f);
                p.start();
                p.join();
                print(p.exitcode, p.exception.type, p.exception.args);
            }
            show(|| { throw "text"; });
            show(|| { throw #{ a: 1 }; });
            show(|| { throw ValueError(open("notes.txt", "w")); });
            show(|| { let e = KeyError("kept"); try { throw e; } catch (x) { throw x; } });
            show(|| [1][7]);
            show(|| os.missing());
            "#,
        )
        .start_method(method)
        .run();
        let wanted = "1 Exception ['text']\n1 Exception [{'a': 1}]\n1 ValueError ['<File>']\n1 KeyError ['kept']\n\
                      1 IndexError ['list index out of range']\n\
                      1 AttributeError [\"'os' object has no attribute 'missing'\"]\n";
        assert_eq!(
            (output.code(), output.stdout.as_str()),
            (0, wanted),
            "{}",
            output.stderr
        );
        assert_eq!(
            output.stderr.matches("\nTraceback").count(),
            6,
            "{}",
            output.stderr
        );
    });
}

#[test]
fn a_child_can_kill_itself() {
    ends_with("os.kill(os.getpid(), 9); time.sleep(3600);", -9);
    ends_with("os.kill(os.getpid(), 15); time.sleep(3600);", -15);
}

#[test]
fn the_main_script_ends_by_the_same_rules() {
    for (code, exit_code, stderr) in [
        ("1", 0, ""),
        ("sys.exit()", 0, ""),
        ("sys.exit(true)", 1, ""),
        ("sys.exit(3)", 3, ""),
        ("exit(4)", 4, ""),
        ("sys.exit(-1)", 255, ""),
        ("sys.exit(256)", 0, ""),
        ("sys.exit(\"stop\")", 1, "stop\n"),
        ("os._exit(5)", 5, ""),
        ("throw SystemExit(6)", 6, ""),
        ("os.kill(os.getpid(), 9)", -9, ""),
        ("fn f() { sys.exit(8) } [1].map(|x| f()); print(1)", 8, ""),
    ] {
        Script::text(code).run().assert(exit_code, "", stderr);
    }
}
