//! Children of the prompt: what they print while somebody types, how they fail, what `:ps` says.

use crate::support::process_table::is_asleep_for_memory;
use crate::support::pty::{CTRL_C, CTRL_R, ENTER, Setting};
use crate::support::script::each_start_method;

#[test]
fn output_of_a_child_appears_above_the_line_being_typed() {
    each_start_method(|method| {
        let terminal = Setting::prompt().start_method(method).open();
        terminal.enter_all(&[
            "fn talk(go) { go.wait(); print(\"from the child\"); print(\"twice\"); }",
            "let go = Event();",
            "let child = Process(talk, [go]);",
            "child.start();",
            "fn tell(go) { time.sleep(0.3); go.set(); }",
            "Process(tell, [go]).start();",
        ]);
        terminal.keys("6 * ");
        terminal.wait_for_end("\nfrom the child\ntwice\n>>> 6 *");
        terminal.enter("7");
        terminal.wait_for_end("\nfrom the child\ntwice\n>>> 6 * 7\n42\n>>>");
        assert!(!terminal.text().contains("\n\n"), "{}", terminal.text());
    });
}

#[test]
fn a_line_that_wraps_stays_whole_below_what_is_printed() {
    let terminal = Setting::prompt().size(12, 20).open();
    terminal.enter_all(&[
        "fn f(e) { e.wait(); for i in 0..4 { print(i) } }",
        "let e = Event();",
        "let p = Process(f, [e]); p.start();",
        "threading.Timer(0.3, || e.set()).start()",
    ]);
    terminal.keys("\"0123456789abcdefghij\"");
    terminal.wait_for_end("\n0\n1\n2\n3\n>>> \"0123456789abcde\nfghij\"");
    terminal.enter("");
    terminal.wait_for_end("\n>>> \"0123456789abcde\nfghij\"\n'0123456789abcdefghi\nj'\n>>>");
}

#[test]
fn an_unfinished_line_of_a_child_grows_above_the_prompt() {
    let terminal = Setting::prompt().open();
    terminal.enter_all(&[
        "fn dots(e) { e.wait(); for i in range(5) { print(\".\", #{end: \"\"}); sys.stdout.flush(); time.sleep(0.1); } }",
        "let e = Event(); let p = Process(dots, [e]); p.start();",
        "threading.Timer(0.2, || e.set()).start()",
    ]);
    terminal.keys("typed");
    terminal.wait_for_end("\n.....\n>>> typed");
}

#[test]
fn the_output_of_a_line_is_whole_before_the_next_prompt() {
    each_start_method(|method| {
        let terminal = Setting::prompt().start_method(method).size(1500, 80).open();
        terminal.enter_all(&[
            "fn count(name) { for i in range(300) { print(\"%s %d\" % [name, i]); } }",
            "let a = Process(count, [\"a\"]); let b = Process(count, [\"b\"]);",
            "a.start(); b.start(); count(\"main\"); a.join(); b.join(); \"all\"",
        ]);
        let text = terminal.text();
        let from = |name: &str| {
            let lines = text.lines().filter(|line| line.starts_with(name));
            lines.map(str::to_string).collect::<Vec<_>>()
        };
        for name in ["a", "b", "main"] {
            let wanted: Vec<_> = (0..300).map(|i| format!("{name} {i}")).collect();
            assert_eq!(from(&format!("{name} ")), wanted);
        }
        assert!(text.ends_with("\n'all'\n>>>"), "{text}");
    });
}

#[test]
fn a_child_that_prints_without_end_leaves_the_prompt_usable() {
    let terminal = Setting::prompt().size(40, 80).open();
    terminal.enter_all(&[
        "fn shout() { loop { print(\"shouting shouting shouting shouting\"); } }",
        "let p = Process(shout); p.start();",
    ]);
    terminal.enter("let x = 6 * 7;");
    terminal.enter("p.kill(); p.join();");
    terminal.enter("x");
    terminal.wait_for_end("\n>>> x\n42\n>>>");
}

#[test]
fn text_that_comes_while_the_history_is_searched_is_not_lost() {
    let terminal = Setting::prompt().open();
    terminal.enter_all(&[
        "fn talk() { time.sleep(0.3); print(\"from the child\"); }",
        "let p = Process(talk); p.start();",
    ]);
    terminal.keys(&format!("{CTRL_R}talk"));
    terminal.wait_for("(reverse-i-search)`talk'");
    terminal.wait_until("the child lives", || terminal.others().is_empty());
    terminal.keys(CTRL_C);
    terminal.wait_for_end("\n>>>");
    assert_eq!(terminal.text().matches("\nfrom the child\n").count(), 1);
}

