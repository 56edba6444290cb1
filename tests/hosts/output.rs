//! All that scripts and their children write is in the sinks, and nothing on the host's own streams.

use procscript::{Capture, Permissions, Runtime, Script, StartMethod};

use crate::support::cases::Case;

pub(crate) const CASES: &[Case] = &[
    Case::new("all_that_is_printed_goes_to_the_sinks_by_spawn", || {
        everything(StartMethod::Spawn)
    }),
    Case::new("all_that_is_printed_goes_to_the_sinks_by_fork", || {
        everything(StartMethod::Fork)
    }),
    Case::new("children_are_forked_where_that_was_asked_for", forked),
    Case::new("a_warning_of_an_abandoned_lock_goes_to_the_sink", abandoned),
    Case::new("early_output_of_a_worker_goes_to_the_sink", not_a_worker),
    Case::new("one_sink_may_take_both_streams", both),
    Case::new("two_runtimes_at_once_are_never_mixed", two),
    Case::new(
        "a_dropped_runtime_leaves_no_thread_and_no_descriptor",
        dropped,
    ),
    Case::new(
        "one_sink_alone_leaves_the_other_stream_to_the_process",
        one_alone,
    )
    .writes("", "told\ntold by a child\n"),
    Case::new(
        "without_sinks_output_goes_to_the_streams_of_the_process",
        none,
    )
    .writes("main\nchild\ncommand\n", "error\n"),
];

/// Runs a script with two captures; its exit code and what was printed.
pub(crate) fn run(method: StartMethod, script: &str) -> (i32, String, String) {
    let (printed, errors) = (Capture::new(), Capture::new());
    let runtime = Runtime::builder()
        .permissions(Permissions::all())
        .start_method(method)
        .stdout(printed.clone())
        .stderr(errors.clone())
        .build()
        .unwrap();
    let code = runtime.run_main(Script::from_text("script", script));
    (code, printed.take(), errors.take())
}

