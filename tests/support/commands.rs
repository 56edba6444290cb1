//! Commands of scripts that run on until something ends them.

use std::time::Duration;

use nix::sys::signal::Signal;

use super::script::{Script, each_start_method};

/// A shell with a child in the background, one in the foreground, and one whose parent has ended.
pub(crate) const COMMAND: &str =
    "(sleep 1000 & ) ; sleep 1000 & echo started; sleep 1000; echo never";

/// How long commands may take to end after the process that has started them.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A command that one of the calls starts, as `sys.argv[1]`, ends with the main process, however that ends.
pub(crate) fn end_with_the_main_process(calls: &[&str]) {
    for (signal, code) in [
        (Signal::SIGTERM, -15),
        (Signal::SIGINT, 130),
        (Signal::SIGKILL, -9),
    ] {
        for call in calls {
            let run = Script::text(call).arg(COMMAND).start();
            run.wait_for_line("started");
            run.signal(signal);
            let output = run.finish_within(PATIENCE);
            assert_eq!(
                (output.code(), output.stdout.as_str()),
                (code, "started\n"),
                "{call}"
            );
        }
    }
}

/// A command that a call starts in a child, as `command`, ends with the child.
pub(crate) fn end_with_the_child(call: &str) {
    each_start_method(|method| {
        for (end, code) in [("terminate", -15), ("kill", -9)] {
            let text = format!(
                r#"
                let p = Process(|command| {call}, [sys.argv[1]]);
                p.start();
                input();
                p.{end}();
                p.join();
                print(p.exitcode);
                "#
            );
            let script = Script::text(&text).arg(COMMAND).start_method(method);
            let mut run = script.interactive().start();
            run.wait_for_line("started");
            run.type_in("\n");
            let output = run.finish_within(PATIENCE);
            output.assert(0, &format!("started\n{code}\n"), "");
        }
    });
}
