//! Commands of `os.system`: they end with the process that has started them.

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::support::commands::{PATIENCE, end_with_the_child, end_with_the_main_process};
use crate::support::process_table::{is_running, is_stopped};
use crate::support::pty::{CTRL_C, CTRL_D, CTRL_Z, ENTER, Setting};
use crate::support::script::{Script, prints};

#[test]
fn a_command_ends_with_the_main_process_however_that_ends() {
    end_with_the_main_process(&[
        "os.system(sys.argv[1]);",
        "let t = Thread(|| os.system(sys.argv[1])); t.start();",
    ]);
}

#[test]
fn a_command_ends_with_the_child_that_has_started_it() {
    end_with_the_child("os.system(command)");
}

#[test]
fn a_command_that_does_not_listen_is_killed() {
    let command = "trap '' TERM; echo started; while :; do sleep 1000; done";
    let run = Script::text("os.system(sys.argv[1]);").arg(command).start();
    run.wait_for_line("started");
    run.signal(Signal::SIGKILL);
    assert_eq!(run.finish_within(PATIENCE).code(), -9);
}

#[test]
fn a_command_with_a_session_of_its_own_is_left_alone() {
    let command = "setsid sh -c 'echo apart $$; exec sleep 1000 >&- 2>&-' & wait";
    let run = Script::text("os.system(sys.argv[1]);").arg(command).start();
    let apart: i32 = run.wait_for_line("apart ").trim().parse().unwrap();
    run.signal(Signal::SIGTERM);
    let output = run.finish_within(PATIENCE);
    assert_eq!(output.code(), -15);
    assert!(is_running(apart));
    kill(Pid::from_raw(apart), Signal::SIGKILL).unwrap();
}

#[test]
fn the_status_is_that_of_the_command() {
    prints(
        r#"
        for command in ["true", "exit 3", "kill -9 $$", "kill -TERM $$", "no-such-command 2>/dev/null"] {
            print(os.system(command));
        }
        "#,
        "0\n768\n9\n15\n32512\n",
    );
}

#[test]
fn a_command_reads_the_terminal_and_is_stopped_and_continued_with_its_script() {
    let terminal = Setting::shell().open();
    let prompt = terminal.others()[0];
    terminal.keys("os.system(\"echo begun; read a; echo more; read b; echo $a-$b\")\r");
    terminal.wait_for("\nbegun");
    terminal.keys("one\r");
    terminal.wait_for("\nmore");
    terminal.keys(CTRL_Z);
    // The command as well: it would take the line that is meant for the shell.
    let stopped = || terminal.others().into_iter().filter(|pid| is_stopped(*pid));
    terminal.wait_until("they are not stopped", || stopped().count() == 2);
    terminal.keys(ENTER);
    terminal.wait_until("it does not continue", || !is_stopped(prompt));
    terminal.keys("two\r");
    terminal.wait_for("one-two\n0\n>>>");
    terminal.keys(CTRL_D);
    assert_eq!(terminal.finish().0, 0);
}

#[test]
fn ctrl_c_reaches_the_script_and_its_command() {
    let code = "
        signal.signal(signal.SIGINT, || print(\"noticed\"));
        print(os.system(\"trap 'echo reached; exit 3' INT; echo ready; read line\"));
    ";
    let terminal = Setting::new(&["eval", code]).start();
    terminal.wait_for("ready");
    terminal.keys(CTRL_C);
    terminal.wait_for("reached");
    terminal.wait_for("noticed");
    terminal.wait_for("768");
    assert_eq!(terminal.finish().0, 0);
}

#[test]
fn ctrl_c_ends_a_command_that_ignores_it() {
    let code = "os.system(\"trap '' INT; echo ready; sleep 1000; echo ne$((1))ver\")";
    let terminal = Setting::new(&["eval", code]).start();
    terminal.wait_for("ready");
    terminal.keys(CTRL_C);
    let (code, output) = terminal.finish();
    assert_eq!((code, output.contains("ne1ver")), (130, false));
}

#[test]
fn a_stopped_command_ends_with_its_process() {
    let command = "echo started $PPID; sleep 1000; echo never";
    let run = Script::text("os.system(sys.argv[1]);").arg(command).start();
    let supervisor = run.wait_for_line("started ").trim().parse().unwrap();
    for pid in [supervisor, run.pid()] {
        kill(Pid::from_raw(pid), Signal::SIGSTOP).unwrap();
    }
    run.signal(Signal::SIGKILL);
    assert_eq!(run.finish_within(PATIENCE).code(), -9);
}

#[test]
fn a_supervisor_holds_no_stream_open() {
    let command = "until [ -z \\\"$(ls /proc/$PPID/fd)\\\" ]; do :; done";
    prints(&format!("print(os.system(\"{command}\"));"), "0\n");
}
