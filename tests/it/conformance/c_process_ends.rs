//! Group C: the ways a process ends, and what its parent learns of it.

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
