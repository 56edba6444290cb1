//! The numbered cases, which are made of CPython's own tests: which test repeats which case.
//!
//! `conformance.txt` has a line for each such test: the number, the file, the name of the test. A test for a case is a
//! function `case_NNN_what_it_says`, in the file of its subject.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::support::golden;

/// The number of a case, its file below `tests/it` and the rest of the test's name.
type Case = (u32, String, String);

#[test]
fn every_case_is_listed_with_its_place() {
    let lines = cases()
        .into_iter()
        .map(|(number, path, name)| format!("{number:03} {path} {name}\n"));
    golden::assert_file(
        "tests/it/conformance.txt",
        &lines.collect::<Vec<_>>().concat(),
    );
}

#[test]
fn every_case_has_one_file() {
    let cases = cases();
    for (number, path, _) in &cases {
        let elsewhere = cases
            .iter()
            .find(|case| case.0 == *number && case.1 != *path);
        // The case is about the locks of a Value and of an Array.
        let may = *number == 136;
        assert!(may || elsewhere.is_none(), "{number}: {elsewhere:?}");
    }
}

#[test]
fn every_case_that_the_differences_name_exists() {
    let text = fs::read_to_string("docs/differences.md").unwrap();
    let (table, missing) = text.split_once("\n## Not there yet\n").unwrap();
    let last = |line: &str| {
        line.trim_end_matches(" |")
            .rsplit_once("| ")
            .map(|cell| cell.1.to_string())
    };
    let first = |line: &str| {
        line.strip_prefix("| ")?
            .split_once(" |")
            .map(|cell| cell.0.to_string())
    };
    let named: BTreeSet<u32> = table
        .lines()
        .filter_map(last)
        .flat_map(|cell| numbers(&cell))
        .collect();
    let absent: BTreeSet<u32> = missing
        .lines()
        .filter_map(first)
        .flat_map(|cell| numbers(&cell))
        .collect();
    let present: BTreeSet<u32> = cases().iter().map(|case| case.0).collect();
    assert!(named.len() > 15, "{named:?}");
    assert_eq!(
        named.difference(&present).collect::<Vec<_>>(),
        Vec::<&u32>::new()
    );
    assert_eq!(
        absent.intersection(&present).collect::<Vec<_>>(),
        Vec::<&u32>::new()
    );
}

/// The numbers of a cell, which is made of numbers and commas only.
fn numbers(cell: &str) -> Vec<u32> {
    let numbers = cell.split(", ").map(|number| number.trim().parse());
    numbers.collect::<Result<_, _>>().unwrap_or_default()
}

/// All cases, by number.
fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for path in crate::tidy::files("tests/it", "rs") {
        let text = fs::read_to_string(&path).unwrap();
        let path = path.strip_prefix("tests/it").unwrap_or(Path::new(""));
        let names = text
            .lines()
            .filter_map(|line| line.strip_prefix("fn case_"));
        for name in names {
            let (number, name) = name.split_once('_').unwrap();
            let name = name.split('(').next().unwrap();
            cases.push((
                number.parse().unwrap(),
                path.display().to_string(),
                name.into(),
            ));
        }
    }
    cases.sort();
    cases
}
