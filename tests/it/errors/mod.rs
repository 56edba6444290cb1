//! What is told about errors: whole reports of the real command.

mod advice; // misspelt names, wrong calls, what a value cannot do
mod reports; // their forms, for people and programs
mod slips; // what people who come from Python write
mod words; // Rhai's errors in Python's words

use crate::support::script::Script;

/// A script that ends with an error: what it prints on standard error is exactly `stderr`.
pub(super) fn fails(code: &str, stderr: &str) {
    Script::text(code).run().assert(1, "", stderr);
}

/// Scripts and all that is told about each: the lines of a script behind `> `, the report, an empty line.
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
