//! `docs/permissions.md` says of every function what it needs.

use std::collections::BTreeSet;

use crate::manual::{EntryKind, Manual};

/// The names in the two tables of the document: those that need something, and those that need nothing.
fn tables() -> (BTreeSet<String>, BTreeSet<String>) {
    let document = include_str!("../../../docs/permissions.md");
    let (_, after) = document
        .split_once("| permission | functions |")
        .expect("the table of needs");
    let (needs, after) = after
        .split_once("| no permission needed | functions |")
        .expect("the table of what needs nothing");
    let (free, _) = after.split_once("\n## ").expect("the next section");
    let names = |text: &str| {
        let between = text.split('`').skip(1).step_by(2);
        between.map(str::to_string).collect()
    };
    (names(needs), names(free))
}

#[test]
fn every_function_of_the_manual_is_classified() {
    let (needs, free) = tables();
    let is_called = |kind| {
        use EntryKind::{Function, Method};
        matches!(kind, Function | Method)
    };
    let mut forgotten = Vec::new();
    let mut known: BTreeSet<String> = ["import".into(), "threading".into()].into();
    for entry in Manual::entries() {
        known.extend([entry.path(), entry.owner.into(), entry.page.into()]);
        let listed = needs.contains(&entry.path()) || free.contains(&entry.path());
        let with_all = free.contains(entry.owner) || free.contains(entry.page);
        if is_called(entry.kind) && !listed && !with_all {
            forgotten.push(entry.path());
        }
    }
    assert!(forgotten.is_empty(), "in no table: {forgotten:?}");
    let unknown: Vec<_> = needs
        .union(&free)
        .filter(|name| !known.contains(*name))
        .collect();
    assert!(unknown.is_empty(), "in no manual: {unknown:?}");
}
