//! Output that nobody reads any more, and output that cannot be written.

use crate::support::script::{Output, Script, each_start_method};

/// Runs the command with the output of this number going to a pipe that nobody reads. It prints the exit code on the other output.
fn run_closed(number: u8, script: Script) -> Output {
    let other = 3 - number;
    let shell = format!(
        "mkfifo pipe; exec 3<>pipe; exec 4>pipe; exec 3<&-; \"$@\" {number}>&4 4>&-; echo \"code $?\" >&{other}"
    );
    script.through_shell(&shell).run()
}

const FOREVER: &str = "fn sleep() { time.sleep(1000); }\nProcess(sleep).start();\n";

#[test]
fn a_main_process_without_a_reader_ends_its_family_with_141() {
    for code in [
        "while true { print(\"line\"); }",
        "while true { try { print(\"line\"); } catch { } }",
        "sys.stdout.write(\"line\\n\"); time.sleep(1000);",
        "print(\"line\", #{ end: \"\" }); sys.stdout.flush(); time.sleep(1000);",
        "print(\"line\", #{ file: sys.stdout }); time.sleep(1000);",
        "print(\"the last line\", #{ end: \"\" });",
        "let t = Thread(|| { print(\"line\"); }); t.start(); time.sleep(1000);",
        "let e = threading.Event(); let t = Thread(|| { e.wait(); print(\"line\"); }); t.start(); e.set();",
        "Thread(|| { print(\"line\", #{ end: \"\" }); }).start();",
        "print(\"line\", #{ end: \"\" }); input();",
        "print(\"line\", #{ end: \"\" }); os.system(\"true\"); time.sleep(1000);",
    ] {
        each_start_method(|method| {
            let script = Script::text(&format!("{FOREVER}{code}")).start_method(method);
            let output = run_closed(1, script);
            assert_eq!(output.stderr, "code 141\n", "{code}");
        });
    }
}

#[test]
fn the_same_holds_for_standard_error() {
    for code in [
        "sys.stderr.write(\"line\\n\"); time.sleep(1000);",
        "print(\"line\", #{ file: sys.stderr }); time.sleep(1000);",
    ] {
        each_start_method(|method| {
            let script = Script::text(&format!("{FOREVER}{code}")).start_method(method);
            let output = run_closed(2, script);
            assert_eq!(output.stdout, "code 141\n", "{code}");
        });
    }
}

#[test]
fn a_child_without_a_reader_fails_as_by_sigpipe() {
    for task in [
        "while true { print(\"line\"); }",
        "print(\"line\", #{ end: \"\" });",
        "Thread(|| { print(\"line\"); }).start();",
        "Process(|| time.sleep(1000)).start(); print(\"line\");",
    ] {
        each_start_method(|method| {
            let text = format!(
                r#"
                fn task() {{ {task} }}
                let p = Process(task);
                p.start();
                p.join();
                sys.stderr.write("%s %s: %s\n" % [p.exitcode, p.exception.type, p.exception.message]);
                "#
            );
            let output = run_closed(1, Script::text(&text).start_method(method));
            let wanted = "-13 BrokenPipeError: [Errno 32] Broken pipe\ncode 0\n";
            assert_eq!(output.stderr, wanted, "{task}");
        });
    }
}

#[test]
fn a_copy_made_by_fork_dies_by_sigpipe_too() {
    let text = r#"
        if os.fork() == 0 { while true { print("line"); } }
        sys.stderr.write("%s\n" % [os.wait()[1]]);
    "#;
    assert_eq!(run_closed(1, Script::text(text)).stderr, "13\ncode 0\n");
}

#[test]
fn a_head_that_has_read_enough_leaves_nobody_and_no_message() {
    each_start_method(|method| {
        let code = "fn f() { while true { print(\"line\"); } }\nfor i in range(3) { Process(f).start(); }\nf();";
        let script = Script::text(code).start_method(method);
        let output = script
            .through_shell("{ \"$@\"; echo \"code $?\" >&2; } | head -1")
            .run();
        assert_eq!(output.stdout, "line\n");
        assert_eq!(output.stderr, "code 141\n");
    });
}

