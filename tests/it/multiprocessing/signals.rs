//! Ctrl-C and SIGTERM.

use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::support::script::{Running, Script, each_start_method};

/// Sends Ctrl-C when the family has `count` processes: see [`Running::interrupt_at`].
fn interrupt(running: Running, count: usize, innermost: &str) {
    running.wait_until("not all have started", || {
        running.processes().len() == count
    });
    running.interrupt_at(innermost);
}

#[test]
fn ctrl_c_ends_a_family_with_one_report_whatever_its_processes_do() {
    let children = [
        "fn child(q, lock) { print(\"ready\"); time.sleep(3600); }",
        "fn child(q, lock) { print(\"ready\"); q.get(); }",
        "fn child(q, lock) { print(\"ready\"); lock.acquire(); }",
        "fn child(q, lock) { print(\"ready\"); q.put(1); q.put(2); q.put(3); }",
        "fn child(q, lock) { print(\"ready\"); while true { } }",
        "fn child(q, lock) { print(\"ready\"); while true { try { time.sleep(0.001); } catch { } } }",
        "fn nap() { time.sleep(3600); } fn child(q, lock) { let p = Process(nap); p.start(); print(\"ready\"); p.join(); }",
    ];
    each_start_method(|method| {
        for child in children {
            let code = format!(
                "{child}\nlet q = Queue(1);\nlet lock = Lock();\nlock.acquire();\n\
                 let children = [Process(child, [q, lock]), Process(child, [q, lock])];\n\
                 for p in children {{ p.start(); }}\nfor p in children {{ p.join(); }}\n"
            );
            eprintln!("{child}");
            let running = Script::text(&code).start_method(method).start();
            running.wait_for_lines(2);
            interrupt(
                running,
                if child.contains("nap") { 5 } else { 3 },
                "for p in children { p.join(); }",
            );
        }
    });
}

#[test]
fn ctrl_c_interrupts_the_main_process_in_every_wait() {
    each_start_method(|method| {
        for wait in [
            "time.sleep(3600);",
            "q.get();",
            "q.get(true, 3600);",
            "lock.acquire();",
            "lock.acquire(#{ timeout: 3600 });",
            "tasks.join();",
            "p.join();",
            "p.join(3600);",
            "while true { }",
        ] {
            let code = format!(
                "let q = Queue();\nlet lock = Lock();\nlock.acquire();\nlet tasks = JoinableQueue();\ntasks.put(1);\n\
                 let p = Process(|| time.sleep(3600));\np.start();\nprint(\"ready\");\n{wait}\n"
            );
            eprintln!("{wait}");
            let running = Script::text(&code).start_method(method).start();
            running.wait_for_line("ready");
            interrupt(running, 2, wait);
        }
    });
}

#[test]
fn ctrl_c_at_the_end_while_the_main_process_waits_for_its_children() {
    each_start_method(|method| {
        let running = Script::text("Process(|| { print(\"ready\"); time.sleep(3600); }).start();")
            .start_method(method)
            .start();
        running.wait_for_line("ready");
        running.wait_until("not all have started", || running.processes().len() == 2);
        running.signal_all(Signal::SIGINT);
        let output = running.finish();
        assert_eq!(output.code(), 130, "{}", output.stderr);
        assert_eq!(
            output.stderr.matches("KeyboardInterrupt").count(),
            1,
            "{}",
            output.stderr
        );
    });
}

#[test]
fn ctrl_c_while_a_line_is_read() {
    let running = Script::text("print(\"ready\");\ninput();\n")
        .interactive()
        .start();
    running.wait_for_line("ready");
    interrupt(running, 1, "input();");
}

#[test]
fn a_script_may_catch_nothing_of_ctrl_c_by_a_handler_for_errors() {
    let running = Script::text("print(\"ready\");\ntry { time.sleep(3600); } catch { print(\"caught\"); }\nprint(\"after\");\n")
        .start();
    running.wait_for_line("ready");
    running.signal(Signal::SIGINT);
    let output = running.finish();
    assert_eq!(
        (output.code(), output.stdout.as_str()),
        (130, "ready\n"),
        "{}",
        output.stderr
    );
}

