//! The help of a refusal, and of the options.

use crate::support::script::Script;

/// The help lines of a script with these options.
fn help(options: &[&str], code: &str) -> String {
    let script = options.iter().fold(Script::text(code), |s, o| s.option(o));
    let stderr = script.run().stderr;
    let help = stderr.lines().find(|line| line.starts_with("help:"));
    help.unwrap_or(&stderr).to_string()
}

#[test]
fn a_refusal_says_how_to_allow_it() {
    assert_eq!(
        help(&["--sandbox"], r#"open("/etc/passwd");"#),
        "help: allow it with `--allow-read=/etc` on the command line, or with `Permissions::allow_read(\"/etc\")` \
         in the program that runs the script"
    );
    assert_eq!(
        help(&["--deny-env"], r#"os.getenv("HOME");"#),
        "help: denying takes precedence over allowing: leave out `--deny-env` on the command line, or \
         `Permissions::deny_env_all()` in the program that runs the script"
    );
    assert_eq!(
        help(
            &["--allow-processes=1,1"],
            "let p = Process(|| { Process(|| 1).start(); }); p.start(); p.join();"
        ),
        "help: allow it with `--allow-processes=1,2` on the command line, or with \
         `Permissions::allow_processes(1, 2)` in the program that runs the script"
    );
    assert_eq!(
        help(
            &[],
            r#"
            let p = Process(#{ target: || { os.getenv("HOME"); }, permissions: #{ env: False } });
            p.start();
            p.join();
        "#
        ),
        "help: the process that started this one has restricted `env`: allow it in the `permissions` of that Process"
    );
}

/// `help: allow it by …`.
fn allow(option: &str, method: &str) -> String {
    format!(
        "help: allow it with `{option}` on the command line, or with `Permissions::{method}` in the program that runs the script"
    )
}

/// `help: what is denied …`.
fn leave_out(option: &str, method: &str) -> String {
    format!(
        "help: denying takes precedence over allowing: leave out `{option}` on the command line, or \
         `Permissions::{method}` in the program that runs the script"
    )
}

#[test]
fn a_refusal_says_which_rule_denied_it() {
    for (options, code, option, method) in [
        (
            ["--deny-read=/etc", "--deny-env"],
            r#"open("/etc/passwd");"#,
            "--deny-read=/etc",
            r#"deny_read("/etc")"#,
        ),
        (
            ["--deny-net=10.0.0.1:80", "--deny-env"],
            r#"socket.socket().connect(["10.0.0.1", 80]);"#,
            "--deny-net=10.0.0.1:80",
            r#"deny_net("10.0.0.1:80")"#,
        ),
        (
            ["--deny-net", "--deny-env=HOME"],
            r#"os.getenv("HOME");"#,
            "--deny-env=HOME",
            r#"deny_env(["HOME"])"#,
        ),
        (
            ["--deny-net", "--deny-run"],
            r#"os.system("true");"#,
            "--deny-run",
            "deny_run()",
        ),
        // Also where a parent has taken the rest away, and where a script asks for more.
        (
            ["--deny-env", "--deny-net"],
            r#"
            let p = Process(#{ target: || { os.getenv("HOME"); }, permissions: #{ env: False } });
            p.start();
            p.join();
            "#,
            "--deny-env",
            "deny_env_all()",
        ),
        (
            ["--deny-read=/etc", "--deny-env"],
            r#"Process(#{ target: || 1, permissions: #{ read: ["/etc/passwd"] } });"#,
            "--deny-read=/etc",
            r#"deny_read("/etc")"#,
        ),
        (
            ["--deny-read=/etc", "--deny-env"],
            r#"Process(#{ target: || 1, permissions: #{ read: True } });"#,
            "--deny-read=/etc",
            r#"deny_read("/etc")"#,
        ),
    ] {
        assert_eq!(help(&options, code), leave_out(option, method), "{code}");
    }
}

#[test]
fn a_refusal_names_what_can_be_allowed() {
    // The number of a process is another one the next time.
    assert_eq!(
        help(&["--sandbox"], r#"open("/proc/self/environ");"#),
        allow("--allow-read=/proc", r#"allow_read("/proc")"#)
    );
    // An invalid address cannot be in a list.
    for host in ["a b", "::1%lo"] {
        assert_eq!(
            help(
                &["--sandbox"],
                &format!("socket.gethostbyname('{host}');").replace('\'', "\"")
            ),
            allow("--allow-net", "allow_net_all()")
        );
    }
    assert_eq!(
        help(&["--sandbox"], r#"open("/nowhere,/x/y");"#),
        "help: no option can name it, because of the comma: allow it with `Permissions::allow_read(\"/nowhere,/x\")` in the \
         program that runs the script"
    );
    assert_eq!(
        help(&["--sandbox"], r#"socket.socket().bind(["", 0]);"#),
        allow("--allow-net=0.0.0.0", r#"allow_net("0.0.0.0")"#)
            + "; 0.0.0.0 is every address of this machine, 127.0.0.1 only the loopback address"
    );
}

#[test]
fn the_refusal_of_a_program_says_what_it_would_bypass() {
    assert_eq!(
        help(&["--deny-net"], r#"os.system("true");"#),
        "help: a program would not respect the restrictions on `net`: allow it with `--allow-run` on the command \
         line, or with `Permissions::allow_run()` in the program that runs the script"
    );
}

#[test]
fn options_that_cannot_be_understood_are_refused() {
    for (option, message) in [
        (
            "--allow-processes=-1",
            "\"-1\" is not a number of processes",
        ),
        ("--deny-read=", "a value is required"),
        ("--allow-read=", "a value is required"),
        ("--deny-env=", "a value is required"),
        ("--deny-net=", "expected HOST or HOST:PORT"),
    ] {
        let output = Script::text("print(1);").option(option).run();
        assert!(
            output.stderr.contains(message),
            "{option}: {}",
            output.stderr
        );
        assert_eq!(output.stdout, "", "{option}");
    }
}
