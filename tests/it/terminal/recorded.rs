//! The session of `docs/repl.md`, typed again: the screen shows the same.

use std::fs;

use crate::support::process_table::is_asleep_for_memory;
use crate::support::pty::{CTRL_C, ENTER, Setting, Terminal};

const CTRL_U: &str = "\x15";

#[test]
fn the_session_in_the_document_can_be_replayed() {
    let document = fs::read_to_string("docs/repl.md").unwrap();
    let session = document.split("```text\n").nth(1).unwrap();
    let session = session.split("\n```").next().unwrap();
    let terminal = Setting::new(&[]).env("NO_COLOR", "1").size(200, 100).open();
    let mut before = String::new();
    for line in session.lines() {
        if let Some(input) = line.strip_prefix(">>> ").or(line.strip_prefix("... ")) {
            wait_until_shown(&terminal, &format!("{before}{}", &line[..3]));
            if input == ":ps" {
                // Until the child has come to its queue.
                terminal.wait_until("a child is busy", || {
                    terminal
                        .others()
                        .iter()
                        .all(|pid| is_asleep_for_memory(*pid))
                });
            }
            // The editor has indented the line already.
            terminal.keys(&format!("{CTRL_U}{input}{ENTER}"));
        } else if line == "^C" {
            wait_until_shown(&terminal, before.trim_end());
            terminal.keys(CTRL_C);
        }
        before.push_str(line);
        before.push('\n');
    }
    let (code, text) = terminal.finish();
    assert_eq!((code, fold(&text).as_str()), (0, fold(session).as_str()));
}

fn wait_until_shown(terminal: &Terminal, wanted: &str) {
    let wanted = fold(wanted);
    terminal.wait_for_text(&format!("the screen is not\n{wanted}"), |text| {
        fold(text) == wanted
    });
}

/// Without process numbers and durations, and the blanks that depend on them.
fn fold(text: &str) -> String {
    let lines = text.lines().map(|line| {
        let is_duration =
            line.starts_with(|c: char| c.is_ascii_digit()) && line.contains(", the median of ");
        if is_duration {
            return "a while".to_string();
        }
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["worker", _, rest @ .., _, _, file, line] => {
                format!("worker N {} a while {file} {line}", rest.join(" "))
            }
            ["process", "pid", ..] => words.join(" "),
            _ => fold_pid(line),
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn fold_pid(line: &str) -> String {
    match line.split_once("(pid ") {
        Some((before, after)) => {
            let rest = after.trim_start_matches(|c: char| c.is_ascii_digit());
            format!("{before}(pid N{rest}")
        }
        None => line.to_string(),
    }
}
