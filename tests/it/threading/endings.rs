//! How threads end, and programs that have some.

use nix::sys::signal::Signal;

use crate::support::script::{Script, each_start_method, prints};

#[test]
fn case_187_a_program_waits_for_its_threads() {
    prints(
        r#"
        let ended = threading.Event();
        let t = Thread(|| { ended.wait(); print("end of thread"); });
        t.start();
        print("end of main");
        let u = Thread(|| ended.set());
        u.start();
        "#,
        "end of main\nend of thread\n",
    );
}

#[test]
fn case_187_also_after_an_exit_and_after_an_error() {
    for (last, code) in [("sys.exit(3);", 3), ("throw ValueError(\"x\");", 1)] {
        let text = format!(
            "
            let go = threading.Event();
            let t = Thread(|| {{ go.wait(); print(\"end of thread\"); }});
            t.start();
            let u = Thread(|| go.set());
            u.start();
            {last}
            "
        );
        let output = Script::text(&text).run();
        assert_eq!(output.status.code(), Some(code));
        assert_eq!(output.stdout, "end of thread\n");
    }
}

#[test]
fn case_188_a_thread_is_a_daemon_if_its_creator_is() {
    prints(
        "
        let seen = queue.Queue();
        let t = Thread(#{ target: || seen.put([Thread().daemon, Thread(#{ daemon: false }).daemon]), daemon: true });
        print(t.daemon, Thread().daemon);
        t.start();
        print(seen.get());
        t.join();
        ",
        "
        True False
        [True, False]
        ",
    );
}

#[test]
fn a_daemon_thread_is_abandoned() {
    prints(
        r#"
        let t = Thread(#{ target: || { Queue().get(); print("never"); }, daemon: true });
        t.start();
        let busy = Thread(#{ target: || { loop {} }, daemon: true });
        busy.start();
        print(t.is_alive(), busy.is_alive());
        "#,
        "True True\n",
    );
}

#[test]
fn a_child_process_waits_for_its_threads_too() {
    prints(
        r#"
        fn child() {
            let t = Thread(|| { time.sleep(0.05); print("end of thread"); });
            t.start();
            print("end of child");
        }
        let p = Process(child);
        p.start();
        p.join();
        print(p.exitcode);
        "#,
        "end of child\nend of thread\n0\n",
    );
}

#[test]
fn an_error_is_printed_and_ends_its_thread_only() {
    each_start_method(|method| {
        Script::text(
            r#"
            fn inner(x) { throw ValueError("no " + x); }
            fn outer(x) { inner(x); }
            let t = Thread(#{ target: outer, args: ["luck"], name: "worker" });
            t.start();
            t.join();
            print("on we go", t.is_alive());
            "#,
        )
        .start_method(method)
        .run()
        .assert(
            0,
            "on we go False\n",
            r#"
            Exception in thread worker:
            ValueError: no luck
              --> main.rhai:1:15
                 |
               1 | fn inner(x) { throw ValueError("no " + x); }
                 |               ^
            Traceback (most recent call last):
              File "main.rhai", line 2, in outer
                fn outer(x) { inner(x); }
              File "main.rhai", line 1, in inner
                fn inner(x) { throw ValueError("no " + x); }
            "#,
        );
    });
}

#[test]
fn an_exit_ends_its_thread_silently() {
    prints(
        r#"
        let t = Thread(|| { try { sys.exit(3); } catch (e) { print("caught"); } print("never"); });
        t.start();
        t.join();
        let u = Thread(|| [1, 2].map(|x| exit()));
        u.start();
        u.join();
        print("main");
        "#,
        "main\n",
    );
}

#[test]
fn a_custom_hook_receives_errors() {
    prints(
        r#"
        threading.excepthook = |args| print(args.thread.name, args.exc_type, args.exc_value.message);
        let t = Thread(#{ target: || { throw KeyError("k"); }, name: "T" });
        t.start();
        t.join();
        print(error_of(|| { threading.excepthook = 5; }));
        threading.excepthook = || print("without arguments");
        let t = Thread(|| { throw KeyError("k"); });
        t.start();
        t.join();
        threading.excepthook = || sys.exit(5);
        let t = Thread(|| { throw KeyError("k"); });
        t.start();
        t.join();
        threading.excepthook = None;
        "#,
        "
        T KeyError 'k'
        TypeError: threading.excepthook must be a function
        without arguments
        ",
    );
}

#[test]
fn ctrl_c_ends_all_threads() {
    each_start_method(|method| {
        let run = Script::text(
            r#"
            let q = queue.Queue();
            let lock = Lock();
            lock.acquire();
            for wait in [|| q.get(), || lock.acquire(), || time.sleep(3600), || { loop {} }, || threading.Event().wait()] {
                Thread(wait).start();
            }
            print("ready");
            Queue().get();
            "#,
        )
        .start_method(method)
        .start();
        run.wait_for_line("ready");
        run.wait_until_asleep();
        run.interrupt_at("Queue().get();");
    });
}

#[test]
fn a_program_that_waits_for_its_threads_is_ended_like_any_other() {
    each_start_method(|method| {
        for child in ["", "Process(|| time.sleep(3600)).start();"] {
            for (signal, code) in [(Signal::SIGINT, Some(130)), (Signal::SIGTERM, None)] {
                let text =
                    format!("{child}\nThread(|| time.sleep(3600)).start();\nprint(\"ready\");");
                let run = Script::text(&text).start_method(method).start();
                run.wait_for_line("ready");
                run.signal_all(signal);
                let output = run.finish();
                assert_eq!(output.status.code(), code, "{output:?}");
                let report = if code.is_some() {
                    "KeyboardInterrupt\n"
                } else {
                    ""
                };
                assert!(output.stderr.ends_with(report), "{output:?}");
            }
        }
    });
}

#[test]
fn deep_recursion_in_a_thread_is_an_error() {
    let output = Script::text(
        "
        fn down(n) { down(n + 1) }
        let t = Thread(down, [0]);
        t.start();
        t.join();
        print(\"main\");
        ",
    )
    .run();
    assert_eq!(output.stdout, "main\n");
    assert!(
        output
            .stderr
            .contains("RecursionError: maximum recursion depth exceeded"),
        "{}",
        output.stderr
    );
}
