//! The right sides of the tables in docs/from-python.md run.

use std::fs;

use crate::support::script::Script;

/// What the lines of the tables name.
const GIVEN: &str = r#"
let x = 3; let n = 1; let d = #{a: 1}; let xs = [1, 2, 3]; let s = "hello"; let pair = [1, 2];
let q = Queue(); let lock = Lock(); let ps = []; let f = |n| n; let yes = true; let no = false;
let p = "main.rhai";
fn work(n) { }
"#;

/// The code at the front of the right cell of a line, when it is a whole statement.
fn right_side(line: &str) -> Option<String> {
    let line = line.replace("\\|", "\u{1}");
    let right = line.strip_prefix("| ")?.split(" | ").nth(1)?.to_string();
    let code = match right.strip_prefix("`` ") {
        Some(with_back_quotes) => with_back_quotes.split(" ``").next()?,
        None => right.strip_prefix('`')?.split('`').next()?,
    };
    let is_whole = code.ends_with([';', '}']) || code.starts_with("//");
    is_whole.then(|| code.replace('\u{1}', "|"))
}

#[test]
fn the_right_column_of_each_table_runs() {
    let page = fs::read_to_string("docs/from-python.md").unwrap();
    let codes: Vec<String> = page.lines().filter_map(right_side).collect();
    assert!(codes.len() > 50, "{}", codes.len());
    for code in codes {
        eprintln!("{code}");
        let run = Script::text(&format!("{GIVEN}{code}\n"))
            .beside("helpers.rhai", "fn work() { }")
            .run();
        run.assert_quiet();
    }
}
