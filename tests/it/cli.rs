//! The command line.

use crate::support::script::Script;

/// The command refuses: code 2, and on standard error a text with all of `parts`.
#[track_caller]
pub(crate) fn refused(script: Script, parts: &[&str]) {
    let output = script.run();
    assert_eq!(
        (output.code(), output.stdout.as_str()),
        (2, ""),
        "{}",
        output.stderr
    );
    for part in parts {
        assert!(
            output.stderr.contains(part),
            "no `{part}` in:\n{}",
            output.stderr
        );
    }
    assert!(!output.stderr.contains("panicked"), "{}", output.stderr);
}

#[test]
fn a_file_that_cannot_be_read_is_named_with_the_reason() {
    for words in [&["run"][..], &["check"][..], &[][..]] {
        let command = || Script::command(words);
        refused(
            command().arg("missing.rhai"),
            &["procscript: error: ", "missing.rhai", "no such file"],
        );
        refused(
            command().arg("."),
            &["procscript: error: ", ".", "directory"],
        );
        let script = command()
            .beside("bytes.rhai", b"print(1);\n\xff\xfe\n")
            .arg("bytes.rhai");
        refused(
            script,
            &["procscript: error: ", "bytes.rhai", "line 2", "UTF-8"],
        );
    }
}

#[test]
fn a_file_alone_is_run() {
    let script = || Script::command(&[]).beside("hello.rhai", "print(\"hello\", sys.argv);");
    script()
        .arg("hello.rhai")
        .run()
        .assert(0, "hello ['hello.rhai']\n", "");
    let wanted = "hello ['hello.rhai', '--help', '-x', 'run']\n";
    script()
        .arg("hello.rhai")
        .arg("--help")
        .arg("-x")
        .arg("run")
        .run()
        .assert(0, wanted, "");
}

#[test]
fn options_before_a_file_alone_are_the_command_s() {
    let script = Script::command(&["--start-method", "spawn"])
        .beside("hello.rhai", "print(get_start_method());");
    script.arg("hello.rhai").run().assert(0, "spawn\n", "");
}

#[test]
fn a_dash_reads_standard_input() {
    let script = |words: &[&str]| Script::command(words).stdin("print(\"typed\", sys.argv);");
    script(&["run", "-", "a"])
        .run()
        .assert(0, "typed ['-', 'a']\n", "");
    script(&["-"]).run().assert(0, "typed ['-']\n", "");
    script(&["check", "-"]).run().assert(0, "", "");
}

#[test]
fn a_first_line_for_the_shell_is_no_code_and_keeps_the_line_numbers() {
    let script =
        Script::text("#!/usr/bin/env procscript\nprint(\"hello\");\nthrow ValueError(\"x\");\n");
    let report =
        "ValueError: x\n  --> main.rhai:3:1\n     |\n   3 | throw ValueError(\"x\");\n     | ^\n";
    script.run().assert(1, "hello\n", report);
}

#[test]
fn a_syntax_error_is_shown_with_its_place_before_anything_runs() {
    let output = Script::text("print(\"never\");\nlet x = ;\n").run();
    assert_eq!((output.code(), output.stdout.as_str()), (1, ""));
    let (message, place) = output.stderr.split_once('\n').unwrap();
    assert!(message.starts_with("SyntaxError: "), "{message}");
    assert_eq!(
        place,
        "  --> main.rhai:2:9\n     |\n   2 | let x = ;\n     |         ^\n"
    );
}

#[test]
fn check_parses_and_runs_nothing() {
    let script = |words: &[&str]| {
        let script = Script::command(words).beside("good.rhai", "print(\"runs\"); while true { }");
        script
            .beside("bad.rhai", "fn f( {\n")
            .beside("worse.rhai", "let = 1;\n")
    };
    script(&["check", "good.rhai"]).run().assert(0, "", "");
    let output = script(&["check", "bad.rhai", "good.rhai", "worse.rhai"]).run();
    assert_eq!((output.code(), output.stdout.as_str()), (2, ""));
    assert_eq!(
        output.stderr.matches("SyntaxError: ").count(),
        2,
        "{}",
        output.stderr
    );
    assert!(
        output.stderr.contains("--> bad.rhai:1:"),
        "{}",
        output.stderr
    );
    assert!(
        output.stderr.contains("--> worse.rhai:1:"),
        "{}",
        output.stderr
    );
}

#[test]
fn eval_runs_its_argument() {
    Script::command(&["eval", "print(sys.argv); sys.exit(3)", "a", "-b"])
        .run()
        .assert(3, "['-c', 'a', '-b']\n", "");
    let output = Script::command(&["eval", "throw ValueError(\"x\")"]).run();
    assert_eq!(output.code(), 1);
    assert!(
        output.stderr.contains("--> <string>:1:1\n"),
        "{}",
        output.stderr
    );
}

#[test]
fn help_and_version_are_printed() {
    for word in ["--help", "-h", "help"] {
        let output = Script::command(&[word]).run();
        output.assert_quiet();
        for part in ["Usage:", "run", "eval", "check"] {
            assert!(output.stdout.contains(part), "{word}:\n{}", output.stdout);
        }
    }
    for word in ["--version", "-V"] {
        let version = format!("procscript {}\n", env!("CARGO_PKG_VERSION"));
        Script::command(&[word]).run().assert(0, &version, "");
    }
    let output = Script::command(&["run", "--help"]).run();
    output.assert_quiet();
    assert!(
        output.stdout.contains("--start-method"),
        "{}",
        output.stdout
    );
}

#[test]
fn a_wrong_command_line_is_refused() {
    refused(Script::command(&["run"]), &["error: ", "<FILE>"]);
    refused(
        Script::command(&["run", "--start-method", "thread", "x.rhai"]),
        &["error: ", "thread", "fork", "spawn"],
    );
    refused(
        Script::command(&["run", "--fast", "x.rhai"]),
        &["error: ", "--fast"],
    );
    refused(Script::command(&["check"]), &["error: ", "<FILES>"]);
}

#[test]
fn help_into_a_closed_pipe_is_quiet() {
    let script = Script::command(&["--help"]).through_shell("\"$@\" | true");
    assert_eq!(script.run().stderr, "");
}