#[test]
fn a_prompt_begins_a_row_of_its_own() {
    let terminal = Setting::prompt().open();
    terminal.enter("print(\"no end\", #{end: \"\"})");
    terminal.wait_for_end("\nno end\n>>>");
    // The answer to a question ends its row.
    let before = terminal.prompts();
    terminal.keys(&format!("let name = input(\"name? \"){ENTER}"));
    terminal.wait_for("\nname?");
    terminal.keys(&format!("Bob{ENTER}"));
    terminal.wait_for_prompt(before);
    terminal.wait_for_end("\nname? Bob\n>>>");
}

#[test]
fn a_child_that_prints_after_the_prompt_was_killed_ends() {
    each_start_method(|method| {
        let terminal = Setting::prompt().start_method(method).open();
        terminal.enter_all(&[
            "fn talk() { loop { time.sleep(0.05); print(\"here\"); } }",
            "let p = Process(talk); p.start();",
        ]);
        terminal.wait_for("\nhere\n");
        let others = terminal.others();
        terminal.signal(nix::sys::signal::Signal::SIGKILL);
        terminal.wait_until("the child lives", || {
            others
                .iter()
                .all(|pid| !crate::support::process_table::is_running(*pid))
        });
        assert_eq!(terminal.finish().0, -9);
    });
}

#[test]
fn the_children_are_listed_with_what_they_wait_for() {
    each_start_method(|method| {
        let terminal = Setting::prompt().start_method(method).open();
        terminal.enter(":ps");
        terminal.wait_for_end("\nno children\n>>>");
        terminal.enter_all(&[
            "let q = Queue(); let e = Event();",
            "let a = Process(|q| q.get(), [q], #{name: \"taker\"}); a.start();",
            "let b = Process(|e| e.wait(), [e], #{name: \"waiter\"}); b.start();",
        ]);
        terminal.wait_until("the children are busy", || {
            terminal.others().len() == 2 && terminal.others().into_iter().all(is_asleep_for_memory)
        });
        terminal.enter(":ps");
        let text = terminal.text();
        for (name, wait) in [("taker", "Queue.get"), ("waiter", "Event.wait")] {
            let row = text.lines().find(|row| row.starts_with(name)).unwrap();
            let words: Vec<&str> = row.split_whitespace().collect();
            let pid: i32 = words[1].parse().unwrap();
            assert!(terminal.others().contains(&pid), "{text}");
            assert_eq!(words[2..5], ["MainThread", "waiting", wait], "{text}");
        }
    });
}

#[test]
fn a_child_that_failed_is_reported_once() {
    each_start_method(|method| {
        let terminal = Setting::prompt().start_method(method).open();
        terminal.enter_all(&[
            "let a = Process(|| { throw \"oh\" }, #{name: \"thrower\"}); a.start(); a.join()",
            "let b = Process(|| { time.sleep(100) }, #{name: \"victim\"}); b.start(); b.kill(); b.join()",
        ]);
        let text = terminal.text();
        let told = |start: &str, end: &str| {
            let mut lines = text.lines();
            lines.any(|line| line.starts_with(start) && line.ends_with(end))
        };
        assert!(told("Process thrower:", "Process thrower:"), "{text}");
        assert!(!text.contains("thrower (pid "), "{text}");
        assert!(told("victim (pid ", " was ended by SIGKILL"), "{text}");
    });
}

#[test]
fn a_prompt_forked_by_os_fork_ends_with_its_line() {
    let terminal = Setting::prompt().start_method("fork").open();
    terminal.enter(
        "let pid = os.fork(); if pid == 0 { print(\"the copy\"); } else { os.waitpid(pid, 0); }",
    );
    terminal.wait_for("\nthe copy\n");
    terminal.enter("6 * 7");
    terminal.wait_for_end("\n42\n>>>");
    assert_eq!(terminal.text().matches("the copy").count(), 2);
}

#[test]
fn what_waits_to_be_printed_does_not_hold_a_fork_up() {
    let terminal = Setting::prompt().open();
    terminal.enter(
        "print(\"x\" * 100000, #{end: \"\"}); let pid = os.fork(); if pid == 0 { os._exit(7); }",
    );
    terminal.enter("os.waitpid(pid, 0)[1] / 256");
    terminal.wait_for_end("\n7\n>>>");
}

#[test]
fn a_thread_does_not_take_what_is_typed() {
    let terminal = Setting::prompt().open();
    terminal.enter("fn ask() { try { input(\"\") } catch (e) { print(e.type) } }");
    terminal.enter("let t = Thread(ask); t.start(); t.join();");
    terminal.enter("1 + 1");
    terminal.wait_for_end("EOFError\n>>> 1 + 1\n2\n>>>");
}