#[test]
fn a_pipe_of_the_script_stays_an_exception() {
    each_start_method(|method| {
        let text = r#"
            let ends = Pipe();
            ends[1].close();
            print(error_of(|| ends[0].send(1)));
            let pair = socket.socketpair();
            pair[1].close();
            print(error_of(|| loop { pair[0].send("x"); }));
        "#;
        let error = "BrokenPipeError: [Errno 32] Broken pipe\n";
        let output = Script::text(text).start_method(method).run();
        output.assert_exactly(0, &error.repeat(2), "");
    });
}

#[test]
fn a_file_that_cannot_be_written_at_the_end_is_an_error() {
    each_start_method(|method| {
        let text = r#"
            fn write() { let f = open("/dev/full", "w"); f.write("lost"); }
            fn keep() { let f = open("/dev/full", "w"); f.write("lost"); sys.exit(0); }
            for task in [write, keep] {
                let p = Process(task);
                p.start();
                p.join();
                print(p.exitcode, p.exception.type);
            }
            let f = open("/dev/full", "w");
            f.write("lost");
            try { f.close(); } catch (e) { print(e.type, f.closed); }
            write();
            print("goes on");
        "#;
        let error = "OSError: [Errno 28] No space left on device: '/dev/full'\n";
        let output = Script::text(text).start_method(method).run();
        output.assert_exactly(
            1,
            "1 OSError\n1 OSError\nOSError True\ngoes on\n",
            &format!("Process Process-1:\n{error}Process Process-2:\n{error}{error}"),
        );
    });
}

#[test]
fn each_way_to_end_tells_of_what_could_not_be_written() {
    let open = "let f = open(\"/dev/full\", \"w\"); f.write(\"lost\"); let g = f;\n";
    let error = "OSError: [Errno 28] No space left on device: '/dev/full'\n";
    Script::text(&format!("{open}sys.exit(3);"))
        .run()
        .assert_exactly(3, "", error);
    let text = format!("let t = Thread(|| {{ {open} }}); t.start();");
    Script::text(&text).run().assert_exactly(1, "", error);
    let output = Script::text(&format!("{open}throw ValueError(\"x\");")).run();
    assert_eq!(output.code(), 1);
    assert!(
        output.stderr.starts_with("ValueError: x\n"),
        "{}",
        output.stderr
    );
    assert!(output.stderr.ends_with(error), "{}", output.stderr);
}

#[test]
fn an_incomplete_line_that_cannot_be_written_is_an_error() {
    let script = Script::text("print(\"lost\", #{ end: \"\" });");
    let output = script.through_shell("\"$@\" >/dev/full").run();
    let error = "OSError: [Errno 28] No space left on device: '<stdout>'\n";
    output.assert_exactly(1, "", error);
}

#[test]
fn the_other_commands_are_quiet_about_a_closed_output() {
    let wrong = || Script::command(&["check", "wrong.rhai"]).beside("wrong.rhai", "let = 1;");
    assert_eq!(run_closed(2, wrong()).stdout, "code 2\n");
    assert_eq!(
        run_closed(2, Script::command(&["check", "none"])).stdout,
        "code 2\n"
    );
    for words in [
        &["doc"][..],
        &["doc", "Queue"],
        &["man"],
        &["completions", "bash"],
        &["--help"],
    ] {
        let output = run_closed(1, Script::command(words));
        assert_eq!(output.stderr, "code 0\n", "{words:?}");
    }
}

#[test]
fn a_file_does_not_take_the_number_of_a_closed_stream() {
    let code = r#"
        let f = open("file", "w");
        f.write("x");
        f.flush();
        print("y");
        print("z", #{ file: sys.stderr });
        f.close();
        sys.exit(if open("file").read() == "x" && sys.stdin.read() == "" { 7 } else { 1 });
    "#;
    for closing in [">&- < /dev/null", "2>&- < /dev/null", "<&-", "<&- >&- 2>&-"] {
        let script = Script::text(code).through_shell(&format!("exec \"$@\" {closing}"));
        assert_eq!(script.run().code(), 7, "with {closing}");
    }
}
