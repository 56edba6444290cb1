//! The end of the prompt, in order and with nobody left behind. [`Terminal::finish`] looks for who is left.
//!
//! [`Terminal::finish`]: crate::support::pty::Terminal::finish

use nix::sys::signal::Signal;

use crate::support::pty::{CTRL_D, ENTER, Setting, Terminal};
use crate::support::script::each_start_method;

/// A prompt with a child that waits for ever.
fn with_a_child(method: &str) -> Terminal {
    let terminal = Setting::prompt().start_method(method).open();
    terminal.enter_all(&[
        "let never = Event();",
        "let child = Process(|e| e.wait(), [never], #{name: \"sleeper\"});",
        "child.start();",
    ]);
    terminal
}

#[test]
fn ctrl_d_ends_the_children_and_says_so() {
    each_start_method(|method| {
        let terminal = with_a_child(method);
        terminal.keys(CTRL_D);
        let (code, text) = terminal.finish();
        assert_eq!(code, 0);
        let last = text.lines().last().unwrap();
        assert!(last.starts_with("ended: sleeper (pid "), "{text}");
    });
}

#[test]
fn exit_gives_the_exit_code() {
    for (line, code) in [
        ("exit()", 0),
        ("exit(3)", 3),
        ("sys.exit(4)", 4),
        (":quit", 0),
    ] {
        let terminal = Setting::prompt().open();
        terminal.keys(&format!("{line}{ENTER}"));
        assert_eq!(terminal.finish().0, code, "{line}");
    }
}

#[test]
fn ctrl_d_deletes_where_something_is_typed() {
    let terminal = Setting::prompt().open();
    terminal.keys(&format!("67{}{CTRL_D}{CTRL_D}", crate::support::pty::LEFT));
    terminal.wait_for_row(">>> 6", 5);
    terminal.enter(" * 7");
    terminal.wait_for_end("\n42\n>>>");
}

#[test]
fn sigterm_at_the_prompt_ends_all_in_order() {
    each_start_method(|method| {
        let terminal = with_a_child(method);
        terminal.keys("typed");
        terminal.wait_for_row(">>> typed", 9);
        terminal.signal(Signal::SIGTERM);
        assert_eq!(terminal.finish().0, 128 + 15);
    });
}

#[test]
fn a_closed_terminal_ends_all_in_order() {
    each_start_method(|method| {
        let mut terminal = with_a_child(method);
        terminal.close();
        assert_eq!(terminal.finish().0, 128 + 1);
    });
}

#[test]
fn a_signal_ends_a_running_line_and_all_the_rest() {
    each_start_method(|method| {
        for signal in [Signal::SIGTERM, Signal::SIGHUP] {
            let terminal = with_a_child(method);
            terminal.keys(&format!("print(\"in\"); time.sleep(100){ENTER}"));
            terminal.wait_for("\nin");
            terminal.signal(signal);
            assert_eq!(terminal.finish().0, 128 + signal as i32);
        }
    });
}

#[test]
fn sigterm_at_the_prompt_ends_in_order_also_beside_a_thread() {
    let terminal = with_a_child("spawn");
    terminal.enter_all(&[
        "let beside = Thread(|| time.sleep(100));",
        "beside.start();",
    ]);
    terminal.signal(Signal::SIGTERM);
    assert_eq!(terminal.finish().0, 128 + 15);
}

#[test]
fn what_ends_other_prompts_ends_this_one_too() {
    for line in ["exit", "quit()"] {
        let terminal = Setting::prompt().open();
        terminal.keys(&format!("{line}{ENTER}"));
        assert_eq!(terminal.finish().0, 0, "{line}");
    }
}
