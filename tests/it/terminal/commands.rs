//! Commands that begin with a colon, and the programs of the user's that they start.

use nix::sys::signal::Signal;

use crate::support::process_table::is_running;
use crate::support::pty::{CTRL_C, ENTER, Setting, Terminal};

const CTRL_X_CTRL_E: &str = "\x18\x05";

#[test]
fn a_name_with_a_question_mark_is_described() {
    let terminal = Setting::prompt().open();
    terminal.enter_all(&[
        "/// Doubles a number.\nfn double(x) { x * 2 }",
        "let q = JoinableQueue();",
    ]);
    for typed in ["os.getpid?", "?os.getpid", "os.getpid??"] {
        terminal.enter(typed);
        terminal.wait_for(&format!("\n>>> {typed}\nos.getpid()\n"));
    }
    terminal.enter("double?");
    terminal.wait_for("\n>>> double?\ndouble(x)\n    Doubles a number.\n>>>");
    terminal.enter("q?");
    terminal.wait_for("\n>>> q?\nq: Queue = <multiprocessing.queues.JoinableQueue ");
    terminal.enter("nothing_there?");
    terminal.wait_for_end("\nthe manual has no 'nothing_there'\n>>>");
    // A conditional value is not a question.
    terminal.enter("let x = if true { 1 } else { 2 }; x");
    terminal.wait_for_end("\n1\n>>>");
}

#[test]
fn inputs_are_listed_and_saved_as_a_script() {
    let terminal = Setting::prompt().open();
    terminal.enter_all(&[
        "let x = 6",
        "fn twice(n) { n * 3 }",
        "nothing_there",
        "fn twice(n) {",
        "n * 2 }",
        "print(twice(x))",
        ":history",
    ]);
    terminal.wait_for_end(
        "
>>> :history
   1  let x = 6
   2  fn twice(n) { n * 3 }
   3  nothing_there
   4  fn twice(n) {
          n * 2 }
   5  print(twice(x))
>>>",
    );
    terminal.enter(":save all.rhai");
    terminal.wait_for_end("\nwrote 4 lines to all.rhai\n>>>");
    let saved = |name: &str| std::fs::read_to_string(terminal.home().join(name)).unwrap();
    let wanted = "let x = 6;\nfn twice(n) {\n    n * 2 }\nprint(twice(x));\n";
    assert_eq!(saved("all.rhai"), wanted);
    terminal.enter(":save some.rhai 1-2");
    assert_eq!(saved("some.rhai"), "let x = 6;\nfn twice(n) { n * 3 }\n");
    terminal.enter(":save some.rhai");
    terminal.wait_for_end("\nsome.rhai exists already: choose another name\n>>>");
    terminal.enter(":save none.rhai 3");
    terminal.wait_for_end("\nthere are no such inputs, or all of them have failed\n>>>");
    terminal.enter(":load all.rhai");
    terminal.wait_for_end("\n12\n>>>");
    let second = Setting::prompt().home_of(&terminal).open();
    second.enter(":history twice(x)");
    second.wait_for_end("\n>>> :history twice(x)\nprint(twice(x))\n>>>");
}

#[test]
fn an_input_is_changed_with_an_editor() {
    let setting = Setting::prompt()
        .env("VISUAL", "")
        .env("EDITOR", "sed -i s/1/7/");
    let terminal = setting.open();
    terminal.enter_all(&["let a = 1;", "a + 10", ":edit"]);
    terminal.wait_for_end("\n>>> :edit\n>>> a + 70\n71\n>>>");
    terminal.enter(":edit 1");
    terminal.enter("a");
    terminal.wait_for_end("\n>>> :edit 1\n>>> let a = 7;\n>>> a\n7\n>>>");
    terminal.enter(":edit 99");
    terminal.wait_for_end("\nthere is no input 99; :history lists them\n>>>");
    // What is being typed, finished or not.
    let before = terminal.prompts();
    terminal.keys(&format!("[100,{CTRL_X_CTRL_E}"));
    terminal.wait_for("\n>>> [700,\n");
    terminal.wait_for_prompt(before);
}

