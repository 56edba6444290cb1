//! Entries as text for terminals of all widths.

use crate::manual::{EntryKind, Manual};

#[test]
fn a_class_is_shown_with_its_members_and_a_method_with_an_example() {
    let event = Manual::find("Event").unwrap().to_text(72);
    let wide = "\
Event([url, name])

    a flag that processes can wait for. It starts unset.

    set()            sets the flag and wakes all waiters
    clear()          clears the flag
    is_set()         returns whether the flag is set
    wait([timeout])  waits until the flag is set
";
    assert_eq!(event, wide);
    let wait = Manual::find("Event.wait").unwrap().to_text(30);
    let narrow = "\
Event.wait([timeout])

    waits until the flag is
    set. Returns true, or
    false if the time ran out
    (default: None)

Example:

    fn runner(start, results, name) {
        start.wait();
";
    assert!(wait.starts_with(narrow), "{wait}");
    assert!(
        wait.ends_with("\nIt prints:\n\n    False False True\n    ['a', 'b', 'c']\n"),
        "{wait}"
    );
}

#[test]
fn no_line_is_longer_than_the_terminal_unless_one_word_is() {
    for columns in [0, 20, 45, 80, 500] {
        for entry in Manual::entries() {
            let text = entry.to_text(columns);
            assert!(text.ends_with('\n') && !text.contains("\n\n\n"), "{text}");
            let (described, _) = text.split_once("\nExample:\n").unwrap_or((&text, ""));
            let signatures = [entry].into_iter().chain(entry.members());
            let signatures: Vec<&str> = signatures.map(|entry| entry.signature).collect();
            for line in described.lines() {
                let is_signature = signatures.iter().any(|signature| line.ends_with(signature));
                let is_word = !line.trim().contains(' ');
                let fits = line.chars().count() <= columns.max(20);
                assert!(fits || is_word || is_signature, "{columns}: {line}");
            }
        }
    }
}

#[test]
fn every_important_class_has_an_example() {
    for name in [
        "Process.start",
        "Lock.with",
        "Queue.get",
        "Thread.start",
        "str.upper",
        "list.sort",
        "open",
    ] {
        let entry = Manual::find(name).unwrap();
        assert_ne!(entry.kind, EntryKind::Module);
        assert!(entry.to_text(80).contains("\nExample:\n"), "{name}");
    }
}
