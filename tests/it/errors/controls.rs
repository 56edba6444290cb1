//! Control characters of a script in reports and warnings: shown, not sent to the terminal.

use crate::support::script::{Script, each_start_method};

fn assert_harmless(stderr: &str) {
    let is_control = |char: char| char.is_control() && char != '\n';
    assert_eq!(stderr.find(is_control), None, "{stderr:?}");
}

#[test]
fn control_characters_of_a_message_are_escaped() {
    let run = Script::text(r#"throw ValueError("a\x1b[2Jb\rc\u009bd\n  e");"#).run();
    assert_harmless(&run.stderr);
    let start = "ValueError: a\\x1b[2Jb\\rc\\x9bd\n  e\n";
    assert!(run.stderr.starts_with(start), "{}", run.stderr);
    assert_eq!(run.code(), 1);
}

#[test]
fn the_name_of_a_process_stays_on_its_line() {
    each_start_method(|method| {
        let run = Script::text(
            r#"
            fn fail() { throw ValueError("no"); }
            let p = Process(#{ target: fail, name: "p\x1b]0;x\x07\nProcess q" });
            p.start();
            p.join();
        "#,
        )
        .start_method(method)
        .run();
        assert_harmless(&run.stderr);
        let start = "Process p\\x1b]0;x\\x07\\nProcess q:\nValueError: no\n";
        assert!(run.stderr.starts_with(start), "{}", run.stderr);
    });
}

#[test]
fn a_warning_shows_the_name_of_a_dead_holder_on_one_line() {
    let run = Script::text(
        r#"
        let lock = Lock();
        fn hold(lock) { lock.acquire(); os.kill(os.getpid(), signal.SIGKILL); }
        let p = Process(#{ target: hold, args: [lock], name: "p\x1b[1m\nq" });
        p.start();
        p.join();
        lock.acquire();
    "#,
    )
    .run();
    assert_harmless(&run.stderr);
    let start = "procscript: warning: p\\x1b[1m\\nq (pid ";
    assert!(run.stderr.starts_with(start), "{}", run.stderr);
}
