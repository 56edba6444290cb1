//! Reports of errors: whole reports of the real command.

mod advice; // misspelt names, wrong calls, what a value cannot do
mod beginners; // what people write in their first hour
mod checked; // what `check` reports
mod controls; // what would move the cursor
mod nested; // texts that nest without end
mod reports; // their forms, for people and programs
mod slips; // what people who come from Python write
mod words; // Rhai's errors in Python's words

use crate::support::golden;
use crate::support::script::Script;

/// A script that ends with an error: what it prints on standard error is exactly `stderr`.
pub(super) fn fails(code: &str, stderr: &str) {
    Script::text(code).run().assert(1, "", stderr);
}

/// Compares each report of a file with what `run` reports, or rewrites the file: see [`golden::assert_file`].
pub(super) fn compare(path: &str, run: impl Fn(Script) -> Script) {
    compare_runs(path, |code| {
        let output = run(Script::text("").beside("main.rhai", code)).run();
        assert_eq!((output.code(), output.stdout.as_str()), (1, ""), "{code}");
        output.stderr
    });
}

/// Compares each report of a file with what `report` gives for the script, or rewrites the file.
pub(super) fn compare_runs(path: &str, report: impl Fn(&str) -> String) {
    let text = std::fs::read_to_string(path).unwrap();
    let found = cases(&text).into_iter().map(|(code, _)| {
        let lines = code
            .lines()
            .map(|line| format!("> {line}").trim_end().to_string() + "\n");
        lines.collect::<String>() + &report(&code)
    });
    golden::assert_file(path, &found.collect::<Vec<_>>().join("\n"));
}

/// The scripts of a file and the report of each: the lines of a script behind `> `, the report, an empty line.
pub(super) fn cases(text: &str) -> Vec<(String, String)> {
    let case = |block: &str| {
        let lines = block
            .lines()
            .partition::<Vec<&str>, _>(|line| line.starts_with('>'));
        let code = lines
            .0
            .iter()
            .map(|line| line[1..].strip_prefix(' ').unwrap_or_default());
        let joined = |lines: Vec<&str>| lines.join("\n") + "\n";
        (joined(code.collect()), joined(lines.1))
    };
    text.trim_end().split("\n\n").map(case).collect()
}
