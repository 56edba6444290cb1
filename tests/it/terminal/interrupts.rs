//! Ctrl-C while a line runs, and Ctrl-Z.

use nix::sys::signal::Signal;

use crate::support::process_table::{is_running, is_stopped};
use crate::support::pty::{CTRL_C, CTRL_D, CTRL_Z, ENTER, Setting, Terminal};
use crate::support::script::each_start_method;

/// A prompt with a child that runs until an event is set, and then prints.
fn with_a_child(method: &str) -> Terminal {
    let terminal = Setting::prompt().start_method(method).open();
    terminal.enter_all(&[
        "fn live(go) { go.wait(); print(\"alive\"); }",
        "let go = Event();",
        "let child = Process(live, [go]);",
        "child.start();",
    ]);
    terminal
}

/// Runs a line, presses Ctrl-C once it has printed `in`, and waits for the next prompt.
fn interrupt(terminal: &Terminal, line: &str) {
    let shown = terminal.text().matches("\nin").count();
    let before = terminal.prompts();
    terminal.keys(&format!("{line}\r"));
    terminal.wait_until("it does not begin", || {
        terminal.text().matches("\nin").count() > shown
    });
    terminal.keys(CTRL_C);
    terminal.wait_for_prompt(before);
    terminal.wait_for_end("\nKeyboardInterrupt\n>>>");
}

#[test]
fn ctrl_c_stops_any_wait_and_keeps_the_session_and_its_children() {
    each_start_method(|method| {
        let terminal = with_a_child(method);
        terminal.enter_all(&[
            "let q = Queue(); let lock = Lock(); lock.acquire(); let event = Event();",
            "let server = socket.create_server([\"127.0.0.1\", 0]);",
            "let x = 7;",
        ]);
        for line in [
            "print(\"in\"); loop {}",
            "print(\"in\"); time.sleep(100)",
            "print(\"in\"); q.get()",
            "print(\"in\"); child.join()",
            "print(\"in\"); lock.acquire()",
            "print(\"in\"); event.wait()",
            "print(\"in\"); server.accept()",
            "input(\"in \")",
        ] {
            interrupt(&terminal, line);
            terminal.enter("x * 6");
            terminal.wait_for_end("\n42\n>>>");
        }
        terminal.enter("child.is_alive()");
        terminal.wait_for_end("\nTrue\n>>>");
        terminal.enter("go.set(); child.join(); child.exitcode");
        terminal.wait_for_end("\nalive\n0\n>>>");
        terminal.keys(CTRL_D);
        assert_eq!(terminal.finish().0, 0);
    });
}

#[test]
fn ctrl_c_at_the_prompt_does_not_reach_children() {
    each_start_method(|method| {
        let terminal = with_a_child(method);
        terminal.press(CTRL_C);
        terminal.enter("go.set(); child.join(); child.exitcode");
        terminal.wait_for_end("\nalive\n0\n>>>");
    });
}

#[test]
fn a_signal_as_ctrl_c_sends_it_drops_the_line_too() {
    let terminal = Setting::prompt().open();
    terminal.keys("never");
    terminal.wait_for_row(">>> never", 9);
    let before = terminal.prompts();
    terminal.signal(Signal::SIGINT);
    terminal.wait_for_prompt(before);
    terminal.enter("6 * 7");
    terminal.wait_for_end("\n42\n>>>");
}

#[test]
fn the_prompt_is_stopped_and_goes_on_with_what_was_typed() {
    let terminal = Setting::shell().open();
    terminal.keys("6 *");
    terminal.wait_for_row(">>> 6 *", 7);
    let prompt = terminal.others()[0];
    terminal.keys(CTRL_Z);
    terminal.wait_until("it is not stopped", || is_stopped(prompt));
    terminal.keys(ENTER);
    terminal.wait_for_end("\n>>> 6 *");
    terminal.enter(" 7");
    terminal.wait_for_end("\n42\n>>>");
    assert!(is_running(prompt));
    terminal.keys(CTRL_D);
    assert_eq!(terminal.finish().0, 0);
}

#[test]
fn a_pool_goes_on_after_a_map_that_was_interrupted() {
    each_start_method(|method| {
        for pool in ["Pool", "ThreadPool"] {
            let terminal = Setting::prompt().start_method(method).open();
            terminal.enter_all(&[
                "fn stay(x) { print(\"in\"); while true { time.sleep(0.1); } }",
                &format!("let pool = {pool}(2);"),
            ]);
            let before = terminal.prompts();
            terminal.keys("pool.map(stay, range(20))\r");
            terminal.wait_for("\nin\n");
            terminal.keys(CTRL_C);
            terminal.wait_for_prompt(before);
            // The report on workers that have ended may come in between.
            terminal.enter("print(\"sum\", sum(pool.map(|x| x + 1, range(4))))");
            terminal.wait_for("\nsum 10\n");
        }
    });
}