#[test]
fn an_editor_that_fails_runs_nothing() {
    let terminal = Setting::prompt().env("VISUAL", "false").open();
    terminal.enter_all(&["print(\"once\")", ":edit"]);
    terminal.wait_for_end("\nthe editor `false` failed (exit status: 1), and nothing was run\n>>>");
    let terminal = Setting::prompt().env("VISUAL", "/nowhere/editor").open();
    terminal.enter_all(&["print(\"once\")", ":edit"]);
    terminal.wait_for("and nothing was run\n>>>");
    assert_eq!(terminal.text().matches("\nonce\n").count(), 1);
}

#[test]
fn a_long_description_is_shown_by_the_pager() {
    let terminal = Setting::prompt()
        .size(20, 80)
        .env("PAGER", "sed s/^/-/")
        .open();
    terminal.enter(":help os.getpid");
    terminal.wait_for("\nos.getpid(");
    terminal.enter(":help Queue");
    terminal.wait_for("\n-    cancel_join_thread()");
    terminal.enter("6 * 7");
    terminal.wait_for_end("\n42\n>>>");
    for pager in ["", "/nowhere/pager"] {
        let terminal = Setting::prompt().env("PAGER", pager).size(20, 80).open();
        terminal.enter(":help Queue");
        terminal.wait_for("\n    cancel_join_thread()");
    }
}

/// Shows that it has begun, and waits for Enter.
const WAITING_PAGER: &str = "sh -c 'cat >/dev/null; echo paging; read key </dev/tty; echo end' sh";

fn with_a_waiting_pager() -> Terminal {
    let terminal = Setting::prompt()
        .size(20, 80)
        .env("PAGER", WAITING_PAGER)
        .open();
    terminal.enter(
        "let p = Process(|| { time.sleep(0.2); print(\"from the child\") }); p.start(); p.pid",
    );
    terminal
}

#[test]
fn what_children_print_waits_for_the_end_of_the_pager() {
    let terminal = with_a_waiting_pager();
    let text = terminal.text();
    let pid = text
        .lines()
        .find_map(|line| line.parse::<i32>().ok())
        .unwrap();
    let before = terminal.prompts();
    terminal.keys(&format!(":help Queue{ENTER}"));
    terminal.wait_for("\npaging");
    terminal.wait_until("the child lives", || !is_running(pid));
    terminal.keys(ENTER);
    terminal.wait_for_prompt(before);
    let text = terminal.text();
    let (paged, after) = text.split_once("\nend\n").unwrap();
    assert!(!paged.contains("\nfrom the child"), "{text}");
    assert!(after.contains("from the child\n"), "{text}");
}

#[test]
fn ctrl_c_in_a_pager_does_not_end_the_prompt() {
    let terminal = with_a_waiting_pager();
    let before = terminal.prompts();
    terminal.keys(&format!(":help Queue{ENTER}"));
    terminal.wait_for("\npaging");
    terminal.keys(CTRL_C);
    terminal.wait_for_prompt(before);
    terminal.enter("6 * 7");
    terminal.wait_for_end("\n42\n>>>");
}

#[test]
fn a_signal_ends_the_prompt_and_its_pager() {
    let terminal = with_a_waiting_pager();
    terminal.keys(&format!(":help Queue{ENTER}"));
    terminal.wait_for("\npaging");
    terminal.signal(Signal::SIGTERM);
    assert_eq!(terminal.finish().0, 128 + Signal::SIGTERM as i32);
}

#[test]
fn a_short_input_is_timed_until_its_time_is_known() {
    let terminal = Setting::prompt().open();
    terminal.enter("let runs = 0;");
    terminal.enter(":time { runs += 1; 7 }");
    terminal.wait_for("\n7\n");
    terminal.wait_for(" runs; half of them took ");
    terminal.enter("runs > 10");
    terminal.wait_for_end("\nTrue\n>>>");
    // A long one is run once.
    terminal.enter("runs = 0; fn long() { time.sleep(0.25) }");
    terminal.enter(":time { runs += 1; long() }");
    terminal.enter("runs");
    terminal.wait_for_end(" ms\n>>> runs\n1\n>>>");
    terminal.enter(":time nothing_there");
    terminal.wait_for("NameError");
    let before = terminal.prompts();
    terminal.keys(&format!(
        ":time {{ print(\"in\"); time.sleep(100) }}{ENTER}"
    ));
    terminal.wait_for("\nin");
    terminal.keys(CTRL_C);
    terminal.wait_for_prompt(before);
    terminal.wait_for_end("\nKeyboardInterrupt\n>>>");
}
