//! Texts that nest without end, read by the real command.

use std::fs;

use crate::support::nests::{DEPTHS, texts};
use crate::support::script::Script;

/// All files in one run, which reports on each.
#[test]
fn every_nested_text_is_checked() {
    let directory = tempfile::tempdir().unwrap();
    let files = texts(&DEPTHS).enumerate().map(|(number, text)| {
        let file = directory.path().join(format!("{number}.rhai"));
        fs::write(&file, text).unwrap();
        file.display().to_string()
    });
    let files: Vec<String> = files.collect();
    let words: Vec<&str> = ["check"]
        .into_iter()
        .chain(files.iter().map(String::as_str))
        .collect();
    let output = Script::command(&words).run();
    assert_eq!((output.code(), output.stdout.as_str()), (2, ""));
    assert!(output.stderr.contains("SyntaxError: "));
}

#[test]
fn a_nested_text_is_run_like_any_other() {
    let endless = |text: &str| text.starts_with("loop");
    for text in texts(&[120, 60_000]).filter(|text| !endless(text)) {
        let output = Script::command(&["run", "-"]).stdin(text.as_str()).run();
        let short: String = text.chars().take(20).collect();
        assert!(matches!(output.code(), 0 | 1), "{short}: {output:?}");
    }
}

/// Each error takes a look at the whole script.
#[test]
fn of_many_errors_the_first_hundred_are_shown() {
    let wrong = Script::command(&["check", "main.rhai"]);
    let output = wrong.beside("main.rhai", "let = ;\n".repeat(5000)).run();
    assert_eq!(output.code(), 2);
    assert_eq!(output.stderr.matches("SyntaxError: ").count(), 100);
    assert!(output.stderr.contains("--> main.rhai:100:5\n"));
    let end = "procscript: warning: no more errors of main.rhai are shown\n";
    assert!(output.stderr.ends_with(end), "{}", output.stderr);
}

/// A statement is parsed alone, and its error is where it is in the script.
#[test]
fn an_error_has_the_place_of_its_statement() {
    let script = Script::command(&["check", "--error-format", "json", "main.rhai"]);
    let text = "let = 1; let é = 2; let = 3;\nlet y = 4; let\n = 5;";
    let output = script.beside("main.rhai", text).run();
    let places: Vec<&str> = output
        .stderr
        .lines()
        .filter_map(|line| line.split_once("\"line\": ")?.1.split_once(", \"code\""))
        .map(|(place, _)| place)
        .collect();
    let wanted = ["1, \"column\": 5", "1, \"column\": 25", "3, \"column\": 2"];
    assert_eq!(places, wanted, "{}", output.stderr);
}
