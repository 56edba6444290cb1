//! Completion by Tab.

use crate::support::pty::{CTRL_C, Setting, TAB, Terminal};

/// Types a text and Tab, and expects it to become `wanted`. What is typed after the Tab shows that it has been processed.
fn assert_completed(terminal: &Terminal, typed: &str, wanted: &str) {
    terminal.keys(&format!("{typed}{TAB}!"));
    terminal.wait_for_end(&format!(">>> {wanted}!"));
    terminal.press(CTRL_C);
}

#[test]
fn words_keys_and_results_of_calls_are_completed() {
    let terminal = Setting::prompt().open();
    terminal.enter_all(&[
        "let d = #{alpha: #{\"two words\": \"text\"}, beta: 1};",
        "let jobs = [Queue()];",
    ]);
    for (typed, wanted) in [
        ("whi", "while"),
        ("d[\"al", "d[\"alpha\"]"),
        ("d[\"alpha\"][\"tw", "d[\"alpha\"][\"two words\"]"),
        ("d.alpha[\"two words\"].upp", "d.alpha[\"two words\"].upper"),
        ("jobs[0].put_no", "jobs[0].put_nowait"),
        ("Queue().put_no", "Queue().put_nowait"),
        ("os.getcwd().upp", "os.getcwd().upper"),
        ("[1, 2].app", "[1, 2].append"),
        ("jobs[0].get(bl", "jobs[0].get(#{block: "),
    ] {
        assert_completed(&terminal, typed, wanted);
    }
}

#[test]
fn only_members_that_the_object_has_are_completed() {
    let terminal = Setting::prompt().open();
    terminal.enter("let plain = Queue(); let joinable = JoinableQueue();");
    assert_completed(&terminal, "joinable.task", "joinable.task_done");
    assert_completed(&terminal, "plain.task", "plain.task");
    assert_completed(
        &terminal,
        "JoinableQueue().task",
        "JoinableQueue().task_done",
    );
    assert_completed(&terminal, "Queue().task", "Queue().task");
}

#[test]
fn paths_are_completed_in_strings_and_after_commands() {
    let terminal = Setting::prompt().open();
    let inner = terminal.home().join("inner directory");
    std::fs::create_dir(&inner).unwrap();
    std::fs::write(inner.join("数据.rhai"), "fn loaded() { 42 }").unwrap();
    std::fs::write(inner.join(".hidden"), "").unwrap();
    for (typed, wanted) in [
        ("open(\"inn", "open(\"inner directory/"),
        (
            "open(\"inner directory/.h",
            "open(\"inner directory/.hidden",
        ),
        ("print(\"none of th", "print(\"none of th"),
        (":load inn", ":load inner directory/"),
    ] {
        assert_completed(&terminal, typed, wanted);
    }
    terminal.press(&format!(":load inner directory/{TAB}\r"));
    terminal.enter("loaded()");
    terminal.wait_for_end("\n42\n>>>");
}

#[test]
fn the_list_of_candidates_stays_below_an_input_of_several_lines() {
    let terminal = Setting::prompt().open();
    terminal.keys("\x1b[200~[\n1,\n2,\nQueue().put\x1b[201~");
    terminal.wait_for("Queue().put");
    terminal.keys(TAB);
    terminal.wait_for("put_many");
    terminal.wait_for_end("put_nowait\n>>> [\n1,\n2,\nQueue().put");
    // The cursor is in the first row, and the window is full.
    let terminal = Setting::prompt().size(12, 80).open();
    terminal.keys("\x1b[200~Queue().pu\n[1,\n2]\x1b[201~\x1b[A\x1b[A\x05");
    terminal.wait_for_row(">>> Queue().pu", 14);
    for _ in 0..4 {
        terminal.keys(TAB);
        terminal.wait_for("put_nowait\n>>> Queue().put\n[1,\n2]");
        terminal.wait_for_row(">>> Queue().put", 15);
    }
}
