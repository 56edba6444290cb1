//! The examples of a document: each script beside the output it is said to have.

use std::fs;

use crate::support::script::{Script, each_start_method};

/// A block fenced as `rhai` and what the blocks right below it say of its outputs.
#[derive(Debug)]
struct Example {
    /// Where it begins in the document, counted from 1.
    line: usize,
    code: String,
    /// From a block fenced as `text`; empty without one.
    stdout: String,
    /// From a block fenced as `text stderr`; empty without one.
    stderr: String,
}

/// Runs every example of the document under both start methods, each as a whole script.
pub(crate) fn every_example_does_what_is_said(document: &str) {
    let examples = examples(&fs::read_to_string(document).unwrap());
    assert!(!examples.is_empty(), "{document} has no example");
    for example in examples {
        eprintln!("{document}, line {}", example.line);
        each_start_method(|method| {
            Script::text(&example.code)
                .start_method(method)
                .run()
                .assert_exactly(0, &example.stdout, &example.stderr);
        });
    }
}

fn examples(document: &str) -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    let mut lines = document.lines().enumerate();
    while let Some((index, line)) = lines.next() {
        let Some(language) = line.strip_prefix("```") else {
            continue;
        };
        let block: String = lines
            .by_ref()
            .map(|(_, line)| line)
            .take_while(|line| *line != "```")
            .map(|line| format!("{line}\n"))
            .collect();
        match (language, examples.last_mut()) {
            ("rhai", _) => examples.push(Example {
                line: index + 1,
                code: block,
                stdout: String::new(),
                stderr: String::new(),
            }),
            ("text", Some(example)) => example.stdout = block,
            ("text stderr", Some(example)) => example.stderr = block,
            _ => {}
        }
    }
    examples
}

#[test]
fn outputs_belong_to_the_script_above_them() {
    let found = examples(
        "```rhai\none\n```\n```text\n1\n2\n```\n\n```rust\nx\n```\n```rhai\ntwo\n```\n```text stderr\nbad\n```\n",
    );
    let texts = found.iter().map(|e| {
        (
            e.line,
            e.code.as_str(),
            e.stdout.as_str(),
            e.stderr.as_str(),
        )
    });
    assert_eq!(
        texts.collect::<Vec<_>>(),
        [(1, "one\n", "1\n2\n", ""), (12, "two\n", "", "bad\n")]
    );
}
