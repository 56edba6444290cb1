//! Definition files can be parsed by the language server.

use crate::manual::Manual;
use crate::manual::definitions::RESERVED;

/// Checks the lines of a file that are not documentation against the grammar of the server's parser.
fn check(line: &str) {
    let name = |text: &str| {
        let is_name = text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        assert!(is_name && !text.is_empty(), "{line}");
        assert!(
            !RESERVED.split_whitespace().any(|word| word == text),
            "{line}"
        );
    };
    let kind = |text: &str| {
        if text != "?" {
            name(text);
        }
    };
    if let Some(rest) = line.strip_prefix("const ") {
        let (constant, of) = rest.strip_suffix(';').unwrap().split_once(": ").unwrap();
        name(constant);
        kind(of);
        return;
    }
    let rest = line.strip_prefix("fn ").unwrap_or_else(|| panic!("{line}"));
    let (called, rest) = rest.split_once('(').unwrap();
    name(called.strip_prefix("get ").unwrap_or(called));
    let (params, gives) = rest.split_once(") -> ").unwrap();
    kind(gives.strip_suffix(';').unwrap());
    for param in params.split(", ").filter(|param| !param.is_empty()) {
        let (param, of) = param.split_once(": ").unwrap();
        name(param.strip_prefix("...").unwrap_or(param));
        kind(of);
    }
}

#[test]
fn every_line_is_one_that_the_language_server_reads() {
    for file in Manual::definitions() {
        let mut lines = file.text.lines();
        let header = lines.next().unwrap();
        assert!(
            header.starts_with("module ") && header.ends_with(';'),
            "{header}"
        );
        let mut depth = 0;
        for line in lines.filter(|line| !line.is_empty() && !line.starts_with("//")) {
            match line {
                "}" => depth -= 1,
                line if line.starts_with("module ") && line.ends_with(" {") => depth += 1,
                line => check(line),
            }
        }
        assert_eq!(depth, 0, "{}", file.file_name);
    }
}

#[test]
fn a_definition_is_there_for_each_number_of_arguments() {
    let files = Manual::definitions();
    let text = |name: &str| {
        let file = files.iter().find(|file| file.file_name == name);
        file.unwrap().text.clone()
    };
    let global = text("__static__.d.rhai");
    for line in [
        "fn put(object: Queue, obj: ?) -> ?;",
        "fn put(object: Queue, obj: ?, block: ?) -> ?;",
        "fn put(object: Queue, obj: ?, block: ?, timeout: ?) -> ?;",
        "fn get exitcode(object: Process) -> ?;",
        "fn Queue(maxsize: ?) -> Queue;",
        "// fn with(object: Lock, body: ?) -> ?;",
    ] {
        assert!(global.lines().any(|found| found == line), "{line}");
    }
    let os = text("os.d.rhai");
    assert!(
        os.contains("\nmodule path {\n") && os.contains("\nfn join(path: ?, ...paths: ?) -> ?;\n")
    );
    assert!(text("multiprocessing.d.rhai").contains("\nfn Lock() -> Lock;\n"));
}