fn everything(method: StartMethod) {
    let (code, printed, errors) = run(
        method,
        r#"
        fn grandchild() {
            print("grandchild");
            os.system("echo command of the grandchild");
            os.system("echo error of the grandchild >&2");
        }
        fn child() {
            print("child");
            sys.stderr.write("error of the child\n");
            let p = Process(grandchild);
            p.start();
            p.join();
            throw ValueError("the child fails");
        }
        fn exits() { sys.exit("the child exits"); }
        fn in_thread() { print("thread"); throw KeyError("in a thread"); }
        print("main");
        sys.stdout.write("no end");
        os.system("echo command");
        subprocess.run(["echo", "program"]);
        subprocess.run(["sh", "-c", "echo to standard output >&2"], #{stderr: subprocess.STDOUT});
        os.system("echo error of a command >&2");
        let p = Process(child);
        p.start();
        p.join();
        let p = Process(exits);
        p.start();
        p.join();
        let t = Thread(in_thread);
        t.start();
        t.join();
        throw TypeError("the script fails");
        "#,
    );
    assert_eq!(code, 1);
    assert_eq!(
        printed,
        "main\nno endcommand\nprogram\nto standard output\nchild\ngrandchild\ncommand of the grandchild\nthread\n"
    );
    let told: Vec<&str> = errors
        .lines()
        .filter(|line| !line.starts_with(' ') && !line.starts_with("Traceback"))
        .collect();
    assert_eq!(
        told,
        [
            "error of a command",
            "error of the child",
            "error of the grandchild",
            "Process Process-1:",
            "ValueError: the child fails",
            "the child exits",
            "Exception in thread Thread-1 (in_thread):",
            "KeyError: 'in a thread'",
            "TypeError: the script fails",
        ]
    );
}

fn forked() {
    let script = r#"
        fn child() { print(open("/proc/self/cmdline").read().contains("--procscript-worker")); }
        for i in range(3) {
            let p = Process(child);
            p.start();
            p.join();
        }
        "#;
    let (_, by_fork, _) = run(StartMethod::Fork, script);
    assert_eq!(by_fork, "False\nFalse\nFalse\n");
    let (_, by_spawn, _) = run(StartMethod::Spawn, script);
    assert_eq!(by_spawn, "True\nTrue\nTrue\n");
    // Whose thread this is, nobody can know.
    let (still, others) = std::sync::mpsc::channel::<()>();
    let thread = std::thread::spawn(move || others.recv().is_err());
    let (_, in_company, _) = run(StartMethod::Fork, script);
    drop(still);
    assert!(thread.join().unwrap());
    assert_eq!(in_company, "True\nTrue\nTrue\n");
}

fn abandoned() {
    let (_, printed, errors) = run(
        StartMethod::Spawn,
        r#"
        fn dies(lock) { lock.acquire(); os.kill(os.getpid(), 9); }
        let lock = Lock();
        let p = Process(dies, [lock]);
        p.start();
        p.join();
        lock.acquire();
        print("mine");
        "#,
    );
    assert_eq!(printed, "mine\n");
    assert!(errors.contains("Process-1"), "{errors}");
}

fn not_a_worker() {
    let printed = Capture::new();
    let runtime = Runtime::builder()
        .permissions(Permissions::all())
        .worker_program("/bin/echo")
        .stdout(printed.clone())
        .stderr(printed.clone())
        .build()
        .unwrap();
    let script = r#"fn child() {} let p = Process(child); p.start(); p.join(); print("end");"#;
    runtime.run_main(Script::from_text("script", script));
    let lines: Vec<String> = printed.text().lines().map(String::from).collect();
    assert!(lines[0].starts_with("--procscript-worker "), "{lines:?}");
    assert_eq!(lines[1..], ["end"]);
}

fn both() {
    let all = Capture::new();
    let runtime = Runtime::builder()
        .permissions(Permissions::all())
        .stdout(all.clone())
        .stderr(all.clone())
        .build()
        .unwrap();
    let script = r#"print("one"); sys.stderr.write("two\n"); print("three");"#;
    runtime.run_main(Script::from_text("script", script));
    assert_eq!(all.text(), "one\ntwo\nthree\n");
}

fn two() {
    let threads = ["alpha", "beta"].map(|name| {
        std::thread::spawn(move || {
            let script = format!(
                r#"
                fn child(name) {{ for i in range(50) {{ print(name); sys.stderr.write(name + "\n"); }} }}
                for round in range(3) {{
                    let all = [];
                    for i in range(3) {{ all.push(Process(child, ["{name}"])); }}
                    for p in all {{ p.start(); }}
                    for i in range(50) {{ print("{name}"); }}
                    for p in all {{ p.join(); }}
                }}
                "#
            );
            let (_, printed, errors) = run(StartMethod::Spawn, &script);
            (name, printed, errors)
        })
    });
    for thread in threads {
        let (name, printed, errors) = thread.join().unwrap();
        assert_eq!(printed, format!("{name}\n").repeat(3 * 3 * 50 + 3 * 50));
        assert_eq!(errors, format!("{name}\n").repeat(3 * 3 * 50));
    }
}

fn dropped() {
    let count = |what: &str| {
        std::fs::read_dir(format!("/proc/self/{what}"))
            .unwrap()
            .count()
    };
    let once = || {
        let script =
            r#"fn child() { print("child"); } let p = Process(child); p.start(); p.join();"#;
        let (_, printed, _) = run(StartMethod::Spawn, script);
        assert_eq!(printed, "child\n");
    };
    // What is made once for the whole process is made now.
    once();
    let before = (count("fd"), count("task"));
    (0..20).for_each(|_| once());
    // A thread that was waited for may still be counted for a moment.
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while (count("fd"), count("task")) != before {
        assert!(
            std::time::Instant::now() < deadline,
            "{before:?}, now {:?}",
            (count("fd"), count("task"))
        );
        std::thread::yield_now();
    }
}

fn one_alone() {
    let printed = Capture::new();
    let runtime = Runtime::builder()
        .permissions(Permissions::all())
        .start_method(StartMethod::Spawn)
        .stdout(printed.clone())
        .build()
        .unwrap();
    let script = r#"
        fn child() { sys.stderr.write("told by a child\n"); print("child"); }
        sys.stderr.write("told\n");
        let p = Process(child); p.start(); p.join();
        "#;
    runtime.run_main(Script::from_text("script", script));
    assert_eq!(printed.text(), "child\n");
}

fn none() {
    let runtime = Runtime::builder()
        .permissions(Permissions::all())
        .start_method(StartMethod::Spawn)
        .build()
        .unwrap();
    let script = r#"
        fn child() { print("child"); }
        print("main");
        sys.stderr.write("error\n");
        let p = Process(child); p.start(); p.join();
        os.system("echo command");
        "#;
    runtime.run_main(Script::from_text("script", script));
}
