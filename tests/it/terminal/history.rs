//! Lines of earlier prompts.

use std::os::unix::fs::PermissionsExt;

use crate::support::pty::{CTRL_C, CTRL_D, CTRL_R, ENTER, Setting, Terminal, UP};

fn leave(terminal: Terminal) {
    terminal.keys(CTRL_D);
    assert_eq!(terminal.finish().0, 0);
}

#[test]
fn the_next_prompt_knows_what_was_typed() {
    let first = Setting::prompt().open();
    first.enter_all(&["6 * 7", "6 * 7", " \"a secret\"", "fn f() {", "1 }"]);
    let state = first.home().join(".local/state/procscript");
    let mode = |path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(state.clone()), 0o700);
    assert_eq!(mode(state.join("history")), 0o600);
    assert_eq!(std::fs::read_dir(first.home()).unwrap().count(), 1);
    let second = Setting::prompt().home_of(&first);
    leave(first);
    let second = second.open();
    second.keys(UP);
    second.wait_for_end(">>> fn f() {\n    1 }");
    second.keys(&format!("{UP}{UP}"));
    second.wait_for_row(">>> 6 * 7", 9);
    // There is nothing before it: neither the secret nor the same line again.
    second.keys(UP);
    second.enter("");
    second.wait_for_end("\n>>> 6 * 7\n42\n>>>");
}

#[test]
fn history_is_searched_by_ctrl_r() {
    let terminal = Setting::prompt().open();
    terminal.enter_all(&["let needle = 1", "let other = 2", "let third = 3"]);
    terminal.keys(&format!("{CTRL_R}need"));
    terminal.wait_for("(reverse-i-search)`need': let needle = 1");
    terminal.press(CTRL_C);
    terminal.press(&format!("{CTRL_R}other{ENTER}"));
    terminal.wait_for(">>> let other = 2\n>>>");
}

#[test]
fn enter_runs_what_a_search_has_found() {
    let terminal = Setting::prompt().open();
    terminal.enter_all(&["fn needle() {", "print(\"found\")", "}", "let other = 1"]);
    let before = terminal.prompts();
    terminal.keys(&format!("{CTRL_R}found"));
    terminal.wait_for("(reverse-i-search)`found': fn needle() {");
    terminal.keys(ENTER);
    terminal.wait_for_prompt(before);
    terminal.wait_for_end(">>> fn needle() {\n    print(\"found\")\n}\n>>>");
}

#[test]
fn two_prompts_at_once_keep_each_others_lines() {
    let first = Setting::prompt().open();
    let second = Setting::prompt().home_of(&first).open();
    for number in 0..3 {
        first.enter(&format!("\"first {number}\""));
        second.enter(&format!("\"second {number}\""));
    }
    let third = Setting::prompt().home_of(&first);
    let path = first.home().join(".local/state/procscript/history");
    leave(second);
    leave(first);
    let text = std::fs::read_to_string(path).unwrap();
    let wanted =
        "#V2\n\"first 0\"\n\"second 0\"\n\"first 1\"\n\"second 1\"\n\"first 2\"\n\"second 2\"\n";
    assert_eq!(text, wanted);
    let third = third.open();
    third.keys(&format!("{UP}{UP}"));
    third.wait_for_row(">>> \"first 2\"", 13);
}

#[test]
fn the_history_may_be_in_another_place_or_nowhere() {
    let first = Setting::prompt().env("XDG_STATE_HOME", "relative").open();
    first.enter("1");
    assert!(
        first
            .home()
            .join(".local/state/procscript/history")
            .exists()
    );
    let state = first.home().join("elsewhere");
    let second = Setting::prompt().home_of(&first);
    let second = second.env("XDG_STATE_HOME", state.to_str().unwrap()).open();
    second.enter("2");
    assert!(state.join("procscript/history").exists());
    let third = Setting::prompt().env("HOME", "/proc/none").open();
    third.enter("3");
    third.wait_for_end("\n>>> 3\n3\n>>>");
    third.keys(UP);
    third.wait_for_row(">>> 3", 5);
}

#[test]
fn a_file_with_bytes_that_are_no_text_is_still_read_and_written() {
    let first = Setting::prompt().open();
    first.enter("\"early\"");
    let path = first.home().join(".local/state/procscript/history");
    let second = Setting::prompt().home_of(&first);
    leave(first);
    let mut bytes = std::fs::read(&path).unwrap();
    bytes.extend(b"\xff\xfe\n");
    std::fs::write(&path, bytes).unwrap();
    let second = second.open();
    second.enter("\"late\"");
    let text = String::from_utf8(std::fs::read(&path).unwrap()).unwrap();
    let kept: Vec<_> = text.lines().filter(|line| line.starts_with('"')).collect();
    assert_eq!(kept, ["\"early\"", "\"late\""], "{text}");
}
