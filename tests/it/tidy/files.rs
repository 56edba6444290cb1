//! Files are short, have telling names and say what they are for; nothing in them is unfinished or unused.

use std::fs;
use std::path::PathBuf;

use super::{files, sources};

/// File names under which things get lost.
const DRAWERS: &[&str] = &[
    "util", "utils", "common", "core", "misc", "helpers", "types",
];

const LINES_MAX: usize = 400;
const TEST_LINES_MAX: usize = 500;

const CONTENTS_LINES_MAX: usize = 150;

#[test]
fn every_file_opens_by_saying_what_it_is_for() {
    for (path, text) in programs() {
        let first = text.lines().next().unwrap_or_default();
        assert!(
            first.starts_with("//! "),
            "{} does not begin with `//! `",
            path.display()
        );
    }
    for path in files("scripts", "rhai") {
        let text = fs::read_to_string(&path).unwrap();
        let first = text
            .lines()
            .find(|line| !line.starts_with("#!"))
            .unwrap_or_default();
        assert!(
            first.starts_with("// "),
            "{} does not begin with a comment",
            path.display()
        );
    }
}

#[test]
fn files_are_short_and_have_telling_names() {
    for (path, text) in programs() {
        let lines = text.lines().count();
        let is_contents = path.file_name().is_some_and(|name| name == "mod.rs");
        let tests = path.components().any(|part| part.as_os_str() == "tests");
        let limit = if tests { TEST_LINES_MAX } else { LINES_MAX };
        assert!(lines <= limit, "{} has {lines} lines", path.display());
        if is_contents && !tests {
            let limit = CONTENTS_LINES_MAX;
            let text = "a table of contents, move the rest into a file of its own";
            assert!(
                lines <= limit,
                "{} has {lines} lines: it is {text}",
                path.display()
            );
        }
        let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
        assert!(
            !DRAWERS.contains(&stem.as_str()),
            "{}: a drawer",
            path.display()
        );
        assert!(
            !path.with_extension("").is_dir(),
            "{}: use mod.rs",
            path.display()
        );
    }
}

#[test]
fn no_test_file_is_forgotten() {
    // Each program lists what it uses of `tests/support`.
    let programs: Vec<PathBuf> = ["it", "prompt", "hosts"]
        .map(|program| format!("tests/{program}/main.rs").into())
        .into();
    for path in files("tests", "rs") {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        if name == "main" || name == "mod" {
            continue;
        }
        let parent = path.parent().unwrap();
        let lists = if parent.ends_with("support") {
            programs.clone()
        } else {
            vec![parent.join("main.rs"), parent.join("mod.rs")]
        };
        let texts = lists
            .iter()
            .filter_map(|list| fs::read_to_string(list).ok());
        let line = format!("mod {name};");
        assert!(
            texts.into_iter().any(|text| text.contains(&line)),
            "{} is not built",
            path.display()
        );
    }
}

#[test]
fn the_changelog_knows_the_current_version() {
    let changelog = fs::read_to_string("CHANGELOG.md").unwrap();
    let heading = format!("## {}", env!("CARGO_PKG_VERSION"));
    assert!(
        changelog.contains(&heading),
        "CHANGELOG.md has no `{heading}`"
    );
}

#[test]
fn nothing_is_left_unfinished_and_no_machine_is_named() {
    // Put together here, so that this file does not find itself.
    let marks = ["TO", "FIX", "dbg", "to"]
        .into_iter()
        .zip(["DO", "ME", "!(", "do!("]);
    let marks: Vec<String> = marks.map(|(a, b)| format!("{a}{b}")).collect();
    let home = format!("/{}/", "work");
    for (path, text) in programs() {
        for mark in marks.iter().chain([&home]) {
            assert!(
                !text.contains(mark.as_str()),
                "{} contains {mark}",
                path.display()
            );
        }
    }
}

#[test]
fn nothing_that_is_never_used_is_kept() {
    for (path, text) in sources("src") {
        let whole_file = text.contains("#![allow(dead_code");
        let is_module =
            |pair: (&str, &str)| pair.0.contains("allow(dead_code") && pair.1.contains("mod ");
        let whole_module = text.lines().zip(text.lines().skip(1)).any(is_module);
        assert!(
            !whole_file && !whole_module,
            "{} allows dead code without saying which",
            path.display()
        );
    }
}

/// The files of the crate, of its tests and of its benchmarks.
fn programs() -> impl Iterator<Item = (PathBuf, String)> {
    ["src", "tests", "benches"].into_iter().flat_map(sources)
}
