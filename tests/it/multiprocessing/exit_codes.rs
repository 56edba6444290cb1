//! Every way to end, and what the parent learns of it.

use crate::support::script::{Script, each_start_method};

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

// Table of exit codes: anything that is no number is printed and means 1.
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