#[test]
fn a_child_that_alone_is_interrupted_reports_and_ends_with_1() {
    each_start_method(|method| {
        let running = Script::text(
            r#"
            fn child() { print("child", os.getpid()); time.sleep(3600); }
            let p = Process(child);
            p.start();
            p.join();
            print(p.exitcode);
            "#,
        )
        .start_method(method)
        .start();
        let child = running.wait_for_line("child ").parse().unwrap();
        kill(Pid::from_raw(child), Signal::SIGINT).unwrap();
        let output = running.finish();
        assert_eq!(
            (output.code(), output.stdout.lines().last()),
            (0, Some("1")),
            "{}",
            output.stderr
        );
        assert!(
            output.stderr.starts_with("Process Process-1:\n"),
            "{}",
            output.stderr
        );
        assert_eq!(
            output.stderr.matches("KeyboardInterrupt").count(),
            1,
            "{}",
            output.stderr
        );
    });
}

#[test]
fn sigterm_to_the_main_process_ends_its_family() {
    each_start_method(|method| {
        let running = Script::text(
            r#"
            fn leaf() { print("ready"); time.sleep(3600); }
            fn child() { Process(leaf).start(); time.sleep(3600); }
            Process(leaf).start();
            Process(#{ target: leaf, daemon: true }).start();
            let p = Process(child);
            p.start();
            p.join();
            "#,
        )
        .start_method(method)
        .start();
        running.wait_for_lines(3);
        assert_eq!(running.processes().len(), 5);
        running.signal(Signal::SIGTERM);
        let output = running.finish();
        assert_eq!((output.code(), output.stderr.as_str()), (-15, ""));
    });
}

#[test]
fn terminating_a_child_ends_its_children_too() {
    each_start_method(|method| {
        let running = Script::text(
            r#"
            fn leaf(q) { q.put(os.getpid()); time.sleep(3600); }
            fn child(q) {
                Process(leaf, [q]).start();
                Process(#{ target: leaf, args: [q], daemon: true }).start();
                time.sleep(3600);
            }
            let q = Queue();
            let p = Process(child, [q]);
            p.start();
            q.get();
            q.get();
            p.terminate();
            p.join();
            print(p.exitcode);
            "#,
        )
        .start_method(method)
        .start();
        running.finish_within(Duration::ZERO).assert(0, "-15\n", "");
    });
}

#[test]
fn ctrl_c_may_come_at_any_moment() {
    each_start_method(|method| {
        for round in 0..20 {
            let running = Script::text(
                r#"
                fn leaf(q, lock) { lock.with(|| q.put(os.getpid())); q.get(); }
                fn child(q, lock) {
                    let children = [Process(leaf, [q, lock]), Process(leaf, [q, lock])];
                    for p in children { p.start(); }
                    for p in children { p.join(); }
                }
                let q = Queue();
                let lock = Lock();
                print("ready");
                while true {
                    let children = [Process(child, [q, lock]), Process(leaf, [q, lock])];
                    for p in children { p.start(); }
                    for p in children { p.join(); }
                }
                "#,
            )
            .start_method(method)
            .start();
            running.wait_for_line("ready");
            // Each round a little later: somewhere in starting, working, ending.
            std::thread::sleep(Duration::from_micros(1700 * round));
            running.signal_all(Signal::SIGINT);
            let output = running.finish();
            assert_eq!(
                (
                    output.code(),
                    output.stderr.matches("KeyboardInterrupt").count()
                ),
                (130, 1),
                "round {round}\n{}",
                output.stderr
            );
        }
    });
}

#[test]
fn sigterm_may_come_at_any_moment() {
    each_start_method(|method| {
        for round in 0..20 {
            let running = Script::text(
                r#"
                fn leaf(q) { q.put(1); q.get(); }
                fn child(q) {
                    let p = Process(leaf, [q]);
                    p.start();
                    p.join();
                }
                let q = Queue();
                print("ready");
                while true {
                    let children = [Process(child, [q]), Process(leaf, [q])];
                    for p in children { p.start(); }
                    for p in children { p.join(); }
                }
                "#,
            )
            .start_method(method)
            .start();
            running.wait_for_line("ready");
            std::thread::sleep(Duration::from_micros(1700 * round));
            running.signal(Signal::SIGTERM);
            let output = running.finish_within(Duration::from_secs(1));
            assert_eq!(
                (output.code(), output.stderr.as_str()),
                (-15, ""),
                "round {round}"
            );
        }
    });
}
